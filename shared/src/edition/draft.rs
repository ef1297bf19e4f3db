//! What staff ask to be published.

use serde::{Deserialize, Serialize};

use super::{
    Change, Channel, Edition, EditionDocument, EditionError, EditionId, Manifest, ManifestType,
    Operator, Succession, TextManifest,
};
use crate::{
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    language::Language,
    text::Line,
    time::Timestamp,
};

/// What staff ask to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The language whose text decides.
    pub authoritative: Language,
    /// Where it is published; each at most once, at least one.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 2), extend("uniqueItems" = true)))]
    pub channels: Vec<Channel>,
    /// How it relates to earlier editions.
    pub change: DraftChange,
    /// When it is to be published, if not at once; never in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// The texts; each language at most once, the authoritative one among them.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 3)))]
    pub texts: Vec<DraftText>,
}

/// A text of a [`Draft`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftText {
    /// The language.
    pub language: Language,
    /// The source of the policy, up to 256 KiB in UTF-8; see [`crate::policy`].
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 262_144)))]
    pub body: String,
    /// Why data is processed, 1 to 40 lines.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 40)))]
    pub purposes: Vec<Line<300>>,
    /// What data is processed, 1 to 40 lines.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 40)))]
    pub data_categories: Vec<Line<300>>,
    /// What has changed, in a few words: demanded of every edition but the initial one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Line<1000>>,
}

/// How a [`Draft`] relates to earlier editions; see [`Change`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "class", rename_all = "lowercase", deny_unknown_fields)]
pub enum DraftChange {
    /// There is no earlier edition.
    Initial {},
    /// The change has to be accepted by everyone.
    Material(DraftSuccession),
    /// The change leaves the meaning as it was.
    Editorial(DraftSuccession),
}

/// How a [`Draft`] takes the place of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftSuccession {
    /// The edition in force, which this one was written to replace. If another has come into force since, the draft is
    /// refused: so no two people publish past each other.
    pub supersedes: EditionId,
    /// How the deadline is computed.
    #[serde(default)]
    pub rule: Rule,
}

impl DraftChange {
    /// The edition that it was written to replace, if it replaces one.
    #[must_use]
    pub const fn supersedes(&self) -> Option<EditionId> {
        match self {
            Self::Initial {} => None,
            Self::Material(succession) | Self::Editorial(succession) => Some(succession.supersedes),
        }
    }

    fn at(self, published_at: Timestamp) -> Result<Change, EditionError> {
        Ok(match self {
            Self::Initial {} => Change::Initial {},
            Self::Material(succession) => Change::Material(succession.at(published_at)?),
            Self::Editorial(succession) => Change::Editorial(succession.at(published_at)?),
        })
    }
}

impl DraftSuccession {
    fn at(self, published_at: Timestamp) -> Result<Succession, EditionError> {
        let calendar = Calendar::kazakhstan();
        Ok(Succession {
            supersedes: self.supersedes,
            deadline: Deadline::of(published_at, self.rule, calendar)?,
            rule: self.rule,
            calendar: calendar
                .version()
                .parse()
                .expect("a test reads the calendar's version as a line"),
        })
    }
}

impl Draft {
    /// Makes the edition that is published at `published_at`.
    ///
    /// # Errors
    /// See [`EditionError`]; nothing is published then.
    pub fn publish(
        self,
        published_at: Timestamp,
        operator: Operator,
        policy_url: Line<200>,
    ) -> Result<Edition, EditionError> {
        let mut drafts = self.texts;
        drafts.sort_by_key(|text| text.language.code());
        let texts = drafts
            .iter()
            .map(DraftText::manifest)
            .collect::<Result<_, _>>()?;
        let manifest = Manifest {
            r#type: ManifestType::V1,
            operator,
            policy_url,
            published_at,
            channels: self.channels,
            change: self.change.at(published_at)?,
            authoritative: self.authoritative,
            texts,
        };
        Edition::from_document(EditionDocument {
            id: manifest.id(),
            manifest,
            texts: drafts.into_iter().map(|text| text.body).collect(),
        })
    }
}

impl DraftText {
    fn manifest(&self) -> Result<TextManifest, EditionError> {
        let bytes =
            u32::try_from(self.body.len()).map_err(|_| EditionError::TextTooLong(self.language))?;
        Ok(TextManifest {
            language: self.language,
            sha256: Sha256Digest::of(self.body.as_bytes()),
            bytes,
            purposes: self.purposes.clone(),
            data_categories: self.data_categories.clone(),
            summary: self.summary.clone(),
        })
    }
}
