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
use hmac::{Hmac, KeyInit, Mac};
use kelisim_shared::{record::SubjectId, text::Line, time::Timestamp};
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

/// When a nonce was given out, if this edge gave it to that subject.
#[must_use]
pub fn verify(key: &SecretBytes, subject: SubjectId, nonce: &str) -> Option<Timestamp> {
    let bytes = Base64UrlUnpadded::decode_vec(nonce).ok()?;
    let (instant, tag) = bytes.split_first_chunk::<8>()?;
    mac(key, subject, instant).verify_slice(tag).ok()?;
    Timestamp::from_unix_milliseconds(i64::from_be_bytes(*instant)).ok()
}

/// Whether a nonce that was given out at `issued_at` is still good at `now`.
#[must_use]
pub fn is_fresh(issued_at: Timestamp, now: Timestamp) -> bool {
    let age = now.unix_milliseconds() - issued_at.unix_milliseconds();
    age <= LIFETIME_MILLISECONDS
}

/// How long a nonce is good: ten minutes, time enough to read a policy whose nonce is renewed on demand.
const LIFETIME_MILLISECONDS: i64 = 600_000;

fn mac(key: &SecretBytes, subject: SubjectId, instant: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes any key length");
    mac.update(b"kelisim-nonce/v1");
    mac.update(subject.digest().as_bytes());
    mac.update(instant);
    mac
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
    fn tells_when_it_was_given_out_to_its_subject_only() {
        let key = SecretBytes::from_bytes([1; 32]);
        let nonce = issue(&key, subject(b"a"), at(1000));
        assert_eq!(verify(&key, subject(b"a"), nonce.as_str()), Some(at(1000)));
        assert_eq!(verify(&key, subject(b"b"), nonce.as_str()), None);
        let other = SecretBytes::from_bytes([2; 32]);
        assert_eq!(verify(&other, subject(b"a"), nonce.as_str()), None);
    }

    #[test]
    fn refuses_a_nonce_with_any_character_changed() {
        let key = SecretBytes::from_bytes([1; 32]);
        let nonce = issue(&key, subject(b"a"), at(1000)).to_string();
        for position in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(verify(&key, subject(b"a"), &changed), None, "{changed}");
        }
        for nonce in ["", "AAAA", "ё", &nonce[1..]] {
            assert_eq!(verify(&key, subject(b"a"), nonce), None, "{nonce}");
        }
    }

    #[test]
    fn is_good_for_ten_minutes() {
        assert!(is_fresh(at(1000), at(601_000)));
        assert!(!is_fresh(at(1000), at(601_001)));
    }
}
