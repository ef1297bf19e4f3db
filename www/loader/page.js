/* In the page /consent itself, as a module, which a browser runs once it has read the page. What is asked is to be seen first:
   the whole text, and then the loader, which brings the widget, follow when that has been painted.

     <script type="module" id="follow" data-notice="/v1/…" data-token="…" data-status="…">(…)()</script>

   Where the page was not opened by a token, there is nothing that the widget could sign with, and the form goes on by itself. */
export default () => {
  const { dataset } = document.getElementById("follow");
  const element = document.querySelector("kelisim-consent");
  const template = element.querySelector("template");
  // Chromium before 111 and Safari before 16.4 know no declarative shadow DOM.
  if (template) {
    element.attachShadow({ mode: "open" }).append(template.content);
    template.remove();
  }
  const root = element.shadowRoot;
  const { origin } = location;

  const nodes = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

  /* The text comes into its place. Until it does, that has what is there for who runs no scripts: a frame. */
  let place = root.querySelector("noscript");
  const put = (next) => {
    place.replaceWith(next);
    place = next;
  };
  const text = async () => {
    try {
      const answer = await fetch(dataset.notice);
      if (!answer.ok) throw answer.status;
      const { html } = await answer.json();
      put(nodes(html).querySelector("[part=policy]"));
    } catch {
      if (place.matches("noscript")) put(nodes(place.textContent).firstElementChild);
      await new Promise((done) => setTimeout(done, 3e4));
      await text();
    }
  };

  /* A statement says what was on the screen: no widget before the text is there. */
  const follow = async () => {
    const host = dataset.token && import(origin + "/widget/host.js").catch(() => {});
    await text();
    if (!host) return;
    // The page has just heard from the edge where the person stands.
    try {
      delete localStorage.kelisim;
    } catch {}
    const loader = document.createElement("script");
    Object.assign(loader.dataset, dataset);
    loader.src = origin + "/kelisim.js?lang=" + document.documentElement.lang;
    document.body.append(loader);
  };

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-jump]");
    const clause = button && root.getElementById(button.dataset.jump);
    if (clause) clause.scrollIntoView();
  });
  requestAnimationFrame(() => setTimeout(follow));
};
