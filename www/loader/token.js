/* Tokens that come later than the first. */
import { edge } from "./edge.js";

/* Who a token is about, as the loader writes it. It is not verified here: the edge does that. */
export const who = (token) => {
  try {
    const { iss, sub } = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return iss + " " + sub;
  } catch {
    return token;
  }
};

/* A fresh token for whoever is at the device now, or nothing. One that was given as a text is spent; whoever gave it is told that
   another one is wanted, and has half a minute to call `identify`. */
export const renew = async (page) => {
  if (isText(page.source)) page.source = null;
  if (isText(window.kelisimToken)) window.kelisimToken = null;
  page.dataset.token = "";
  const identified = new Promise((resolve) => {
    hear = resolve;
    setTimeout(resolve, 30_000, null);
  });
  try {
    return await page.ask();
  } catch (error) {
    if (error) throw error;
    return identified;
  }
};

/* Whether a token was given as a text, and not as a function that gets one. */
export const isText = (given) => given && !given.call;

/* Tells whoever waits for a fresh token. */
export const answer = (token) => hear(token);

let hear = () => {};

/* Leaves the page for the edge's own, with a form: it needs neither WebAssembly nor WebCrypto. */
export const leaveFor = async (page, path, token, lang) => {
  const fresh = await page.ask().catch(() => token);
  const form = Object.assign(document.createElement("form"), { method: "post", action: edge + path, hidden: true });
  for (const [name, value] of Object.entries({ token: fresh || token, lang })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: value || "" }));
  }
  document.body.append(form);
  form.submit();
};
