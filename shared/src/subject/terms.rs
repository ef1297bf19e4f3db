//! What the edition in force demands of a subject.

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::{
    deadline::Deadline,
    edition::{Change, EditionId},
};

/// What the edition in force demands of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    edition: EditionId,
    /// Earlier editions that this one changes in wording only.
    equivalents: Vec<EditionId>,
    /// Every other earlier edition.
    superseded: Vec<EditionId>,
    /// None if the edition is the initial one.
    deadline: Option<Deadline>,
}

impl Terms {
    /// The terms of the last edition of a history, which tells of each edition how it relates to those before. None if
    /// there is no edition.
    #[must_use]
    pub fn of<'a>(
        history: impl DoubleEndedIterator<Item = (EditionId, &'a Change)>,
    ) -> Option<Self> {
        let mut latest_first = history.rev();
        let (edition, change) = latest_first.next()?;
        let deadline = change.succession().map(|succession| succession.deadline);
        let (mut equivalents, mut superseded) = (Vec::new(), Vec::new());
        let mut is_equivalent = matches!(change, Change::Editorial(_));
        for (earlier, change) in latest_first {
            if is_equivalent {
                equivalents.push(earlier);
                is_equivalent = matches!(change, Change::Editorial(_));
            } else {
                superseded.push(earlier);
            }
        }
        Some(Self {
            edition,
            equivalents,
            superseded,
            deadline,
        })
    }

    /// The edition in force.
    #[must_use]
    pub const fn edition(&self) -> EditionId {
        self.edition
    }

    /// The editions whose acceptance is enough: the one in force, and those that it changes in wording only.
    pub fn satisfied_by(&self) -> impl Iterator<Item = EditionId> {
        std::iter::once(self.edition).chain(self.equivalents.iter().copied())
    }

    /// From when continued use counts, for who has accepted an earlier edition; none if the edition is the initial one.
    #[must_use]
    pub const fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// Whether there was an edition of that id when these terms were made.
    pub(super) fn knows(&self, edition: EditionId) -> bool {
        self.superseded.contains(&edition) || self.satisfied_by().any(|known| known == edition)
    }

    /// From when continued use of somebody who has accepted `accepted` counts as acceptance of the edition in force; none
    /// if there is nothing left to accept.
    pub(super) fn deadline_after(&self, accepted: EditionId) -> Option<Deadline> {
        if self.superseded.contains(&accepted) {
            self.deadline
        } else {
            None
        }
    }

    /// # Errors
    /// [`Refusal::NotInForce`].
    pub(super) fn demand(&self, edition: EditionId) -> Result<(), Refusal> {
        if edition == self.edition {
            Ok(())
        } else {
            Err(Refusal::NotInForce {})
        }
    }
}
