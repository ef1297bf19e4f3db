//! The log of an edge, read as anybody can read it.

use std::{thread, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use kelisim_shared::{
    digest::Sha256Digest,
    evidence::{LogKeys, ReceiptFile},
    jws::Unverified,
    log::{
        Commitment,
        checkpoint::{SignedCheckpoint, VerifiedCheckpoint},
        merkle::{self, Tiles, Tree},
        note::VerifierKey,
        proof::LogProof,
        tile::{self, Kind, Tile},
    },
    receipt::Claims,
    record::{Record, RecordId},
    software::SoftwareVerifier,
};
use pollster::block_on;

use crate::Edge;

/// Who signs the checkpoints of an edge's log.
#[derive(Clone, Debug)]
pub struct LogReader {
    /// The log's key.
    pub key: VerifierKey,
    /// Those of its witnesses.
    pub witnesses: Vec<VerifierKey>,
}

/// Everything that a log has published, which is the tree of its checkpoint.
#[derive(Clone, Debug)]
pub struct WholeLog {
    /// The checkpoint.
    pub checkpoint: VerifiedCheckpoint,
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    tree: Tree,
}

impl LogReader {
    /// Asks the edge for the keys.
    ///
    /// # Errors
    /// The edge has no log.
    pub fn of(edge: &Edge) -> Result<Self> {
        let LogKeys { key, witnesses } = edge.get("/v1/log")?.parsed(200)?;
        let parsed = |key: &str| -> Result<VerifierKey> { Ok(key.parse()?) };
        Ok(Self {
            key: parsed(key.as_str())?,
            witnesses: witnesses
                .iter()
                .map(|key| parsed(key.as_str()))
                .collect::<Result<_>>()?,
        })
    }

    /// The log's checkpoint.
    ///
    /// # Errors
    /// There is none, or it is not the log's.
    pub fn checkpoint(&self, edge: &Edge) -> Result<VerifiedCheckpoint> {
        let answer = edge.get("/log/checkpoint")?;
        ensure!(answer.status == 200, "{}", answer.text()?);
        let signed = SignedCheckpoint::parse(answer.text()?)?;
        Ok(block_on(signed.verify(
            &self.key,
            &self.witnesses,
            &SoftwareVerifier,
        ))?)
    }

    /// Reads the whole log, and checks that every file is what the checkpoint says.
    ///
    /// # Errors
    /// A file is missing, or something in it is another.
    pub fn read(&self, edge: &Edge) -> Result<WholeLog> {
        let checkpoint = self.checkpoint(edge)?;
        let size = checkpoint.checkpoint().size;
        let mut entries = Vec::new();
        let mut hashes = Vec::new();
        for tile in Tile::added(0, size) {
            let bytes = fetch(edge, tile)?;
            match tile.kind {
                Kind::Entries => {
                    let read = tile::read_entries(&bytes, tile.width).context("entries")?;
                    entries.extend(read.into_iter().map(<[u8]>::to_vec));
                }
                Kind::Hashes(level) => {
                    let read = tile::read_hashes(&bytes, tile.width).context("hashes")?;
                    hashes.push((tile, level, read));
                }
            }
        }
        let leaves = entries.iter().map(|entry| merkle::leaf_hash(entry));
        let tree: Tree = leaves.collect();
        for (tile, level, read) in hashes {
            let expected = tree.hashes(level, tile.first(), tile.width.into())?;
            ensure!(read == expected, "{tile} has not the hashes of the entries");
        }
        let log = WholeLog {
            checkpoint,
            entries,
            tree,
        };
        ensure!(
            log.root(size)? == log.checkpoint.checkpoint().root,
            "the root is another"
        );
        Ok(log)
    }

    /// Everything that proves an acceptance, once it is in the log; it is verified.
    ///
    /// # Errors
    /// It is not there within half a minute, or does not verify.
    pub fn proven(&self, edge: &Edge, token: &str, record: RecordId) -> Result<ReceiptFile> {
        for _ in 0..300 {
            let path = format!("/v1/receipts/{record}");
            let file: ReceiptFile = edge.get_as(token, &path)?.parsed(200)?;
            if let Some(proof) = &file.proof {
                self.verify(proof, &recorded(&file.receipt)?)?;
                return Ok(file);
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("the record is not in the log after half a minute")
    }

    /// Checks that a record is in the log.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, proof: &str, record: &Record) -> Result<VerifiedCheckpoint> {
        let proof = LogProof::parse(proof)?;
        let salt = proof.salt().context("the proof has no salt")?;
        let commitment = Commitment::to(record, &salt);
        let entry = commitment.digest().as_bytes();
        Ok(block_on(proof.verify(
            entry,
            &self.key,
            &self.witnesses,
            &SoftwareVerifier,
        ))?)
    }
}

impl WholeLog {
    /// The root of the tree when it had so many entries.
    fn root(&self, size: u64) -> Result<Sha256Digest> {
        Ok(merkle::root(&self.tree, size)?)
    }

    /// Checks that this log grew from the one of that checkpoint.
    ///
    /// # Errors
    /// It did not.
    pub fn follows(&self, earlier: &VerifiedCheckpoint) -> Result<()> {
        let earlier = earlier.checkpoint();
        ensure!(
            earlier.size <= self.checkpoint.checkpoint().size,
            "it has shrunk"
        );
        ensure!(
            self.root(earlier.size)? == earlier.root,
            "it is another at {}",
            earlier.size
        );
        Ok(())
    }
}

/// What a receipt says is recorded.
///
/// # Errors
/// It is no receipt.
pub fn recorded(receipt: &str) -> Result<Record> {
    let claims: Claims = Unverified::parse(receipt)?.unsigned_claims()?;
    Ok(claims.record)
}

/// A file of the log. A partial one may have been followed by the full one.
fn fetch(edge: &Edge, tile: Tile) -> Result<Vec<u8>> {
    let answer = edge.get(&format!("/log/{tile}"))?;
    ensure!(answer.status == 200, "{tile}: {}", answer.text()?);
    ensure!(
        answer.header("cache-control").contains("immutable"),
        "{tile}"
    );
    Ok(answer.body)
}
