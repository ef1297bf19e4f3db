/* Shows a notice, and keeps what is pressed on it until the widget is there to hear it. The edge puts this function beside the
   loader where that carries a notice; else it comes in host.js. It answers whether the notice is shown: not where the page is in
   another language, nor to whom it is not for. One of a change is for people of whom `accepted` gives an earlier acceptance; one
   for somebody new is for pages that have handed the status in. */
export default (page, edition, { language, style, html, is_new }, lang, call, accepted) => {
  // It is shown already, and was answered.
  if (page.press) return true;
  if (!(is_new ? page.dataset.status : accepted()) || (lang && !lang.startsWith(language))) return;
  const { element } = page;
  const root = element.shadowRoot || element.attachShadow({ mode: "open" });
  page.edition = edition;
  page.isNew = is_new;
  page.clear = () => (clearTimeout(page.timer), (root.textContent = page.press = ""));
  // No `style-src` of the page forbids constructed sheets (CSP 3, section 6.7.3). Safari before 16.4 cannot construct them.
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    html = "<style>" + style + "</style>" + html;
  }
  const rules = { createHTML: (html) => html };
  page.policy = page.policy || (window.trustedTypes ? trustedTypes.createPolicy("kelisim", rules) : rules);
  root.innerHTML = page.policy.createHTML(html);
  const box = root.querySelector("[part=dialog]");
  box.showModal ? box.showModal() : box.setAttribute("open", "");
  box.onclick = ({ target }) => {
    const button = target.closest("[part=accept],[part=leave]");
    if (!button || page.press) return;
    page.press = button.getAttribute("part");
    // A notice that does not block the page goes at once when it is left.
    if (page.press == "leave" && box.matches("section")) box.remove();
    else button.setAttribute("aria-busy", true);
  };
  // What was pressed is tried again every half minute; a notice that cannot be answered goes.
  element.addEventListener(
    "kelisim:error",
    () => box.isConnected && box.onclick && (page.press ? (page.timer = setTimeout(page.run, 3e4)) : page.clear()),
  );
  performance.mark("kelisim:pressable");
  // What follows must not delay the frame in which the notice is seen.
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done))).then(call("prepare"));
};
