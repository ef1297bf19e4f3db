/* What a person looks up: what they have accepted, and the application by which they withdraw (policy, clause 2.6). It needs no
   WebAssembly, and nothing that is filled in is sent anywhere. */
import { post } from "./bridge.js";
import { get } from "./edge.js";
import { parse } from "./markup.js";
import { verify } from "./verify.js";

/* Opens a view, `acceptances` or `withdrawal`, with what the host knows of the person in the places named by `data-field`. */
export const show = async (page, token, view, fields = {}) => {
  const { element } = page;
  const lang = page.dataset.lang || element.closest("[lang]")?.lang;
  const { style, html } = await get("/v1/acceptances?lang=" + (lang || ""), token);
  const root = element.shadowRoot || element.attachShadow({ mode: "open" });
  const dialog = parse(page, html);
  const partsOf = { acceptances: ["acceptances"], withdrawal: ["application", "print"] };
  for (const [name, parts] of Object.entries(partsOf)) {
    for (const part of parts) dialog.querySelector(`[part=${part}]`).hidden = name != view;
  }
  for (const place of dialog.querySelectorAll("[data-field]")) {
    const text = fields[place.dataset.field];
    if (text) place.textContent = text;
  }
  root.querySelector("dialog[data-account]")?.close();
  dialog.dataset.account = view;

  const unstyle = adopt(root, style);
  dialog.addEventListener("close", () => {
    dialog.remove();
    unstyle();
  });
  dialog.addEventListener("click", ({ target }) => {
    const button = target.closest("[part=close],[part=print],[part=save]");
    if (!button) return;
    const part = button.getAttribute("part");
    if (part == "close") dialog.close();
    else if (part == "save") save(button.dataset.record, token, dialog.querySelector("[part=verdict]"));
    else print(dialog.querySelector("[part=application]"), dialog.lang, style.replace(/:host\b/g, ":root"));
  });
  root.append(dialog);
  open(dialog);
};

/* Fetches everything that proves an acceptance, verifies it, says what came of that, and offers it as one file. What does not
   verify is offered as well: it may be needed to show that. */
const save = async (record, token, verdict) => {
  const say = (name) => (verdict.textContent = verdict.dataset[name]);
  try {
    const file = await get("/v1/receipts/" + record, token);
    const name = "kelisim-" + record.slice(0, 8) + ".json";
    const json = JSON.stringify(file, null, 1);
    say(await verify(file).catch(() => "refuted"));
    if (post("save", { name, json })) return;
    const link = document.createElement("a");
    link.download = name;
    link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 6e4);
  } catch {
    say("unreachable");
  }
};

/* Opens a dialog over the page; focus goes back to where it was when it is closed. Safari before 15.4 knows no dialogs. */
const open = (dialog) => {
  if (dialog.showModal) return dialog.showModal();
  const before = document.activeElement;
  dialog.close = () => {
    dialog.dispatchEvent(new Event("close"));
    before?.focus();
  };
  dialog.addEventListener("keydown", ({ key }) => key == "Escape" && dialog.close());
  dialog.setAttribute("open", "");
  dialog.tabIndex = -1;
  dialog.focus();
};

/* Gives a shadow root one more style; gives back what takes it away. */
const adopt = (root, text) => {
  try {
    const sheet = sheetOf(window, text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => (root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other != sheet));
  } catch {
    const style = document.createElement("style");
    style.textContent = text;
    root.append(style);
    return () => style.remove();
  }
};

const sheetOf = (window, text) => {
  const sheet = new window.CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
};

/* Prints one element: an app prints by itself, a browser by a page within the page, which loads nothing. */
const print = (application, lang, style) => {
  if (post("print", { lang, html: application.outerHTML, style })) return;
  const frame = document.createElement("iframe");
  frame.setAttribute("aria-hidden", "true");
  Object.assign(frame.style, { position: "fixed", width: 0, height: 0, border: 0 });
  document.body.append(frame);
  const { contentDocument: page, contentWindow: window } = frame;
  page.documentElement.lang = lang;
  page.title = application.querySelector("h2,h3")?.textContent || document.title;
  page.body.append(page.importNode(application, true));
  try {
    page.adoptedStyleSheets = [sheetOf(window, style)];
  } catch {
    // Then it is printed as the browser likes.
  }
  window.addEventListener("afterprint", () => frame.remove());
  window.focus();
  window.print();
};
