//! What has changed since the edition that the person accepted, as the edge compared them.

use kelisim_shared::{diff::SpanKind, edition::EditionId, language::Language};

/// What differs between the edition accepted last and the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The edition in force, as the edge saw it.
    pub to: EditionId,
    /// The languages that both editions have.
    pub texts: Vec<(Language, Vec<Change>)>,
}

/// One change of a text or of its lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub part: Part,
    /// What happened to it.
    pub fate: Fate,
    /// How it reads; empty where it reads the same.
    pub spans: Vec<(SpanKind, String)>,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The list of purposes.
    Purposes,
    /// The list of data categories.
    DataCategories,
    /// The title.
    Title,
    /// The heading of the section of that number.
    Section(String),
    /// The clause of that number.
    Clause(String),
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It reads otherwise.
    Changed,
    /// It had this number before, and may read otherwise as well.
    Moved(String),
}

impl Changes {
    /// The changes in that language; `None` where the edition accepted had no text in it.
    #[must_use]
    pub fn text(&self, wanted: Language) -> Option<&[Change]> {
        let mut texts = self.texts.iter();
        let (_, changes) = texts.find(|(language, _)| *language == wanted)?;
        Some(changes)
    }
}
