//! The spans in which two texts differ.

use std::mem;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{
    Span, SpanKind,
    tokens::{Token, Vocabulary},
};

/// A search for spans, which does a bounded amount of work for all the texts of a policy together.
///
/// It is Myers' search with the bounds of Git's: on long texts with little in common it settles for
/// spans that are right and not the fewest. When the work is used up, what is left between the same
/// beginning and the same end of two texts is replaced as a whole. There is no deadline, so the same
/// texts always give the same spans.
pub(super) struct Search<'a> {
    vocabulary: &'a Vocabulary<'a>,
    work: usize,
}

impl<'a> Search<'a> {
    pub(super) const fn new(vocabulary: &'a Vocabulary<'a>) -> Self {
        Self {
            vocabulary,
            work: MAX_WORK,
        }
    }

    /// The text of tokens.
    pub(super) fn text(&self, tokens: &[Token]) -> String {
        self.vocabulary.text(tokens)
    }

    /// How the old text becomes the new one; empty where they are the same.
    pub(super) fn spans(&mut self, old: &[Token], new: &[Token]) -> Vec<Span> {
        if old == new {
            return Vec::new();
        }
        let start = common(old.iter().zip(new));
        let (beginning, old) = old.split_at(start);
        let new = &new[start..];
        let end = common(old.iter().rev().zip(new.iter().rev()));
        let (old, ending) = old.split_at(old.len() - end);
        let new = &new[..new.len() - end];

        let mut spans = Spans::default();
        spans.keep(self.text(beginning));
        if self.affords(old.len(), new.len()) {
            for step in capture_diff_slices(Algorithm::Myers, old, new) {
                let deleted = self.text(&old[step.old_range()]);
                let inserted = self.text(&new[step.new_range()]);
                if step.tag() == DiffTag::Equal && !spans.swallows(&inserted) {
                    spans.keep(inserted);
                } else {
                    spans.replace(&deleted, &inserted);
                }
            }
        } else {
            spans.replace(&self.text(old), &self.text(new));
        }
        spans.keep(self.text(ending));
        spans.done
    }

    /// Takes the most that comparing so many tokens can cost from the work that is left, if it is there.
    fn affords(&mut self, old: usize, new: usize) -> bool {
        let bounded = (old + new).saturating_mul(MAX_WORK_PER_TOKEN);
        let left = self.work.checked_sub(old.saturating_mul(new).min(bounded));
        self.work = left.unwrap_or(self.work);
        left.is_some()
    }
}

/// Spans so far, and the replacement that is still growing.
#[derive(Default)]
struct Spans {
    done: Vec<Span>,
    deleted: String,
    inserted: String,
}

impl Spans {
    /// Whether a kept text is just the space after a replaced word, and reads better as part of what
    /// is replaced.
    fn swallows(&self, kept: &str) -> bool {
        let replaces = !self.deleted.is_empty() && !self.inserted.is_empty();
        replaces && kept.trim().is_empty()
    }

    fn replace(&mut self, deleted: &str, inserted: &str) {
        self.deleted.push_str(deleted);
        self.inserted.push_str(inserted);
    }

    /// Ends the replacement, and keeps a text.
    fn keep(&mut self, text: String) {
        let deleted = mem::take(&mut self.deleted);
        let inserted = mem::take(&mut self.inserted);
        self.push(SpanKind::Deleted, deleted);
        self.push(SpanKind::Inserted, inserted);
        self.push(SpanKind::Kept, text);
    }

    fn push(&mut self, kind: SpanKind, text: String) {
        if !text.is_empty() {
            self.done.push(Span { kind, text });
        }
    }
}

/// How many of the first pairs are pairs of the same token.
fn common<'a>(pairs: impl Iterator<Item = (&'a Token, &'a Token)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

/// The most that a diff spends on spans, in comparisons of two tokens. At 3 to 8 nanoseconds for one
/// (measured in WebAssembly) it is half a second; two clauses of 16,000 words are within it.
const MAX_WORK: usize = 1 << 26;

