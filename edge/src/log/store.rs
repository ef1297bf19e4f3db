//! What the log object remembers.

use kelisim_shared::{
    digest::Sha256Digest,
    log::{
        merkle::{Tiles, leaf_hash},
        note::Name,
    },
};

use crate::ports::Unavailable;

/// The log's durable memory.
pub trait LogStore {
    /// How many entries there are.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn size(&self) -> Result<u64, Unavailable>;

    /// The index of an entry, if it is there.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn index(&self, entry: &[u8]) -> Result<Option<u64>, Unavailable>;

    /// `count` entries from `first` on.
    ///
    /// # Errors
    /// [`Unavailable`], also where there are not so many.
    fn entries(&self, first: u64, count: usize) -> Result<Vec<Vec<u8>>, Unavailable>;

    /// `count` hashes above the leaves, of a level from 1 on, from `first` on.
    ///
    /// # Errors
    /// [`Unavailable`], also where there are not so many.
    fn nodes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Sha256Digest>, Unavailable>;

    /// Adds entries, and asks to be woken to publish them: all of it, or nothing.
    ///
    /// # Errors
    /// [`Unavailable`]; what was written is not known then, but it is all or nothing.
    fn append(&self, growth: Growth) -> impl Future<Output = Result<(), Unavailable>>;

    /// The checkpoint that was published last.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn published(&self) -> Result<Option<Published>, Unavailable>;

    /// Remembers a checkpoint as published, unless one of a larger tree is.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn publish(&self, published: &Published) -> Result<(), Unavailable>;

    /// The size at which a witness signed last, as far as we know; 0 for none.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn witnessed(&self, witness: &Name) -> Result<u64, Unavailable>;

    /// Remembers it.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn set_witnessed(&self, witness: &Name, size: u64) -> Result<(), Unavailable>;
}

/// The tree over what a store has. Hashes of leaves are not stored but made of the entries, so that an entry that somebody has
/// changed shows in every hash above it.
pub(super) struct Tree<'a, S>(pub(super) &'a S);

impl<S: LogStore> Tiles for Tree<'_, S> {
    type Error = Unavailable;

    fn hashes(
        &self,
        level: u8,
        first: u64,
        count: usize,
    ) -> Result<Vec<Sha256Digest>, Unavailable> {
        if level > 0 {
            return self.0.nodes(level, first, count);
        }
        let entries = self.0.entries(first, count)?;
        Ok(entries.iter().map(|entry| leaf_hash(entry)).collect())
    }
}

/// Entries that are new, and what the tree gets by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The index of the first.
    pub first: u64,
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    /// The hashes above the leaves.
    pub nodes: Vec<Node>,
}

/// A hash above the leaves: of a tile that is full now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its level, from 1.
    pub level: u8,
    /// Its place in the level.
    pub index: u64,
    /// The hash.
    pub hash: Sha256Digest,
}

/// A checkpoint that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The size of the tree.
    pub size: u64,
    /// The note.
    pub note: String,
}
