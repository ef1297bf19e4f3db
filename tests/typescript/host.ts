// What a host writes against the package's declarations. It is compiled, and never run.
import {
  load,
  type Accepted,
  type Command,
  type EditionId,
  type Kelisim,
  type Message,
  type Standing,
  type StatusSnapshot,
} from "../../www/npm/kelisim.js";

const kelisim: Kelisim = await load({
  edge: "https://consent.smartaqkol.chat",
  token: async () => (await fetch("/kelisim/token", { method: "POST" })).text(),
  subject: "4711",
  lang: "kk",
});

// @ts-expect-error the edge has to be named
void load({ token: null });

document.querySelector("kelisim-consent")?.addEventListener("kelisim:accepted", ({ detail }) => {
  const { edition, basis, record, receipt }: Accepted = detail;
  console.log(edition, basis == "implied", record, receipt.split(".").length);
  // @ts-expect-error there is no third basis
  console.log(basis == "assumed");
});
addEventListener("kelisim:error", ({ detail: { reason } }) => console.warn(reason));
document.addEventListener("kelisim:token-wanted", () => void kelisim.identify(window.kelisimToken ?? null, "4711"));

const say = (status: StatusSnapshot | null): string => {
  if (!status) return "nobody";
  const words: Record<Standing, string> = {
    new: "",
    pending: `until ${status.deadline}`,
    due: `since ${status.deadline}`,
    accepted: status.accepted ?? "",
    withdrawn: "",
    terminated: "",
    erased: "",
  };
  return words[status.state];
};
say(await kelisim.status());
const stop = await kelisim.onChange(say);
stop();

await kelisim.open("acceptances");
await kelisim.open("withdrawal", { name: "Айгерім Сәрсен" });
// @ts-expect-error there is nothing to fill in
void kelisim.open("acceptances", { name: "Айгерім Сәрсен" });

const command: Command = { type: "open", view: "withdrawal", fields: { name: "Айгерім Сәрсен" } };
await kelisim.receive(command);
await kelisim.receive(JSON.stringify({ type: "identify", token: null } satisfies Command));

// What an app does with a message, by its type.
export const heard = (text: string): EditionId | string | null => {
  const message: Message = JSON.parse(text);
  if (message.kelisim != 1) return null;
  switch (message.type) {
    case "accepted":
    case "postponed":
    case "settled":
    case "kept":
      return message.detail.edition;
    case "error":
      return message.detail.reason;
    case "status":
      return say(message.detail);
    case "print":
      return message.detail.html;
    case "save":
      return message.detail.name;
    case "token-wanted":
      return null;
    default:
      return message satisfies never;
  }
};
