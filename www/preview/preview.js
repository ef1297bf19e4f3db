// The product team's page: a person in any state, on any device, at any time, and what comes of it.

import { diff } from "./diff.js";
import * as edge from "./edge.js";
import { connect, watch } from "./frame.js";

const [frame, stage, said] = ["screen", "stage", "said"].map((id) => document.getElementById(id));
const lists = ["events", "messages", "requests", "records"].map((id) => document.getElementById(id));
const [events, messages, requests, records] = lists;
const [device, language, consent] = ["device", "language", "consent"].map((id) => document.getElementById(id));
const [bridge, early, offline] = ["bridge", "early", "offline"].map((id) => document.getElementById(id));
const [body, summary, kind] = ["body", "summary", "class"].map((id) => document.getElementById(id));

/** Whom the frame is shown to. */
let user;
/** What an app hands in when the page in the frame starts. */
let token;
/** The edition in force. */
let inForce;
/** How far the server's clock is ahead of this one, in milliseconds. */
let ahead = 0;
/** Whether something is being done. */
let busy = false;

/** Does one thing at a time, and says what failed. */
const perform = async (action) => {
  if (busy) return;
  busy = true;
  said.className = "";
  said.textContent = "Выполняется…";
  try {
    await action();
    said.textContent = "";
  } catch (error) {
    fail(error);
  }
  busy = false;
};

/** Says what failed. */
const fail = ({ message }) => {
  said.className = "failure";
  said.textContent = message;
};

/** Shows the widget to a new user in that state. */
const show = async (state) => {
  user = await edge.reach(state, draft());
  for (const list of lists) list.replaceChildren();
  for (const button of document.querySelectorAll("[data-state]")) button.ariaPressed = button.dataset.state == state;
  await refresh();
};

/** Moves the server's clock. */
const turn = async (name) => {
  const instants = { ...edge.moments(inForce), "next-day": await edge.nextDay(), real: undefined };
  await edge.setTime(instants[name]);
  await refresh();
};

/** Shows what has become of edition and time, and the page to the user anew. */
const refresh = async () => {
  const edition = await edge.edition();
  if (edition.id != inForce?.id) edit(edition);
  ahead = (await edge.time()) - Date.now();
  tick();
  await open();
};

const open = async () => {
  token = bridge.value && early.checked ? await edge.tokenOf(user) : null;
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    const query = new URLSearchParams({ user, lang: language.value });
    frame.contentWindow.location.replace(`/demo/?${query}`);
  });
};

/** Puts the text in force into the editor, with a change to begin with: the term in clause 2.4. */
const edit = (edition) => {
  inForce = edition;
  const [from, to] = edition.texts[0].includes("трех лет") ? ["трех лет", "пяти лет"] : ["пяти лет", "трех лет"];
  body.value = edition.texts[0].replace(from, to);
  compare();
  const { deadline } = edge.moments(edition);
  const { published_at } = edition.manifest;
  document.getElementById("term").textContent = deadline
    ? `Редакция опубликована ${moment(published_at)}, срок ${moment(deadline)}.`
    : `Первая редакция опубликована ${moment(published_at)}; срока у неё нет.`;
  for (const name of ["last-minute", "deadline"]) document.querySelector(`[data-clock=${name}]`).disabled = !deadline;
};

const draft = () => ({ body: body.value, summary: summary.value, kind: kind.value });

const compare = () => {
  const changes = diff(inForce.texts[0], body.value).map((parts) =>
    element("p", ...parts.map(([fate, text]) => (fate == "same" ? text : element(fate, text)))));
  document.getElementById("diff").replaceChildren(...(changes.length ? changes : [element("p", "Отличий нет.")]));
};

/** Readies the page in the frame, at its very start. */
const start = () => {
  const page = frame.contentWindow;
  const isOnline = () => !offline.checked;
  watch(page, isOnline, (...event) => events.prepend(entry(...event)), (...request) => requests.prepend(entry(...request)));
  if (!bridge.value) return;
  connect(page, bridge.value, hear);
  delete page.document.querySelector("[data-token-url]").dataset.tokenUrl;
  page.kelisimToken = token;
};

