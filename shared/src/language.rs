//! Languages of the interface and of policy texts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A language, by its ISO 639-1 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
}

impl Language {
    /// All of them, in the order in which an interface offers them.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The ISO 639-1 code, which is also the BCP 47 tag.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Kk => "kk",
            Self::Ru => "ru",
        }
    }

    /// The language's name for itself.
    #[must_use]
    pub const fn autonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Kk => "Қазақша",
            Self::Ru => "Русский",
        }
    }

    /// The best of ours for a list of preferences: a language range list such as the header
    /// `Accept-Language` (RFC 9110, section 12.5.4) or `navigator.languages` joined by commas.
    /// `None` when nothing in it is ours.
    #[must_use]
    pub fn negotiate(preferences: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in preferences.split(',') {
            let (tag, weight) = match range.split_once(';') {
                Some((tag, parameter)) => (tag, weight(parameter)),
                None => (range, 1000),
            };
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let Ok(language) = primary.to_ascii_lowercase().parse() else {
                continue;
            };
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Not a language that Kelisim knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the language is one of kk, ru, en")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or(UnknownLanguage)
    }
}

/// The value of `q=0.8` in thousandths (RFC 9110, section 12.4.2); 0 when malformed.
fn weight(parameter: &str) -> u16 {
    let parameter = parameter.trim().to_ascii_lowercase();
    let Some(value) = parameter.strip_prefix("q=") else {
        return 0;
    };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" if fraction.bytes().all(|digit| digit == b'0') => 1000,
        "0" => ["0", fraction, &"000"[fraction.len()..]]
            .concat()
            .parse()
            .unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates_the_language_that_is_preferred_most() {
        for (preferences, expected) in [
            ("kk-KZ,kk;q=0.9,ru;q=0.8", Some(Language::Kk)),
            ("de, ru;q=0.7, en;q=0.9", Some(Language::En)),
            ("RU", Some(Language::Ru)),
            ("en;q=1.9, ru;Q=0.5", Some(Language::Ru)),
            ("ru;q=0, en;q=0.001", Some(Language::En)),
            ("en;q=abc, ru;q=0.1", Some(Language::Ru)),
            ("de, fr;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(Language::negotiate(preferences), expected, "{preferences}");
        }
    }
}
