// What is asked of our edge: acceptances, signed and bound as the widget's are.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair, importJWK, jwtVerify } from "jose";

import { load } from "./load.js";

export class Kelisim {
  /** Publishes the edition at an edge that has none. */
  static async open({ name, origin, processes, logs, issuer, key, edition }) {
    const edge = new Kelisim();
    Object.assign(edge, { name, origin, processes, logs, issuer, kid: key.kid, key: await importJWK(key, "ES256") });
    const authorization = `Bearer ${await edge.token("staff", { roles: ["publisher"] })}`;
    const headers = { ...HEADERS, authorization };
    await answered(fetch(`${origin}/v1/admin/editions`, { method: "POST", headers, body: JSON.stringify(edition) }));
    const current = await answered(fetch(`${origin}/v1/editions/current`, { headers: HEADERS }));
    edge.edition = await current.json();
    const keys = await answered(fetch(`${origin}/.well-known/jwks.json`, { headers: HEADERS }));
    edge.keys = createLocalJWKSet(await keys.json());
    if (logs) edge.logged = await edge.logSize();
    return edge;
  }

  /** Requests by which so many people accept, none of whom was here before. Each has a device of their own. */
  async prepare(count, connections) {
    const tokens = await Promise.all(Array.from({ length: count }, () => this.token(crypto.randomUUID())));
    const headers = (token) => ({ ...HEADERS, authorization: `Bearer ${token}` });
    const asked = tokens.map((token) => ({ method: "GET", path: "/v1/status", headers: headers(token) }));
    const { answers } = await load(this.origin, asked, connections);
    const accept = async ({ status, text }, index) => {
      assert.equal(status, 200, text);
      const token = tokens[index];
      const body = JSON.stringify({ statement: await this.statement(token, JSON.parse(text).nonce) });
      return { method: "POST", path: "/v1/statements", headers: headers(token), body };
    };
    return Promise.all(answers.map(accept));
  }

  /** Waits until so many more are in the log that is published, and no others. */
  async settle(count) {
    if (!this.logs) return;
    this.logged += count;
    await until(async () => (await this.logSize()) >= this.logged, "the log does not keep up");
    assert.equal(await this.logSize(), this.logged);
  }

  /** Verifies each receipt; where there is a log, each must have a proof by it. */
  async check(requests, answers, connections) {
    const options = { algorithms: ["ES256"], issuer: AUDIENCE, typ: "kelisim-receipt+jwt" };
    for (const { status, text } of answers) {
      assert.equal(status, 201, text);
      await jwtVerify(JSON.parse(text).receipt, this.keys, options);
    }
    let unproven = answers.map(({ text }, index) => {
      const path = `/v1/receipts/${JSON.parse(text).record}`;
      return { method: "GET", path, headers: requests[index].headers };
    });
    const prove = async () => {
      const { answers } = await load(this.origin, unproven, connections);
      unproven = unproven.filter((_, index) => !JSON.parse(answers[index].text).proof?.startsWith(PROOF));
      return unproven.length == 0;
    };
    if (this.logs) await until(prove, "receipts have no proof");
  }

  /** That of the checkpoint, which is its second line. */
  async logSize() {
    const checkpoint = await answered(fetch(`${this.origin}/log/checkpoint`, { headers: HEADERS }));
    return Number((await checkpoint.text()).split("\n")[1]);
  }

  token(subject, claims = { agreement: "2026-01" }) {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: this.kid })
      .setIssuer(this.issuer)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime("10 min")
      .sign(this.key);
  }

  async statement(token, nonce) {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const { id, manifest } = this.edition;
    const [{ language, sha256 }] = manifest.texts;
    const shown = { language, text_sha256: sha256, interface_language: language };
    const event = { kind: "accepted", edition: id, shown, control: "dialog-accept" };
    const ath = createHash("sha256").update(token).digest("base64url");
    return new SignJWT({ jti: crypto.randomUUID(), nonce, ath, event })
      .setProtectedHeader({ alg: "ES256", typ: "kelisim-statement+jwt", jwk: await exportJWK(publicKey) })
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .sign(privateKey);
  }
}

const answered = async (asked) => {
  const response = await asked;
  assert(response.ok, `${response.url}: ${response.status} ${await response.clone().text()}`);
  return response;
};

/** Asks again and again, for two minutes at most: what the log has lost is sent again after half a minute. */
const until = async (holds, otherwise) => {
  const deadline = performance.now() + 120_000;
  while (!(await holds())) {
    assert(performance.now() < deadline, otherwise);
    await sleep(1_000);
  }
};

/** How a proof begins (C2SP tlog-proof). */
const PROOF = "c2sp.org/tlog-proof@v1\n";

/** As in `workerd.capnp` and `preview.capnp`. */
const AUDIENCE = "https://edge.bench.invalid";

/** Those of a page of the host's, and what Cloudflare adds before the edge is asked. */
const HEADERS = {
  "content-type": "application/json",
  origin: "https://host.bench.invalid",
  "x-forwarded-proto": "https",
  "cf-connecting-ip": "203.0.113.7",
};
