//! What is left of an erased subject: nothing that is about a person.

use serde::{Deserialize, Serialize};

use crate::{
    record::{Channel, Staff, Withdrawal},
    time::Timestamp,
};

/// What stands in the place of an erased subject's records. Their pseudonym is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    /// When everything was erased.
    pub erased_at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// Withdrawals that came afterwards.
    pub withdrawals: Vec<LateWithdrawal>,
}

/// Why a subject was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Cause {
    /// The time for which records are kept was over (policy, clause 2.4).
    Retention {},
    /// A member of staff ordered it.
    Order {
        /// Who.
        officer: Staff,
    },
}

/// A withdrawal of somebody whose records were erased: that it came, and nothing that tells who it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LateWithdrawal {
    /// How it came.
    pub channel: Channel,
    /// When it was received.
    pub received_at: Timestamp,
    /// From when it has effect.
    pub effective_at: Timestamp,
    /// When it was noted, by the server's clock.
    pub noted_at: Timestamp,
    /// Who recorded it.
    pub officer: Staff,
}

impl Tombstone {
    /// The tombstone of a subject that is erased now.
    #[must_use]
    pub const fn new(erased_at: Timestamp, cause: Cause) -> Self {
        Self {
            erased_at,
            cause,
            withdrawals: Vec::new(),
        }
    }

    /// The tombstone after a withdrawal at `noted_at`. The same once more, as when an answer was lost, changes nothing.
    #[must_use]
    pub fn with(mut self, withdrawal: &Withdrawal, noted_at: Timestamp) -> Self {
        let late = LateWithdrawal {
            channel: withdrawal.channel,
            received_at: withdrawal.received_at,
            effective_at: withdrawal.effective_at,
            noted_at,
            officer: withdrawal.officer.clone(),
        };
        let is_known = self.withdrawals.iter().any(|known| {
            let noted_at = known.noted_at;
            *known
                == LateWithdrawal {
                    noted_at,
                    ..late.clone()
                }
        });
        if !is_known {
            self.withdrawals.push(late);
        }
        self
    }
}
