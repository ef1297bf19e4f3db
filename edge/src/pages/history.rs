//! The editions that there were.

use std::rc::Rc;

use kelisim_shared::{date, edition::Edition, language::Language};
use maud::{Markup, html};

use super::{
    Page, changes, class_of, edition_page, language_links, moment,
    words::{self, Words},
};

/// The page of all editions, newest first; the first of them is in force.
#[must_use]
pub fn history(editions: &[Rc<Edition>], language: Language) -> String {
    let words = words::of(language);
    let page = Page {
        language,
        title: words.history,
        operator: editions.first().map(|edition| &edition.manifest().operator),
        languages: Some(language_links(language, words)),
        main: html! {
            h1 { (words.history) }
            @for (place, edition) in editions.iter().enumerate() {
                (entry(edition, place == 0, language, words))
            }
        },
        footer: None,
    };
    page.into_html()
}

fn entry(edition: &Edition, in_force: bool, language: Language, words: &Words) -> Markup {
    let manifest = edition.manifest();
    let id = edition.id().to_string();
    let (short, rest) = id.split_at(SHORT_ID);
    html! {
        section {
            h2 {
                a href=(edition_page(edition.id(), language)) {
                    (date::day(language, manifest.published_at))
                }
            }
            p.imprint {
                @if in_force { strong { (words.in_force) } " " }
                (words.published) " " (moment(language, manifest.published_at)) "."
            }
            p { (class_of(&manifest.change, &words.class)) ". " (changes::summary(edition, language)) }
            dl {
                @if let Some(succession) = manifest.change.succession() {
                    dt { (words.term.name) }
                    dd { (moment(language, succession.deadline.instant())) }
                }
                dt { (words.edition) }
                dd { code { b { (short) } (rest) } }
            }
        }
    }
}

/// How many digits of an id are enough for people to compare by eye, as with Git's commits.
const SHORT_ID: usize = 8;
