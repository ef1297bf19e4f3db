//! What the operator says of itself in exports.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::Line;

/// What the operator says of itself and of its service, where a format asks for it. It is configuration, and as it is now: a
/// person who holds an old receipt has to reach whoever is in charge today. So it is in no manifest, record or receipt.
///
/// ```json
/// {"service":"SmartAqkol","contact":"Отдел по защите персональных данных",
///  "email":"privacy@example.kz","phone":"tel:+7-717-200-00-00"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imprint {
    /// The name of the service that the policy is about.
    pub service: Line<200>,
    /// Whom to turn to: a person or an office.
    pub contact: Line<200>,
    /// Their e-mail address.
    pub email: Email,
    /// Their telephone number.
    pub phone: Telephone,
}

/// An e-mail address: something, one `@`, and something, without spaces. Whether mail arrives there, only mail can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Line<254>", into = "Line<254>")]
pub struct Email(Line<254>);

impl TryFrom<Line<254>> for Email {
    type Error = InvalidEmail;

    fn try_from(text: Line<254>) -> Result<Self, InvalidEmail> {
        let is_address = text
            .as_str()
            .split_once('@')
            .is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.is_empty() && !domain.contains('@')
            });
        if is_address && !text.as_str().contains(char::is_whitespace) {
            Ok(Self(text))
        } else {
            Err(InvalidEmail)
        }
    }
}

impl From<Email> for Line<254> {
    fn from(Email(text): Email) -> Self {
        text
    }
}

/// Not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an e-mail address is written like privacy@example.kz")]
pub struct InvalidEmail;

/// A global telephone number as a URI (RFC 3966, section 3): `tel:+`, digits and the separators `-`, `.`, `(`, `)`; no
/// parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Line<64>", into = "Line<64>")]
pub struct Telephone(Line<64>);

impl Telephone {
    /// The number, from the plus sign on.
    #[must_use]
    pub fn number(&self) -> &str {
        let uri = self.0.as_str();
        uri.strip_prefix(SCHEME).unwrap_or(uri)
    }
}

impl TryFrom<Line<64>> for Telephone {
    type Error = InvalidTelephone;

    fn try_from(uri: Line<64>) -> Result<Self, InvalidTelephone> {
        let number = uri.as_str().strip_prefix(SCHEME);
        let digits = number.and_then(|number| number.strip_prefix('+'));
        let is_number = digits.is_some_and(|digits| {
            digits.contains(|digit: char| digit.is_ascii_digit())
                && digits
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'(' | b')'))
        });
        if is_number {
            Ok(Self(uri))
        } else {
            Err(InvalidTelephone)
        }
    }
}

impl From<Telephone> for Line<64> {
    fn from(Telephone(uri): Telephone) -> Self {
        uri
    }
}

/// Not a global telephone number as a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a telephone number is written like tel:+7-717-200-00-00")]
pub struct InvalidTelephone;

const SCHEME: &str = "tel:";

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Option<Email> {
        text.parse::<Line<254>>().ok()?.try_into().ok()
    }

    fn telephone(text: &str) -> Option<Telephone> {
        text.parse::<Line<64>>().ok()?.try_into().ok()
    }

    #[test]
    fn takes_an_address_that_mail_could_go_to() {
        assert!(email("privacy@example.kz").is_some());
        for text in ["", "privacy", "@example.kz", "privacy@", "a@b@c", "a b@c"] {
            assert_eq!(email(text), None, "{text}");
        }
    }

    #[test]
    fn takes_a_global_number_as_a_uri() {
        let number = telephone("tel:+7-(717)-200.00.00").unwrap();
        assert_eq!(number.number(), "+7-(717)-200.00.00");
        for text in [
            "+7-717-200-00-00",
            "tel:87172000000",
            "tel:+",
            "tel:+-",
            "tel:+7 717",
            "tel:+7;ext=1",
            "TEL:+7",
        ] {
            assert_eq!(telephone(text), None, "{text}");
        }
    }

    #[test]
    fn is_read_whole_or_not_at_all() {
        let json = r#"{"service":"S","contact":"C","email":"a@b","phone":"tel:+7"}"#;
        assert!(serde_json::from_str::<Imprint>(json).is_ok());
        for (from, to) in [
            (r#""service":"S","#, ""),
            (r#""a@b""#, r#""a""#),
            (r#""tel:+7""#, r#""+7""#),
            (r#"{"service""#, r#"{"fax":"1","service""#),
        ] {
            let changed = json.replacen(from, to, 1);
            assert!(
                serde_json::from_str::<Imprint>(&changed).is_err(),
                "{changed}"
            );
        }
    }
}
