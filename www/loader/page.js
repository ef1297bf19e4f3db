/* In the page /consent itself, as a module, which a browser runs once it has read the page. What is asked is to be seen first:
   the whole text, and the loader, which brings the widget, follow when that has been painted.

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
  const { origin } = location;

  /* What is shown where no script runs gives way to the text, unless a notice with its text has taken its place. */
  const text = async () => {
    const place = element.shadowRoot.querySelector("noscript");
    if (!place) return;
    const answer = await fetch(dataset.notice);
    if (!answer.ok) throw answer.status;
    const { html } = await answer.json();
    const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
    place.replaceWith(content.querySelector("[part=policy]"));
  };

  const widget = async () => {
    const loader = document.createElement("script");
    Object.assign(loader.dataset, dataset);
    loader.src = origin + "/kelisim.js?lang=" + document.documentElement.lang;
    document.body.append(loader);
    // The loader is going to ask for it.
    await import(origin + "/widget/host.js");
  };

  /* There is a link to the text, and a form, in any case. */
  const bring = () => text().catch(() => setTimeout(bring, 3e4));
  const follow = () => {
    bring();
    if (dataset.token) widget().catch(() => {});
  };
  requestAnimationFrame(() => setTimeout(follow));
};
