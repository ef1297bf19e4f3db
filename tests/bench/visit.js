// One visit of one page, in a browser that knows nothing but what it is given.

import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { probe } from "./probe.js";
import { preflights } from "./server.js";

/** 150 ms for each request, 1.6 Mbit/s both ways, a quarter of this machine's speed. */
const THROTTLED = { latency: 150, throughput: 1.6e6 / 8, slowdown: 4 };

/** A telephone whose owner reads Russian. */
const TELEPHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, locale: "ru-RU" };

/** For so long a window has been open before anybody goes anywhere, in milliseconds. A new one is busy with itself: it loads pages
 *  of its own, for the box where addresses are typed, on the same processor. */
const AT_HAND = 1_500;

/** The visit is over when nothing was asked for so long, in milliseconds. */
const QUIET = 800;

/** What has not come about until then will not, in milliseconds. */
const PATIENCE = 30_000;

/** How a visit begins: the address, what is known of the person, and what to look for. */
export class Visit {
  static async begin(browser, { subject, storageState, headers, isThrottled }) {
    const context = await browser.newContext({ ...TELEPHONE, storageState, extraHTTPHeaders: headers });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const visit = new Visit({ context, page, session, subject });
    Object.assign(preflights, { latency: isThrottled ? THROTTLED.latency : 0, answered: [] });
    await session.send("Network.enable");
    await session.send("Page.enable");
    if (isThrottled) {
      const { latency, throughput, slowdown } = THROTTLED;
      const conditions = { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput };
      await session.send("Network.emulateNetworkConditions", conditions);
      await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    }
    await sleep(AT_HAND);
    return visit;
  }

  constructor(parts) {
    Object.assign(this, parts);
    this.requests = new Map();
    this.lastNews = performance.now();
    this.hasCrashed = false;
    this.page.once("crash", () => (this.hasCrashed = true));
    this.hasLoaded = new Promise((resolve) => this.page.once("load", resolve));
    // Of what a page still asks for when it is left, no end is told.
    this.session.on("Page.frameNavigated", ({ frame }) => frame.parentId ?? (this.loaderId = frame.loaderId));
    this.session.on("Network.requestWillBeSent", ({ requestId, loaderId, request, type, timestamp, wallTime }) => {
      // Preflights are counted by the server, and a page's icon, of whose end there is no word, not at all.
      if (!request.url.startsWith("http") || request.url.endsWith("/favicon.ico") || request.method == "OPTIONS") return;
      this.toEpoch ??= (wallTime - timestamp) * 1000;
      this.requests.set(requestId, { url: request.url, type, loaderId, bytes: 0 });
      this.lastNews = performance.now();
    });
    const end = ({ requestId, timestamp, encodedDataLength = 0 }) => {
      const request = this.requests.get(requestId);
      if (request) Object.assign(request, { bytes: encodedDataLength, end: timestamp * 1000 + this.toEpoch });
      this.lastNews = performance.now();
    };
    this.session.on("Network.loadingFinished", end);
    this.session.on("Network.loadingFailed", end);
  }

  /** Opens the page and lets it come to rest; tells what was found. Where no button is expected, none may have come after so
   *  many milliseconds. */
  async measure(url, { added, expectsButton, linger = 0 }) {
    const { accept, mark } = this.subject;
    await this.page.addInitScript(probe, { accept, mark });
    await this.page.goto(url, { waitUntil: "commit" });
    await this.hasLoaded;
    await sleep(linger);
    const findings = await this.rest(({ visible, pressable }) => !expectsButton || (visible != null && pressable != null));
    assert(expectsButton || !findings.shown, `${this.subject.name} asks somebody who has accepted`);
    const requests = this.counted();
    const { timeOrigin, loaded } = await this.page.evaluate(() => {
      const [{ loadEventEnd }] = performance.getEntriesByType("navigation");
      return { timeOrigin: performance.timeOrigin, loaded: loadEventEnd };
    });
    const ends = [...this.requests.values()].map(({ end }) => end - timeOrigin);
    const early = expectsButton ? requests.filter(({ end }) => end - timeOrigin <= findings.pressable) : [];
    const bytes = (requests) => requests.reduce((sum, { bytes }) => sum + bytes, added);
    return {
      pressable: findings.pressable,
      visible: findings.visible,
      settled: Math.max(loaded, ...ends),
      bytes: bytes(requests),
      early_bytes: bytes(early),
      requests: requests.length,
      blocked: findings.longTasks.reduce((sum, duration) => sum + Math.max(0, duration - 50), 0),
      heap: await this.heap(),
    };
  }

