//! The log object: the one place where entries get their index, and where checkpoints are signed.
//!
//! What is told here is committed first and published after: entries are in the store before any tile is written, tiles before
//! the checkpoint that speaks of them is signed, and the checkpoint is in the store before anybody is told of it. So a crash at
//! any point leaves a log that goes on from where it was, and never two checkpoints that contradict each other.

mod store;

use std::collections::HashMap;

use kelisim_shared::{
    digest::Sha256Digest,
    jws::{Ed25519Signer, SignatureVerifier},
    log::{
        checkpoint::{Checkpoint, SignedCheckpoint},
        merkle::{self, Tiles},
        note::{Note, Signature, VerifierKey},
        proof::LogProof,
        tile::{self, Tile, WIDTH},
        witness::{AddCheckpoint, Answer},
    },
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::store::Tree;
pub use self::store::{Growth, LogStore, Node, Published};
use crate::{
    config::Witness,
    ports::{TileFiles, Unavailable, Witnesses},
};

/// The log object.
#[derive(Debug)]
pub struct LogObject<'a, S, F, K, W> {
    /// Its memory.
    pub store: &'a S,
    /// Where tiles are published.
    pub files: &'a F,
    /// The log's key, and who it is.
    pub signer: &'a K,
    /// The public half, with the log's name.
    pub key: &'a VerifierKey,
    /// Who is asked to sign checkpoints as well.
    pub witnesses: &'a [Witness],
    /// How they are asked, and what they answer is checked.
    pub network: &'a W,
}

/// Why the log does not do what it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum LogRefusal {
    /// So much waits to be published that it takes no more for now. Nothing was taken.
    #[error("the log is behind: try again later")]
    Behind,
    /// What is stored contradicts what was signed: somebody has changed it. Nothing is signed any more.
    #[error("the log's store contradicts its own checkpoint")]
    Contradiction,
}

