/* Puts Kelisim's tag into the page. What it gives is described in kelisim.d.ts. */

let loading;

export const load = (options) => (loading ||= embed(options));

const embed = ({ edge, token, nonce, ...data }) =>
  new Promise((resolve, reject) => {
    const { kelisim } = window;
    if (kelisim) return resolve(token === undefined ? kelisim : kelisim.identify(token, data.subject).then(() => kelisim));
    if (token !== undefined) window.kelisimToken = token;
    const script = document.createElement("script");
    for (const [name, value] of Object.entries(data)) if (value) script.dataset[name] = value;
    if (nonce) script.nonce = nonce;
    script.async = true;
    script.onload = () => resolve(window.kelisim);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      reject(new Error("the edge does not give the loader"));
    };
    const isNew = data.status && JSON.parse(data.status).state.name == "new";
    script.src = trusted(new URL(isNew ? "/kelisim.js?standing=new" : "/kelisim.js", edge).href);
    document.head.append(script);
  });

const trusted = (url) => {
  if (!window.trustedTypes) return url;
  policy ||= trustedTypes.createPolicy("kelisim-load", { createScriptURL: (url) => url });
  return policy.createScriptURL(url);
};

let policy;
