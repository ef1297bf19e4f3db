//! Properties that hold for the diff of any two policies.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use std::{collections::BTreeMap, fmt::Debug};

use kelisim_shared::{
    diff::{self, Change, Edit, Span, SpanKind},
    policy::{ClauseNumber, Inline, Policy, Section},
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_new_text_is_the_old_one_with_the_changes_made(old in policy(), new in policy()) {
        let changes = diff::changes(&old, &new);
        prop_assert_eq!(&apply(&Texts::of(&old), &changes), &Texts::of(&new));
        prop_assert_eq!(changes.is_empty(), old == new);
        let json = serde_json::to_string(&changes).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Change>>(&json).unwrap(), changes);
    }

    #[test]
    fn a_diff_turned_round_is_its_mirror_image(old in policy(), new in policy()) {
        let mut there: Vec<_> = diff::changes(&old, &new).iter().map(mirrored).collect();
        let mut back: Vec<_> = diff::changes(&new, &old).iter().map(named).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }
}

/// What a policy says, as a diff shows it.
#[derive(Debug, PartialEq)]
struct Texts {
    title: String,
    sections: BTreeMap<u16, String>,
    clauses: BTreeMap<ClauseNumber, String>,
}

impl Texts {
    fn of(policy: &Policy) -> Self {
        let shown = |piece: &Inline| match piece {
            Inline::Text(text) => text.clone(),
            Inline::Link { text, href } => format!("{text} ({})", href.as_str()),
        };
        let sections = policy.sections().iter();
        let clauses = sections.clone().flat_map(Section::clauses);
        Self {
            title: policy.title().to_owned(),
            sections: sections
                .map(|section| (section.number(), section.heading().to_owned()))
                .collect(),
            clauses: clauses
                .map(|clause| (clause.number(), clause.body().iter().map(shown).collect()))
                .collect(),
        }
    }
}

/// Makes the changes in a text, and holds them against it.
fn apply(old: &Texts, changes: &[Change]) -> Texts {
    let (mut sections, mut clauses) = (Vec::new(), Vec::new());
    let mut title = old.title.clone();
    for change in changes {
        match change {
            Change::Title { spans } => title = revised(&old.title, spans),
            Change::Section(edit) => sections.push(edit),
            Change::Clause(edit) => clauses.push(edit),
        }
    }
    Texts {
        title,
        sections: edited(&old.sections, &sections),
        clauses: edited(&old.clauses, &clauses),
    }
}

fn edited<N: Copy + Ord>(old: &BTreeMap<N, String>, edits: &[&Edit<N>]) -> BTreeMap<N, String> {
    let mut left = old.clone();
    let mut new = Vec::new();
    for edit in edits {
        match edit {
            Edit::Added { number, text } => new.push((*number, text.clone())),
            Edit::Removed { number, text } => assert_eq!(left.remove(number).as_ref(), Some(text)),
            Edit::Changed { number, spans } => {
                new.push((*number, revised(&left.remove(number).unwrap(), spans)));
            }
            Edit::Moved { from, to, spans } => {
                let text = left.remove(from).unwrap();
                let moved = if spans.is_empty() {
                    text
                } else {
                    revised(&text, spans)
                };
                new.push((*to, moved));
            }
        }
    }
    for (number, text) in new {
        assert_eq!(left.insert(number, text), None);
    }
    left
}

/// The new text that spans give, which must give the old one too.
fn revised(old: &str, spans: &[Span]) -> String {
    let without = |kind| -> String {
        let spans = spans.iter().filter(|span| span.kind != kind);
        spans.map(|span| span.text.as_str()).collect()
    };
    assert!(spans.iter().all(|span| !span.text.is_empty()));
    assert_eq!(without(SpanKind::Inserted), old);
    without(SpanKind::Deleted)
}

/// A change without its spans.
fn named(change: &Change) -> String {
    match change {
        Change::Title { .. } => "title".to_owned(),
        Change::Section(edit) => format!("§ {}", named_edit(edit)),
        Change::Clause(edit) => named_edit(edit),
    }
}

fn named_edit<N: Debug>(edit: &Edit<N>) -> String {
    match edit {
        Edit::Added { number, text } => format!("added {number:?} {text}"),
        Edit::Removed { number, text } => format!("removed {number:?} {text}"),
        Edit::Changed { number, .. } => format!("changed {number:?}"),
        Edit::Moved { from, to, spans } => format!("moved {from:?} {to:?} {}", spans.is_empty()),
    }
}

/// A change the other way round, without its spans.
fn mirrored(change: &Change) -> String {
    match change {
        Change::Title { .. } => named(change),
        Change::Section(edit) => named(&Change::Section(turned(edit))),
        Change::Clause(edit) => named(&Change::Clause(turned(edit))),
    }
}

fn turned<N: Clone>(edit: &Edit<N>) -> Edit<N> {
    match edit.clone() {
        Edit::Added { number, text } => Edit::Removed { number, text },
        Edit::Removed { number, text } => Edit::Added { number, text },
        changed @ Edit::Changed { .. } => changed,
        Edit::Moved { from, to, spans } => Edit::Moved {
            from: to,
            to: from,
            spans,
        },
    }
}

/// A policy of few words, so that two of them have much in common.
fn policy() -> impl Strategy<Value = Policy> {
    let clauses = prop::collection::btree_map(1..6_u16, words(CLAUSE_WORDS, 6), 1..5);
    let section = (words(HEADING_WORDS, 3), clauses);
    let sections = prop::collection::btree_map(1..5_u16, section, 1..4);
    (words(HEADING_WORDS, 2), sections).prop_map(|(title, sections)| {
        let mut lines = vec![title];
        for (number, (heading, clauses)) in sections {
            lines.push(format!("{number}. {heading}"));
            let clause = |(clause, text)| format!("{number}.{clause}. {text}");
            lines.extend(clauses.into_iter().map(clause));
        }
        Policy::parse(&lines.join("\n")).unwrap()
    })
}

/// One word to `most`, with one of several spaces between.
fn words(words: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    let word = prop::sample::select(words);
    let space = prop::sample::select(&[" ", " ", " ", "\u{A0}", "  "][..]);
    prop::collection::vec((word, space), 1..=most).prop_map(|pairs| {
        let text: String = pairs.into_iter().flat_map(<[&str; 2]>::from).collect();
        text.trim().to_owned()
    })
}

const HEADING_WORDS: &[&str] = &["A", "Б", "Ә"];

const CLAUSE_WORDS: &[&str] = &[
    "және",
    "заң",
    "«Ко»",
    "a,",
    "a",
    "(b)",
    "ё.",
    "и\u{306}",
    "–",
    "[a](https://b.kz)",
    "[a](https://c.kz)",
    "a (https://b.kz)",
];
