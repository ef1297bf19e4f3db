//! Where the subject stands, as the edge says.

use kelisim_shared::{edition::EditionId, notice::Ask, text::Line, time::Timestamp};

/// Where the subject stands, and what the edge wants to see with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The subject token in its compact form.
    pub token: String,
    /// The edition in force.
    pub edition: EditionId,
    /// When that was published.
    pub published_at: Timestamp,
    /// Where the subject stands.
    pub standing: Standing,
    /// The edition that the subject accepted last, where another is to be accepted now.
    pub accepted: Option<EditionId>,
    /// What a statement's `aud` must be.
    pub audience: Line<200>,
    /// A nonce for a statement.
    pub nonce: Line<128>,
}

/// Where the subject stands, as seen from the edition in force.
///
/// Whether a deadline has come is the edge's to decide: here it chooses the words and the second button, no more. It is
/// told by the edge's clock, never by the device's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is nothing to ask.
    Settled {
        /// The edition accepted: the one in force, or one that it changes in wording only.
        edition: EditionId,
    },
    /// Everything personal was erased: there is nobody to ask.
    Erased,
    /// There is something to ask.
    Asked(Ask),
}

impl Standing {
    /// Whether there was an acceptance, and it was withdrawn or ended with the agreement: then only a new press is one, and not
    /// one of before.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Asked(Ask::Withdrawn | Ask::Terminated))
    }
}