  /** Opens the page and presses the button with the mouse as soon as it can be seen and holds still. Keeps pictures of the
   *  moment since when it could be pressed, and of that when it is. Tells what the browser remembers afterwards. */
  async press(url, pictures) {
    const { accept, mark, name } = this.subject;
    const frames = [];
    this.session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
      frames.push({ data, at: metadata.timestamp * 1000 });
      // The visit may be over.
      this.session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
    });
    await this.session.send("Page.startScreencast", { format: "png" });
    const { promise: pressable, resolve } = Promise.withResolvers();
    await this.page.exposeBinding("benchPressable", (_, at) => resolve(at));
    await this.page.addInitScript(probe, { accept, mark, reports: true });
    await this.page.goto(url, { waitUntil: "commit" });
    const at = await Promise.race([pressable, sleep(PATIENCE)]);
    assert(at, `the button of ${name} cannot be pressed`);
    // There is no new frame where nothing moves.
    for (let waits = 0; !frames.some((frame) => frame.at >= at) && waits < 10; waits++) await sleep(10);
    const keep = (moment) => writeFileSync(`${pictures}-${moment}.png`, Buffer.from(frames.at(-1).data, "base64"));
    keep("pressable");
    const { x, y } = await this.page.evaluate(() => window.benchFindings.still());
    keep("pressed");
    await this.page.mouse.click(x, y);
    this.lastNews = performance.now();
    await this.rest(({ shown }) => !shown);
    return this.context.storageState();
  }

  async end() {
    await this.context.close();
  }

  /** Waits until nothing happens any more, and what was found is as it should be. */
  async rest(isEnough) {
    const patient = performance.now() + PATIENCE;
    while (performance.now() < patient) {
      const isBusy = [...this.requests.values()].some(({ loaderId, end }) => loaderId == this.loaderId && !end);
      if (isBusy || performance.now() - this.lastNews < QUIET) {
        await sleep(20);
        continue;
      }
      const lastNews = this.lastNews;
      const findings = await this.findings();
      if (findings && isEnough(findings) && this.lastNews == lastNews) return findings;
      await sleep(100);
    }
    assert.fail(`${this.subject.name} does not come to rest: ${JSON.stringify([...this.requests.values()])}`);
  }

  /** What the probe has found once the page has nothing else to do; nothing while one page is left for another. */
  findings() {
    const idle = () => new Promise((resolve) => requestIdleCallback(() => resolve(window.benchFindings), { timeout: 2000 }));
    return this.page.evaluate(idle).catch((error) => {
      if (this.hasCrashed || !this.context.browser().isConnected()) throw error;
      return null;
    });
  }

  /** The requests that a notice costs: all but that for the page of a host. */
  counted() {
    const all = [...this.requests.values()];
    const foreign = all.filter(({ url }) => new URL(url).hostname != "127.0.0.1");
    assert.deepEqual(foreign, [], `${this.subject.name} asks a third party`);
    const own = this.subject.address ? all : all.filter(({ type }) => type != "Document");
    return [...own, ...preflights.answered];
  }

  /** What scripts hold, WebAssembly's memory included, in bytes. */
  async heap() {
    await this.session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = await this.session.send("Runtime.getHeapUsage");
    return usedSize + backingStorageSize + (await this.page.evaluate(() => window.benchFindings.memory()));
  }
}
