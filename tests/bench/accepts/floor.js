// What is asked of the floor: a row as long as what our edge is sent.

import { strict as assert } from "node:assert";

export class Floor {
  static async open({ name, origin, processes }) {
    return Object.assign(new Floor(), { name, origin, processes });
  }

  async prepare(count) {
    const body = "r".repeat(1_500);
    return Array.from({ length: count }, () => ({ method: "POST", path: `/${crypto.randomUUID()}`, body }));
  }

  /** Nothing is left to do. */
  async settle() {}

  async check(_, answers) {
    for (const { status, text } of answers) assert.equal(status, 201, text);
  }
}
