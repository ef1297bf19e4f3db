//! What is rendered for people: the notice of an edition, and what a person has accepted. The edge asks for it in these
//! terms; `kelisim-widget` renders it.

use serde::{Deserialize, Serialize};

use crate::{
    diff::EditionDiff, edition::EditionDocument, language::Language, subject::State,
    time::Timestamp,
};

/// Something to render.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Rendering {
    /// The notice of an edition.
    Notice(Notice),
    /// What a person has accepted.
    Acceptances(Acceptances),
}

/// The notice of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The edition in force.
    pub edition: EditionDocument,
    /// What differs from the edition that the person accepted, if there is one.
    pub changes: Option<EditionDiff>,
    /// What the person is asked.
    pub ask: Ask,
    /// The language of the interface.
    pub language: Language,
    /// The edge's address, without a slash at its end.
    pub edge: String,
    /// Where it is shown.
    pub place: Place,
}

/// What a person who has something to accept is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum Ask {
    /// Has accepted nothing yet.
    New,
    /// Has withdrawn.
    Withdrawn,
    /// The user agreement has ended.
    Terminated,
    /// Has accepted an earlier edition, and may put this one off.
    Pending {
        /// From when continued use counts as acceptance.
        deadline: Timestamp,
    },
    /// Has accepted an earlier edition, and going on to use the app counts as accepting this one.
    Due {
        /// Since when.
        deadline: Timestamp,
    },
}

impl Ask {
    /// What a person in that state is asked at `now`; `None` where that is nothing.
    #[must_use]
    pub fn of(state: &State, now: Timestamp) -> Option<Self> {
        Some(match state {
            State::New {} => Self::New,
            State::Withdrawn { .. } => Self::Withdrawn,
            State::Terminated { .. } => Self::Terminated,
            State::Pending { deadline, .. } => {
                Self::of_change(deadline.instant(), deadline.has_come(now))
            }
            State::Accepted { .. } | State::Erased { .. } => return None,
        })
    }

    /// What a person is asked about a change.
    #[must_use]
    pub const fn of_change(deadline: Timestamp, has_come: bool) -> Self {
        if has_come {
            Self::Due { deadline }
        } else {
            Self::Pending { deadline }
        }
    }

    /// Its name in addresses and attributes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Withdrawn => "withdrawn",
            Self::Terminated => "terminated",
            Self::Pending { .. } => "pending",
            Self::Due { .. } => "due",
        }
    }

    /// Whether the notice can be left without an answer.
    #[must_use]
    pub const fn can_leave(self) -> bool {
        matches!(self, Self::Pending { .. } | Self::Due { .. })
    }
}

/// Where a notice is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum Place {
    /// Over or beside a page of the host, all of it.
    Host,
    /// There too, before the whole of it is there: of a change what it is about, else all but the text of the policy; and the
    /// buttons.
    First,
    /// On a page of its own, with a form.
    Page {
        /// What the form brings back.
        ticket: String,
        /// Whether the edition took the place of another that was being read.
        replaced: bool,
    },
}

/// What a person has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptances {
    /// Where the person stands.
    pub state: State,
    /// The receipts, the last one first. Whoever asks has verified them.
    pub receipts: Vec<String>,
    /// The edition in force.
    pub edition: EditionDocument,
    /// The language of the interface.
    pub language: Language,
    /// The edge's address, without a slash at its end.
    pub edge: String,
}
