//! The policy as HTML that needs no JavaScript, for reading and for printing.

mod words;

use kelisim_shared::{
    date,
    edition::{Edition, TextManifest},
    language::Language,
    policy::{Clause, Inline, Policy, Section},
};
use maud::{DOCTYPE, Markup, html};

use self::words::Words;

/// Whether an edition is the one in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    InForce,
    /// It was, before another was published.
    Former,
}

/// The page of an edition, with its interface in `language`.
#[must_use]
pub fn policy(edition: &Edition, standing: Standing, language: Language) -> String {
    let words = words::of(language);
    let (manifest, policy) = edition.text(language);
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (policy.title()) " · " (edition.manifest().operator.name) }
                link rel="stylesheet" href="/page.css";
            }
            body {
                (header(edition, language, words))
                main {
                    h1 lang=(manifest.language) { (policy.title()) }
                    (imprint(edition, standing, language))
                    @if manifest.language != language {
                        p.note { (words.text_only_in(manifest.language)) }
                    }
                    (lists(manifest, words))
                    (text(manifest, policy))
                }
                (footer(edition, manifest, words))
            }
        }
    };
    page.into_string()
}

fn header(edition: &Edition, language: Language, words: &Words) -> Markup {
    html! {
        header {
            span.operator { (edition.manifest().operator.name) }
            nav aria-label=(words.languages) {
                @for other in Language::ALL {
                    a href={ "?lang=" (other) } lang=(other) hreflang=(other)
                        aria-current=[(other == language).then_some("true")] { (other.autonym()) }
                }
            }
        }
    }
}

fn imprint(edition: &Edition, standing: Standing, language: Language) -> Markup {
    let words = words::of(language);
    let published_at = edition.manifest().published_at;
    html! {
        p.imprint {
            @match standing {
                Standing::InForce => strong { (words.in_force) },
                Standing::Former => {
                    strong { (words.former) } " "
                    a href="/privacy" { (words.to_current) }
                },
            }
            " " (words.published) " "
            time datetime=(published_at) { (date::moment(language, published_at)) } "."
        }
    }
}

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

fn text(manifest: &TextManifest, policy: &Policy) -> Markup {
    html! {
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
            a.number href={ "#c" (number) } { (number) "." } " "
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

fn footer(edition: &Edition, manifest: &TextManifest, words: &Words) -> Markup {
    html! {
        footer {
            dl {
                dt { (words.edition) }
                dd { a href={ "/privacy/editions/" (edition.id()) } { code { (edition.id()) } } }
                dt { (words.text_hash) }
                dd { code { (manifest.sha256) } }
                dt { (words.authoritative) }
                dd lang=(edition.manifest().authoritative) {
                    (edition.manifest().authoritative.autonym())
                }
                dt { (words.data) }
                dd { a href={ "/v1/editions/" (edition.id()) } { "JSON" } }
            }
        }
    }
}