/** Takes a message as an app does. */
const hear = (text) => {
  const { type, detail } = JSON.parse(text);
  messages.prepend(entry(type, detail));
  if (type == "token-wanted") edge.tokenOf(user).then((token) => say({ type: "identify", token })).catch(fail);
};

/** Says something to the widget as an app does. */
const say = (command) => frame.contentWindow.kelisim.receive(JSON.stringify(command));

const commands = {
  status: { type: "status" },
  acceptances: { type: "open", view: "acceptances" },
  withdrawal: { type: "open", view: "withdrawal", fields: { name: "Айгерім Сәрсен", phone: "+7 700 000 00 00" } },
};

/** Opens the page /consent as a host without scripts does, in another tab: it lets no page frame it. */
const openConsent = async () => {
  consent.elements.token.value = await edge.tokenOf(user);
  consent.elements.lang.value = language.value;
  consent.submit();
};

const showRecords = async () => {
  const { entries = [], tombstone } = await edge.file(user);
  const rows = entries.map(({ record }) => entry(titleOf(record.event), record, record.recorded_at));
  records.replaceChildren(...(tombstone ? [entry("Всё стёрто", tombstone, tombstone.erased_at)] : rows));
};

const titleOf = ({ kind, ground }) => (ground ? `${titles[kind]}, ${titles[ground.basis]}` : titles[kind]);

const titles = {
  presented: "Уведомление показано", accepted: "Принято", explicit: "кнопкой", implied: "использованием",
  withdrawn: "Отозвано", terminated: "Соглашение прекращено", held: "Хранение продлено", released: "Продление снято",
  viewed: "Записи просмотрены",
};

/** A line of a list: when and what, and the whole of it on demand. */
const entry = (title, detail, instant = Date.now() + ahead) => {
  const head = element("summary", element("time", second.format(new Date(instant))), " ", title);
  return element("li", element("details", head, element("pre", JSON.stringify(detail ?? null, null, 2))));
};

const element = (name, ...children) => {
  const element = document.createElement(name);
  element.append(...children);
  return element;
};

/** Makes the device as large as its place allows, its own size at most. */
const fit = () => {
  const [width, height] = device.value.split("x").map(Number);
  const scale = Math.min(1, (stage.clientWidth - MARGINS) / width, (stage.clientHeight - MARGINS) / height);
  Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
  Object.assign(frame.parentElement.style, { width: `${width * scale}px`, height: `${height * scale}px` });
};

const tick = () => {
  document.getElementById("now").textContent = moment(Date.now() + ahead);
};

const timeZone = "Asia/Almaty";
const moment = (instant) => new Date(instant).toLocaleString("ru", { dateStyle: "long", timeStyle: "medium", timeZone });
const second = new Intl.DateTimeFormat("ru", {
  day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone,
});

/** Room left and right of the screen, or above and below it, in pixels. */
const MARGINS = 44;

document.getElementById("state").addEventListener("click", ({ target: { dataset } }) => {
  if (dataset.state) perform(() => show(dataset.state));
});
document.getElementById("clock").addEventListener("click", ({ target: { dataset } }) => {
  if (dataset.clock) perform(() => turn(dataset.clock));
});
document.getElementById("show-records").addEventListener("click", () => perform(showRecords));
document.getElementById("editor").addEventListener("submit", (event) => {
  event.preventDefault();
  perform(async () => {
    await edge.publish(draft());
    await refresh();
  });
});
body.addEventListener("input", compare);
// Without a bridge nobody hears an answer.
bridge.addEventListener("change", () => {
  for (const control of [early, document.querySelector("[data-command=status]")]) control.disabled = !bridge.value;
});
for (const choice of [language, bridge, early]) choice.addEventListener("change", () => perform(open));
offline.addEventListener("change", () => frame.contentWindow.dispatchEvent(new Event(offline.checked ? "offline" : "online")));
document.getElementById("commands").addEventListener("click", ({ target: { dataset } }) => {
  if (dataset.command) perform(() => say(commands[dataset.command]));
});
consent.addEventListener("submit", (event) => {
  event.preventDefault();
  perform(openConsent);
});
device.addEventListener("change", fit);
frame.addEventListener("demo:start", start);
new ResizeObserver(fit).observe(stage);
setInterval(tick, 1000);
perform(() => show("new"));
