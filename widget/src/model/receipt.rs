//! The receipt as the person sees it.

use kelisim_shared::{edition::EditionId, language::Language, record::RecordId, time::Timestamp};

/// What the edge says it has recorded; see `json::reply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The edition that was accepted.
    pub edition: EditionId,
    /// Why it counts as accepted.
    pub ground: Ground,
    /// The record's id.
    pub record: RecordId,
    /// When it was recorded, by the server's clock.
    pub recorded_at: Timestamp,
    /// The receipt itself, a compact JWS.
    pub jws: String,
}

/// Why an edition counts as accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The button was pressed.
    Explicit {
        /// The language in which the text was shown.
        language: Language,
    },
    /// The app was used at or after the deadline.
    Implied {
        /// The deadline.
        deadline: Timestamp,
    },
}

impl Ground {
    /// Its name, as the record has it.
    #[must_use]
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Explicit { .. } => "explicit",
            Self::Implied { .. } => "implied",
        }
    }
}

impl Receipt {
    /// Its content as an address (RFC 2397), from which a browser can keep it: a compact JWS has nothing to escape.
    #[must_use]
    pub fn address(&self) -> String {
        ["data:application/jose,", &self.jws].concat()
    }

    /// The name of the file that it is kept as.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mut id = self.record.to_string();
        id.truncate(12);
        ["kelisim-receipt-", &id, ".jws"].concat()
    }
}
