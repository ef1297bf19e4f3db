//! The policy, its editions and the form of consent as HTML that needs no JavaScript, for reading and for printing.
//!
//! | page | what it is |
//! |---|---|
//! | [`policy`] | an edition |
//! | [`history`] | every edition there was |
//! | [`consent`] | the notice as a form |
//! | [`accepted`] | what is on record about the person who sent it |
//! | [`trouble`] | why it could not be opened or taken |
//! | [`evidence`] | what is in an archive of evidence |
//! | [`problems`] | every kind of error that the HTTP interface answers with |
//!
//! They are functions of what they show. What they say around it is in `words`, in the language of the interface; the text
//! of a policy keeps its own, and every element says which.

mod changes;
mod consent;
mod evidence;
mod history;
mod outcome;
mod policy;
mod problems;
mod trouble;
mod words;

use kelisim_shared::{
    date,
    edition::{Change, Edition, EditionId, Operator, TextManifest},
    language::Language,
    policy::{Clause, Inline, Policy, Section},
    time::Timestamp,
};
use maud::{DOCTYPE, Markup, html};

use self::words::{Class, Words};
pub use self::{
    consent::{Access, ConsentPage, consent},
    evidence::evidence,
    history::history,
    outcome::accepted,
    policy::{Standing, policy},
    problems::problems,
    trouble::trouble,
};

/// What every page has.
struct Page<'a> {
    /// The language of the interface.
    language: Language,
    title: &'a str,
    /// Whose policy it is, where the page is about one.
    operator: Option<&'a Operator>,
    /// How to get the page in another language, if it can be got.
    languages: Option<Markup>,
    main: Markup,
    footer: Option<Markup>,
}

impl Page<'_> {
    fn into_html(self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang=(self.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // A page in the frame of another gives way to where its links lead, with that other one.
                    base target="_top";
                    title {
                        (self.title)
                        @if let Some(operator) = self.operator { " · " (operator.name) }
                    }
                    link rel="stylesheet" href="/page.css";
                }
                body {
                    @if let Some(operator) = self.operator {
                        header {
                            span.operator { (operator.name) }
                            @if let Some(languages) = self.languages { (languages) }
                        }
                    }
                    main { (self.main) }
                    @if let Some(footer) = self.footer { footer { (footer) } }
                }
            }
        };
        page.into_string()
    }
}

/// The same page in each language, by its address.
fn language_links(language: Language, words: &Words) -> Markup {
    html! {
        nav aria-label=(words.languages) {
            @for other in Language::ALL {
                a href={ "?lang=" (other) } lang=(other) hreflang=(other)
                    aria-current=[(other == language).then_some("true")] { (other.autonym()) }
            }
        }
    }
}

/// An instant, for people and for programs.
fn moment(language: Language, instant: Timestamp) -> Markup {
    html! { time datetime=(instant) { (date::moment(language, instant)) } }
}

/// The address of an edition's page, in the same language.
fn edition_page(id: EditionId, language: Language) -> Markup {
    html! { "/privacy/editions/" (id) "?lang=" (language) }
}

const fn class_of(change: &Change, class: &Class) -> &'static str {
    match change {
        Change::Initial {} => class.initial,
        Change::Material(_) => class.material,
        Change::Editorial(_) => class.editorial,
    }
}

/// Why data is processed and which, in the words of the text's own language.
fn lists(manifest: &TextManifest, words: &Words) -> Markup {
    html! {
        div.lists {
            @for (heading, lines) in [
                (words.purposes, &manifest.purposes),
                (words.data_categories, &manifest.data_categories),
            ] {
                section {
                    h2 { (heading) }
                    ul lang=(manifest.language) { @for line in lines { li { (line) } } }
                }
            }
        }
    }
}

/// The policy, preceded by a note if it is not in the language of the interface.
fn text(manifest: &TextManifest, policy: &Policy, language: Language) -> Markup {
    html! {
        @if manifest.language != language {
            p.note { (words::of(language).text_only_in.of(manifest.language)) }
        }
        article lang=(manifest.language) {
            @for section in policy.sections() { (self::section(section)) }
        }
    }
}

fn section(section: &Section) -> Markup {
    let number = section.number();
    html! {
        section {
            h2 id={ "s" (number) } { (number) ". " (section.heading()) }
            @for clause in section.clauses() { (self::clause(clause)) }
        }
    }
}

fn clause(clause: &Clause) -> Markup {
    let number = clause.number();
    html! {
        p id={ "c" (number) } {
            a.number href={ "#c" (number) } target="_self" { (number) "." } " "
            @for piece in clause.body() {
                @match piece {
                    Inline::Text(text) => { (text) },
                    Inline::Link { text, href } => {
                        a href=(href.as_str()) rel="noopener" { (text) }
                    },
                }
            }
        }
    }
}

/// What identifies an edition and its text, and where there is more.
fn identity(edition: &Edition, manifest: &TextManifest, language: Language) -> Markup {
    let words = words::of(language);
    html! {
        dl {
            dt { (words.edition) }
            dd { a href=(edition_page(edition.id(), language)) { code { (edition.id()) } } }
            dt { (words.text_hash) }
            dd { code { (manifest.sha256) } }
            dt { (words.authoritative) }
            dd lang=(edition.manifest().authoritative) {
                (edition.manifest().authoritative.autonym())
            }
            dt { (words.data) }
            dd { a href={ "/v1/editions/" (edition.id()) } { "JSON" } }
        }
        p { a href={ "/privacy/editions?lang=" (language) } { (words.history) } }
    }
}

#[cfg(test)]
mod tests;
