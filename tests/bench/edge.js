// What the host's backend and the operator's staff do at one of our edges in a preview.

import { strict as assert } from "node:assert";

/** A token for a user, as the host's backend makes it. */
export const token = async (edge, user) => {
  const response = await answered(fetch(`${edge}/preview/token?sub=${user}`, { method: "POST" }));
  return (await response.json()).token;
};

/** Where a user stands, as the text that the edge answers with. */
export const status = async (edge, token) => {
  const response = await answered(fetch(`${edge}/v1/status`, { headers: { authorization: `Bearer ${token}` } }));
  return response.text();
};

/** Publishes a change of the edition in force, which a folder's `edition.json` was the request for. */
export const publishChange = async (edge, first) => {
  const { id } = await (await answered(fetch(`${edge}/v1/editions/current`))).json();
  const [text] = first.texts;
  const body = text.body.replace("трех лет после", "пяти лет после");
  assert.notEqual(body, text.body, "the text has no such words");
  const edition = {
    ...first,
    change: { class: "material", supersedes: id },
    texts: [{ ...text, body, summary: "Изменён срок хранения." }],
  };
  const staff = await answered(fetch(`${edge}/preview/token?role=publisher`, { method: "POST" }));
  const authorization = `Bearer ${(await staff.json()).token}`;
  const headers = { authorization, "content-type": "application/json" };
  await answered(fetch(`${edge}/v1/admin/editions`, { method: "POST", headers, body: JSON.stringify(edition) }));
};

const answered = async (asked) => {
  const response = await asked;
  assert(response.ok, `${response.url}: ${response.status}`);
  return response;
};