/// What bounds the search on long texts, for each of their tokens: measured, as the crate does not
/// promise a number.
const MAX_WORK_PER_TOKEN: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_words_that_changed_and_no_more() {
        for (old, new, expected) in [
            ("a b c", "a b c", ""),
            (
                "трех лет после",
                "пяти лет после",
                "-трех|+пяти|= лет после",
            ),
            ("a b c d", "a x y d", "=a |-b c|+x y|= d"),
            ("Закон.", "Закон. Ещё.", "=Закон.|+ Ещё."),
            ("Закон.", "Ещё. Закон.", "+Ещё. |=Закон."),
            ("a b c", "a c", "=a |-b |=c"),
            ("a, b", "a b", "=a|-,|= b"),
            ("a b", "c d", "-a b|+c d"),
            ("a b", "a  b", "=a|- |+  |=b"),
            ("a b c d e", "a x c y e", "=a |-b|+x|= c |-d|+y|= e"),
            ("a", "", "-a"),
            ("", "a", "+a"),
        ] {
            assert_eq!(written(MAX_WORK, old, new), expected, "{old} → {new}");
        }
    }

    #[test]
    fn replaces_the_middle_when_the_work_is_used_up() {
        let (old, new) = ("a b c d e", "a x c y e");
        for (work, expected) in [
            (25, "=a |-b|+x|= c |-d|+y|= e"),
            (24, "=a |-b c d|+x c y|= e"),
        ] {
            assert_eq!(written(work, old, new), expected, "{work}");
        }
    }

    #[test]
    fn long_texts_with_little_in_common_give_spans_that_are_right() {
        let words = |count: u32, word: &dyn Fn(u32) -> u32| -> String {
            let words: Vec<_> = (0..count)
                .map(|place| format!("{:x}", word(place)))
                .collect();
            words.join(" ")
        };
        let noise = |seed: u32, range: u32| {
            move |place: u32| {
                let mixed = (place + seed).wrapping_mul(0x9E37_79B9);
                (mixed ^ mixed >> 15).wrapping_mul(0x2C1B_3C6D) % 65_521 % range
            }
        };
        for (case, old, new) in [
            (
                "two words",
                words(1000, &noise(1, 2)),
                words(1000, &noise(7000, 2)),
            ),
            (
                "a few words",
                words(1000, &noise(1, 300)),
                words(1000, &noise(7000, 300)),
            ),
            (
                "every second",
                words(20_000, &|n| n),
                words(20_000, &|n| n ^ ((n % 2) << 17)),
            ),
            ("shifted", words(4000, &|n| n), words(4000, &|n| n + 2000)),
            ("reversed", words(2000, &|n| n), words(2000, &|n| 2000 - n)),
            (
                "too long",
                words(130_000, &noise(1, 2)),
                words(130_000, &noise(7000, 2)),
            ),
            ("punctuation", ".,".repeat(1000), ",.;".repeat(1000)),
        ] {
            let spans = spans(MAX_WORK, &old, &new);
            let without = |kind| -> String {
                let spans = spans.iter().filter(|span| span.kind != kind);
                spans.map(|span| span.text.as_str()).collect()
            };
            assert!(without(SpanKind::Inserted) == old, "{case}");
            assert!(without(SpanKind::Deleted) == new, "{case}");
        }
    }

    fn spans(work: usize, old: &str, new: &str) -> Vec<Span> {
        let mut vocabulary = Vocabulary::default();
        let old = vocabulary.plain(old);
        let new = vocabulary.plain(new);
        let mut search = Search {
            work,
            ..Search::new(&vocabulary)
        };
        search.spans(&old, &new)
    }

    fn written(work: usize, old: &str, new: &str) -> String {
        let spans = spans(work, old, new);
        let written = spans.iter().map(|span| {
            let sign = match span.kind {
                SpanKind::Kept => '=',
                SpanKind::Inserted => '+',
                SpanKind::Deleted => '-',
            };
            format!("{sign}{}", span.text)
        });
        written.collect::<Vec<_>>().join("|")
    }
}
