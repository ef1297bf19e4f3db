// Measures every subject and writes what it found: `node run.js CONFIG`, where CONFIG is a file that `cargo xtask bench
// widget` writes. Whoever changes what is measured starts at `subjects.js`; what it means to be pressable is in `probe.js`.

import { AssertionError } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { chromium } from "playwright-core";

import * as edge from "./edge.js";
import { Site, serveEdge } from "./server.js";
import { subjects as all } from "./subjects.js";
import { Visit } from "./visit.js";

/** After so many milliseconds every subject has asked whoever it wants to ask. */
const LINGER = 4_000;

/** A browser that has not shown a page after so many milliseconds is stuck. */
const STUCK = 90_000;

/** So many visits may be repeated, in all, because the browser was stuck or crashed. */
const REPEATS = 3;

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const subjects = all.filter(({ off }) => !off);
const site = new Site({ subjects, bundles: config.bundles });
const local = (port) => `http://127.0.0.1:${port}`;
const edges = Object.fromEntries(Object.entries(config.edges).map(([name, { port }]) => [name, local(port)]));

let browser;
let repeats = 0;

/** Visits a subject's page as a user of the host, where it is ours. */
const visit = async (situation, act) => {
  for (;;) {
    browser ??= await chromium.launch({ executablePath: config.browser, args: config.arguments });
    try {
      const stuck = sleep(STUCK, null, { ref: false }).then(() => Promise.reject(Error("the browser is stuck")));
      return await Promise.race([visitOnce(situation, act), stuck]);
    } catch (error) {
      if (error instanceof AssertionError || (repeats += 1) > REPEATS) throw error;
      console.log(`once more: ${error.message}`);
      // If it is stuck, it is killed in the end.
      browser.close().catch(() => {});
      browser = undefined;
    }
  }
};

const visitOnce = async ({ subject, user, storageState, isThrottled }, act) => {
  let headers;
  let url = `${local(config.port)}/${subject.name}/`;
  if (user) {
    const own = edges[subject.edge];
    const token = await edge.token(own, user);
    site.visitor = { edges, user, token, status: subject.page == "handed" && await edge.status(own, token) };
    if (subject.address) {
      url = own + subject.address;
      headers = { authorization: `Bearer ${token}` };
    }
  }
  const visit = await Visit.begin(browser, { subject, storageState, headers, isThrottled });
  try {
    return await act(visit, url);
  } finally {
    await visit.end();
  }
};

const look = (situation, expected) =>
  visit(situation, (visit, url) => visit.measure(url, { added: site.added(situation.subject), ...expected }));

const press = (situation, name) =>
  visit({ ...situation, isThrottled: true }, (visit, url) => visit.press(url, join(config.pictures, name)));

/** Has somebody accept with each subject, who must not be asked again: so a press does what it should. Tells for each
 *  subject with what a visit begins. */
const prepare = async () => {
  const begins = new Map();
  for (const subject of subjects.filter(({ person }) => person == "known")) {
    const [reader, accepter] = ["reader", "accepter"].map((name) => ({ subject, user: `${subject.name}-${name}` }));
    for (const situation of [reader, accepter]) {
      situation.storageState = await press(situation, `${subject.name}-before`);
    }
    begins.set(subject.name, { unsettled: reader, accepter });
  }
  await edge.publishChange(edges.change, config.edition);
  for (const subject of subjects) {
    if (!subject.edge && subject.address) {
      begins.set(subject.name, { unsettled: { subject } });
      continue;
    }
    const user = subject.edge && `${subject.name}-accepter`;
    const { unsettled = { subject }, accepter = { subject, user } } = begins.get(subject.name) ?? {};
    console.log(`press the button of ${subject.name}`);
    const settled = { ...accepter, storageState: await press(accepter, subject.name) };
    await look(settled, { expectsButton: false, linger: LINGER });
    begins.set(subject.name, { unsettled, settled });
  }
  return begins;
};

/** In another order each time: who always comes after the same neighbour bears what that one has left to do. */
const shuffled = (items) => {
  const rest = [...items];
  return items.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0]);
};

const measure = async (begins) => {
  const samples = [];
  let users = 0;
  for (let run = 0; run < config.runs; run++) {
    for (const isThrottled of [false, true]) {
      console.log(`run ${run + 1} of ${config.runs}, ${isThrottled ? "throttled" : "not throttled"}`);
      for (const subject of shuffled(subjects)) {
        const { unsettled, settled } = begins.get(subject.name);
        const user = unsettled.user ?? (subject.edge && `${subject.name}-${(users += 1)}`);
        const isPeer = !!subject.package;
        const situations = [[{ ...unsettled, user }, true], ...(isPeer || subject.settles ? [[settled, false]] : [])];
        for (const [situation, expectsButton] of situations) {
          const measured = await look({ ...situation, isThrottled }, { expectsButton });
          const visitor = expectsButton ? "unsettled" : "settled";
          samples.push({ subject: subject.name, is_throttled: isThrottled, visitor, ...measured });
        }
      }
    }
  }
  return samples;
};

const versionOf = ({ package: name }) =>
  name && JSON.parse(readFileSync(join(import.meta.dirname, "node_modules", name, "package.json"), "utf8")).version;

await site.listen(config.port);
for (const { upstream, port } of Object.values(config.edges)) await serveEdge(upstream, port);
const samples = await measure(await prepare());
const described = subjects.map((subject) => ({
  name: subject.name,
  title: subject.title,
  version: versionOf(subject),
  goals: subject.goals,
}));
const found = { browser: `Chromium ${browser.version()}`, repeats, subjects: described, samples };
writeFileSync(config.output, JSON.stringify(found));
await browser.close();
process.exit();
