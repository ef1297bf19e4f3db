//! What a subject object remembers.

use kelisim_shared::{
    counts::Movement,
    digest::Sha256Digest,
    erasure::Tombstone,
    log::{Commitment, Salt},
    record::{Head, Record, RecordId},
    subject::Facts,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::ports::Unavailable;

/// A subject's durable memory. Reads see every write that was answered before, and asking leaves nothing behind.
pub trait SubjectStore {
    /// What is remembered; that of a new subject when nothing was written.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn memory(&self) -> Result<Memory, Unavailable>;

    /// The entry with that key.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entry_by_key(&self, key: &str) -> Result<Option<Entry>, Unavailable>;

    /// The entry of that record.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entry(&self, record: RecordId) -> Result<Option<Entry>, Unavailable>;

    /// All entries, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entries(&self) -> Result<Vec<Entry>, Unavailable>;

    /// The entries that subjects are to have receipts of, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entries_with_receipts(&self) -> Result<Vec<Entry>, Unavailable>;

    /// Writes a record and all that comes with it: the whole of it, or nothing.
    ///
    /// # Errors
    /// [`Unavailable`]; what was written is not known then, but it is all or nothing.
    fn append(&self, addition: Addition<'_>) -> impl Future<Output = Result<(), Unavailable>>;

    /// Keeps a receipt unless one is kept already, and gives the one that is kept.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn keep_receipt(&self, record: RecordId, receipt: &str) -> Result<String, Unavailable>;

    /// The entries that are not known to be in the log, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn unlogged(&self) -> Result<Vec<Entry>, Unavailable>;

    /// Remembers that a record is in the log, at that index.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn set_logged(&self, record: RecordId, index: u64) -> Result<(), Unavailable>;

    /// Puts the tombstone in the place of everything else but deliveries, to which it adds this one, and asks to be woken
    /// for them: all of it, or nothing. No byte of what was there is left once the storage is at rest.
    ///
    /// # Errors
    /// As [`SubjectStore::append`].
    fn erase(
        &self,
        tombstone: &Tombstone,
        delivery: Option<&Delivery>,
        wake_at: Timestamp,
    ) -> impl Future<Output = Result<(), Unavailable>>;

    /// Changes the tombstone.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn set_tombstone(&self, tombstone: &Tombstone) -> Result<(), Unavailable>;

    /// The deliveries that are still to be made, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn deliveries(&self) -> Result<Vec<Delivery>, Unavailable>;

    /// Forgets a delivery that was made.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn forget_delivery(&self, id: DeliveryId) -> Result<(), Unavailable>;

    /// Asks to be woken at that time, and at no other.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn wake_at(&self, at: Option<Timestamp>) -> impl Future<Output = Result<(), Unavailable>>;
}

/// What an object remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memory {
    /// A chain of records, which may be empty.
    Chain(Box<Position>),
    /// That everything was erased.
    Erased(Tombstone),
}

/// Where a subject stands, and what its next record builds on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// What the records add up to.
    pub facts: Facts,
    /// The end of the chain, if there is one.
    pub head: Option<Head>,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub record: Record,
    /// The message that led to it, as it was received.
    pub text: Option<String>,
    /// Its receipt, once made.
    pub receipt: Option<String>,
    /// What the log commits to it by.
    pub salt: Salt,
    /// Its index in the log, once that is known.
    pub log_index: Option<u64>,
}

impl Entry {
    /// What the log holds of it.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        Commitment::to(&self.record, &self.salt)
    }
}

/// A record that is to be written, and all that comes with it.
#[derive(Clone, Copy, Debug)]
pub struct Addition<'a> {
    /// The record.
    pub record: &'a Record,
    /// What no other record of the subject may have.
    pub key: Option<&'a str>,
    /// The message that led to it, as it was received.
    pub text: Option<&'a str>,
    /// What the log is to commit to it by.
    pub salt: Salt,
    /// What the records add up to with this one.
    pub facts: &'a Facts,
    /// What the tallies are to be told.
    pub delivery: Option<&'a Delivery>,
    /// When the object is to be woken next.
    pub wake_at: Option<Timestamp>,
}

/// A movement on its way to the tallies, at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// By which a second arrival is known.
    pub id: DeliveryId,
    /// The movement.
    pub movement: Movement,
}

/// The id of a delivery. Nobody who does not hold the record can tell whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(Sha256Digest);

impl DeliveryId {
    /// The delivery that a record leads to.
    #[must_use]
    pub fn of(record: RecordId) -> Self {
        Self::derive(b"kelisim-movement/v1", record)
    }

    /// The delivery that the erasure of a chain with that end leads to.
    #[must_use]
    pub fn of_erasure(last: RecordId) -> Self {
        Self::derive(b"kelisim-movement-of-erasure/v1", last)
    }

    /// The digest itself.
    #[must_use]
    pub const fn digest(&self) -> &Sha256Digest {
        &self.0
    }

    fn derive(domain: &[u8], record: RecordId) -> Self {
        Self(Sha256Digest::of(
            &[domain, record.digest().as_bytes().as_slice()].concat(),
        ))
    }
}
