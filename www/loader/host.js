/* What the loader's methods do, and what it has done when there is something to do. It is loaded when one of them is called.
   The contract with hosts is in shared/src/host.rs. */
import { post } from "./bridge.js";
import { get } from "./edge.js";
import { changed, listen, snapshot } from "./listeners.js";
import { keep } from "./notice.js";
import { answer, isText, who } from "./token.js";

export { prepare, take } from "./notice.js";

/* Says who is at the device from now on: a token, a function that gives a promise of one, or nothing where nobody is signed in. What
   is shown stays if that is the same person, and so does what they pressed before the edge knew of them. */
export const identify = async (page, source, subject) => {
  const before = page.token || [page.source, window.kelisimToken, page.dataset.token].find(isText);
  page.source = source || (() => null);
  const token = await (before && page.source.call ? page.source() : source);
  const isSame = !!token && !!before && who(token) == who(before);
  answer(isSame ? token : null);
  if (isSame && page.token) return;
  if (!isSame) {
    page.dataset.subject = subject || "";
    page.dataset.status = page.token = "";
    page.turn = page.clear();
    if (!source) changed(null);
  }
  clearTimeout(page.timer);
  if (page.element) await page.run();
};

/* Where the person stands, as the edge says now; `null` where nobody is signed in. */
export const status = async (page) => {
  const token = await ask(page);
  return token ? snapshot(await get("/v1/status", token)) : null;
};

/* Shows something; tells whether there is somebody to show it to. */
export const open = async (page, view, fields) => {
  if (view == "notice") {
    // Whoever asks for it may know more than what is kept.
    keep(null);
    page.turn = page.clear();
    return page.run();
  }
  const token = await ask(page);
  if (!token) return;
  const { show } = await import("./account.js");
  await show(page, token, view, fields);
};

/* Takes a command of an app, as an object or as JSON. The app hears of errors; they are none of the notice on the screen. */
export const receive = async (page, command) => {
  const { type, ...detail } = typeof command == "string" ? JSON.parse(command) : command;
  try {
    if (type == "identify") await identify(page, detail.token, detail.subject);
    if (type == "open") await open(page, detail.view, detail.fields);
    if (type == "status") post("status", await status(page));
  } catch (error) {
    post("error", { reason: error.type || "unreachable" });
  }
};

/* Calls a listener with where the person stands, now and whenever that changes. Gives back what stops it. */
export const onChange = (page, listener) => listen(listener, status(page));

/* The token; nothing also where the page has not said yet whom to ask. */
const ask = (page) =>
  page.ask().catch((error) => {
    if (error) throw error;
  });
