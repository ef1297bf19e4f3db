//! Proofs that verify without a network: C2SP tlog-proof.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra ZXh0cmE…            base64 of the salt, where the entry is a commitment
//! index 73894               the entry's place in the log, from 0
//! gSKyXoYZUgZ6jduWYrkDO…    hashes from the entry's sibling to the root
//! …
//! (an empty line)
//! consent.example/log       the checkpoint that the proof leads to
//! …
//! ```

use std::fmt;

use base64ct::{Base64, Encoding};
use thiserror::Error;

use super::{
    Salt, base64_of_hash,
    checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint},
    decimal, hash_of_base64,
    merkle::{self, ProofInvalid},
    note::VerifierKey,
};
use crate::{digest::Sha256Digest, jws::SignatureVerifier};

/// A proof that some entry is in a log, which nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProof {
    /// What it takes besides to make the entry of what it is about.
    pub extra: Option<Vec<u8>>,
    /// The entry's place, from 0.
    pub index: u64,
    /// The hashes from the entry's sibling to the root.
    pub hashes: Vec<Sha256Digest>,
    /// The checkpoint that they lead to.
    pub checkpoint: SignedCheckpoint,
}

impl LogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`LogProofError::Malformed`], or that of the checkpoint.
    pub fn parse(text: &str) -> Result<Self, LogProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(LogProofError::Malformed)?;
        let (extra, index, hashes) = head_of(head).ok_or(LogProofError::Malformed)?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: SignedCheckpoint::parse(checkpoint)?,
        })
    }

    /// The salt in it.
    #[must_use]
    pub fn salt(&self) -> Option<Salt> {
        let bytes = self.extra.as_deref()?.try_into().ok()?;
        Some(Salt::from_bytes(bytes))
    }

    /// Checks that the entry of these bytes is in the log.
    ///
    /// # Errors
    /// See [`LogProofError`].
    pub async fn verify(
        self,
        entry: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
        verifier: &impl SignatureVerifier,
    ) -> Result<VerifiedCheckpoint, LogProofError> {
        let checkpoint = self.checkpoint.verify(log, witnesses, verifier).await?;
        let tree = checkpoint.checkpoint();
        merkle::verify_inclusion(
            &merkle::leaf_hash(entry),
            self.index,
            tree.size,
            &self.hashes,
            &tree.root,
        )?;
        Ok(checkpoint)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", Base64::encode_string(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", base64_of_hash(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

type Head = (Option<Vec<u8>>, u64, Vec<Sha256Digest>);

fn head_of(head: &str) -> Option<Head> {
    let mut lines = head.split('\n');
    if lines.next()? != HEADER {
        return None;
    }
    let mut line = lines.next()?;
    let mut extra = None;
    if let Some(base64) = line.strip_prefix("extra ") {
        extra = Some(Base64::decode_vec(base64).ok()?);
        line = lines.next()?;
    }
    let index = decimal(line.strip_prefix("index ")?)?;
    let hashes: Vec<Sha256Digest> = lines.map(hash_of_base64).collect::<Option<_>>()?;
    (hashes.len() <= MAX_HASHES).then_some((extra, index, hashes))
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// No proof is longer: sizes are below 2^53.
const MAX_HASHES: usize = 53;

/// Why something is not a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LogProofError {
    /// Not of the documented form.
    #[error("not a proof of the form of C2SP tlog-proof")]
    Malformed,
    /// The checkpoint is not the log's.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not the one that the proof is of.
    #[error(transparent)]
    Inclusion(#[from] ProofInvalid),
}
