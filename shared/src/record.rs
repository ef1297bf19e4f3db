//! Records: what the edge writes after validating what it was told. One append-only hash chain per subject.
//!
//! ```json
//! {"event":{"agreement":"2026-01","edition":"…","ground":{"basis":"explicit","control":"dialog-accept",
//!   "shown":{"interface_language":"kk","language":"ru","text_sha256":"…"}},
//!   "kind":"accepted","presentation":"…",
//!   "source":{"assurance":"device","claimed_at":1795410000,"jti":"6f2b…","key":"…","statement":"…"}},
//!  "previous":"…","recorded_at":"2026-11-23T05:00:00.000Z","sequence":2,"subject":"…",
//!  "type":"kelisim-record/v1"}
//! ```
//!
//! A record's id is the SHA-256 of its canonical JSON, and each record after the first names the one
//! before it as `previous`. So no record can be changed, dropped from the middle or moved without
//! breaking the chain. It holds no phone, e-mail, address or message of the subject (policy, clause 2.2).

mod event;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    canonical::{self, message_type},
    digest::{Sha256Digest, digest_newtype},
    time::Timestamp,
};

pub use event::{
    Acceptance, Basis, Channel, Event, Ground, Hold, Place, Presentation, Release, Source, Staff,
    Termination, View, Withdrawal,
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Tells the record apart from every other hashed message.
    pub r#type: RecordType,
    /// Position in the subject's chain, from 1.
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub sequence: u32,
    /// The record before; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordId>,
    /// Whose record it is.
    pub subject: SubjectId,
    /// When it was written, by the server's clock. The sequence tells the order, should that clock be set back.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
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

impl Head {
    /// The record that follows this end, or that begins a chain.
    ///
    /// # Errors
    /// [`ChainFull`].
    pub fn next(
        head: Option<Self>,
        subject: SubjectId,
        recorded_at: Timestamp,
        event: Event,
    ) -> Result<Record, ChainFull> {
        let sequence = head.map_or(0, |head| head.sequence);
        Ok(Record {
            r#type: RecordType::V1,
            sequence: sequence.checked_add(1).ok_or(ChainFull)?,
            previous: head.map(|head| head.record),
            subject,
            recorded_at,
            event,
        })
    }
}

/// A chain has 2^32 - 1 records, and takes no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the chain takes no more records")]
pub struct ChainFull;

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
