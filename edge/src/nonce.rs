//! Nonces for statements: stateless, bound to a subject, good for ten minutes.
//!
//! ```text
//! BASE64URL( instant ‖ HMAC-SHA256(NONCE_KEY, "kelisim-nonce/v1" ‖ subject ‖ instant) )
//! ```
//!
//! The instant is milliseconds since 1970, 8 bytes big-endian. A nonce says when the edge last spoke to
//! this subject, so that a statement cannot have been signed long before; that it is used once is the
//! `jti`'s business.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use kelisim_shared::{record::SubjectId, text::Line, time::Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::config::SecretBytes;

/// A nonce for that subject.
#[must_use]
pub fn issue(key: &SecretBytes, subject: SubjectId, now: Timestamp) -> Line<128> {
    let mut bytes = now.unix_milliseconds().to_be_bytes().to_vec();
    bytes.extend_from_slice(&mac(key, subject, &bytes).finalize().into_bytes());
    let nonce = Base64UrlUnpadded::encode_string(&bytes);
    nonce
        .parse()
        .expect("40 bytes are 54 characters of base64url")
}

/// What a nonce is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum Verdict {
    /// This edge gave it to that subject at most ten minutes ago.
    Fresh {
        /// When.
        issued_at: Timestamp,
    },
    /// This edge gave it to that subject earlier.
    Expired {},
    /// This edge did not give it to that subject.
    Invalid {},
}

/// Judges a nonce that comes from `subject` at `now`.
#[must_use]
pub fn judge(key: &SecretBytes, subject: SubjectId, nonce: &str, now: Timestamp) -> Verdict {
    match issued_at(key, subject, nonce) {
        None => Verdict::Invalid {},
        Some(issued_at) => {
            let age = now.unix_milliseconds() - issued_at.unix_milliseconds();
            if age <= LIFETIME_MILLISECONDS {
                Verdict::Fresh { issued_at }
            } else {
                Verdict::Expired {}
            }
        }
    }
}

/// When a nonce was given out, if this edge gave it to that subject.
fn issued_at(key: &SecretBytes, subject: SubjectId, nonce: &str) -> Option<Timestamp> {
    let bytes = Base64UrlUnpadded::decode_vec(nonce).ok()?;
    let (instant, tag) = bytes.split_first_chunk::<8>()?;
    mac(key, subject, instant).verify_slice(tag).ok()?;
    Timestamp::from_unix_milliseconds(i64::from_be_bytes(*instant)).ok()
}

/// How long a nonce is good: ten minutes, time enough to read a policy whose nonce is renewed on demand.
const LIFETIME_MILLISECONDS: i64 = 600_000;

fn mac(key: &SecretBytes, subject: SubjectId, instant: &[u8]) -> Hmac<Sha256> {
    key.mac("kelisim-nonce/v1")
        .chain_update(subject.digest().as_bytes())
        .chain_update(instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kelisim_shared::digest::Sha256Digest;

    fn subject(name: &[u8]) -> SubjectId {
        SubjectId::new(Sha256Digest::of(name))
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_unix_milliseconds(milliseconds).unwrap()
    }

    #[test]
    fn is_good_for_ten_minutes_and_for_its_subject_only() {
        let key = SecretBytes::from_bytes([1; 32]);
        let other = SecretBytes::from_bytes([2; 32]);
        let nonce = issue(&key, subject(b"a"), at(1000)).to_string();
        for (key, name, now, expected) in [
            (
                &key,
                b"a",
                1000,
                Verdict::Fresh {
                    issued_at: at(1000),
                },
            ),
            (
                &key,
                b"a",
                601_000,
                Verdict::Fresh {
                    issued_at: at(1000),
                },
            ),
            (&key, b"a", 601_001, Verdict::Expired {}),
            (
                &key,
                b"a",
                0,
                Verdict::Fresh {
                    issued_at: at(1000),
                },
            ), // a clock that was set back
            (&key, b"b", 1000, Verdict::Invalid {}),
            (&other, b"a", 1000, Verdict::Invalid {}),
        ] {
            assert_eq!(
                judge(key, subject(name), &nonce, at(now)),
                expected,
                "{now}"
            );
        }
    }

    #[test]
    fn refuses_a_nonce_with_any_character_changed() {
        let key = SecretBytes::from_bytes([1; 32]);
        let nonce = issue(&key, subject(b"a"), at(1000)).to_string();
        let judge = |nonce: &str| judge(&key, subject(b"a"), nonce, at(1000));
        for position in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(judge(&changed), Verdict::Invalid {}, "{changed}");
        }
        for nonce in ["", "AAAA", "ё", &nonce[1..]] {
            assert_eq!(judge(nonce), Verdict::Invalid {}, "{nonce}");
        }
    }
}
