/* Verifies a receipt file (shared/src/evidence.rs) in the browser: the receipt, the edition, and the proof that the record is in
   the log. What tells the edge's keys is the file itself, which comes from the edge; whoever wants to rely on nobody takes the
   file to the tool `kelisim` and gives it keys that were published elsewhere.

   Gives "logged", or "unlogged" where the record is still on its way to the log; throws where something does not hold. Ed25519
   is not in every browser yet: then the log's signature is not checked, and it gives "unchecked". */
export const verify = async (file) => {
  const [header, payload, signature] = file.receipt.split(".");
  const { alg, typ, kid } = JSON.parse(text(base64url(header)));
  const key = file.keys.keys.find((key) => key.kid == kid);
  hold(alg == "ES256" && typ == "kelisim-receipt+jwt" && key);
  const { kty, crv, x, y } = key;
  const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, false, ["verify"]);
  hold(await crypto.subtle.verify(curve, imported, base64url(signature), utf8(header + "." + payload)));
  const { jti, record } = JSON.parse(text(base64url(payload)));
  const recorded = utf8(canonical(record));
  hold(jti == hex(await sha256(recorded)));
  if (file.edition) await holdEdition(file.edition, record.event);
  return file.proof ? await holdProof(file.proof, file.log.key, recorded) : "unlogged";
};

const holdEdition = async ({ id, manifest, texts }, event) => {
  hold(id == event.edition && id == hex(await sha256(utf8(canonical(manifest)))));
  hold(texts.length == manifest.texts.length);
  for (const [place, { sha256: hash }] of manifest.texts.entries()) hold(hash == hex(await sha256(utf8(texts[place]))));
};

/* C2SP tlog-proof, tlog-checkpoint, signed-note; RFC 9162, section 2.1.3.2. */
const holdProof = async (proof, verifierKey, recorded) => {
  const [, head, body, signatures] = proof.match(/^c2sp\.org\/tlog-proof@v1\n(.*?)\n\n(.*?\n)\n(.*)$/s);
  const lines = head.split("\n");
  const salt = base64(lines.shift().slice("extra ".length));
  const index = Number(lines.shift().slice("index ".length));
  const [origin, size, root] = body.split("\n");
  const commitment = await sha256(utf8("kelisim-commitment/v1"), salt, recorded);

  let hash = await sha256([0], commitment);
  let node = index;
  let last = size - 1;
  hold(node <= last);
  for (const line of lines) {
    hold(last > 0);
    const isRight = node % 2 == 1;
    const sibling = base64(line);
    hash = isRight || node == last ? await sha256([1], sibling, hash) : await sha256([1], hash, sibling);
    // What has no sibling to its right moves up.
    if (!isRight && node == last) while (node % 2 == 0 && node) [node, last] = [half(node), half(last)];
    [node, last] = [half(node), half(last)];
  }
  hold(last == 0 && String(hash) == String(base64(root)));

  const [, name, id, encoded] = verifierKey.match(/^([^+]+)\+(.{8})\+(.+)$/);
  const [type, ...publicKey] = base64(encoded);
  hold(name == origin && type == 1);
  const prefix = `— ${name} `;
  const line = signatures.split("\n").find((line) => line.startsWith(prefix) && hex(base64(line.slice(prefix.length)).slice(0, 4)) == id);
  hold(line);
  let key;
  try {
    key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, ["verify"]);
  } catch {
    return "unchecked";
  }
  hold(await crypto.subtle.verify("Ed25519", key, base64(line.slice(prefix.length)).slice(4), utf8(body)));
  return "logged";
};

const hold = (condition) => {
  if (!condition) throw { type: "refuted" };
};

/* RFC 8785: of what we sign, JSON with its members in order is all that it takes. */
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value != "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => JSON.stringify(name) + ":" + canonical(value[name]))}}`;
};

const half = (number) => Math.floor(number / 2);

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(parts.flatMap((part) => [...part]))));

const utf8 = (text) => new TextEncoder().encode(text);

const text = (bytes) => new TextDecoder().decode(bytes);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const base64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt());

const base64url = (text) => base64(text.replace(/-/g, "+").replace(/_/g, "/"));
