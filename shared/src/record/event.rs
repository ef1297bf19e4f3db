//! What a record tells of.

use serde::{Deserialize, Serialize};

use super::RecordId;
use crate::{
    deadline::Deadline,
    digest::Sha256Digest,
    edition::EditionId,
    jwk::Thumbprint,
    statement::{Control, Shown},
    text::Line,
    time::{ClaimedSeconds, Day, Timestamp},
};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Event {
    /// The notice of an edition was shown to the subject, for the first time.
    Presented(Presentation),
    /// An edition was accepted.
    Accepted(Acceptance),
    /// The subject withdrew, by written application (policy, clause 2.6).
    Withdrawn(Withdrawal),
    /// The user agreement ended (policy, clause 2.4).
    Terminated(Termination),
    /// Nothing of this subject may be erased until further notice.
    Held(Hold),
    /// The hold was lifted.
    Released(Release),
    /// A member of staff has read the subject's records (policy, clause 3.4).
    Viewed(View),
}

impl Event {
    /// Whether the subject is to have a receipt of it.
    #[must_use]
    pub const fn earns_receipt(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::Withdrawn(_))
    }

    /// How it is known, of what was not recorded by staff.
    #[must_use]
    pub const fn source(&self) -> Option<&Source> {
        match self {
            Self::Presented(presentation) => Some(&presentation.source),
            Self::Accepted(acceptance) => Some(&acceptance.source),
            _ => None,
        }
    }
}

/// The first showing of an edition's notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// The edition.
    pub edition: EditionId,
    /// The version of the user agreement that the subject had joined (policy, clause 1.2).
    pub agreement: Line<64>,
    /// What was on the screen.
    pub shown: Shown,
    /// How this is known.
    pub source: Source,
}

/// The acceptance of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The edition.
    pub edition: EditionId,
    /// The version of the user agreement that the subject had joined (policy, clause 1.2).
    pub agreement: Line<64>,
    /// The record of the first showing of this edition's notice, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation: Option<RecordId>,
    /// Why it counts as accepted.
    pub ground: Ground,
    /// How this is known.
    pub source: Source,
}

/// Why an edition counts as accepted (policy, clause 1.2). Never both, and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "basis", rename_all = "lowercase", deny_unknown_fields)]
pub enum Ground {
    /// The person pressed the button.
    Explicit {
        /// What was on the screen.
        shown: Shown,
        /// What was pressed.
        control: Control,
    },
    /// The person had accepted an earlier edition, and went on using the app at or after the deadline of this one.
    Implied {
        /// The deadline, as the edition has it.
        deadline: Deadline,
        /// Where the app was used.
        place: Place,
    },
}

/// The name of a [`Ground`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// [`Ground::Explicit`].
    Explicit,
    /// [`Ground::Implied`].
    Implied,
}

impl Ground {
    /// Its name.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        match self {
            Self::Explicit { .. } => Basis::Explicit,
            Self::Implied { .. } => Basis::Implied,
        }
    }
}

/// Where the app was used: the policy covers nothing but the app and the company's own sites (clause 1.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Place {
    /// In a page.
    Web {
        /// The page's origin (RFC 6454), one of those that the edge is configured with.
        origin: Line<200>,
    },
    /// In a native app.
    App {
        /// The app's id, one of those that the edge is configured with.
        app: Line<200>,
    },
}

/// How the edge knows, and so how much that is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "assurance", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A statement signed by the key that `key` names. That the key cannot leave its device is the widget's doing, and
    /// not attested.
    Device {
        /// The thumbprint of the key.
        key: Thumbprint,
        /// The SHA-256 of the signed part of the statement.
        statement: Sha256Digest,
        /// The statement's own id.
        jti: Line<64>,
        /// The device's clock: a claim.
        claimed_at: ClaimedSeconds,
    },
    /// The form of the page `/consent`, which the edge had made for the subject, came back. No key of a device is
    /// involved.
    Session {
        /// The SHA-256 of the form's ticket.
        ticket: Sha256Digest,
        /// When the edge last knew the subject by a token, before it made the form.
        issued_at: Timestamp,
    },
    /// The host's backend reported it.
    Service {
        /// The issuer of the backend's token.
        issuer: Line<200>,
        /// The backend, as its issuer calls it.
        service: Line<255>,
        /// The report's own id.
        report: Line<64>,
        /// The SHA-256 of the report in canonical JSON, the pseudonym in the place of the host's id of the user.
        content: Sha256Digest,
    },
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// The issuer of their token.
    pub issuer: Line<200>,
    /// Their id there.
    pub subject: Line<255>,
}

/// A withdrawal (policy, clause 2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The number under which the operator registered the application.
    pub application: Line<64>,
    /// The SHA-256 of the application as it was received or scanned.
    pub document_sha256: Sha256Digest,
    /// How it came.
    pub channel: Channel,
    /// When it was received.
    pub received_at: Timestamp,
    /// From when it has effect: not before it was received, and not after it is recorded.
    pub effective_at: Timestamp,
    /// Who recorded it.
    pub officer: Staff,
}

/// How a written application came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "ApplicationChannel"))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Handed over.
    Office,
    /// By post or courier.
    Post,
    /// As an electronic document.
    Electronic,
}

/// The end of the user agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Termination {
    /// The day on which it ended, in `Asia/Almaty`.
    pub ended_on: Day,
    /// Who recorded it.
    pub officer: Staff,
}

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The case, by its number.
    pub case: Line<200>,
    /// Who ordered it.
    pub officer: Staff,
}

/// The end of a legal hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The case.
    pub case: Line<200>,
    /// Who ordered it.
    pub officer: Staff,
}

/// A look at the subject's records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Who looked.
    pub reader: Staff,
}
