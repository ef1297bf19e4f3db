// The thumbprint of a public key.
import { calculateJwkThumbprint } from "jose";
import { json } from "node:stream/consumers";

console.log(JSON.stringify(await calculateJwkThumbprint(await json(process.stdin))));
