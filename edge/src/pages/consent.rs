//! The notice as a page of its own, for webviews.
//!
//! ```html
//! <kelisim-consent>
//!   <template shadowrootmode="open"><style>…</style><main part="dialog">…<form method="post">…</main></template>
//!   <noscript>…a form, for browsers that know no declarative shadow DOM and run no scripts…</noscript>
//! </kelisim-consent>
//! <script type="module" id="follow" data-notice="…" data-token="…" data-status="…">…</script>
//! ```
//!
//! What is asked is whole in the first answer: round trips decide how soon the button can be pressed. So the page's style and
//! its script are in it, and its policy names those very ones by their hashes (CSP 3, section 2.3.1): no others could be put
//! there. The text of the policy follows, by the script or in a frame. The form works by itself; where scripts run, the widget
//! takes the notice over, and signs by a key of the device.

use base64ct::{Base64, Encoding};
use kelisim_shared::{digest::Sha256Digest, edition::Edition, language::Language};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{lists, words};

/// A page to write.
pub struct ConsentPage<'a> {
    /// The edition in force.
    pub edition: &'a Edition,
    /// The language of the interface.
    pub language: Language,
    /// The style of the notice.
    pub style: &'a str,
    /// What is done in the page, as an expression: a function (`www/loader/page.js`).
    pub script: &'a str,
    /// The notice, as it was rendered.
    pub notice: &'a str,
    /// Where the whole notice is, with the text of the policy.
    pub notice_address: &'a str,
    /// What the form brings back; see [`crate::ticket`].
    pub ticket: &'a str,
    /// The subject token and the status, where the widget may take over.
    pub access: Option<Access<'a>>,
}

/// With what the widget takes over.
pub struct Access<'a> {
    /// The subject token.
    pub token: &'a str,
    /// The body of an answer to `GET /v1/status`.
    pub status: &'a str,
}

/// The page `/consent`, and its content security policy.
#[must_use]
pub fn consent(page: &ConsentPage<'_>) -> (String, String) {
    let words = words::of(page.language);
    let (manifest, policy) = page.edition.text(page.language);
    let token = page.access.as_ref().map(|access| access.token);
    let status = page.access.as_ref().map(|access| access.status);
    let script = format!("{}()", page.script);
    let markup = html! {
        (DOCTYPE)
        html lang=(page.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (policy.title()) " · " (page.edition.manifest().operator.name) }
                style { (PreEscaped(PAGE_STYLE)) }
            }
            body {
                kelisim-consent {
                    template shadowrootmode="open" {
                        style { (PreEscaped(page.style)) }
                        (PreEscaped(page.notice))
                    }
                    noscript {
                        h1 lang=(manifest.language) { (policy.title()) }
                        p { a href={ "/privacy?lang=" (page.language) } { (words.consent.whole_text) } }
                        (lists(manifest, words))
                        (form(page, words))
                    }
                }
                script type="module" id="follow" data-notice=(page.notice_address) data-token=[token] data-status=[status] {
                    (PreEscaped(&script))
                }
            }
        }
    };
    let policy = content_security_policy(page.style, &script);
    (markup.into_string(), policy)
}

fn form(page: &ConsentPage<'_>, words: &words::Words) -> Markup {
    html! {
        form method="post" action={ "/consent/accept?lang=" (page.language) } autocomplete="off" {
            p { (words.consent.recorded) " " (words.consent.not_recorded) }
            input type="hidden" name="ticket" value=(page.ticket);
            button { (words.consent.accept) }
        }
    }
}

fn content_security_policy(style: &str, script: &str) -> String {
    let [page, notice, script] = [PAGE_STYLE, style, script]
        .map(|text| Base64::encode_string(Sha256Digest::of(text.as_bytes()).as_bytes()));
    format!(
        "default-src 'none'; script-src 'self' 'sha256-{script}' 'wasm-unsafe-eval'; \
         style-src 'sha256-{page}' 'sha256-{notice}'; \
         connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// What is outside of the notice.
const PAGE_STYLE: &str = "body{margin:0}";
