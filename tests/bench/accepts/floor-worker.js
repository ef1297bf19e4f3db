// See floor.capnp.

import { DurableObject } from "cloudflare:workers";

export class Row extends DurableObject {
  async fetch(request) {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE records (record TEXT NOT NULL) STRICT");
    sql.exec("INSERT INTO records VALUES (?)", await request.text());
    return new Response("recorded", { status: 201 });
  }
}

export default {
  fetch(request, { OBJECTS }) {
    const { pathname } = new URL(request.url);
    if (request.method == "GET") return new Response("ready");
    return OBJECTS.get(OBJECTS.idFromName(pathname)).fetch(request);
  },
};
