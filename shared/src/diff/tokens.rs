//! Texts as sequences of tokens.
//!
//! A token is a word, a mark of punctuation at either end of a word, or the space between. What
//! stands inside a word belongs to it: `и/или`, `10.5` and addresses are never taken apart.

use std::collections::BTreeMap;

use crate::policy::Inline;

/// A token, by its place in a [`Vocabulary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Token(usize);

/// Every different token of two texts. Tokens of one vocabulary are the same where both their text
/// and their [`Origin`] are: so two bodies are the same exactly where their tokens are.
#[derive(Default)]
pub(super) struct Vocabulary<'a> {
    tokens: BTreeMap<(Origin, &'a str), Token>,
    texts: Vec<&'a str>,
}

/// What a token is a part of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// Plain text.
    Text,
    /// What is shown of a link.
    Link,
    /// Where a link leads, and the brackets around that.
    Address,
}

impl<'a> Vocabulary<'a> {
    /// The tokens of a text without links.
    pub(super) fn plain(&mut self, text: &'a str) -> Vec<Token> {
        split(text)
            .map(|token| self.token(Origin::Text, token))
            .collect()
    }

    /// The tokens of a clause's body, where a link is its shown text and then ` (address)`.
    pub(super) fn body(&mut self, body: &'a [Inline]) -> Vec<Token> {
        let mut tokens = Vec::new();
        for piece in body {
            match piece {
                Inline::Text(text) => tokens.extend(self.plain(text)),
                Inline::Link { text, href } => {
                    tokens.extend(split(text).map(|token| self.token(Origin::Link, token)));
                    let address = [" (", href.as_str(), ")"];
                    tokens.extend(address.map(|token| self.token(Origin::Address, token)));
                }
            }
        }
        tokens
    }

    fn token(&mut self, origin: Origin, text: &'a str) -> Token {
        let next = Token(self.texts.len());
        let token = *self.tokens.entry((origin, text)).or_insert(next);
        if token == next {
            self.texts.push(text);
        }
        token
    }

    /// The words among tokens, without space and punctuation, sorted.
    pub(super) fn words(&self, tokens: &[Token]) -> Vec<Token> {
        let is_mark = |character: char| character.is_whitespace() || is_punctuation(character);
        let mut words = tokens.to_vec();
        words.retain(|token| !self.texts[token.0].chars().all(is_mark));
        words.sort_unstable();
        words
    }

    /// The text that tokens were split from.
    pub(super) fn text(&self, tokens: &[Token]) -> String {
        tokens.iter().map(|token| self.texts[token.0]).collect()
    }
}

/// Splits a text into tokens, losing nothing.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (token, after) = rest.split_at(first_token(rest));
        rest = after;
        (!token.is_empty()).then_some(token)
    })
}

/// The length of a text's first token in bytes; 0 where the text is empty.
fn first_token(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if first.is_whitespace() {
        let end = text.find(|character: char| !character.is_whitespace());
        return end.unwrap_or(text.len());
    }
    if is_punctuation(first) {
        return first.len_utf8();
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text[..end].trim_end_matches(is_punctuation).len()
}

/// Whether a character is a mark of punctuation in ASCII, in the block General Punctuation, or a
/// guillemet. A letter's accent is none, so it stays with its letter.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(character, '«' | '»' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_spaces_and_takes_punctuation_off_the_ends_of_words() {
        for (text, tokens) in [
            ("", &[][..]),
            ("Қазақстан заңы.", &["Қазақстан", " ", "заңы", "."]),
            (
                "(далее –  «Ко»), ",
                &["(", "далее", " ", "–", "  ", "«", "Ко", "»", ")", ",", " "],
            ),
            (
                "и/или 10.5% v1.2",
                &["и/или", " ", "10.5", "%", " ", "v1.2"],
            ),
            (
                "a@b.kz, https://b.kz/c?d.",
                &["a@b.kz", ",", " ", "https://b.kz/c?d", "."],
            ),
            ("краи\u{306}, ё", &["краи\u{306}", ",", " ", "ё"]),
            ("№ 5\u{A0}лет…", &["№", " ", "5", "\u{A0}", "лет", "…"]),
        ] {
            assert_eq!(split(text).collect::<Vec<_>>(), tokens, "{text}");
        }
    }
}
