//! The page of an edition.

use kelisim_shared::{
    diff::EditionDiff, edition::Edition, language::Language, log::proof::LogProof,
};
use maud::{Markup, html};

use super::{
    Page, changes, identity, language_links, lists, moment, text,
    words::{self, Words},
};

/// Whether an edition is the one in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    InForce,
    /// It was, before another was published.
    Former,
}

/// The page of an edition, with its interface in `language`. `changes`: what differs from the edition that it superseded, if
/// it did.
#[must_use]
pub fn policy(
    edition: &Edition,
    standing: Standing,
    changes: Option<&EditionDiff>,
    proof: Option<&LogProof>,
    language: Language,
) -> String {
    let words = words::of(language);
    let (manifest, policy) = edition.text(language);
    let page = Page {
        language,
        title: policy.title(),
        operator: Some(&edition.manifest().operator),
        languages: Some(language_links(language, words)),
        main: html! {
            h1 lang=(manifest.language) { (policy.title()) }
            (imprint(edition, standing, language))
            (changes::since_superseded(edition, standing, changes, language))
            (lists(manifest, words))
            (text(manifest, policy, language))
        },
        footer: Some(html! {
            (identity(edition, manifest, language))
            @if let Some(proof) = proof { (logged(edition, proof, words)) }
        }),
    };
    page.into_html()
}

/// That the edition is in the log, and the proof of it.
fn logged(edition: &Edition, proof: &LogProof, words: &Words) -> Markup {
    let tree = proof.checkpoint.unverified();
    html! {
        details {
            summary { (words.logged.heading) }
            p { (words.logged.meaning) }
            dl {
                dt { (words.logged.log) }
                dd { code { (tree.origin) } }
                dt { (words.logged.place) }
                dd { (proof.index + 1) " / " (tree.size) }
                dt { (words.logged.proof) }
                dd { a href={ "/v1/editions/" (edition.id()) "/proof" } { "tlog-proof" } }
            }
            pre { (proof) }
        }
    }
}

fn imprint(edition: &Edition, standing: Standing, language: Language) -> Markup {
    let words = words::of(language);
    html! {
        p.imprint {
            @match standing {
                Standing::InForce => strong { (words.in_force) },
                Standing::Former => {
                    strong { (words.former.is) } " "
                    a href={ "/privacy?lang=" (language) } { (words.former.to_current) }
                },
            }
            " " (words.published) " " (moment(language, edition.manifest().published_at)) "."
        }
    }
}
