// A closed loop: so many connections, each of which sends its next request when the last one is answered.

import { Client } from "undici";

/** Sends the requests; tells how long that took, and of the answer to each its status, its text and its latency in
 *  milliseconds. */
export const load = async (origin, requests, connections) => {
  const clients = Array.from({ length: connections }, () => new Client(origin));
  // That connections are opened is not part of it.
  for (const client of clients) await answer(client, { method: "GET", path: "/" });

  const waiting = requests.entries();
  const answers = new Array(requests.length);
  const begin = performance.now();
  const all = clients.map(async (client) => {
    for (const [index, request] of waiting) answers[index] = await answer(client, request);
  });
  await Promise.all(all);
  const seconds = (performance.now() - begin) / 1000;

  await Promise.all(clients.map((client) => client.close()));
  return { seconds, answers };
};

const answer = async (client, request) => {
  const begin = performance.now();
  const { statusCode: status, body } = await client.request(request);
  const text = await body.text();
  return { status, text, latency: performance.now() - begin };
};
