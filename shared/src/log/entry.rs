//! What is logged.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::{
    canonical,
    digest::{Sha256Digest, digest_newtype},
    edition::Manifest,
    record::Record,
};

digest_newtype! {
    /// A commitment to a record: `SHA-256("kelisim-commitment/v1" ‖ salt ‖ canonical JSON of the record)`.
    ///
    /// Whoever has record and salt can tell that it is theirs; nobody can find another record for it, and without the salt nobody
    /// can find the record by trying.
    Commitment
}

impl Commitment {
    /// The commitment to a record.
    #[must_use]
    pub fn to(record: &Record, salt: &Salt) -> Self {
        Self::to_canonical_json(&record.to_canonical_json(), salt)
    }

    /// The commitment to a record, by its canonical JSON.
    #[must_use]
    pub fn to_canonical_json(record: &[u8], salt: &Salt) -> Self {
        Self(Sha256Digest::of(
            &[DOMAIN, salt.as_bytes(), record].concat(),
        ))
    }
}

/// Tells the hash apart from every other one.
const DOMAIN: &[u8] = b"kelisim-commitment/v1";

/// 32 random bytes, made for one record and erased with it. As text: base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt([u8; 32]);

impl Salt {
    /// Takes 32 random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = Base64UrlUnpadded::decode_vec(&text).map_err(de::Error::custom)?;
        let bytes = <[u8; 32]>::try_from(bytes);
        bytes
            .map(Self)
            .map_err(|_| de::Error::custom("a salt is 32 bytes"))
    }
}

/// An entry of the log.
///
/// ```text
/// 32 bytes            a commitment
/// {"authoritative":…  the canonical JSON of an edition's manifest, whose SHA-256 is the edition's id
/// ```
///
/// No manifest is 32 bytes long, so none can pass for a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A record that is known to whoever has it.
    Commitment(Commitment),
    /// An edition, for everybody to read.
    Edition(Box<Manifest>),
}

impl Entry {
    /// The entry's bytes.
    ///
    /// # Errors
    /// [`EntryTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryTooLong> {
        match self {
            Self::Commitment(commitment) => Ok(commitment.digest().as_bytes().to_vec()),
            Self::Edition(manifest) => {
                let json = manifest.to_canonical_json();
                if json.len() > MAX_BYTES {
                    Err(EntryTooLong)
                } else {
                    Ok(json)
                }
            }
        }
    }

    /// Reads an entry; nothing where the bytes are none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if let Ok(digest) = <[u8; 32]>::try_from(bytes) {
            let commitment = Commitment::new(Sha256Digest::from_bytes(digest));
            return Some(Self::Commitment(commitment));
        }
        let manifest = canonical::decode(bytes).ok()?;
        Some(Self::Edition(Box::new(manifest)))
    }
}

/// The longest entry, in bytes: its length is two bytes in a bundle (tlog-tiles, "Log entries").
const MAX_BYTES: usize = 65_535;

/// The manifest of an edition is too long to be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "purposes, data categories and summary of all languages together are longer than the log takes: 65,535 bytes"
)]
pub struct EntryTooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_the_hash_of_domain_salt_and_record() {
        let salt = Salt::from_bytes([7; 32]);
        let commitment = Commitment::to_canonical_json(b"{}", &salt);
        let mut bytes = b"kelisim-commitment/v1".to_vec();
        bytes.extend([7; 32]);
        bytes.extend(b"{}");
        assert_eq!(commitment, Commitment::new(Sha256Digest::of(&bytes)));
        let other = Commitment::to_canonical_json(b"{}", &Salt::from_bytes([8; 32]));
        assert_ne!(commitment, other);
    }

    #[test]
    fn an_entry_reads_back_and_a_salt_is_not_shown() {
        let entry = Entry::Commitment(Commitment::new(Sha256Digest::of(b"x")));
        assert_eq!(Entry::parse(&entry.to_bytes().unwrap()), Some(entry));
        for bytes in [&b""[..], b"{}", &[0; 31], &[0; 33]] {
            assert_eq!(Entry::parse(bytes), None);
        }
        let salt = Salt::from_bytes([1; 32]);
        assert_eq!(format!("{salt:?}"), "Salt");
        let json = serde_json::to_string(&salt).unwrap();
        assert_eq!(serde_json::from_str::<Salt>(&json).unwrap(), salt);
        assert!(serde_json::from_str::<Salt>("\"AAAA\"").is_err());
    }
}
