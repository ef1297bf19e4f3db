//! What has changed since the edition that the person accepted.
//!
//! Words are marked by `ins` and `del`, and by words that are hidden from sight: many screen readers pass over the elements
//! in silence.

use kelisim_shared::{
    diff::{Change, Edit, EditionDiff, LinesDiff, Span, SpanKind, TextDiff},
    language::Language,
    text::Line,
};
use yew::prelude::*;

use super::Scene;
use crate::i18n::fill;

/// The changes of the text that is shown; of the authoritative one where that text is new.
pub(super) fn view(scene: &Scene<'_>, diff: &EditionDiff, shown: Language) -> Html {
    let words = &scene.words.change;
    let authoritative = scene.edition.manifest().authoritative;
    let of_shown = compared(diff, shown);
    let is_new = of_shown.is_none();
    let (language, rows) = match of_shown {
        Some(rows) => (shown, rows),
        None => (
            authoritative,
            compared(diff, authoritative).unwrap_or_default(),
        ),
    };
    html! {
        <>
            <h3>{ words.since_accepted }</h3>
            if is_new {
                <p>{ words.text_is_new }</p>
            } else if rows.is_empty() {
                <p>{ words.none }</p>
            }
            { for rows.iter().map(|row| view_row(scene, row, language)) }
        </>
    }
}

/// A change as it is shown.
struct Row {
    part: Part,
    fate: Fate,
    /// How it reads; empty where it reads the same.
    spans: Vec<Span>,
}

enum Part {
    Purposes,
    DataCategories,
    Title,
    Section(String),
    Clause(String),
}

enum Fate {
    Added,
    Removed,
    Changed,
    Moved(String),
}

/// The changes in a language that both editions have.
fn compared(diff: &EditionDiff, wanted: Language) -> Option<Vec<Row>> {
    diff.texts.iter().find_map(|text| match text {
        TextDiff::Compared {
            language,
            purposes,
            data_categories,
            changes,
        } if *language == wanted => {
            let mut rows = lines(purposes, || Part::Purposes);
            rows.extend(lines(data_categories, || Part::DataCategories));
            rows.extend(changes.iter().map(row));
            Some(rows)
        }
        _ => None,
    })
}

fn lines(diff: &LinesDiff, part: fn() -> Part) -> Vec<Row> {
    let row = |fate, kind, line: &Line<300>| Row {
        part: part(),
        fate,
        spans: whole(kind, line.as_str()),
    };
    let added = diff.added.iter();
    let removed = diff.removed.iter();
    added
        .map(|line| row(Fate::Added, SpanKind::Inserted, line))
        .chain(removed.map(|line| row(Fate::Removed, SpanKind::Deleted, line)))
        .collect()
}

fn row(change: &Change) -> Row {
    match change {
        Change::Title { spans } => Row {
            part: Part::Title,
            fate: Fate::Changed,
            spans: spans.clone(),
        },
        Change::Section(edit) => row_of(edit, Part::Section),
        Change::Clause(edit) => row_of(edit, Part::Clause),
    }
}

fn row_of<N: ToString>(edit: &Edit<N>, part: fn(String) -> Part) -> Row {
    let (number, fate, spans) = match edit {
        Edit::Added { number, text } => (number, Fate::Added, whole(SpanKind::Inserted, text)),
        Edit::Removed { number, text } => (number, Fate::Removed, whole(SpanKind::Deleted, text)),
        Edit::Changed { number, spans } => (number, Fate::Changed, spans.clone()),
        Edit::Moved { from, to, spans } => (to, Fate::Moved(from.to_string()), spans.clone()),
    };
    Row {
        part: part(number.to_string()),
        fate,
        spans,
    }
}

fn whole(kind: SpanKind, text: &str) -> Vec<Span> {
    let text = text.to_owned();
    vec![Span { kind, text }]
}

fn view_row(scene: &Scene<'_>, row: &Row, language: Language) -> Html {
    let words = &scene.words.change;
    let part = match &row.part {
        Part::Purposes => scene.words.purposes.to_owned(),
        Part::DataCategories => scene.words.data_categories.to_owned(),
        Part::Title => words.title.to_owned(),
        Part::Section(number) => fill(words.section, number),
        Part::Clause(number) => fill(words.clause, number),
    };
    let fate = match &row.fate {
        Fate::Added => words.added.to_owned(),
        Fate::Removed => words.removed.to_owned(),
        Fate::Changed => words.changed.to_owned(),
        Fate::Moved(from) => fill(words.moved, from),
    };
    html! {
        <>
            <h4>{ [&*part, ": ", &fate].concat() }</h4>
            if !row.spans.is_empty() {
                <p lang={language.code()}>{ for row.spans.iter().map(|span| view_span(scene, span)) }</p>
            }
        </>
    }
}

fn view_span(scene: &Scene<'_>, Span { kind, text }: &Span) -> Html {
    let words = &scene.words.change;
    let said = |before: &'static str| {
        html! {
            <>
                <span class="unseen" lang={scene.notice.language.code()}>{ before }</span>
                { text.clone() }
                <span class="unseen">{ "]" }</span>
            </>
        }
    };
    match kind {
        SpanKind::Kept => Html::from(text.clone()),
        SpanKind::Inserted => html! { <ins>{ said(words.inserted) }</ins> },
        SpanKind::Deleted => html! { <del>{ said(words.deleted) }</del> },
    }
}
