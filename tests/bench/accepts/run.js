// Measures servers in turn and writes what it found: `node accepts/run.js CONFIG`, where CONFIG is a file that `cargo xtask
// bench edge` writes once they are running.

import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { C15t } from "./c15t.js";
import { Floor } from "./floor.js";
import { Kelisim } from "./kelisim.js";
import { load } from "./load.js";
import { processorTime } from "./processes.js";

const CONNECTIONS = 16;

/** After so many milliseconds a server has done what it puts off: the tallies are told, the objects are out of memory. The
 *  log may take longer. */
const REST = 15_000;

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const kinds = { kelisim: Kelisim, c15t: C15t, floor: Floor };
const servers = await Promise.all(config.servers.map((server) => kinds[server.kind].open(server)));

const measure = async (server) => {
  const requests = await server.prepare(config.requests, CONNECTIONS);
  await sleep(REST);
  const before = processorTime(server.processes);
  const { seconds, answers } = await load(server.origin, requests, CONNECTIONS);
  await sleep(REST);
  await server.settle(answers.length);
  const taken = processorTime(server.processes) - before;
  await server.check(requests, answers, CONNECTIONS);
  const latencies = answers.map(({ latency }) => latency).sort((a, b) => a - b);
  const quantile = (share) => latencies[Math.ceil(latencies.length * share) - 1];
  return {
    server: server.name,
    rate: answers.length / seconds,
    median: quantile(0.5),
    p99: quantile(0.99),
    processor: taken / answers.length,
  };
};

const samples = [];
for (let round = 0; round <= config.rounds; round++) {
  console.log(round ? `round ${round} of ${config.rounds}` : "warm-up");
  for (const server of round % 2 ? servers : servers.toReversed()) {
    const sample = await measure(server);
    console.log(JSON.stringify(sample));
    if (round) samples.push(sample);
  }
}

writeFileSync(config.output, JSON.stringify({ node: process.version, samples }));
