/* The element that the edge has made, as a node of this page. */
export const parse = (page, html) => {
  const rules = { createHTML: (html) => html };
  page.policy ||= window.trustedTypes ? trustedTypes.createPolicy("kelisim", rules) : rules;
  const template = document.createElement("template");
  template.innerHTML = page.policy.createHTML(html);
  return template.content.firstElementChild;
};
