// A page that uses the package.
import { load } from "./npm/kelisim.js";

const first = load({ edge: "EDGE", token: async () => window.token, subject: "4711", status: window.handedIn });
window.isOne = first == load({ edge: "EDGE" });
const kelisim = await first;
window.standing = await kelisim.status();
