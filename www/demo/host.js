// What is set before anything else runs here: the page's language, which the widget reads early; and by the preview's page,
// whose token it is given. That page is told, so that it misses nothing that happens here.
{
  const query = new URLSearchParams(location.search);
  const language = query.get("lang");
  if (["kk", "ru", "en"].includes(language)) document.documentElement.lang = language;
  const user = query.get("user");
  if (user) {
    document.querySelector("[data-token-url]").dataset.tokenUrl = `/preview/token?sub=${encodeURIComponent(user)}`;
    // States and clocks change here as they do nowhere else: the edge is asked each time.
    localStorage.removeItem("kelisim");
  }
  window.frameElement?.dispatchEvent(new Event("demo:start"));
}
