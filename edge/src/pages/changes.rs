//! What changed from one edition to another.
//!
//! Words are marked by `ins` and `del`, which style underlines and strikes through, and by words that are hidden from sight:
//! many screen readers pass over the elements in silence.

use std::fmt::Display;

use kelisim_shared::{
    diff::{Change, Edit, EditionDiff, LinesDiff, Span, SpanKind, TextDiff},
    edition::{self, Edition, Succession},
    language::Language,
};
use maud::{Markup, html};

use super::{
    Standing, class_of, edition_page, moment,
    words::{self, Around, Changes},
};

/// How an edition takes the place of the one before, and what differs; nothing for the first edition.
pub(super) fn since_superseded(
    edition: &Edition,
    standing: Standing,
    diff: Option<&EditionDiff>,
    language: Language,
) -> Markup {
    let words = words::of(language);
    let change = &edition.manifest().change;
    html! {
        @if let Some(succession) = change.succession() {
            section {
                h2 { (words.changes.since_superseded) }
                p { strong { (class_of(change, &words.class)) "." } " " (summary(edition, language)) }
                p { (term(change, succession, standing, language)) }
                @if let Some(diff) = diff { (differences(edition, diff, language)) }
            }
        }
    }
}

/// What the operator says has changed, in a few words.
pub(super) fn summary(edition: &Edition, language: Language) -> Markup {
    let (manifest, _) = edition.text(language);
    html! {
        @if let Some(summary) = &manifest.summary {
            span lang=(manifest.language) { (summary) }
        }
    }
}

fn term(
    change: &edition::Change,
    succession: &Succession,
    standing: Standing,
    language: Language,
) -> Markup {
    let term = &words::of(language).term;
    let sentence = match (standing, change) {
        (Standing::Former, _) => &term.former,
        (Standing::InForce, edition::Change::Editorial(_)) => &term.editorial,
        (Standing::InForce, _) => &term.material,
    };
    sentence.with(&moment(language, succession.deadline.instant()))
}

fn differences(edition: &Edition, diff: &EditionDiff, language: Language) -> Markup {
    let words = &words::of(language).changes;
    let (shown, _) = edition.text(language);
    let authoritative = edition.manifest().authoritative;
    html! {
        details open {
            summary { (words.in_detail) }
            @if let Some(comparison) = Comparison::of(diff, shown.language) {
                (comparison.markup(language))
            } @else {
                p { (words.text_is_new) }
                @if let Some(comparison) = Comparison::of(diff, authoritative) {
                    p { (words.authoritative_text.with(&autonym(authoritative))) }
                    (comparison.markup(language))
                }
            }
            @if !diff.dropped.is_empty() {
                p {
                    (words.dropped)
                    @for (place, &dropped) in diff.dropped.iter().enumerate() {
                        @if place > 0 { ", " }
                        (autonym(dropped))
                    }
                    "."
                }
            }
            p { a href=(edition_page(diff.from, language)) { (words.compared_with) } }
        }
    }
}

/// What differs between two texts in one language.
struct Comparison<'a> {
    text: Language,
    purposes: &'a LinesDiff,
    data_categories: &'a LinesDiff,
    changes: &'a [Change],
}

impl<'a> Comparison<'a> {
    /// The comparison in a language, if both editions have a text in it.
    fn of(diff: &'a EditionDiff, wanted: Language) -> Option<Self> {
        diff.texts.iter().find_map(|text| match text {
            TextDiff::Compared {
                language,
                purposes,
                data_categories,
                changes,
            } if *language == wanted => Some(Self {
                text: wanted,
                purposes,
                data_categories,
                changes,
            }),
            _ => None,
        })
    }

    fn markup(&self, language: Language) -> Markup {
        let words = words::of(language);
        let marks = Marks {
            text: self.text,
            interface: language,
            words: &words.changes,
        };
        let lists = [
            (words.purposes, self.purposes),
            (words.data_categories, self.data_categories),
        ];
        let differ = |lines: &LinesDiff| !lines.added.is_empty() || !lines.removed.is_empty();
        let same = self.changes.is_empty() && !lists.iter().any(|(_, lines)| differ(lines));
        html! {
            @if same { p { (words.changes.none) } }
            @for (heading, lines) in lists {
                @if differ(lines) {
                    h3 { (heading) }
                    (marks.lines(lines))
                }
            }
            @for change in self.changes {
                @match change {
                    Change::Title { spans } => {
                        h3 { (words.changes.title) ": " (words.changes.changed) }
                        (marks.spans(spans))
                    },
                    Change::Section(edit) => (marks.edit(edit, &words.changes.section, "s")),
                    Change::Clause(edit) => (marks.edit(edit, &words.changes.clause, "c")),
                }
            }
        }
    }
}

/// How what differs in a text is marked in a page.
struct Marks<'a> {
    text: Language,
    interface: Language,
    words: &'a Changes,
}

impl Marks<'_> {
    fn lines(&self, lines: &LinesDiff) -> Markup {
        let line = |label: &str, line: Markup| {
            html! { li { (label) " " span lang=(self.text) { (line) } } }
        };
        html! {
            ul {
                @for added in &lines.added {
                    (line(self.words.lines_added, html! { ins { (added) } }))
                }
                @for removed in &lines.removed {
                    (line(self.words.lines_removed, html! { del { (removed) } }))
                }
            }
        }
    }

    /// A numbered unit: what happened to it, and how it reads now. `anchor` and its number are its id in the page.
    fn edit<N: Display>(&self, edit: &Edit<N>, name: &Around, anchor: &str) -> Markup {
        let here = |number: &N| {
            html! { a href={ "#" (anchor) (number) } { (name.with(&number.to_string())) } }
        };
        let words = self.words;
        html! {
            @match edit {
                Edit::Added { number, text } => {
                    h3 { (here(number)) ": " (words.added) }
                    p lang=(self.text) { ins { (text) } }
                },
                Edit::Removed { number, text } => {
                    h3 { (name.with(&number.to_string())) ": " (words.removed) }
                    p lang=(self.text) { del { (text) } }
                },
                Edit::Changed { number, spans } => {
                    h3 { (here(number)) ": " (words.changed) }
                    (self.spans(spans))
                },
                Edit::Moved { from, to, spans } => {
                    h3 {
                        (here(to)) ": " (words.renumbered.with(&from.to_string()))
                        @if !spans.is_empty() { ", " (words.changed) }
                    }
                    @if !spans.is_empty() { (self.spans(spans)) }
                },
            }
        }
    }

    fn spans(&self, spans: &[Span]) -> Markup {
        html! {
            p lang=(self.text) {
                @for span in spans {
                    @match span.kind {
                        SpanKind::Kept => (span.text),
                        SpanKind::Inserted => ins { (self.said(&self.words.inserted_words, &span.text)) },
                        SpanKind::Deleted => del { (self.said(&self.words.deleted_words, &span.text)) },
                    }
                }
            }
        }
    }

    /// Text between words for who does not see how it is marked.
    fn said(&self, around: &Around, text: &str) -> Markup {
        html! {
            span.unseen lang=(self.interface) { (around.before()) }
            (text)
            span.unseen lang=(self.interface) { (around.after()) }
        }
    }
}

fn autonym(language: Language) -> Markup {
    html! { span lang=(language) { (language.autonym()) } }
}
