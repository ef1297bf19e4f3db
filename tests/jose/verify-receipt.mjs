// Verifies a receipt with the keys that its issuer published.
import { createLocalJWKSet, jwtVerify } from "jose";
import { json } from "node:stream/consumers";

const { receipt, jwks, issuer } = await json(process.stdin);
const { protectedHeader, payload } = await jwtVerify(receipt, createLocalJWKSet(jwks), {
  algorithms: ["ES256"],
  issuer,
  typ: "kelisim-receipt+jwt",
});
console.log(JSON.stringify({ header: protectedHeader, payload }));
