//! Canonical JSON: RFC 8785 over typed values.
//!
//! A value has exactly one encoding, so its hash names it. Reading is as strict as writing: unknown
//! members, duplicate members and any spelling but the canonical one are refused. Types that go
//! through here hold no floats and no integer of 2^53 or more (RFC 7493, section 2.2).

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// The canonical encoding of `value`.
///
/// # Errors
/// The value has no JSON form (a map with keys that are not strings, say).
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    serde_json_canonicalizer::to_vec(value).map_err(|_| NotCanonical)
}

/// Reads a value from its canonical encoding.
///
/// # Errors
/// The bytes are not JSON of this type, or not in canonical form.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let value: T = serde_json::from_slice(bytes).map_err(|_| NotCanonical)?;
    if encode(&value)? == bytes {
        Ok(value)
    } else {
        Err(NotCanonical)
    }
}

/// Not the canonical JSON of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the canonical JSON (RFC 8785) of the expected type")]
pub struct NotCanonical;

/// Declares a unit type that reads and writes as one fixed string: the `type` member by which a
/// hashed message cannot pass for another.
macro_rules! message_type {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
        pub enum $name {
            #[doc = concat!("`", $text, "`.")]
            #[serde(rename = $text)]
            V1,
        }
    };
}
pub(crate) use message_type;

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        b: u32,
        a: String,
    }

    #[test]
    fn sorts_members_and_escapes_as_little_as_rfc_8785_demands() {
        let sample = Sample {
            b: 1,
            a: "ә\u{1}\"/".into(),
        };
        let encoded = encode(&sample).unwrap();
        assert_eq!(
            String::from_utf8(encoded.clone()).unwrap(),
            r#"{"a":"ә\u0001\"/","b":1}"#
        );
        assert_eq!(decode::<Sample>(&encoded), Ok(sample));
    }

    #[test]
    fn refuses_every_other_spelling() {
        for bytes in [
            r#"{"b":1,"a":"x"}"#,
            r#"{"a":"x", "b":1}"#,
            r#"{"a":"\u0078","b":1}"#,
            r#"{"a":"x","b":1,"c":2}"#,
            r#"{"a":"x","a":"x","b":1}"#,
            r#"{"a":"x","b":1.0}"#,
            r#"{"a":"x","b":1}{}"#,
            "",
        ] {
            assert_eq!(
                decode::<Sample>(bytes.as_bytes()),
                Err(NotCanonical),
                "{bytes}"
            );
        }
    }
}
