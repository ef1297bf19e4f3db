//! Short texts from outside, bounded and printable.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

/// One line of text of 1 to `MAX` bytes in UTF-8, with no hidden characters ([`is_hidden`]) and no space at
/// either end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is empty, too long, or not one printable line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not one printable line of 1 to {0} bytes without space at either end")]
pub struct InvalidLine(usize);

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = InvalidLine;

    fn from_str(text: &str) -> Result<Self, InvalidLine> {
        let fits = (1..=MAX).contains(&text.len());
        if fits && text.trim() == text && !text.contains(is_hidden) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLine(MAX))
        }
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// Whether a character is a control or formatting character, by which a text can be made to read otherwise than it is
/// stored: those of Unicode Standard Annex #9, section 2, and others that take no space or are never seen.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_one_bounded_printable_line() {
        assert_eq!("ән 1".parse::<Line<8>>().unwrap().as_str(), "ән 1");
        for text in [
            "",
            " a",
            "a ",
            "a\nb",
            "a\0",
            "a\u{202E}b",
            "\u{200B}",
            "123456789",
            "әәәәә",
        ] {
            assert_eq!(text.parse::<Line<8>>(), Err(InvalidLine(8)), "{text:?}");
        }
    }
}
