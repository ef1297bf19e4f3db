// Serves the pages, the peers' files and our edges, all alike: HTTP/1.1, brotli, the same headers. What is built ahead is
// compressed ahead with quality 11; what is made for a request, with quality 5, as content delivery networks do.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { Agent, createServer, request as ask } from "node:http";
import { extname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, constants } from "node:zlib";

const here = import.meta.dirname;

/** The host's site, with a page for each subject at `/{name}/`. */
export class Site {
  /** What the host's backend knows of who is visiting. */
  visitor = {};

  constructor({ subjects, bundles }) {
    this.subjects = subjects;
    this.bundles = bundles;
    this.frame = readFileSync(join(here, "pages/frame.html"), "utf8");
  }

  listen(port) {
    return listening(createServer((request, response) => this.answer(request, response)), port);
  }

  /** How many bytes the page of a subject is larger than one without a notice, compressed. */
  added(subject) {
    if (!subject.package && !subject.page) return 0;
    return compressed(this.page(subject), MADE).length - compressed(this.framed(""), MADE).length;
  }

  answer(request, response) {
    const { pathname } = new URL(request.url, "http://site");
    if (request.method == "POST" && pathname == "/kelisim/token") {
      const { token } = this.visitor;
      return send(request, response, "application/json", JSON.stringify({ token }), MADE, "no-store");
    }
    const [, name, file] = pathname.split(/\/([^/]+)\//);
    const subject = this.subjects.find((subject) => subject.name == name);
    if (subject && !file) return send(request, response, "text/html; charset=utf-8", this.page(subject), MADE, "no-store");
    const path = subject?.package && this.folders(subject).map((folder) => join(folder, file)).find(existsSync);
    if (path) return send(request, response, TYPES[extname(path)], readFileSync(path), BUILT, "public, max-age=300");
    response.writeHead(404).end();
  }

  folders({ name, package: dependency, files }) {
    const packaged = files ? [resolve(here, "node_modules", dependency, files)] : [];
    return [join(this.bundles, name), join(here, "pages", name), ...packaged];
  }

  page(subject) {
    if (subject.edge) return this.framed(this.tag(subject));
    const own = readFileSync(join(here, "pages", subject.name, "page.html"), "utf8");
    return subject.address ? own : this.framed(own);
  }

  framed(fragment) {
    const [head, body = ""] = fragment.split("<!-- body -->\n");
    return this.frame.replace("<!-- head -->\n", () => head).replace("<!-- body -->\n", () => body);
  }

  /** Our tag, as the README has it. */
  tag({ page, edge }) {
    const { edges, user, token, status } = this.visitor;
    const attributes = page == "handed" ? { "data-token": token, "data-status": status } : { "data-token-url": "/kelisim/token" };
    const written = Object.entries({ ...attributes, "data-subject": user, "data-lang": "ru" }).map(([name, value]) => ` ${name}="${escaped(value)}"`);
    const address = edges[edge] + (page == "handed" ? "/kelisim.js?standing=new" : "/kelisim.js");
    return `<script async src="${address}"${written.join("")}></script>\n`;
  }
}

/** Preflights, which DevTools neither slow down nor count: it is done here. */
export const preflights = {
  /** In milliseconds. */
  latency: 0,
  /** Those of this visit. */
  answered: [],
};

/** Our edge as Cloudflare would serve it: what it answers, compressed. */
export const serveEdge = (upstream, port) => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port: upstreamPort } = new URL(upstream);
  const forward = async (request, response) => {
    const { method, url: path, socket } = request;
    if (method == "OPTIONS") {
      const before = socket.bytesWritten;
      response.once("finish", () => {
        preflights.answered.push({ url: path, type: "Preflight", bytes: socket.bytesWritten - before, end: Date.now() });
      });
      await sleep(preflights.latency);
    }
    const headers = { ...request.headers, "accept-encoding": "identity" };
    const asked = ask({ agent, hostname, port: upstreamPort, method, path, headers }, async (answer) => {
      const chunks = await answer.toArray();
      const own = Object.entries(answer.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
      const type = answer.headers["content-type"];
      const { body, encoding } = encoded(request, type, Buffer.concat(chunks), BUILT_PATHS.test(path) ? BUILT : MADE);
      const length = body.length ? { "content-length": body.length } : {};
      response.writeHead(answer.statusCode, { ...Object.fromEntries(own), ...encoding, ...length });
      response.end(body);
    });
    asked.on("error", () => response.writeHead(502).end());
    request.pipe(asked);
  };
  return listening(createServer(forward), port);
};

const listening = (server, port) =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server)));

const send = (request, response, type, content, quality, caching) => {
  const { body, encoding } = encoded(request, type, Buffer.from(content), quality);
  response.writeHead(200, { "content-type": type, "content-length": body.length, "cache-control": caching, ...encoding });
  response.end(body);
};

const encoded = (request, type = "", content, quality) => {
  const isText = /^(text\/|image\/svg|application\/(javascript|json|problem\+json|wasm))/.test(type);
  if (!isText || !/\bbr\b/.test(request.headers["accept-encoding"])) return { body: content };
  const body = compressed(content, quality);
  return body.length < content.length ? { body, encoding: { "content-encoding": "br" } } : { body: content };
};

const kept = new Map();

const compressed = (content, quality) => {
  const compress = () => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  if (quality != BUILT) return compress();
  const key = createHash("sha256").update(content).digest("hex");
  if (!kept.has(key)) kept.set(key, compress());
  return kept.get(key);
};

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const BUILT = 11;
const MADE = 5;

/** What of our edge is built ahead. The loader is put together there. */
const BUILT_PATHS = /^\/(widget\/|page\.css)/;

const OF_THE_CONNECTION = new Set(["connection", "content-length", "keep-alive", "transfer-encoding"]);

const TYPES = { ".css": "text/css", ".js": "text/javascript" };
