// What is put into the page in the frame before anything else runs there: ears, an app's bridge, and a network that can fail.

/** Tells what happens: gives `event` and `request` each a title and the rest. `isOnline` says whether requests get through. */
export const watch = (page, isOnline, event, request) => {
  for (const name of ["accepted", "postponed", "settled", "kept", "error", "token-wanted"])
    page.addEventListener(`kelisim:${name}`, ({ type, detail }) => event(type, detail));
  Object.defineProperty(page.navigator, "onLine", { get: isOnline });
  const { fetch } = page;
  page.fetch = async (...call) => {
    const asked = new page.Request(...call);
    const { pathname } = new URL(asked.url);
    const note = (outcome, ...texts) => {
      if (!/^\/(v1|consent)\b/.test(pathname)) return;
      request(`${asked.method} ${shorten(pathname)}: ${outcome}`, texts.filter(Boolean).map(legible));
    };
    const sent = await asked.clone().text();
    if (!isOnline()) {
      note("нет сети", sent);
      throw new page.TypeError("Failed to fetch");
    }
    const answer = await fetch(asked);
    note(answer.status, sent, await answer.clone().text());
    return answer;
  };
};

/** Gives the page what it has in a web view of such an app, whose `hear` is called with every message. */
export const connect = (page, app, hear) => {
  const bridges = {
    ios: { webkit: { messageHandlers: { kelisim: { postMessage: hear } } } },
    android: { KelisimAndroid: { postMessage: hear } },
    "react-native": { ReactNativeWebView: { postMessage: hear } },
    flutter: { flutter_inappwebview: { callHandler: (handler, text) => handler == "kelisim" && hear(text) } },
  };
  Object.assign(page, bridges[app]);
};

/** An address with the first digits of the ids in it. */
const shorten = (path) => path.replace(/([0-9a-f]{8})[0-9a-f]{56}/g, "$1…");

const legible = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
