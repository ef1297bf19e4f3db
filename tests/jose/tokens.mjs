// Makes a host for each algorithm that the edge takes: its public key, and a token signed with it.
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { json } from "node:stream/consumers";

const { audience, now } = await json(process.stdin);
const issuers = [];
const tokens = [];
for (const alg of ["ES256", "EdDSA", "RS256"]) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const issuer = `https://${alg.toLowerCase()}.example`;
  const jwk = { ...(await exportJWK(publicKey)), kid: alg, use: "sig" };
  issuers.push({ issuer, jwks: { keys: [jwk] } });
  const token = await new SignJWT({ agreement: "2026-01" })
    .setProtectedHeader({ alg, kid: alg })
    .setIssuer(issuer)
    .setAudience([audience, "https://elsewhere.example"])
    .setSubject("aigerim")
    .setIssuedAt(now)
    .setExpirationTime(now + 900)
    .sign(privateKey);
  tokens.push([alg, token]);
}
console.log(JSON.stringify({ issuers: JSON.stringify(issuers), tokens }));
