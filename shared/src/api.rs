//! Bodies of the HTTP interface. All are `application/json`; errors are [`crate::problem::Problem`].
//!
//! | route | who | request | answer |
//! |---|---|---|---|
//! | `GET /v1/status` | subject token | | [`Status`] |
//! | `GET /v1/notice` | subject token | | [`Notice`] |
//! | `POST /v1/statements` | subject token | [`StatementRequest`] | [`MessageReply`]: 201 when recorded now, else 200 |
//! | `GET /v1/receipts` | subject token | | [`Receipts`] |
//! | `GET /v1/receipts/{id}` | subject token | | [`ReceiptFile`](crate::evidence::ReceiptFile) |
//! | `POST /v1/uses` | service token | [`UseReport`] | [`MessageReply`]: 201 when recorded now, else 200 |
//! | `GET /v1/editions` | anyone | | [`Editions`] |
//! | `GET /v1/editions/current`, `GET /v1/editions/{id}` | anyone | | [`EditionDocument`](crate::edition::EditionDocument) |
//! | `GET /v1/editions/{a}/diff/{b}` | anyone | | [`EditionDiff`] |
//! | `GET /v1/editions/{id}/notice` | anyone | | [`NoticeDocument`] |
//! | `GET /v1/editions/{id}/proof` | anyone | | text: [`LogProof`](crate::log::proof::LogProof) |
//! | `GET /v1/log` | anyone | | [`LogKeys`](crate::evidence::LogKeys) |
//! | `GET /log/checkpoint`, `GET /log/tile/…` | anyone | | see [`crate::log`] |
//! | `GET /.well-known/jwks.json` | anyone | | JWK Set (RFC 7517) |
//! | `GET /openapi.json` | anyone | | this table, for programs |
//! | `GET /healthz` | anyone | | [`Health`] |
//!
//! What staff may do is in [`staff`]; the pages, and the form `/consent`, are HTML.

pub mod staff;

use serde::{Deserialize, Serialize};

use crate::{
    deadline::Deadline,
    diff::EditionDiff,
    edition::{Change, EditionId, Manifest},
    language::Language,
    record::RecordId,
    subject::State,
    text::Line,
    time::Timestamp,
};

/// Where a subject stands, and what a statement needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The subject's state, as seen from the edition in force.
    pub state: State,
    /// The edition in force.
    pub edition: EditionSummary,
    /// The edge's time.
    pub as_of: Timestamp,
    /// Where the notice is that the subject is to be shown, if there is one: a path of the edge that the code of a language is to be
    /// added to, which answers with a [`NoticeDocument`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// What a statement's `aud` must be.
    pub audience: Line<200>,
    /// A nonce for a statement of this subject, good for 10 minutes.
    pub nonce: Line<128>,
}

/// What a subject who has something to accept is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The subject's state, as seen from the edition in force.
    pub state: State,
    /// The edition in force.
    pub edition: EditionSummary,
    /// From when continued use counts as acceptance; only for a subject who has accepted an earlier edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// What has changed since the edition that this subject accepted last, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<EditionDiff>,
}

/// A notice as HTML, with its style, for the shadow root of `<kelisim-consent>`. It is about nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeDocument {
    /// The style sheet.
    pub style: String,
    /// The elements.
    pub html: String,
}

/// The notice that travels in the loader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedNotice {
    /// Its language.
    pub language: Language,
    /// The style sheet.
    pub style: String,
    /// The elements.
    pub html: String,
    /// Whether it is for people who accepted no edition yet, rather than an earlier one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_new: bool,
}

/// An edition in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EditionSummary {
    /// Its id.
    pub id: EditionId,
    /// When it was published.
    pub published_at: Timestamp,
    /// How it relates to earlier editions.
    pub change: Change,
    /// The language whose text decides.
    pub authoritative: Language,
    /// The languages that it has texts in.
    pub languages: Vec<Language>,
}

impl From<&Manifest> for EditionSummary {
    fn from(manifest: &Manifest) -> Self {
        Self {
            id: manifest.id(),
            published_at: manifest.published_at,
            change: manifest.change.clone(),
            authoritative: manifest.authoritative,
            languages: manifest.texts.iter().map(|text| text.language).collect(),
        }
    }
}

/// Every edition that was ever in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Editions {
    /// The editions, oldest first: the last is in force.
    pub editions: Vec<EditionSummary>,
}

/// A statement on its way to the edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// The compact JWS; see [`crate::statement`].
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "crate::openapi::Jws<crate::statement::Claims>")
    )]
    pub statement: String,
}

/// A host's backend reports that a user of its native app goes on using it. To be sent when that happens. It says nothing about
/// what the user does (policy, clause 4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UseReport {
    /// An id of this report, chosen by the host: sent again, it changes nothing.
    pub report: Line<64>,
    /// The user's id at the host, as in `sub` of a subject token by the same issuer.
    pub subject: Line<255>,
    /// The version of the user agreement that the user has joined.
    pub agreement: Line<64>,
    /// When the app was used, by the host's clock: at most 10 minutes from the edge's. It counts if both are past the deadline.
    pub used_at: Timestamp,
    /// The app that is used, one of those that the edge is configured with (policy, clause 1.5).
    pub app: Line<200>,
}

/// The edge's answer to a statement or a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "lowercase", deny_unknown_fields)]
pub enum MessageReply {
    /// It is on record that the edition is accepted.
    Accepted {
        /// The record.
        record: RecordId,
        /// The compact JWS; see [`crate::receipt`].
        #[cfg_attr(
            feature = "openapi",
            schemars(with = "crate::openapi::Jws<crate::receipt::Claims>")
        )]
        receipt: String,
        /// Where the subject stands now.
        state: State,
    },
    /// It is on record that the notice was shown.
    Presented {
        /// The record.
        record: RecordId,
        /// Where the subject stands now.
        state: State,
    },
    /// Nothing had to be recorded.
    Unchanged {
        /// Where the subject stands now.
        state: State,
    },
}

/// A subject's receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipts {
    /// The compact JWSs, oldest first.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Vec<crate::openapi::Jws<crate::receipt::Claims>>")
    )]
    pub receipts: Vec<String>,
}

/// What a host's token endpoint answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReply {
    /// The subject token; see [`crate::token`].
    pub token: String,
}

/// That the edge answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Always `ok`: an edge that is not well answers with a problem.
    #[cfg_attr(feature = "openapi", schemars(extend("const" = "ok")))]
    pub status: String,
    /// The edge's version.
    pub version: String,
}
