//! The Merkle tree of RFC 6962, section 2.1, over SHA-256.
//!
//! A tree is read by its [`Tiles`]: hashes at every eighth height, as tlog-tiles stores them. What lies between is hashed
//! again when it is needed, so a proof reads at most 256 hashes for each factor of 256 in the size of the tree.

use thiserror::Error;

use super::tile::{HEIGHT, WIDTH};
use crate::digest::Sha256Digest;

/// The hash of an entry: `SHA-256(0x00 ‖ entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Sha256Digest {
    Sha256Digest::of(&[&[0], entry].concat())
}

/// The hash of two subtrees side by side: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Sha256Digest, right: &Sha256Digest) -> Sha256Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Sha256Digest::of(&bytes)
}

/// Where hashes of a tree are read from.
pub trait Tiles {
    /// Why they cannot be.
    type Error;

    /// `count` hashes of a level from `first` on, none of which is beyond the tree: hash `i` of level `l` is that of the entries
    /// from `i · 256^l` up to `(i + 1) · 256^l`. All of them are in one tile.
    ///
    /// # Errors
    /// The implementation's own.
    fn hashes(&self, level: u8, first: u64, count: usize)
    -> Result<Vec<Sha256Digest>, Self::Error>;
}

/// A tree that is in memory, whole.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The hashes of each level, those of the leaves first.
    levels: Vec<Vec<Sha256Digest>>,
}

impl Tree {
    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Sha256Digest) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            let (tiles, rest) = hashes.as_chunks::<{ WIDTH as usize }>();
            match tiles.last() {
                Some(tile) if rest.is_empty() => hash = tile_root(tile),
                _ => break,
            }
        }
    }
}

impl FromIterator<Sha256Digest> for Tree {
    fn from_iter<I: IntoIterator<Item = Sha256Digest>>(leaves: I) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }
}

impl Tiles for Tree {
    type Error = Beyond;

    fn hashes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Sha256Digest>, Beyond> {
        let width = u64::from(WIDTH);
        debug_assert!(
            count > 0 && first / width == (first + count as u64 - 1) / width,
            "all of them are in one tile"
        );
        let first = usize::try_from(first).map_err(|_| Beyond)?;
        let level = self.levels.get(usize::from(level)).ok_or(Beyond)?;
        let end = first.checked_add(count).ok_or(Beyond)?;
        Ok(level.get(first..end).ok_or(Beyond)?.to_vec())
    }
}

/// The tree is smaller than what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the tree is smaller")]
pub struct Beyond;

/// The root of a tree with `size` leaves.
///
/// # Errors
/// That of `tiles`.
pub fn root<T: Tiles>(tiles: &T, size: u64) -> Result<Sha256Digest, T::Error> {
    if size == 0 {
        return Ok(Sha256Digest::of(b""));
    }
    range(tiles, 0, size)
}

/// The root of one tile that is full.
#[must_use]
pub fn tile_root(hashes: &[Sha256Digest]) -> Sha256Digest {
    debug_assert_eq!(hashes.len(), usize::from(WIDTH));
    complete(hashes.to_vec())
}

/// The proof that the leaf at `index` is in a tree with `size` leaves: the hashes beside its way to the root, from the leaf's
/// sibling on (RFC 6962, section 2.1.1). `index` is below `size`.
///
/// # Errors
/// That of `tiles`.
pub fn prove_inclusion<T: Tiles>(
    tiles: &T,
    index: u64,
    size: u64,
) -> Result<Vec<Sha256Digest>, T::Error> {
    debug_assert!(index < size);
    let (mut first, mut end) = (0, size);
    let mut hashes = Vec::new();
    while end - first > 1 {
        let middle = first + split(end - first);
        if index < middle {
            hashes.push(range(tiles, middle, end)?);
            end = middle;
        } else {
            hashes.push(range(tiles, first, middle)?);
            first = middle;
        }
    }
    hashes.reverse();
    Ok(hashes)
}

