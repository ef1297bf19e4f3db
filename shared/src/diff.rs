//! What changed between two texts of a policy in one language: clause by clause, word by word.
//!
//! ```json
//! {"from":"3f0c…","to":"9ab1…","dropped":["en"],"texts":[
//!   {"status":"new","language":"kk"},
//!   {"status":"compared","language":"ru",
//!    "purposes":{"added":["исследования рынка"],"removed":[]},
//!    "data_categories":{"added":[],"removed":[]},
//!    "changes":[
//!      {"part":"title","spans":[…]},
//!      {"part":"section","change":"moved","from":2,"to":3},
//!      {"part":"clause","change":"removed","number":"2.1","text":"…"},
//!      {"part":"clause","change":"added","number":"3.1","text":"…"},
//!      {"part":"clause","change":"moved","from":"2.2","to":"3.2"},
//!      {"part":"clause","change":"moved","from":"2.3","to":"3.3","spans":[…]},
//!      {"part":"clause","change":"changed","number":"4.1","spans":[
//!        {"kind":"kept","text":"в течение "},{"kind":"deleted","text":"трех"},
//!        {"kind":"inserted","text":"пяти"},{"kind":"kept","text":" лет"}]}]}]}
//! ```
//!
//! - Changes come in the reading order of the new text. What was removed comes after what it stood
//!   after in the old text, passing over what has left its place among the others.
//! - A text that kept its words and lost its number has *moved*, renumbering included. A text that
//!   shares less than half of its words with any other was *removed* or *added*, even where the other
//!   text has taken its number.
//! - Kept and deleted spans together are the old text to the letter, kept and inserted spans the new one.
//! - A link reads as its text and its address, `сайт (https://…)`. It never counts as the same as plain
//!   text, not even as text that reads like it. So no change can hide: there are no changes exactly
//!   where the two policies are the same.
//!
//! The cost is bounded for any two texts that an edition can hold; see `matching` and `spans`. This is
//! *not* a diff of manifests: of those it compares the lists that people are shown.

mod matching;
mod spans;
mod tokens;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::{
    edition::{Edition, EditionId, TextManifest},
    language::Language,
    policy::{ClauseNumber, Policy},
    text::Line,
};
use matching::{Match, Unit};
use spans::Search;
use tokens::{Token, Vocabulary};

/// What changed from one edition to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EditionDiff {
    /// The old edition.
    pub from: EditionId,
    /// The new edition.
    pub to: EditionId,
    /// The languages that only the old edition has.
    pub dropped: Vec<Language>,
    /// The languages of the new edition, in the order of their codes.
    pub texts: Vec<TextDiff>,
}

/// What changed in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "lowercase", deny_unknown_fields)]
pub enum TextDiff {
    /// The old edition has no text in this language.
    New {
        /// The language.
        language: Language,
    },
    /// Both editions have a text in this language.
    Compared {
        /// The language.
        language: Language,
        /// What changed among the purposes.
        purposes: LinesDiff,
        /// What changed among the data categories.
        data_categories: LinesDiff,
        /// What changed in the text, in the reading order of the new one; empty where nothing did.
        changes: Vec<Change>,
    },
}

/// What changed in a list of lines. Their order does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinesDiff {
    /// Lines of the new list only, in its order.
    pub added: Vec<Line<300>>,
    /// Lines of the old list only, in its order.
    pub removed: Vec<Line<300>>,
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "TextChange"))]
#[serde(tag = "part", rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// The title reads otherwise.
    Title {
        /// How.
        spans: Vec<Span>,
    },
    /// A section's heading changed. Its number is 1 to 999.
    Section(Edit<u16>),
    /// A clause changed.
    Clause(Edit<ClauseNumber>),
}

/// What happened to a unit that has a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{N}Edit"))]
#[serde(tag = "change", rename_all = "lowercase", deny_unknown_fields)]
pub enum Edit<N> {
    /// It is new.
    Added {
        /// Its number in the new text.
        number: N,
        /// What it says.
        text: String,
    },
    /// It is gone.
    Removed {
        /// Its number in the old text.
        number: N,
        /// What it said.
        text: String,
    },
    /// It reads otherwise, under the same number.
    Changed {
        /// The number.
        number: N,
        /// How it reads otherwise.
        spans: Vec<Span>,
    },
    /// It has another number.
    Moved {
        /// Its number in the old text.
        from: N,
        /// Its number in the new text.
        to: N,
        /// How it reads otherwise; empty, and left out of the JSON, where it reads the same.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spans: Vec<Span>,
    },
}

/// A stretch of text that was kept, inserted or deleted. Where words were replaced, what was deleted
/// comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// What became of it.
    pub kind: SpanKind,
    /// The text, never empty.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub text: String,
}

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SpanKind {
    /// It is in both texts.
    Kept,
    /// It is in the new text only.
    Inserted,
    /// It is in the old text only.
    Deleted,
}

impl EditionDiff {
    /// What changed between two editions, whichever was published first.
    #[must_use]
    pub fn between(from: &Edition, to: &Edition) -> Self {
        let has = |edition: &Edition, language| edition.manifest().text(language).is_some();
        let languages = |edition: &Edition| -> Vec<Language> {
            let texts = edition.manifest().texts.iter();
            texts.map(|text| text.language).collect()
        };
        let text = |language| {
            if has(from, language) {
                TextDiff::between(from.text(language), to.text(language))
            } else {
                TextDiff::New { language }
            }
        };
        let mut dropped = languages(from);
        dropped.retain(|&language| !has(to, language));
        Self {
            from: from.id(),
            to: to.id(),
            dropped,
            texts: languages(to).into_iter().map(text).collect(),
        }
    }
}

