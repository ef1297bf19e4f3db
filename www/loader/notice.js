/* What follows where there is something to do: the notice is shown, if it is not there already, and the widget takes it over. */
import { edge, isSecure, read } from "./edge.js";
import { changed, snapshot } from "./listeners.js";
import { parse } from "./markup.js";
import show from "./show.js";
import { leaveFor, renew } from "./token.js";

/* Loads the widget once what is shown has been painted. Whether that works out is seen when it is needed: `null` where it cannot
   run here, `undefined` where it did not arrive whole, and may another time. */
export const prepare = (page) => {
  const isPassing = (error) => error instanceof TypeError || error instanceof WebAssembly.LinkError;
  page.widget ||= painted()
    .then(() => load(page.misses))
    .catch((error) => (isPassing(error) ? undefined : null));
};

/* Called by the loader with what it has found out. `asked` gives the edge's answer with the notice, unless one is shown. */
export const take = async (page, turn, token, subject, status, lang, asked) => {
  if (!isSecure) throw { type: "insecure" };
  const { element, dataset } = page;
  const { state, edition } = status;
  const standing = snapshot(status);
  const isLate = () => page.turn != turn;
  if (isLate()) return;
  page.token = token;
  // It was true once, and of one person.
  dataset.status = "";
  keep(isChange(standing) && { subject, edition: state.accepted, at: Date.now() });
  changed(standing);
  if (state.name == "erased") return page.clear();

  const root = element.shadowRoot || element.attachShadow({ mode: "open" });
  const box = () => root.querySelector("[part=dialog]:not([data-account])");
  // Whether the page came with the notice in it.
  const isDeclared = !page.edition && !!box();
  const postpone = () => {
    page.clear();
    page.tell("postponed", { edition: edition.id, deadline: state.deadline });
  };
  const isLeft = () => page.press == "leave" && standing.state == "pending";
  if (!isDeclared) {
    if (isLeft()) return postpone();
    const notice = await read(await (asked || fetch(edge + status.notice + lang)));
    if (isLate()) return;
    if (isLeft()) return postpone();
    // The whole notice takes the place of the first, at once. What was pressed on that stands, unless another one was to be
    // answered.
    const isFirst = !box();
    const press = isFitting(page, box(), standing) ? page.press : "";
    const focused = root.activeElement && root.activeElement.getAttribute("part");
    page.press = "";
    show(page, edition.id, notice, "", () => () => true, () => true);
    if (!isFirst) box().classList.add("still");
    page.press ||= press;
    const part = (name) => root.querySelector(`[part=${name}]`);
    if (press) part(press).setAttribute("aria-busy", true);
    if (focused && part(focused)) part(focused).focus();
  }

  const endings = [];
  page.clear = () => {
    for (const end of endings.splice(0)) end();
    root.textContent = page.press = "";
  };
  const forgetOthers = hear(window, ["storage"], ({ key, newValue }) => {
    const kept = key == KEPT && JSON.parse(newValue);
    if (!kept || kept.subject != subject || kept.edition != edition.id) return;
    page.turn = page.clear();
    page.tell("settled", { edition: edition.id });
  });
  endings.push(forgetOthers);

  const widget = await whenLoaded(page);
  if (isLate()) return;
  if (isLeft()) return postpone();
  // A notice that came with the page has a form of its own, which is good for longer than a token.
  const form = isDeclared && root.querySelector("form.actions");
  if (!widget || !crypto.subtle) {
    if (!isDeclared) offerForm(page, box(), standing, postpone, () => leaveFor(page, "/consent", token, lang));
    return;
  }
  if (box()) box().onclick = null;
  const tell = (type, json) => {
    // A page that was there for the notice is empty without it.
    if (type == "closed") return isDeclared && location.assign(edge + "/privacy?lang=" + lang);
    const detail = JSON.parse(json);
    if (type == "accepted" || type == "settled") {
      // What another tab finds out is no news any more, and no reason to take the receipt away.
      forgetOthers();
      keep({ subject, edition: detail.edition, at: Date.now() });
    }
    page.tell(type, detail);
  };
  const refresh = async () => {
    const fresh = await renew(page);
    if (!fresh && form && root.querySelector("[part=accept][aria-busy]")) {
      document.body.append(form);
      form.hidden = true;
      form.submit();
    }
    return fresh;
  };
  try {
    const unmount = widget.mount({
      root,
      tell,
      edge,
      status: JSON.stringify(status),
      token,
      refresh,
      press: page.press || undefined,
      parse: (html) => parse(page, html),
    });
    endings.push(unmount);
  } catch (error) {
    console.error("kelisim:", error);
    page.clear();
    throw { type: "unreadable" };
  }
};

/* Whether they accepted an earlier edition. */
const isChange = ({ state }) => state == "pending" || state == "due";

/* Whether what is shown is what this person is to see. An acceptance of the same edition is one, whatever stood beside it. */
const isFitting = (page, box, standing) =>
  !!box &&
  standing.edition.startsWith(page.edition) &&
  (isChange(standing)
    ? page.press == "accept" || box.matches("section") == (standing.state == "pending")
    : page.isNew && standing.state == "new");

const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

const load = async (misses) => {
  if (!window.WebAssembly) return null;
  // Glue and module at the same time: by itself the glue asks for the module when it runs.
  const module = fetch(edge + "/widget/kelisim_widget_bg.wasm");
  module.catch(() => {});
  // A browser remembers that a module could not be had (HTML, "fetch a single module script").
  const widget = await import(edge + "/widget/kelisim_widget.js" + (misses ? "?" + misses : ""));
  await widget.default({ module_or_path: module });
  return widget;
};

/* The widget; nothing where it cannot run, or does not arrive after three more tries. Where there is no connection, it comes when
   there is one again. */
const whenLoaded = async (page) => {
  prepare(page);
  const widget = await page.widget;
  if (widget) return widget;
  const { misses = 0 } = page;
  if (navigator.onLine) {
    if (widget === null || misses > 2) return null;
    await new Promise((resolve) => setTimeout(resolve, 2_000 << misses));
  } else {
    await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  }
  page.misses = misses + 1;
  page.widget = null;
  return whenLoaded(page);
};

/* Where the widget cannot run, the edge's page of the notice takes over when this one is accepted. */
const offerForm = (page, box, standing, postpone, leave) => {
  const act = () => {
    if (page.press == "accept") leave();
    if (page.press == "leave") postpone();
  };
  const keepPress = box.onclick;
  box.onclick = (event) => {
    keepPress(event);
    act();
  };
  // Escape is no answer to what has to be answered.
  if (!isChange(standing)) box.addEventListener("close", () => box.isConnected && box.showModal());
  act();
};

/* What is known of the person at the next visit; see kelisim.js. */
export const keep = (kept) => {
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept || null));
  } catch {
    // Then the edge is asked each time.
  }
};

/* Adds a listener; gives back what removes it. */
const hear = (target, types, listener) => {
  for (const type of types) target.addEventListener(type, listener);
  return () => {
    for (const type of types) target.removeEventListener(type, listener);
  };
};

const KEPT = "kelisim";
