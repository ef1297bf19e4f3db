// What is asked of c15t's backend: acceptances of a privacy policy, by the hash of its release.

import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";

export class C15t {
  /** Makes a release of the policy current. */
  static async open({ name, origin, processes, key }) {
    const headers = { ...HEADERS, authorization: `Bearer ${key}` };
    const body = JSON.stringify({ version: "1", hash: HASH, effectiveDate: "2026-10-01T00:00:00.000Z" });
    const response = await fetch(`${origin}/legal-documents/privacy_policy/current`, { method: "PUT", headers, body });
    assert.equal(response.status, 200, await response.text());
    return Object.assign(new C15t(), { name, origin, processes });
  }

  /** Requests by which so many people accept, none of whom was here before. */
  async prepare(count) {
    const request = () => ({
      type: "privacy_policy",
      // Of the 58 letters that may be in it.
      subjectId: `sub_${randomBytes(16).toString("hex").replaceAll("0", "z")}`,
      domain: "host.bench.invalid",
      policyHash: HASH,
      givenAt: Date.now(),
      uiSource: "dialog",
    });
    return Array.from({ length: count }, () => {
      return { method: "POST", path: "/subjects", headers: HEADERS, body: JSON.stringify(request()) };
    });
  }

  /** It puts nothing off. */
  async settle() {}

  async check(requests, answers) {
    for (const { status, text } of answers) {
      assert([200, 201].includes(status) && JSON.parse(text).consentId, `${status} ${text}`);
    }
  }
}

const HASH = "sha256:2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6";

/** Those of a page of the host's, and of whom it is for, by a proxy that ends TLS. */
const HEADERS = {
  "content-type": "application/json",
  origin: "https://host.bench.invalid",
  "x-forwarded-for": "203.0.113.7",
};
