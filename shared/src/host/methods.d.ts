
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
