//! What is on record about a person, after the form was sent or in place of it.

use kelisim_shared::{
    edition::{Edition, EditionId},
    language::Language,
    record::{Basis, RecordId},
    subject::State,
    time::Timestamp,
};
use maud::{Markup, html};

use super::{
    Page, edition_page, moment,
    words::{self, Outcome, Words},
};

/// The page that says where a person stands. `edition`: the one in force. `receipt`: of the acceptance that the form led to.
///
/// A form that was sent long ago can come back, so the state need not be [`State::Accepted`] where there is a receipt.
#[must_use]
pub fn accepted(
    edition: &Edition,
    state: &State,
    receipt: Option<&str>,
    language: Language,
) -> String {
    let Words {
        outcome: words,
        standing,
        ..
    } = words::of(language);
    let title = title(state, words);
    let (manifest, policy) = edition.text(language);
    let page = Page {
        language,
        title,
        operator: Some(&edition.manifest().operator),
        languages: None,
        main: html! {
            h1 { (title) }
            @match *state {
                State::Accepted { edition: accepted, basis, record, recorded_at } => {
                    div.note {
                        @match basis {
                            Basis::Explicit => p { (words.explicit_lead) },
                            Basis::Implied => p { (words.implied_lead) },
                        }
                        @if accepted != edition.id() { p { (words.wording_only) } }
                    }
                    (acceptance(accepted, basis, record, recorded_at, language))
                },
                State::Erased { erased_at } => {
                    div.note { p { (words.erased_lead.with(&moment(language, erased_at))) } }
                },
                State::Pending { deadline, .. } => {
                    div.note {
                        p { (standing.pending) }
                        p { (standing.pending_until.with(&moment(language, deadline.instant()))) }
                    }
                },
                State::Withdrawn { effective_at, .. } => {
                    div.note {
                        p { (standing.withdrawn.with(&moment(language, effective_at))) }
                        p { (standing.button_only) }
                    }
                },
                State::Terminated { erase_at, .. } => {
                    div.note {
                        p { (standing.terminated.with(&moment(language, erase_at))) }
                        p { (standing.button_only) }
                    }
                },
                State::New {} => {},
            }
            @if let Some(receipt) = receipt { (self::receipt(receipt, words)) }
        },
        footer: Some(html! {
            p { a href=(edition_page(edition.id(), language)) lang=(manifest.language) { (policy.title()) } }
        }),
    };
    page.into_html()
}

const fn title(state: &State, words: &Outcome) -> &'static str {
    match state {
        State::Accepted {
            basis: Basis::Explicit,
            ..
        } => words.explicit,
        State::Accepted {
            basis: Basis::Implied,
            ..
        } => words.implied,
        State::Erased { .. } => words.erased,
        State::New {}
        | State::Pending { .. }
        | State::Withdrawn { .. }
        | State::Terminated { .. } => words.not_accepted,
    }
}

fn acceptance(
    edition: EditionId,
    basis: Basis,
    record: RecordId,
    recorded_at: Timestamp,
    language: Language,
) -> Markup {
    let words = words::of(language);
    html! {
        dl {
            dt { (words.edition) }
            dd { a href=(edition_page(edition, language)) { code { (edition) } } }
            dt { (words.outcome.ground) }
            dd {
                @match basis {
                    Basis::Explicit => (words.outcome.by_button),
                    Basis::Implied => (words.outcome.by_use),
                }
            }
            dt { (words.outcome.recorded_at) }
            dd { (moment(language, recorded_at)) }
            dt { (words.outcome.record) }
            dd { code { (record) } }
        }
    }
}

fn receipt(receipt: &str, words: &Outcome) -> Markup {
    html! {
        details open {
            summary { (words.receipt) }
            p id="receipt-lead" { (words.receipt_lead) }
            textarea readonly rows="8" spellcheck="false" aria-label=(words.receipt)
                aria-describedby="receipt-lead" { (receipt) }
            p { a href="/.well-known/jwks.json" { (words.keys) } }
        }
    }
}
