//! Bodies of the HTTP interface. All are `application/json`; errors are [`crate::problem::Problem`].
//!
//! | route | who | request | answer |
//! |---|---|---|---|
//! | `GET /v1/status` | subject token | | [`Status`] |
//! | `POST /v1/statements` | subject token | [`StatementRequest`] | [`StatementReply`]: 201 when recorded, 200 when it was already |
//! | `GET /v1/receipts` | subject token | | [`Receipts`] |
//! | `GET /v1/editions/current`, `GET /v1/editions/{id}` | anyone | | [`EditionDocument`](crate::edition::EditionDocument) |
//! | `POST /v1/admin/editions` | staff token, role `publisher` | [`Draft`](crate::edition::Draft) | 201 and [`EditionSummary`] |
//! | `GET /.well-known/jwks.json` | anyone | | JWK Set (RFC 7517) |
//! | `GET /healthz` | anyone | | [`Health`] |

use serde::{Deserialize, Serialize};

use crate::{
    edition::{EditionId, Manifest},
    language::Language,
    record::RecordId,
    subject::State,
    text::Line,
    time::Timestamp,
};

/// Where a subject stands, and what a statement needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The subject's state.
    pub state: State,
    /// The edition in force.
    pub edition: EditionSummary,
    /// What a statement's `aud` must be.
    pub audience: Line<200>,
    /// A nonce for a statement of this subject, good for 10 minutes.
    pub nonce: Line<128>,
}

impl Status {
    /// Whether the edition in force is accepted: there is nothing to show then.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state.accepted_edition() == Some(self.edition.id)
    }
}

/// An edition in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionSummary {
    /// Its id.
    pub id: EditionId,
    /// When it was published.
    pub published_at: Timestamp,
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
            authoritative: manifest.authoritative,
            languages: manifest.texts.iter().map(|text| text.language).collect(),
        }
    }
}

/// A statement on its way to the edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// The compact JWS; see [`crate::statement`].
    pub statement: String,
}

/// The edge's answer to a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementReply {
    /// The record that the statement led to, or that said it already.
    pub record: RecordId,
    /// The compact JWS; see [`crate::receipt`].
    pub receipt: String,
}

/// A subject's receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipts {
    /// The compact JWSs, oldest first.
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
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Always `ok`: an edge that is not well answers with a problem.
    pub status: String,
    /// The edge's version.
    pub version: String,
}
