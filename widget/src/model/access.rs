//! Where the subject stands, as the edge says.

use kelisim_shared::{edition::EditionId, language::Language, text::Line, time::Timestamp};

/// Where the subject stands, and what the edge wants to see with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The subject token in its compact form.
    pub token: String,
    /// The edition in force.
    pub edition: EditionId,
    /// Where the subject stands.
    pub standing: Standing,
    /// The language of the authoritative text.
    pub authoritative: Language,
    /// What a statement's `aud` must be.
    pub audience: Line<200>,
    /// A nonce for a statement.
    pub nonce: Line<128>,
}

/// Where the subject stands, as seen from the edition in force.
///
/// Whether a deadline has come is the edge's to decide: here it chooses the words and the second button, no more. It is
/// told by when the token was issued, not by the device's clock: the edge takes no token that is older than 15 minutes,
/// nor one of more than a minute ahead (`kelisim_shared::token`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is nothing to ask.
    Settled {
        /// The edition accepted: the one in force, or one that it changes in wording only.
        edition: EditionId,
    },
    /// Everything personal was erased: there is nobody to ask.
    Erased,
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

impl Standing {
    /// Whether the notice can be left without an answer.
    #[must_use]
    pub const fn can_leave(self) -> bool {
        matches!(self, Self::Pending { .. } | Self::Due { .. })
    }
}