impl TextDiff {
    fn between(
        (old, old_text): (&TextManifest, &Policy),
        (new, new_text): (&TextManifest, &Policy),
    ) -> Self {
        Self::Compared {
            language: new.language,
            purposes: LinesDiff::between(&old.purposes, &new.purposes),
            data_categories: LinesDiff::between(&old.data_categories, &new.data_categories),
            changes: changes(old_text, new_text),
        }
    }
}

impl LinesDiff {
    fn between(old: &[Line<300>], new: &[Line<300>]) -> Self {
        Self {
            added: without(new, old),
            removed: without(old, new),
        }
    }
}

/// What changed between two policies in one language, in the reading order of the new one.
///
/// It is empty exactly where the two are the same. Turned round, the policies give the mirror image:
/// what was added is removed, and what moved moves back.
#[must_use]
pub fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut vocabulary = Vocabulary::default();
    let old = Outline::of(old, &mut vocabulary);
    let new = Outline::of(new, &mut vocabulary);
    let sections = matching::matches(&old.sections, &new.sections);
    let clauses = matching::matches(&old.clauses, &new.clauses);

    let kept = matching::kept(&sections).chain(matching::kept(&clauses));
    let places = places(old.sections.len() + old.clauses.len(), kept);

    let mut found = Vec::new();
    let mut search = Search::new(&vocabulary);
    let spans = search.spans(&old.title, &new.title);
    if !spans.is_empty() {
        found.push(((0, 0), Change::Title { spans }));
    }
    for unit in &sections {
        let edit = Edit::of(unit, &mut search).map(Change::Section);
        found.extend(edit.map(|change| (place(unit, &places), change)));
    }
    for unit in &clauses {
        let edit = Edit::of(unit, &mut search).map(Change::Clause);
        found.extend(edit.map(|change| (place(unit, &places), change)));
    }
    found.sort_by_key(|&(place, _)| place);
    found.into_iter().map(|(_, change)| change).collect()
}

/// A policy's units, by kind.
struct Outline {
    title: Vec<Token>,
    sections: Vec<Unit<u16>>,
    clauses: Vec<Unit<ClauseNumber>>,
}

impl Outline {
    fn of<'a>(policy: &'a Policy, vocabulary: &mut Vocabulary<'a>) -> Self {
        let mut outline = Self {
            title: vocabulary.plain(policy.title()),
            sections: Vec::new(),
            clauses: Vec::new(),
        };
        for section in policy.sections() {
            let tokens = vocabulary.plain(section.heading());
            outline.sections.push(Unit {
                number: section.number(),
                position: outline.next_position(),
                words: vocabulary.words(&tokens),
                tokens,
            });
            for clause in section.clauses() {
                let tokens = vocabulary.body(clause.body());
                outline.clauses.push(Unit {
                    number: clause.number(),
                    position: outline.next_position(),
                    words: vocabulary.words(&tokens),
                    tokens,
                });
            }
        }
        outline
    }

    fn next_position(&self) -> usize {
        1 + self.sections.len() + self.clauses.len()
    }
}

impl<N: Copy + PartialEq> Edit<N> {
    /// What happened to a unit, if anything did.
    fn of(unit: &Match<'_, N>, search: &mut Search<'_>) -> Option<Self> {
        match unit {
            Match::New(new) => Some(Self::Added {
                number: new.number,
                text: search.text(&new.tokens),
            }),
            Match::Old(old) => Some(Self::Removed {
                number: old.number,
                text: search.text(&old.tokens),
            }),
            Match::Both(old, new) => {
                let spans = search.spans(&old.tokens, &new.tokens);
                let (from, to) = (old.number, new.number);
                if from != to {
                    Some(Self::Moved { from, to, spans })
                } else if spans.is_empty() {
                    None
                } else {
                    Some(Self::Changed { number: to, spans })
                }
            }
        }
    }
}

/// For each unit of the old text, by position: the position in the new one of what it stood after, or
/// of itself. `kept` are the old and new positions of what is in both; what left its place among them
/// keeps nobody company.
fn places(units: usize, kept: impl Iterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut kept: Vec<_> = kept.collect();
    kept.sort_unstable();
    let as_was: Vec<_> = kept.iter().map(|&(_, new)| new).collect();
    let mut as_is = as_was.clone();
    as_is.sort_unstable();

    let mut places = vec![0; 1 + units]; // 0 is the title, which is always there
    for step in capture_diff_slices(Algorithm::Myers, &as_was, &as_is) {
        if step.tag() == DiffTag::Equal {
            for &(old, new) in &kept[step.old_range()] {
                places[old] = new;
            }
        }
    }
    for position in 1..places.len() {
        places[position] = places[position].max(places[position - 1]);
    }
    places
}

/// What to sort a unit by: the position that it has or stands after, then the order of the old text.
fn place<N>(unit: &Match<'_, N>, places: &[usize]) -> (usize, usize) {
    match unit {
        Match::Both(_, new) | Match::New(new) => (new.position, 0),
        Match::Old(old) => (places[old.position], old.position),
    }
}

/// The lines that are not among the others, each of which stands for one line only.
fn without(lines: &[Line<300>], others: &[Line<300>]) -> Vec<Line<300>> {
    let mut others: Vec<_> = others.iter().collect();
    let mut left = lines.to_vec();
    left.retain(
        |line| match others.iter().position(|other| *other == line) {
            Some(place) => {
                others.swap_remove(place);
                false
            }
            None => true,
        },
    );
    left
}

#[cfg(test)]
mod tests;
