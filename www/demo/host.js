// What the preview's page sets, before anything else runs here: the language, and whose token the widget is given. The page is
// told, so that it misses nothing that happens here.
{
  const query = new URLSearchParams(location.search);
  const user = query.get("user");
  document.documentElement.lang = query.get("lang") || "ru";
  if (user) {
    document.querySelector("[data-token-url]").dataset.tokenUrl = `/preview/token?sub=${encodeURIComponent(user)}`;
    // States and clocks change here as they do nowhere else: the edge is asked each time.
    localStorage.removeItem("kelisim");
  }
  window.frameElement?.dispatchEvent(new Event("demo:start"));
}
