//! Which numbered unit of the old text became which of the new one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, VecDeque},
};

use super::tokens::Token;

/// A numbered unit of a text: a section's heading, or a clause.
pub(super) struct Unit<N> {
    /// Its number. Numbers rise within a text.
    pub(super) number: N,
    /// Its place in the text's reading order, from 1; the title is 0.
    pub(super) position: usize,
    /// Its text.
    pub(super) tokens: Vec<Token>,
    /// Its words, sorted.
    pub(super) words: Vec<Token>,
}

/// What became of a unit.
pub(super) enum Match<'a, N> {
    /// It is in both texts, the old one first.
    Both(&'a Unit<N>, &'a Unit<N>),
    /// It is in the old text only.
    Old(&'a Unit<N>),
    /// It is in the new text only.
    New(&'a Unit<N>),
}

/// Matches the units of two texts, each unit at most once. The first rule that fits decides:
///
/// 1. the same number and the same text;
/// 2. the same text, the first such unit with the first, the second with the second;
/// 3. the same number and a similar text;
/// 4. a similar text, the most similar first, then those that stand nearest.
///
/// Turned round, the texts give the same matches.
pub(super) fn matches<'a, N: Copy + Ord>(
    old: &'a [Unit<N>],
    new: &'a [Unit<N>],
) -> Vec<Match<'a, N>> {
    let mut pairs = Pairs {
        old,
        new,
        old_to_new: vec![None; old.len()],
        new_to_old: vec![None; new.len()],
    };
    pairs.same_number(|old, new| old.tokens == new.tokens);
    pairs.same_text();
    pairs.same_number(|old, new| similarity(&old.words, &new.words).is_some());
    pairs.similar_text();
    pairs.into_matches()
}

/// The positions, in both texts, of the units that are in both.
pub(super) fn kept<N>(matches: &[Match<'_, N>]) -> impl Iterator<Item = (usize, usize)> {
    matches.iter().filter_map(|unit| match unit {
        Match::Both(old, new) => Some((old.position, new.position)),
        Match::Old(_) | Match::New(_) => None,
    })
}

struct Pairs<'a, N> {
    old: &'a [Unit<N>],
    new: &'a [Unit<N>],
    old_to_new: Vec<Option<usize>>,
    new_to_old: Vec<Option<usize>>,
}

impl<'a, N: Copy + Ord> Pairs<'a, N> {
    fn same_number(&mut self, fits: impl Fn(&Unit<N>, &Unit<N>) -> bool) {
        for old in rest(&self.old_to_new) {
            let unit = &self.old[old];
            let new = self
                .new
                .binary_search_by_key(&unit.number, |unit| unit.number);
            if let Ok(new) = new
                && self.new_to_old[new].is_none()
                && fits(unit, &self.new[new])
            {
                self.join(old, new);
            }
        }
    }

    fn same_text(&mut self) {
        let mut places: BTreeMap<&[Token], VecDeque<usize>> = BTreeMap::new();
        for old in rest(&self.old_to_new) {
            places
                .entry(&self.old[old].tokens)
                .or_default()
                .push_back(old);
        }
        for new in rest(&self.new_to_old) {
            let old = places
                .get_mut(self.new[new].tokens.as_slice())
                .and_then(VecDeque::pop_front);
            if let Some(old) = old {
                self.join(old, new);
            }
        }
    }

