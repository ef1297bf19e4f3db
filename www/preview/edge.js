// What the page asks of the edge, by the routes that hosts, staff and people use.

const ISSUER = "https://preview.kelisim.invalid";
const AGREEMENT = "2026-01";
const APP = "chat.smartaqkol.preview";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** The edition in force, with its texts. */
export const edition = async () => (await send("GET", "/v1/editions/current")).json();

/** The server's time, in milliseconds; the preview's issuer tells it by the second. */
export const time = async () => {
  const [, claims] = (await token({ role: "auditor", sub: "preview" })).split(".");
  return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).iat * SECOND;
};

/** Moves the server's clock to an instant, or back to the true time. */
export const setTime = (now) =>
  now ? send("PUT", "/preview/clock", { json: { now: new Date(now).toISOString() } }) : send("DELETE", "/preview/clock");

/** Instants that matter to an edition, in milliseconds; those about the deadline only where it has one. */
export const moments = ({ manifest }) => {
  const published = Date.parse(manifest.published_at);
  const deadline = Date.parse(manifest.change.deadline);
  return {
    "day-6": published + 6 * DAY,
    "last-minute": deadline - MINUTE,
    deadline,
    "day-8": deadline + DAY / 2,
    "day-30": published + 30 * DAY,
  };
};

/** Tomorrow at this hour. */
export const nextDay = async () => (await time()) + DAY;

/** Publishes the text in the place of the first text in force, and gives the edition that it has become. */
export const publish = async ({ body, summary, kind }) => {
  const inForce = await edition();
  await passPublicationOf(inForce);
  const { id, manifest, texts } = inForce;
  const draft = {
    authoritative: manifest.authoritative,
    channels: manifest.channels,
    change: { class: kind, supersedes: id },
    texts: manifest.texts.map(({ language, purposes, data_categories }, index) => ({
      language, purposes, data_categories, summary, body: index ? texts[index] : body,
    })),
  };
  const published = await (await send("POST", "/v1/admin/editions", { as: "publisher", json: draft })).json();
  // For two seconds the edge may not know yet.
  for (;;) {
    const current = await edition();
    if (current.id == published.id) return current;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Brings a new user into a state, and gives the user. A change is published from the draft. */
export const reach = async (state, draft) => {
  const user = `preview-${crypto.randomUUID()}`;
  await setTime();
  await passPublicationOf(await edition());
  await journeys[state](user, draft);
  return user;
};

/** A token of the user, as a host's backend gives it. */
export const tokenOf = (user) => token({ sub: user, agreement: AGREEMENT });

/** Everything on record about a user. That it was asked for is the last of it. */
export const file = async (user) => (await send("GET", await pathOf(user), { as: "auditor" })).json();

const journeys = {
  new: () => {},
  accepted: (user) => accept(user),
  async used(user, draft) {
    await change(user, draft, "day-8");
    const report = {
      report: crypto.randomUUID(), subject: user, agreement: AGREEMENT, used_at: new Date(await time()).toISOString(), app: APP,
    };
    await send("POST", "/v1/uses", { token: await token({ service: "preview" }), json: report });
  },
  async withdrawn(user) {
    await accept(user);
    await setTime((await time()) + MINUTE);
    const received = new Date(await time()).toISOString();
    const withdrawal = {
      application: "1/2026", document_sha256: "0".repeat(64), channel: "office", received_at: received, effective_at: received,
    };
    await send("POST", `${await pathOf(user)}/withdrawals`, { as: "officer", json: withdrawal });
  },
  async terminated(user) {
    await accept(user);
    const today = new Date(await time()).toLocaleDateString("sv", { timeZone: "Asia/Almaty" }); // as in 2026-11-23
    await send("POST", `${await pathOf(user)}/terminations`, { as: "officer", json: { ended_on: today } });
  },
  async erased(user) {
    await accept(user);
    await send("DELETE", await pathOf(user), { as: "officer" });
  },
};
for (const moment of ["day-6", "last-minute", "day-8", "day-30"]) journeys[moment] = (user, draft) => change(user, draft, moment);

/** The user accepts the edition in force; then another is published, and it becomes that moment of its term. */
const change = async (user, draft, moment) => {
  await accept(user);
  await setTime(moments(await publish({ ...draft, kind: "material" }))[moment]);
};

/** Accepts by the form, which needs no key of a device. */
const accept = async (user) => {
  const page = await (await send("POST", "/consent", { form: { token: await tokenOf(user), lang: "ru" } })).text();
  // To parse the page would break this page's policy: a style is in it.
  const [, ticket] = page.match(/name="ticket" value="([^"]+)"/);
  await send("POST", "/consent/accept", { form: { ticket } });
};

/** Sees to it that the clock is past the publication of an edition: before that no other can be published. */
const passPublicationOf = async ({ manifest }) => {
  const published = Date.parse(manifest.published_at);
  if ((await time()) <= published) await setTime(published + MINUTE);
};

const pathOf = async (user) => {
  const lookup = { issuer: ISSUER, subject: user };
  const { subject } = await (await send("POST", "/v1/admin/subjects/lookup", { as: "auditor", json: lookup })).json();
  return `/v1/admin/subjects/${subject}`;
};

const token = async (query) => {
  const answer = await send("POST", `/preview/token?${new URLSearchParams(query)}`);
  return (await answer.json()).token;
};

/** Sends a request, by a token or as a member of staff with that role; every answer but a good one is an error. */
const send = async (method, path, { as, token: bearer, json, form } = {}) => {
  if (as) bearer = await token({ role: as, sub: "preview" });
  const headers = new Headers();
  if (bearer) headers.set("authorization", `Bearer ${bearer}`);
  if (json) headers.set("content-type", "application/json");
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form);
  const answer = await fetch(path, { method, headers, body });
  if (answer.ok) return answer;
  const { title, detail } = await answer.json().catch(() => ({}));
  throw new Error([`${method} ${path}: ${answer.status}`, title, detail].filter(Boolean).join(". "));
};
