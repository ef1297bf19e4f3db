/* Kelisim's loader: <script async src="https://EDGE/kelisim.js" data-token-url="/kelisim/token"></script>
   Defines <kelisim-consent token-url lang> and puts one into the page if there is none. For a person who has nothing to
   do it makes two requests and shows nothing; where everything about them was erased, it fires no event either. Events
   of the element, all of which bubble: kelisim:accepted {edition, basis, record, receipt}, kelisim:postponed {edition,
   deadline}, kelisim:settled {edition}, kelisim:error {reason}. */
(() => {
  const NAME = "kelisim-consent";
  const script = document.currentScript;
  const edge = new URL(script.src).origin;
  if (customElements.get(NAME)) return;

  customElements.define(NAME, class extends HTMLElement {
    async connectedCallback() {
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      const turn = (this.turn = {});
      try {
        // A token is never sent in clear: not even where the page's author wrote http by mistake.
        if (!/^https:|\/\/(localhost|127\.0\.0\.1)(:|$)/.test(edge)) throw fault("insecure");
        const token = await this.token();
        if (!token) return;
        const status = await answer(edge + "/v1/status", { headers: { authorization: "Bearer " + token } });
        const { state } = JSON.parse(status);
        if (state.name == "accepted") return this.tell("settled", { edition: state.edition });
        if (state.name == "erased") return;
        const widget = await import(edge + "/widget/kelisim_widget.js");
        await widget.default();
        if (this.turn != turn) return;
        this.unmount = widget.mount({
          host: this, root, edge, status, token,
          refresh: () => this.token(),
          languages: [this.closest("[lang]")?.lang, ...navigator.languages].filter(Boolean).join(),
        });
      } catch (error) {
        console.warn("kelisim:", error);
        this.tell("error", { reason: error.reason || (error instanceof TypeError ? "unreachable" : "unreadable") });
      }
    }

    disconnectedCallback() {
      this.turn = 0;
      this.removeAttribute("open");
      this.unmount?.();
      this.unmount = 0;
    }

    /* Asks the host's backend who the user is: {"token": "…"}, or 204 when nobody is signed in. */
    async token() {
      const url = this.getAttribute("token-url") || script.dataset.tokenUrl;
      if (!url) throw fault("no-token-url");
      const text = await answer(url, { method: "POST", credentials: "same-origin" }, "token-refused");
      return text && JSON.parse(text).token;
    }

    tell(name, detail) {
      this.dispatchEvent(new CustomEvent("kelisim:" + name, { detail, bubbles: true, composed: true }));
    }
  });

  const fault = (reason) => Object.assign(Error(reason), { reason });

  const answer = async (url, init, reason) => {
    const response = await fetch(url, init);
    const text = await response.text();
    if (response.ok) return text;
    const error = Error(url + ": " + response.status);
    try {
      error.reason = reason || JSON.parse(text).type;
    } catch {}
    throw error;
  };

  const place = () => {
    if (document.querySelector(NAME)) return;
    const element = document.createElement(NAME);
    if (script.dataset.lang) element.lang = script.dataset.lang;
    document.body.append(element);
  };
  document.readyState == "loading" ? addEventListener("DOMContentLoaded", place) : place();
})();
