//! What staff ask, and what they are answered. Every request carries a staff token that grants one of the roles.
//!
//! | route | roles | request | answer |
//! |---|---|---|---|
//! | `POST /v1/admin/editions` | publisher | [`Draft`](crate::edition::Draft) | 201 and [`EditionSummary`](super::EditionSummary); 202 and [`ScheduledEdition`] |
//! | `GET /v1/admin/editions/scheduled` | publisher, officer, auditor | | [`ScheduledEditions`] |
//! | `DELETE /v1/admin/editions/scheduled/{id}` | publisher | | 204 |
//! | `GET /v1/admin/editions/{id}/counts` | publisher, officer, auditor | | [`EditionCounts`](crate::counts::EditionCounts) |
//! | `POST /v1/admin/subjects/lookup` | officer, auditor | [`Lookup`] | [`Found`] |
//! | `GET /v1/admin/subjects/{id}` | officer, auditor | | [`SubjectFile`]; the look is recorded first |
//! | `GET /v1/admin/subjects/{id}/evidence` | officer, auditor | | a ZIP archive, see [`crate::evidence`]; the look is recorded first |
//! | `DELETE /v1/admin/subjects/{id}` | officer | | [`OrderReply`]: everything is erased |
//! | `POST /v1/admin/subjects/{id}/withdrawals` | officer | [`WithdrawalOrder`] | [`OrderReply`] |
//! | `POST /v1/admin/subjects/{id}/terminations` | officer | [`TerminationOrder`] | [`OrderReply`] |
//! | `POST /v1/admin/subjects/{id}/holds` | officer | [`HoldOrder`] | [`OrderReply`]: nothing is erased |
//! | `POST /v1/admin/subjects/{id}/releases` | officer | [`HoldOrder`] | [`OrderReply`]: the hold for that case is lifted |
//!
//! An [`OrderReply`] comes with 201 when something was recorded now, and with 200 otherwise. `{id}` of a subject is the
//! pseudonym.

use serde::{Deserialize, Serialize};

use crate::{
    digest::{Sha256Digest, digest_newtype},
    erasure::Tombstone,
    log::Salt,
    record::{Channel, Record, RecordId, SubjectId},
    subject::State,
    text::Line,
    time::{Day, Timestamp},
};

digest_newtype! {
    /// The id of a draft that is to be published later: the SHA-256 of its canonical JSON.
    ScheduleId
}

/// An edition that is to be published later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScheduledEdition {
    /// Its id until then.
    pub id: ScheduleId,
    /// When it is published.
    pub publish_at: Timestamp,
}

/// The editions that are to be published later: none or one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScheduledEditions {
    /// The editions.
    pub scheduled: Vec<ScheduledEdition>,
}

/// Asks for the pseudonym of a host's user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The issuer of the host's subject tokens, one of those that the edge is configured with.
    pub issuer: Line<200>,
    /// The user's id there.
    pub subject: Line<255>,
}

/// The pseudonym of a host's user. It does not tell whether there are records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The pseudonym.
    pub subject: SubjectId,
}

/// A written application of withdrawal (policy, clause 2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawalOrder {
    /// The number under which the operator registered the application. Sent again with the same content, it changes
    /// nothing.
    pub application: Line<64>,
    /// The SHA-256 of the application as it was received or scanned.
    pub document_sha256: Sha256Digest,
    /// How it came.
    pub channel: Channel,
    /// When it was received.
    pub received_at: Timestamp,
    /// From when it has effect: not before it was received, and not in the future.
    pub effective_at: Timestamp,
}

/// The end of the user agreement (policy, clause 2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TerminationOrder {
    /// The day on which it ended, in `Asia/Almaty`; not in the future, not before an edition was last accepted, and less than
    /// three years ago.
    pub ended_on: Day,
}

/// A legal hold: nothing of the subject is erased until the holds for all cases are lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldOrder {
    /// The case, by its number.
    pub case: Line<200>,
}

/// The edge's answer to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "lowercase", deny_unknown_fields)]
pub enum OrderReply {
    /// It is on record.
    Recorded {
        /// The record.
        record: RecordId,
        /// The compact JWS, where the subject is to have one; see [`crate::receipt`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(
            feature = "openapi",
            schemars(with = "Option<crate::openapi::Jws<crate::receipt::Claims>>")
        )]
        receipt: Option<String>,
    },
    /// Nothing had to be recorded: it is so already.
    Unchanged {},
    /// The subject was erased, so that it happened is noted without personal data.
    Noted {},
    /// Everything about the subject is erased.
    Erased {},
}

/// Everything that the edge holds about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "standing", rename_all = "lowercase", deny_unknown_fields)]
pub enum SubjectFile {
    /// There are records, unless the subject is new.
    Kept {
        /// The pseudonym.
        subject: SubjectId,
        /// The state, as seen from the edition in force; none before the first edition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<State>,
        /// The cases for which legal holds keep the records.
        holds: Vec<Line<200>>,
        /// The records, oldest first. The last tells of this very look.
        entries: Vec<FileEntry>,
    },
    /// Everything was erased.
    Erased {
        /// What is left.
        tombstone: Tombstone,
    },
}

/// A record with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// The record's id.
    pub id: RecordId,
    /// The record.
    pub record: Record,
    /// The message that led to it, as it was received: a statement, a ticket, a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The compact JWS, once made, where the subject is to have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<crate::openapi::Jws<crate::receipt::Claims>>")
    )]
    pub receipt: Option<String>,
    /// What the log commits to the record by.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "String", regex(pattern = r"^[A-Za-z0-9_-]{43}$"))
    )]
    pub salt: Salt,
    /// The index of that in the log, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_index: Option<u64>,
}
