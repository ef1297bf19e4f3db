// Stands for the widget's glue: it remembers what it was given, and ends when it is told to.
export default async ({ module_or_path }) => {
  await WebAssembly.compileStreaming(module_or_path);
};

export const mount = (options) => {
  const { root, tell, edge, status, token, press, refresh, parse } = options;
  const [title, parsed] = [root.querySelector("h2"), parse("<b>parsed</b>")].map((element) => element?.textContent);
  window.mounted = { edge, status, token, press, title, parsed };
  window.refreshed = null;
  window.refresh = () => refresh().then((token) => (window.refreshed = token), (error) => (window.refreshed = String(error)));
  window.announce = (name, detail) => tell(name, JSON.stringify(detail));
  return () => {
    window.mounted = null;
  };
};