/// The proof that a tree with `size` leaves begins with all leaves of the one that had `old` of them (RFC 6962, section 2.1.2).
/// `old` is at least 1 and at most `size`.
///
/// # Errors
/// That of `tiles`.
pub fn prove_consistency<T: Tiles>(
    tiles: &T,
    old: u64,
    size: u64,
) -> Result<Vec<Sha256Digest>, T::Error> {
    debug_assert!((1..=size).contains(&old));
    let (mut first, mut end) = (0, size);
    let mut hashes = Vec::new();
    // Whether the old tree ends within the part that is left, and not with it.
    while end != old {
        let middle = first + split(end - first);
        if old <= middle {
            hashes.push(range(tiles, middle, end)?);
            end = middle;
        } else {
            hashes.push(range(tiles, first, middle)?);
            first = middle;
        }
    }
    // The old tree's root is known to who verifies.
    if first != 0 {
        hashes.push(range(tiles, first, end)?);
    }
    hashes.reverse();
    Ok(hashes)
}

/// Checks a proof of inclusion (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`ProofInvalid`].
pub fn verify_inclusion(
    leaf: &Sha256Digest,
    index: u64,
    size: u64,
    proof: &[Sha256Digest],
    root: &Sha256Digest,
) -> Result<(), ProofInvalid> {
    if index >= size {
        return Err(ProofInvalid);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofInvalid);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root {
        Ok(())
    } else {
        Err(ProofInvalid)
    }
}

/// Checks a proof of consistency (RFC 9162, section 2.1.4.2). That an empty tree came before needs no proof.
///
/// # Errors
/// [`ProofInvalid`].
pub fn verify_consistency(
    (old, old_root): (u64, &Sha256Digest),
    (size, root): (u64, &Sha256Digest),
    proof: &[Sha256Digest],
) -> Result<(), ProofInvalid> {
    if old == 0 || old == size {
        let is_same = old == 0 || old_root == root;
        return if is_same && proof.is_empty() {
            Ok(())
        } else {
            Err(ProofInvalid)
        };
    }
    if old > size {
        return Err(ProofInvalid);
    }
    let mut hashes = proof.iter();
    let mut first = if old.is_power_of_two() {
        *old_root
    } else {
        *hashes.next().ok_or(ProofInvalid)?
    };
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut second = first;
    for hash in hashes {
        if last == 0 {
            return Err(ProofInvalid);
        }
        if node & 1 == 1 || node == last {
            first = node_hash(hash, &first);
            second = node_hash(hash, &second);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            second = node_hash(&second, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && first == *old_root && second == *root {
        Ok(())
    } else {
        Err(ProofInvalid)
    }
}

/// The proof does not lead from what is known to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the proof does not lead to the root of the tree")]
pub struct ProofInvalid;

/// The size of the left part of a tree: the largest power of two below its size, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The hash of the entries from `first` up to `end`.
fn range<T: Tiles>(tiles: &T, first: u64, end: u64) -> Result<Sha256Digest, T::Error> {
    let size = end - first;
    if size.is_power_of_two() {
        return subtree(tiles, size.trailing_zeros(), first / size);
    }
    let middle = first + split(size);
    let left = range(tiles, first, middle)?;
    Ok(node_hash(&left, &range(tiles, middle, end)?))
}

/// The hash of the complete subtree of that height, by its number among those of the height.
fn subtree<T: Tiles>(tiles: &T, height: u32, index: u64) -> Result<Sha256Digest, T::Error> {
    let level = u8::try_from(height / HEIGHT).expect("a height is below 64");
    let within = height % HEIGHT;
    let hashes = tiles.hashes(level, index << within, 1 << within)?;
    Ok(complete(hashes))
}

/// The root over as many hashes as a power of two.
fn complete(mut hashes: Vec<Sha256Digest>) -> Sha256Digest {
    while hashes.len() > 1 {
        let pairs = hashes.chunks_exact(2);
        hashes = pairs.map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    hashes[0]
}

#[cfg(test)]
mod tests;
