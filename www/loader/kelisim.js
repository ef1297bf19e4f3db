/* Kelisim's loader: the first thing that a page gets of it, and mostly the only one.

     <script async src="https://EDGE/kelisim.js" data-token-url="/kelisim/token" data-subject="4711"></script>

   The build makes an expression of the function below, and the edge serves it called with what is in force:

     (…)("9a5cc3ef2be4")                  the first digits of the id of the edition in force; nothing where there is none
     (…)("9a5cc3ef2be4", {language, style, html}, (…))
                                          while an edition's clock runs: besides, the short notice for people who accepted an
                                          earlier one, and the function of show.js. With ?standing=new, for pages that hand the
                                          status of somebody new in: the short notice for those, marked by is_new

   It defines <kelisim-consent>, puts one into a page that has none, and decides. Of a person who has accepted the edition in
   force it asks nothing and nobody, for a day after the edge said so; else it asks the edge, once. What is needed when there is
   something to do is in host.js. Each byte here is paid for at each visit of each page: `cargo xtask sizes` counts them.

   What is known of the person lies in `localStorage.kelisim` as {subject, edition, at}: who that is, which edition in force
   they have accepted, or had when another came, and when the edge said so, by the device's clock. */
export default (edition, notice, show) => {
  if (window.kelisim) return;
  const { src, dataset } = document.currentScript;
  const edge = new URL(src).origin;

  const attempt = (action) => {
    try {
      return action();
    } catch {}
  };

  /* The function of that name in host.js, which is loaded when it is called. */
  const call = (name) => (...values) => import(edge + "/widget/host.js").then((host) => host[name](page, ...values));

  /* What host.js and show.js know of the page. They add what they need to know of each other. */
  const page = {
    dataset,

    /* Takes away what is shown. */
    clear() {},

    /* Tells the page, by an event, and an app that the page is in, over the bridge that it has, by a line of JSON. */
    tell(type, detail) {
      const json = JSON.stringify({ kelisim: 1, type, detail });
      attempt(() => webkit.messageHandlers.kelisim.postMessage(json));
      attempt(() => KelisimAndroid.postMessage(json));
      attempt(() => ReactNativeWebView.postMessage(json));
      attempt(() => flutter_inappwebview.callHandler("kelisim", json));
      page.element.dispatchEvent(new CustomEvent("kelisim:" + type, { bubbles: true, composed: true, detail }));
    },

    /* The person's token; nothing where nobody is signed in. Where nobody can be asked, page and app are told that a token is
       wanted, and `undefined` is thrown, which is no error: `identify` begins anew. */
    async ask() {
      const given = page.source || window.kelisimToken || dataset.token;
      if (given) return given.call ? given() : given;
      if (!dataset.tokenUrl) throw page.tell("token-wanted");
      // Chromium before 72 sends cookies only when told to.
      const response = await fetch(dataset.tokenUrl, { method: "POST", credentials: "same-origin" });
      if (!response.ok) throw { type: "token-refused" };
      return response.status == 200 && (await response.json()).token;
    },

    /* Finds out what there is to do, and has it done; stops when it is begun anew. */
    async run() {
      const turn = (page.turn = {});
      let { subject } = dataset;
      let token;

      const know = async () => {
        token = await page.ask();
        if (page.turn != turn) throw 0;
        if (!token) throw page.clear();
        if (!subject) {
          const claims = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
          subject = claims.iss + " " + claims.sub;
        }
      };

      try {
        const lang = dataset.lang || (page.element.closest("[lang]") || "").lang;
        subject || (await know());
        // The first look costs a slow phone a frame, so nobody looks where the page has handed the status in.
        const look = () =>
          attempt(() => {
            const kept = JSON.parse(localStorage.kelisim);
            // Neither older than a day nor from the future.
            return kept.subject == subject && Math.abs(Date.now() - kept.at - 432e5) < 432e5 && kept;
          });
        const kept = dataset.status ? 0 : look();
        if (kept && kept.edition.startsWith(edition)) return page.tell("settled", { edition: kept.edition }, page.clear());
        const shown = show && show(page, edition, notice, lang, call, look);
        token || (await know());
        const status =
          JSON.parse(dataset.status || 0) ||
          (await (await fetch(edge + "/v1/status", { headers: { authorization: "Bearer " + token } })).json());
        if (page.turn != turn) return;
        // A problem document (RFC 9457).
        if (status.type) throw status;
        if (status.state.name != "accepted") {
          await shown;
          return await call("take")(turn, token, subject, status, lang, !shown && status.notice && fetch(edge + status.notice + lang));
        }
        const id = status.edition.id;
        attempt(() => (localStorage.kelisim = JSON.stringify({ subject, edition: id, at: Date.now() })));
        page.tell("settled", { edition: id }, page.clear());
      } catch (error) {
        error && page.tell("error", { reason: error.type || "unreachable" });
      }
    },
  };

  const kelisim = (window.kelisim = {});
  for (const name of ["identify", "status", "open", "receive", "onChange"]) kelisim[name] = call(name);

  class Consent extends HTMLElement {
    connectedCallback() {
      page.element = this;
      page.run();
    }

    disconnectedCallback() {
      page.turn = page.clear();
    }
  }
  customElements.define("kelisim-consent", Consent);

  // As soon as the whole page has been read, so that it has had its chance to hold the element; not only when its scripts have run.
  const place = () => document.readyState == "loading" || page.element || document.body.append(new Consent());
  document.addEventListener("readystatechange", place);
  place();
};
