// Stands for the widget's glue: it remembers what it was given, and ends when it is told to.
export default async ({ module_or_path }) => {
  await WebAssembly.compileStreaming(module_or_path);
};

export const mount = (options) => {
  const { host, root, edge, status, token, press, refresh, parse } = options;
  const [title, parsed] = [root.querySelector("h2"), parse("<b>parsed</b>")].map((element) => element?.textContent);
  window.mounted = { edge, status, token, press, title, parsed, host: host.localName };
  window.refreshed = null;
  window.refresh = () => refresh().then((token) => (window.refreshed = token), (error) => (window.refreshed = String(error)));
  window.announce = (name, detail) => host.dispatchEvent(new CustomEvent("kelisim:" + name, { detail, bubbles: true, composed: true }));
  return () => {
    window.mounted = null;
  };
};
