//! The log: an append-only Merkle tree by which nobody can alter, drop or back-date an acceptance or an edition without being
//! found out, the operator included.
//!
//! Its formats are those of C2SP (<https://c2sp.org>), so that tools made for other logs read it:
//!
//! | module | format | |
//! |---|---|---|
//! | [`merkle`] | RFC 6962, section 2.1 | hashes of leaves and of the tree; proofs of inclusion and consistency |
//! | [`tile`] | tlog-tiles | the tree and its entries as static files |
//! | [`note`] | signed-note | text signed by named Ed25519 keys |
//! | [`checkpoint`] | tlog-checkpoint, tlog-cosignature | size and root of the tree, signed by the log and by witnesses |
//! | [`proof`] | tlog-proof | that an entry is in the tree of a checkpoint; verified without a network |
//! | [`witness`] | tlog-witness | how a log asks a witness for its cosignature |
//!
//! What is logged is an [`Entry`]: an edition in clear, or a [`Commitment`] to a record, which tells nobody anything who has not
//! got the record and its salt. Erasing those two leaves the tree as it is and nothing about the person.

pub mod checkpoint;
mod entry;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod tile;
pub mod witness;

pub use entry::{Commitment, Entry, EntryTooLong, Salt};

use base64ct::{Base64, Encoding};

use crate::digest::Sha256Digest;

/// A decimal number without superfluous zeros, below 2^53.
fn decimal(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = text.starts_with('0') && text.len() > 1;
    if !is_plain || has_zero {
        return None;
    }
    text.parse().ok().filter(|&number| number < MOST)
}

/// Sizes and indices are below 2^53, as every number of ours: a log that takes a thousand entries in each second is full
/// after 285,000 years.
const MOST: u64 = 1 << 53;

/// A hash as it stands in texts: base64 (RFC 4648, section 4), of which there is one spelling.
fn hash_of_base64(text: &str) -> Option<Sha256Digest> {
    let mut bytes = [0; 32];
    let decoded = Base64::decode(text, &mut bytes).ok()?;
    (decoded.len() == 32).then(|| Sha256Digest::from_bytes(bytes))
}

fn base64_of_hash(hash: &Sha256Digest) -> String {
    Base64::encode_string(hash.as_bytes())
}
