//! Records: what the edge writes after validating a statement. One append-only hash chain per subject.
//!
//! ```json
//! {"agreement":"2026-01","event":{"assurance":"device","basis":"explicit","claimed_at":1795410000,
//!  "control":"dialog-accept","edition":"…","interface_language":"kk","jti":"6f2b…","key":"…",
//!  "kind":"accepted","language":"ru","statement":"…","text_sha256":"…"},
//!  "recorded_at":"2026-11-23T05:00:00.000Z","sequence":1,"subject":"…","type":"kelisim-record/v1"}
//! ```
//!
//! A record's id is the SHA-256 of its canonical JSON, and each record after the first names the one
//! before it as `previous`. So no record can be changed, dropped from the middle or moved without
//! breaking the chain. It holds no phone, e-mail, address or message (policy, clause 2.2).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    canonical::{self, message_type},
    digest::{Sha256Digest, digest_newtype},
    edition::EditionId,
    jwk::Thumbprint,
    language::Language,
    statement::Control,
    text::Line,
    time::{ClaimedSeconds, Timestamp},
};

digest_newtype! {
    /// The id of a record: the SHA-256 of its canonical JSON.
    RecordId
}

digest_newtype! {
    /// A subject, as the edge knows it: a pseudonym keyed by a secret of the edge.
    SubjectId
}

message_type! {
    /// The `type` of a record.
    RecordType = "kelisim-record/v1"
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Tells the record apart from every other hashed message.
    pub r#type: RecordType,
    /// Position in the subject's chain, from 1.
    pub sequence: u32,
    /// The record before; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordId>,
    /// Whose record it is.
    pub subject: SubjectId,
    /// When it was written, by the server's clock.
    pub recorded_at: Timestamp,
    /// The version of the user agreement that the subject had joined (policy, clause 1.2).
    pub agreement: Line<64>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Event {
    /// An edition was accepted.
    Accepted(Acceptance),
}

/// The acceptance of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// On what ground it counts as accepted.
    pub basis: Basis,
    /// How well it is known that the subject's own device stated it.
    pub assurance: Assurance,
    /// The edition.
    pub edition: EditionId,
    /// The language in which its text was shown.
    pub language: Language,
    /// The SHA-256 of the text that was shown.
    pub text_sha256: Sha256Digest,
    /// The language of the interface.
    pub interface_language: Language,
    /// What was pressed.
    pub control: Control,
    /// The thumbprint of the device key.
    pub key: Thumbprint,
    /// The SHA-256 of the signed part of the statement.
    pub statement: Sha256Digest,
    /// The statement's own id.
    pub jti: Line<64>,
    /// The device's clock, in seconds since 1970: a claim.
    pub claimed_at: ClaimedSeconds,
}

/// On what ground an edition counts as accepted (policy, clause 1.2). Never both, and never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The person pressed the button.
    Explicit,
}

/// How well a statement's origin is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assurance {
    /// Signed by the key that `key` names. That the key cannot leave its device is the widget's doing, and not attested.
    Device,
}

impl Record {
    /// The record's id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        RecordId::new(Sha256Digest::of(&self.to_canonical_json()))
    }

    /// The bytes that the id is the hash of.
    #[must_use]
    pub fn to_canonical_json(&self) -> Vec<u8> {
        canonical::encode(self).expect("a record has string keys only, and no floats")
    }
}

/// The end of a chain: what the next record builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many records there are.
    pub sequence: u32,
    /// The last of them.
    pub record: RecordId,
}

/// Checks that `records` are one subject's whole chain, in order, and gives its end.
///
/// # Errors
/// [`BrokenChain`], naming the first record that does not fit.
pub fn verify_chain(records: &[Record]) -> Result<Option<Head>, BrokenChain> {
    let mut head: Option<Head> = None;
    for record in records {
        let sequence = head.map_or(0, |head| head.sequence) + 1;
        let fits = record.sequence == sequence
            && record.previous == head.map(|head| head.record)
            && record.subject == records[0].subject;
        if !fits {
            return Err(BrokenChain { sequence });
        }
        head = Some(Head {
            sequence,
            record: record.id(),
        });
    }
    Ok(head)
}

/// A chain whose record at `sequence` is missing, changed or of another subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the chain breaks at record {sequence}")]
pub struct BrokenChain {
    /// The position, from 1.
    pub sequence: u32,
}
