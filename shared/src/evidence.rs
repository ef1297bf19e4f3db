//! What proves an acceptance where there is no network: one file for the person, one archive for a dispute; and every check of
//! both, and of their parts.
//!
//! | document | made by | verified by |
//! |---|---|---|
//! | [`ReceiptFile`] | `GET /v1/receipts/{id}` | [`ReceiptFile::verify`] |
//! | archive | [`Evidence::seal`] | [`Archive::verify`] |
//! | any, told apart by [`Kind::of`] | | [`verify()`] |
//!
//! What comes of the checks is a [`Report`]: a list of what is proven, refuted, not proven, and of what no file can prove. Keys
//! that come with a document prove nothing by themselves: whoever verifies has [`Trust`] from elsewhere, or compares them.

mod archive;
mod document;
mod examiner;
mod finding;
mod message;
mod verify;
mod zip;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    canonical::message_type,
    edition::EditionDocument,
    log::note::{NoteError, VerifierKey},
    text::Line,
};

pub use archive::{Evidence, SealError, editions_named};
pub use document::{Kind, verify};
pub use examiner::{Trust, deadline};
pub use finding::{Check, Finding, Logged, Report, Verdict};
pub use verify::Archive;
pub use zip::{Files, NotAnArchive, read as unpack, write as pack};

message_type! {
    /// The `type` of a receipt file.
    ReceiptFileType = "kelisim-receipt-file/v1"
}

message_type! {
    /// The `type` of the file that tells how deadlines were computed, in an archive.
    DeadlinesType = "kelisim-deadlines/v1"
}

/// Everything that a person needs to prove what they accepted, as `GET /v1/receipts/{id}` gives it and the widget saves it.
///
/// Whoever verifies it needs two things that they have from elsewhere: the edge's keys and the log's. Those in the file tell
/// only which they have to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    /// Tells the file apart from every other document.
    pub r#type: ReceiptFileType,
    /// The compact JWS; see [`crate::receipt`].
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "crate::openapi::Jws<crate::receipt::Claims>")
    )]
    pub receipt: String,
    /// The message that led to the record, as it was received: a statement of the person's device, a ticket of the form, or
    /// the report of a backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// That the record is in the log, with the salt as `extra` (C2SP tlog-proof); see [`crate::log::proof`]. It is missing as
    /// long as the record is on its way there, which takes seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The edition that was accepted, with its text; none where the receipt is of something else than an acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionDocument>,
    /// The keys that the edge published, as a JWK Set (RFC 7517).
    #[cfg_attr(feature = "openapi", schemars(with = "serde_json::Map<String, Value>"))]
    pub keys: Value,
    /// The log's keys, where the edge has a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogKeys>,
}

/// Who signs the checkpoints of the log, as `GET /v1/log` tells it. Each key is one of C2SP signed-note:
/// `<name>+<id>+<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LogKeys {
    /// The log's own key. Its name is the origin of the checkpoints.
    pub key: Line<300>,
    /// The keys of its witnesses.
    pub witnesses: Vec<Line<300>>,
}

impl LogKeys {
    /// The keys.
    ///
    /// # Errors
    /// [`NoteError::Malformed`]: one of them is none.
    pub fn parse(&self) -> Result<(VerifierKey, Vec<VerifierKey>), NoteError> {
        let witnesses = self.witnesses.iter().map(|key| key.as_str().parse());
        Ok((
            self.key.as_str().parse()?,
            witnesses.collect::<Result<_, _>>()?,
        ))
    }
}
