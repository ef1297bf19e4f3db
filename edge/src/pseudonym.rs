//! Pseudonyms: the only name under which the edge keeps a subject (policy, clause 2.2).
//!
//! ```text
//! HMAC-SHA256(PSEUDONYM_KEY, "kelisim-subject/v1" ‖ length of issuer (4 bytes, big-endian) ‖ issuer ‖ subject)
//! ```
//!
//! Without the key nobody can tell whose a pseudonym is, not even by trying every telephone number.

use hmac::Mac;
use kelisim_shared::{digest::Sha256Digest, record::SubjectId, text::Line};

use crate::config::SecretBytes;

/// The pseudonym of the subject that an issuer calls `subject`.
#[must_use]
pub fn of(key: &SecretBytes, issuer: &Line<200>, subject: &Line<255>) -> SubjectId {
    derive(key, issuer.as_str(), subject.as_str())
}

fn derive(key: &SecretBytes, issuer: &str, subject: &str) -> SubjectId {
    let length = u32::try_from(issuer.len()).expect("issuers come from the configuration");
    let mac = key
        .mac("kelisim-subject/v1")
        .chain_update(length.to_be_bytes())
        .chain_update(issuer)
        .chain_update(subject);
    SubjectId::new(Sha256Digest::from_bytes(mac.finalize().into_bytes().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differs_by_key_issuer_and_subject() {
        let key = SecretBytes::from_bytes([1; 32]);
        let mut names = vec![
            derive(&key, "a", "b"),
            derive(&key, "a", "c"),
            derive(&key, "ab", ""),
            derive(&key, "", "ab"),
            derive(&SecretBytes::from_bytes([2; 32]), "a", "b"),
        ];
        assert_eq!(derive(&key, "a", "b"), names[0]);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 5);
    }
}
