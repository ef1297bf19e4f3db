//! The receipt as the person sees it.

use kelisim_shared::{edition::EditionId, language::Language, record::RecordId, time::Timestamp};

/// What the edge says it has recorded; see [`crate::json::receipt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The edition that was accepted.
    pub edition: EditionId,
    /// The language in which its text was shown.
    pub language: Language,
    /// The record's id.
    pub record: RecordId,
    /// When it was recorded, by the server's clock.
    pub recorded_at: Timestamp,
    /// The receipt itself, a compact JWS.
    pub jws: String,
}

impl Receipt {
    /// The name of the file that it is kept as.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mut id = self.record.to_string();
        id.truncate(12);
        ["kelisim-receipt-", &id, ".jws"].concat()
    }
}
