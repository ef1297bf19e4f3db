// What the preview's page sets, before anything else runs here: whose token the widget is given. The page is told, so that
// it misses nothing that happens here.
{
  const user = new URLSearchParams(location.search).get("user");
  if (user) document.querySelector("[data-token-url]").dataset.tokenUrl = `/preview/token?sub=${encodeURIComponent(user)}`;
  window.frameElement?.dispatchEvent(new Event("demo:start"));
}
