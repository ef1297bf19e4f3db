//! The notice as a form.

use kelisim_shared::{
    diff::EditionDiff,
    edition::{Edition, Operator},
    language::Language,
    subject::State,
};
use maud::{Markup, html};

use super::{
    Page, changes, identity, lists, moment, text,
    words::{self, Consent, Words},
};

/// What a person who has something to accept is shown.
pub struct Notice<'a> {
    /// The edition in force.
    pub edition: &'a Edition,
    /// Where the person stands.
    pub state: &'a State,
    /// What differs from the edition that the person accepted last, if there is one.
    pub changes: Option<&'a EditionDiff>,
    /// Whether it took the place of another edition that was being read.
    pub replaced: bool,
    /// What the form brings back; see [`crate::ticket`].
    pub ticket: &'a str,
}

/// The page `/consent`: operator, purposes and data come before the button (policy, clause 2.1), and nothing is preselected.
/// It was opened by a form or with a token, so that no link could open it in another language: buttons send the ticket again.
#[must_use]
pub fn consent(notice: &Notice<'_>, language: Language) -> String {
    let words = words::of(language);
    let Notice {
        edition,
        state,
        changes,
        replaced,
        ticket,
    } = *notice;
    let (manifest, policy) = edition.text(language);
    let operator = &edition.manifest().operator;
    let page = Page {
        language,
        title: policy.title(),
        operator: Some(operator),
        languages: Some(language_buttons(ticket, language, words)),
        main: html! {
            h1 lang=(manifest.language) { (policy.title()) }
            p.imprint {
                strong { (words.in_force) } " "
                (words.published) " " (moment(language, edition.manifest().published_at)) "."
            }
            @if replaced { div.note { p { (words.consent.replaced) } } }
            (standing(state, language))
            p { a href="#decision" { (words.consent.to_form) } }
            (self::operator(operator, &words.consent))
            (lists(manifest, words))
            @if let Some(changes) = changes {
                (changes::since_accepted(edition, changes, language))
            }
            (text(manifest, policy, language))
            (form(ticket, language, &words.consent))
        },
        footer: Some(identity(edition, manifest, language)),
    };
    page.into_html()
}

/// Where a person stands who has something to accept, and whether going on to use the app would do that.
pub(super) fn standing(state: &State, language: Language) -> Markup {
    let words = &words::of(language).standing;
    html! {
        div.note {
            @match state {
                State::Pending { deadline, .. } => {
                    p { (words.pending) }
                    p { (words.pending_until.with(&moment(language, deadline.instant()))) }
                },
                State::Withdrawn { effective_at, .. } => {
                    p { (words.withdrawn.with(&moment(language, *effective_at))) }
                    p { (words.button_only) }
                },
                State::Terminated { erase_at, .. } => {
                    p { (words.terminated.with(&moment(language, *erase_at))) }
                    p { (words.button_only) }
                },
                State::New {} | State::Accepted { .. } | State::Erased { .. } => p { (words.new) },
            }
        }
    }
}

fn language_buttons(ticket: &str, language: Language, words: &Words) -> Markup {
    html! {
        nav aria-label=(words.languages) {
            form method="post" action="/consent" autocomplete="off" {
                input type="hidden" name="ticket" value=(ticket);
                @for other in Language::ALL {
                    button name="lang" value=(other) lang=(other)
                        aria-current=[(other == language).then_some("true")] { (other.autonym()) }
                }
            }
        }
    }
}

fn operator(operator: &Operator, words: &Consent) -> Markup {
    html! {
        section {
            h2 { (words.operator) }
            p {
                (operator.name)
                @if let Some(bin) = &operator.bin { br; (words.bin) " " (bin) }
                @if let Some(address) = &operator.address { br; (words.address) ": " (address) }
            }
        }
    }
}

fn form(ticket: &str, language: Language, words: &Consent) -> Markup {
    html! {
        // A browser that fills a form in again after a reload would bring back a ticket of before.
        form.decision id="decision" method="post" action={ "/consent/accept?lang=" (language) } autocomplete="off" {
            h2 { (words.form) }
            p { (words.recorded) " " (words.not_recorded) }
            p { (words.before_the_press) }
            input type="hidden" name="ticket" value=(ticket);
            button { (words.accept) }
        }
    }
}
