// Written by `cargo xtask contract` from shared/src/host.rs.

/** The id of an edition: the SHA-256 of its manifest, as 64 lower-case hexadecimal digits. */
export type EditionId = string;

/** An instant in UTC to the millisecond, such as `2026-12-02T19:00:00.000Z`. */
export type Instant = string;

/** The detail of `kelisim:accepted`. */
export type Accepted = {
  /** The edition. */
  edition: EditionId;
  /** `explicit`, or `implied` for going on to use the app after the deadline. */
  basis: "explicit" | "implied";
  /** The record, which is the SHA-256 of its content. */
  record: string;
  /** The edge's receipt: a compact JWS (RFC 7515). */
  receipt: string;
};

/** The detail of `kelisim:postponed`. */
export type Postponed = {
  /** The edition. */
  edition: EditionId;
  /** From when continued use counts as acceptance of it. */
  deadline: Instant;
};

/** The detail of `kelisim:settled`. */
export type Settled = {
  /** The edition in force. */
  edition: EditionId;
};

/** The detail of `kelisim:kept`. */
export type Kept = {
  /** The edition. */
  edition: EditionId;
};

/** The detail of `kelisim:error`. */
export type Failed = {
  /**
   * `unreachable` where the edge or the host's backend did not answer, or not as it should; `unreadable` where an answer
   * is not what it claims to be; `insecure` where the edge is addressed by plain HTTP; `token-refused` where the host's
   * backend refused; or the `type` of a problem document of the edge.
   */
  reason: string;
};

/** What happens, as a page is told by a DOM event. */
export type KelisimEvent = { "type": "accepted", "detail": Accepted } | { "type": "postponed", "detail": Postponed } | { "type": "settled", "detail": Settled } | { "type": "kept", "detail": Kept } | { "type": "error", "detail": Failed } | { "type": "token-wanted" };

/** Where a person stands. */
export type Standing = "new" | "pending" | "due" | "accepted" | "withdrawn" | "terminated" | "erased";

/** Where a person stands, as `kelisim.status()` answers and `kelisim.onChange()` tells. */
export type StatusSnapshot = {
  /** Where they stand. */
  state: Standing;
  /** The edition in force. */
  edition: EditionId;
  /** The edition that they accepted last, if any. */
  accepted?: EditionId;
  /** From when continued use counts as acceptance of the edition in force, with `pending` and `due`. */
  deadline?: Instant;
};

/** What `kelisim.open()` shows. */
export type View = "notice" | "acceptances" | "withdrawal";

/** What an app is told: one text of JSON over its bridge. */
export type Message = {
  /** The version of this contract. What has another one, or none, is not meant. */
  kelisim: 1;
} & (Answer | KelisimEvent);

/** What a message says. */
export type Content = Answer | KelisimEvent;

/** What an app is told because it asked, or because a web view cannot do it. */
export type Answer = { "type": "status", "detail": StatusSnapshot | null } | { "type": "print", "detail": Print } | { "type": "save", "detail": Save };

/** A piece of a page to print. It is not to be sent anywhere. */
export type Print = {
  /** Its language: `kk`, `ru` or `en`. */
  lang: string;
  /** The element, as HTML. */
  html: string;
  /** Its style, as CSS. */
  style: string;
};

/** A file to save: everything that proves an acceptance (see [`crate::evidence::ReceiptFile`]). It is not to be sent anywhere. */
export type Save = {
  /** The file's name. */
  name: string;
  /** What is in it. */
  json: string;
};

/** What an app says: an object, or the same as JSON, given to `kelisim.receive()`. */
export type Command = { "type": "identify";
  /** The subject token (a JWT), or `null`. */
  token: string | null;
  /**
   * A name for the person, which stays the same, by which their status is kept on the device. Without it, the
   * token's issuer and subject are.
   */
  subject?: string;
} | { "type": "status" } | { "type": "open";
  /** What. */
  view: View;
  /**
   * What the application by which a person withdraws is filled in with, by the name of its places. It stays on the
   * device.
   */
  fields?: { [key in string]: string };
};

/** Gives a subject token (a JWT) of whoever is signed in, a fresh one each time; `null` where nobody is. */
export type TokenProvider = () => string | null | Promise<string | null>;

/** What `window.kelisim` can do. The first call of any of it loads what it needs. */
export interface Kelisim {
  /**
   * Says who is at the device from now on; `null` for nobody. A token that is a text is asked for again by `kelisim:token-wanted`.
   * `subject` is a name for the person which stays the same; where it is given, the token is not asked for to know that there is
   * nothing to do.
   */
  identify(token: string | TokenProvider | null, subject?: string): Promise<void>;
  /** Where the person stands, as the edge says now; `null` where nobody is signed in. Rejects with a problem document (RFC 9457). */
  status(): Promise<StatusSnapshot | null>;
  /** Shows the notice, if there is something to accept; or the person's acceptances; or the application by which one withdraws. */
  open(view: "notice" | "acceptances"): Promise<void>;
  /** `fields` are filled in on the device, and sent nowhere. */
  open(view: "withdrawal", fields?: Record<string, string>): Promise<void>;
  /** Calls the listener with where the person stands, now and whenever that changes. Gives what stops it. */
  onChange(listener: (status: StatusSnapshot | null) => void): Promise<() => void>;
  /** Takes a command of an app, as an object or as JSON. */
  receive(command: Command | string): Promise<void>;
}

/** How the page embeds Kelisim: what the tag says in `data-…`. */
export interface LoadOptions {
  /** The origin of the edge, such as `https://consent.smartaqkol.chat`. */
  edge: string;
  /** The subject token, or what gives it. Else `tokenUrl` is asked, or `identify` called later. */
  token?: string | TokenProvider | null;
  /** An address on the page's origin, which answers to `POST` with `{"token": "…"}`, or with 204 where nobody is signed in. */
  tokenUrl?: string;
  /** A name for the person which stays the same: with it, a person who has accepted costs no request besides the loader. */
  subject?: string;
  /** The edge's answer to `GET /v1/status`, as text, where the page's backend has asked for it together with the token. */
  status?: string;
  /** The language of the interface: `kk`, `ru` or `en`. Else the nearest `lang` in the page counts, else the browser's. */
  lang?: string;
  /** The nonce of the page's content security policy, if it has one. */
  nonce?: string;
}

/** Puts the tag into the page, once, and resolves when it has run. */
export function load(options: LoadOptions): Promise<Kelisim>;

/** The events of `<kelisim-consent>`, by name. All of them bubble. */
export interface KelisimEvents {
  "kelisim:accepted": CustomEvent<Accepted>;
  "kelisim:postponed": CustomEvent<Postponed>;
  "kelisim:settled": CustomEvent<Settled>;
  "kelisim:kept": CustomEvent<Kept>;
  "kelisim:error": CustomEvent<Failed>;
  "kelisim:token-wanted": CustomEvent<null>;
}

declare global {
  interface Window {
    kelisim?: Kelisim;
    /** Set before the tag runs, by an app at document start: what `identify` would be called with. */
    kelisimToken?: string | TokenProvider | null;
  }

  interface HTMLElementTagNameMap {
    "kelisim-consent": HTMLElement;
  }

  interface HTMLElementEventMap extends KelisimEvents {}
  interface DocumentEventMap extends KelisimEvents {}
  interface WindowEventMap extends KelisimEvents {}
}
