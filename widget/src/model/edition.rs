//! An edition as it is shown.

use kelisim_shared::{
    digest::Sha256Digest, edition::EditionId, language::Language, policy::Policy, statement::Shown,
    text::Line, time::Timestamp,
};

/// An edition whose texts match its manifest and whose manifest matches its id; see [`crate::json::edition`].
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    id: EditionId,
    published_at: Timestamp,
    operator: Line<200>,
    authoritative: usize,
    texts: Vec<Text>,
}

/// A text of an edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Its language.
    pub language: Language,
    /// The SHA-256 of its exact bytes, as this device computed it.
    pub sha256: Sha256Digest,
    /// Why data is processed.
    pub purposes: Vec<Line<300>>,
    /// What data is processed.
    pub data_categories: Vec<Line<300>>,
    /// What has changed since the edition before; none in the first.
    pub summary: Option<Line<1000>>,
    /// The whole text.
    pub policy: Policy,
}

impl Edition {
    /// Puts an edition together; `None` where the text in the authoritative language is missing.
    #[must_use]
    pub fn new(
        id: EditionId,
        published_at: Timestamp,
        operator: Line<200>,
        authoritative: Language,
        texts: Vec<Text>,
    ) -> Option<Self> {
        let authoritative = texts
            .iter()
            .position(|text| text.language == authoritative)?;
        Some(Self {
            id,
            published_at,
            operator,
            authoritative,
            texts,
        })
    }

    /// The id: the hash of the manifest.
    #[must_use]
    pub const fn id(&self) -> EditionId {
        self.id
    }

    /// When it was published, by the server's clock.
    #[must_use]
    pub const fn published_at(&self) -> Timestamp {
        self.published_at
    }

    /// Whose policy it is.
    #[must_use]
    pub const fn operator(&self) -> &Line<200> {
        &self.operator
    }

    /// The text whose words decide.
    #[must_use]
    pub fn authoritative(&self) -> &Text {
        &self.texts[self.authoritative]
    }

    /// The text in that language, else the authoritative one.
    #[must_use]
    pub fn text(&self, language: Language) -> &Text {
        let mut texts = self.texts.iter();
        texts
            .find(|text| text.language == language)
            .unwrap_or_else(|| self.authoritative())
    }

    /// What is on the screen where the interface speaks that language.
    #[must_use]
    pub fn shown(&self, interface_language: Language) -> Shown {
        let text = self.text(interface_language);
        Shown {
            language: text.language,
            text_sha256: text.sha256,
            interface_language,
        }
    }
}