impl<S, F, K, W> LogObject<'_, S, F, K, W>
where
    S: LogStore,
    F: TileFiles,
    K: Ed25519Signer,
    W: Witnesses + SignatureVerifier,
{
    /// Takes entries in, and gives the index of each: of those that are in the log already the one that they have.
    /// They are durable then; published they are by [`LogObject::publish`], for which the store asks to be woken.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`LogRefusal::Behind`] inside.
    pub async fn append(
        &self,
        entries: &[Vec<u8>],
    ) -> Result<Result<Vec<u64>, LogRefusal>, Unavailable> {
        let size = self.store.size()?;
        if size - self.published_size()? > MOST_UNPUBLISHED {
            return Ok(Err(LogRefusal::Behind));
        }
        let mut indices = Vec::with_capacity(entries.len());
        let mut new: Vec<Vec<u8>> = Vec::new();
        let mut known: HashMap<&[u8], u64> = HashMap::new();
        for entry in entries {
            let index = match known.get(entry.as_slice()) {
                Some(index) => *index,
                None => self.store.index(entry)?.unwrap_or_else(|| {
                    new.push(entry.clone());
                    size + new.len() as u64 - 1
                }),
            };
            known.insert(entry, index);
            indices.push(index);
        }
        if !new.is_empty() {
            let nodes = self.nodes(size, &new)?;
            self.store
                .append(Growth {
                    first: size,
                    entries: new,
                    nodes,
                })
                .await?;
        }
        Ok(Ok(indices))
    }

    /// Takes an entry in, and gives its index when it is published.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`LogRefusal`] inside.
    pub async fn append_and_publish(
        &self,
        entry: Vec<u8>,
    ) -> Result<Result<u64, LogRefusal>, Unavailable> {
        let index = match self.append(&[entry]).await? {
            Ok(indices) => indices[0],
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(self.publish().await?.map(|()| index))
    }

    /// The hashes above the leaves that the tree gets with those entries.
    fn nodes(&self, size: u64, entries: &[Vec<u8>]) -> Result<Vec<Node>, Unavailable> {
        let width = u64::from(WIDTH);
        let mut hashes: Vec<Sha256Digest> = entries
            .iter()
            .map(|entry| merkle::leaf_hash(entry))
            .collect();
        let mut first = size;
        let mut nodes = Vec::new();
        for level in 0.. {
            // Together with what is there already of the tile that is not full.
            let begun = first % width;
            let mut row = match usize::try_from(begun) {
                Ok(count) if count > 0 => self.tree().hashes(level, first - begun, count)?,
                _ => Vec::new(),
            };
            row.append(&mut hashes);
            hashes = row
                .chunks_exact(usize::from(WIDTH))
                .map(merkle::tile_root)
                .collect();
            if hashes.is_empty() {
                break;
            }
            first /= width;
            nodes.extend((first..).zip(&hashes).map(|(index, &hash)| Node {
                level: level + 1,
                index,
                hash,
            }));
        }
        Ok(nodes)
    }

    /// Publishes what is not published yet: tiles, then the checkpoint.
    ///
    /// # Errors
    /// [`Unavailable`] outside: to be called again. [`LogRefusal::Contradiction`] inside.
    pub async fn publish(&self) -> Result<Result<(), LogRefusal>, Unavailable> {
        let size = self.store.size()?;
        let published = self.store.published()?;
        let old = published.as_ref().map_or(0, |published| published.size);
        if size == old {
            return Ok(Ok(()));
        }
        let root = merkle::root(&self.tree(), size)?;
        if let Some(published) = &published
            && !self.follows(published, size, &root)?
        {
            return Ok(Err(LogRefusal::Contradiction));
        }
        for tile in Tile::added(old, size) {
            self.files.put(tile, self.content(tile)?).await?;
            let was_partial = Tile::in_tree(tile.kind, tile.number, old).is_some();
            if tile.is_full() && was_partial {
                self.files.remove_partial(tile).await?;
            }
        }
        let checkpoint = Checkpoint {
            origin: self.key.name.clone(),
            size,
            root,
        };
        let text = checkpoint.to_string();
        let signature = self
            .signer
            .sign(text.as_bytes())
            .await
            .map_err(|_| Unavailable)?;
        let mut note = Note::new(text, vec![Signature::new(self.key, &signature)]);
        for witness in self.witnesses {
            note.add(self.cosignatures(witness, size, &note).await);
        }
        let note = note.to_string();
        self.store.publish(&Published { size, note })?;
        Ok(Ok(()))
    }

    /// Whether the tree of that size begins with the one that was signed last.
    fn follows(
        &self,
        published: &Published,
        size: u64,
        root: &Sha256Digest,
    ) -> Result<bool, Unavailable> {
        let signed = SignedCheckpoint::parse(&published.note).map_err(|_| Unavailable)?;
        let signed = signed.unverified();
        let proof = merkle::prove_consistency(&self.tree(), signed.size, size)?;
        let verdict = merkle::verify_consistency((signed.size, &signed.root), (size, root), &proof);
        Ok(verdict.is_ok())
    }

    /// The witness's signatures of the checkpoint; none where it does not answer as it should. A checkpoint does not wait for
    /// witnesses that are away.
    async fn cosignatures(&self, witness: &Witness, size: u64, note: &Note) -> Vec<Signature> {
        let asked = async {
            let checkpoint = SignedCheckpoint::parse(&note.to_string()).map_err(|_| Unavailable)?;
            let mut old = self.store.witnessed(&witness.key.name)?;
            // Once more where the witness knows the log at another size than we remember.
            for _ in 0..2 {
                let proof = match old {
                    0 => Vec::new(),
                    old if old <= size => merkle::prove_consistency(&self.tree(), old, size)?,
                    _ => return Err(Unavailable),
                };
                let request = AddCheckpoint {
                    old,
                    proof,
                    checkpoint: checkpoint.clone(),
                };
                let (status, body) = self.network.ask(witness, request.to_body()).await?;
                match Answer::read(status, &body).map_err(|_| Unavailable)? {
                    Answer::KnowsOther(size) => old = size,
                    Answer::Signed(mut signatures) => {
                        signatures.retain(|signature| signature.is_by(&witness.key));
                        let signed = Note::new(note.text().to_owned(), signatures.clone());
                        let verdict = signed.verify(&witness.key, self.network).await;
                        if !matches!(verdict, Ok(Some(_))) {
                            return Err(Unavailable);
                        }
                        self.store.set_witnessed(&witness.key.name, size)?;
                        return Ok(signatures);
                    }
                }
            }
            Err(Unavailable)
        };
        asked.await.unwrap_or_default()
    }

    /// The checkpoint that was signed last, as the note that it is; nothing where nothing was published.
    ///
    /// # Errors
    /// [`Unavailable`] outside; [`LogRefusal::Contradiction`] inside, where the store no longer has the tree that was signed.
    pub fn checkpoint(&self) -> Result<Result<Option<String>, LogRefusal>, Unavailable> {
        let Some(published) = self.store.published()? else {
            return Ok(Ok(None));
        };
        let signed = SignedCheckpoint::parse(&published.note).map_err(|_| Unavailable)?;
        let root = merkle::root(&self.tree(), published.size)?;
        if signed.unverified().root == root && signed.unverified().size == published.size {
            Ok(Ok(Some(published.note)))
        } else {
            Ok(Err(LogRefusal::Contradiction))
        }
    }

    /// The proof that the entry of that index is in the log, as text (C2SP tlog-proof); nothing while it is not published.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub fn prove(&self, index: u64) -> Result<Option<String>, Unavailable> {
        let Some(published) = self
            .store
            .published()?
            .filter(|published| index < published.size)
        else {
            return Ok(None);
        };
        let proof = LogProof {
            extra: None,
            index,
            hashes: merkle::prove_inclusion(&self.tree(), index, published.size)?,
            checkpoint: SignedCheckpoint::parse(&published.note).map_err(|_| Unavailable)?,
        };
        Ok(Some(proof.to_string()))
    }

    /// Works for nothing, for the bench; tells how many entries there are.
    ///
    /// # Errors
    /// [`Unavailable`].
    #[cfg(feature = "preview")]
    pub async fn exercise(
        &self,
        exercise: crate::preview::LogExercise,
    ) -> Result<u64, Unavailable> {
        let size = self.store.size()?;
        let numbers = size..size + u64::from(exercise.entries);
        let entry = |number: u64| Sha256Digest::of(&number.to_be_bytes()).as_bytes().to_vec();
        let entries: Vec<_> = numbers.map(entry).collect();
        self.append(&entries).await?.map_err(|_| Unavailable)?;
        self.publish().await?.map_err(|_| Unavailable)?;
        for number in 0..u64::from(exercise.proofs) {
            self.prove(number * 7_919 % size.max(1))?;
        }
        self.store.size()
    }

    fn content(&self, tile: Tile) -> Result<Vec<u8>, Unavailable> {
        let count = usize::from(tile.width);
        match tile.kind {
            tile::Kind::Hashes(level) => {
                let hashes = self.tree().hashes(level, tile.first(), count)?;
                Ok(tile::write_hashes(&hashes))
            }
            tile::Kind::Entries => {
                let entries = self.store.entries(tile.first(), count)?;
                Ok(tile::write_entries(entries.iter().map(Vec::as_slice)))
            }
        }
    }

    const fn tree(&self) -> Tree<'_, S> {
        Tree(self.store)
    }

    fn published_size(&self) -> Result<u64, Unavailable> {
        Ok(self
            .store
            .published()?
            .map_or(0, |published| published.size))
    }
}

/// How many entries may wait to be published before the log takes no more.
const MOST_UNPUBLISHED: u64 = 20_000;

#[cfg(test)]
mod tests;
