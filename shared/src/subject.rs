//! A subject's state, and what moves it. Pure and total: every rule about who has accepted what is here.
//!
//! | state | on an explicit acceptance of the edition in force |
//! |---|---|
//! | [`State::New`] | recorded, then [`State::Accepted`] |
//! | [`State::Accepted`], the same edition | unchanged: the record there is stands |
//! | [`State::Accepted`], an older edition | recorded, then [`State::Accepted`] |
//!
//! Accepting an edition that is not in force is refused in every state.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    edition::EditionId,
    record::{Basis, Event, Record, RecordId},
    time::Timestamp,
};

/// What is known of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum State {
    /// Has accepted nothing yet.
    New {},
    /// Has accepted an edition.
    Accepted {
        /// The edition accepted last.
        edition: EditionId,
        /// On what ground.
        basis: Basis,
        /// The record of it.
        record: RecordId,
        /// When it was recorded.
        recorded_at: Timestamp,
    },
}

/// What to do about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Write a record.
    Record(Basis),
    /// Write nothing: this record says it already.
    Unchanged(RecordId),
}

/// The edition is not the one in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the edition is not in force")]
pub struct NotInForce {
    /// The one that is.
    pub current: EditionId,
}

impl State {
    /// Decides about an explicit acceptance of `edition` while `in_force` is in force.
    ///
    /// # Errors
    /// [`NotInForce`].
    pub fn on_explicit_acceptance(
        &self,
        edition: EditionId,
        in_force: EditionId,
    ) -> Result<Decision, NotInForce> {
        if edition != in_force {
            return Err(NotInForce { current: in_force });
        }
        Ok(match *self {
            Self::Accepted {
                edition: accepted,
                record,
                ..
            } if accepted == edition => Decision::Unchanged(record),
            Self::New {} | Self::Accepted { .. } => Decision::Record(Basis::Explicit),
        })
    }

    /// The state after a record was written.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        match &record.event {
            Event::Accepted(acceptance) => Self::Accepted {
                edition: acceptance.edition,
                basis: acceptance.basis,
                record: record.id(),
                recorded_at: record.recorded_at,
            },
        }
    }

    /// The state that a chain of records leads to.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        records.iter().fold(Self::New {}, Self::after)
    }

    /// The edition accepted last, if any.
    #[must_use]
    pub const fn accepted_edition(&self) -> Option<EditionId> {
        match self {
            Self::New {} => None,
            Self::Accepted { edition, .. } => Some(*edition),
        }
    }
}