    fn similar_text(&mut self) {
        let old_rest = rest(&self.old_to_new);
        let new_rest = rest(&self.new_to_old);
        let mut candidates = Vec::new();
        let mut work = 0;
        for distance in 0..old_rest.len().max(new_rest.len()) {
            if work > MAX_WORK {
                break;
            }
            for (old_rank, new_rank) in ring(distance, old_rest.len(), new_rest.len()) {
                let (old, new) = (old_rest[old_rank], new_rest[new_rank]);
                let (old_words, new_words) = (&self.old[old].words, &self.new[new].words);
                work += PAIR_WORK + old_words.len() + new_words.len();
                if let Some(similarity) = similarity(old_words, new_words) {
                    candidates.push((Reverse(similarity), distance, old_rank + new_rank, old, new));
                }
            }
        }
        // Two pairs that differ in `old` and `new` only share neither, so the order is the same for
        // the texts turned round.
        candidates.sort_unstable();
        for (.., old, new) in candidates {
            if self.old_to_new[old].is_none() && self.new_to_old[new].is_none() {
                self.join(old, new);
            }
        }
    }

    fn join(&mut self, old: usize, new: usize) {
        self.old_to_new[old] = Some(new);
        self.new_to_old[new] = Some(old);
    }

    fn into_matches(self) -> Vec<Match<'a, N>> {
        let (olds, news) = (self.old, self.new);
        let of_old = self.old_to_new.into_iter().zip(olds);
        let of_old = of_old.map(|(new, old)| match new {
            Some(new) => Match::Both(old, &news[new]),
            None => Match::Old(old),
        });
        let added = rest(&self.new_to_old).into_iter();
        of_old
            .chain(added.map(|new| Match::New(&news[new])))
            .collect()
    }
}

/// The units that have no partner yet.
fn rest(partners: &[Option<usize>]) -> Vec<usize> {
    (0..partners.len())
        .filter(|&unit| partners[unit].is_none())
        .collect()
}

/// The pairs of two lists' ranks that are `distance` apart.
fn ring(distance: usize, old: usize, new: usize) -> impl Iterator<Item = (usize, usize)> {
    let later = 0..old.min(new.saturating_sub(distance));
    let earlier = 0..new.min(old.saturating_sub(distance));
    let earlier = if distance == 0 { 0..0 } else { earlier };
    later
        .map(move |rank| (rank, rank + distance))
        .chain(earlier.map(move |rank| (rank + distance, rank)))
}

/// How similar two texts are, by their sorted words: twice the words in common, in thousandths of
/// all words (the Sørensen–Dice coefficient). `None` below [`SIMILAR`]: they are different texts.
pub(super) fn similarity(old: &[Token], new: &[Token]) -> Option<usize> {
    let enough = |common: usize| {
        let similarity = (2 * PRECISION * common).checked_div(old.len() + new.len())?;
        (similarity >= SIMILAR).then_some(similarity)
    };
    enough(old.len().min(new.len()))?;
    let (mut old_rest, mut new_rest) = (old, new);
    let mut common = 0;
    while let ([old, old_tail @ ..], [new, new_tail @ ..]) = (old_rest, new_rest) {
        common += usize::from(old == new);
        if old <= new {
            old_rest = old_tail;
        }
        if new <= old {
            new_rest = new_tail;
        }
    }
    enough(common)
}

/// Thousandths.
const PRECISION: usize = 1000;

/// From what similarity on a text counts as the same text, changed: half of the words. The first
/// edition's clauses are less like each other.
const SIMILAR: usize = 500;

/// How many words are compared in the search for similar texts, before it ends with those compared
/// so far, which stand nearest to each other. Two texts with 200 changed clauses of 90 words each
/// are within it; reached, it is a tenth of a second of WebAssembly.
const MAX_WORK: usize = 1 << 23;

/// What comparing two units costs besides their words, in words. It bounds the number of candidates.
const PAIR_WORK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_goes_through_each_pair_at_its_distance_once() {
        for (old, new) in [(0, 0), (0, 2), (1, 1), (1, 4), (3, 2), (4, 4)] {
            let mut pairs: Vec<_> = (0..old.max(new))
                .flat_map(|distance| ring(distance, old, new))
                .collect();
            assert!(pairs.len() == old * new, "{old} {new}");
            pairs.sort_unstable();
            pairs.dedup();
            assert!(pairs.len() == old * new, "{old} {new}");
        }
    }
}
