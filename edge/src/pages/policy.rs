//! The page of an edition.

use kelisim_shared::{diff::EditionDiff, edition::Edition, language::Language};
use maud::{Markup, html};

use super::{Page, changes, identity, language_links, lists, moment, text, words};

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
        footer: Some(identity(edition, manifest, language)),
    };
    page.into_html()
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
