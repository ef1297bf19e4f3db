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
        let mut equivalents = Vec::new();
        let mut change = change;
        while let Change::Editorial(succession) = change {
            equivalents.push(succession.supersedes);
            let Some((_, before)) = latest_first.next() else {
                break;
            };
            change = before;
        }
        Some(Self {
            edition,
            equivalents,
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

    /// From when continued use of somebody who has accepted `accepted` counts as acceptance of the edition in force; none
    /// if there is nothing left to accept.
    pub(super) fn deadline_after(&self, accepted: EditionId) -> Option<Deadline> {
        if self.satisfied_by().any(|enough| enough == accepted) {
            None
        } else {
            self.deadline
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
