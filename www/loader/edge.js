/* The edge, which these scripts come from. */
export const edge = new URL(import.meta.url).origin;

/* A token is never sent in clear: not even where the page's author wrote http by mistake. */
export const isSecure = /^https:|\/\/(localhost|127\.0\.0\.1)(:|$)/.test(edge);

/* What the edge answers, as JSON. Throws problem documents, whose `type` is the reason that a page is told. */
export const read = async (response) => {
  const body = await response.json();
  if (!response.ok) throw body;
  return body;
};

/* What the edge has at that address for the person of that token. */
export const get = async (path, token) => {
  if (!isSecure) throw { type: "insecure" };
  return read(await fetch(edge + path, { headers: { authorization: "Bearer " + token } }));
};
