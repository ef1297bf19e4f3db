//! Checkpoints: C2SP tlog-checkpoint.
//!
//! ```text
//! consent.example/log                              origin: which log it is
//! 20852163                                         size: how many entries it has
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root of the tree over them
//!
//! — consent.example/log Az3grl…                    signed by the log
//! — witness.example/w1 jWbPPwAAAABkGFDLEZMHw…      and by witnesses (C2SP tlog-cosignature)
//! ```

use std::fmt;

use thiserror::Error;

use super::{
    base64_of_hash, decimal, hash_of_base64,
    note::{Name, Note, NoteError, Signed, VerifierKey},
};
use crate::{digest::Sha256Digest, jws::SignatureVerifier};

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is of.
    pub origin: Name,
    /// How many entries the log has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Sha256Digest,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = base64_of_hash(&self.root);
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)
    }
}

impl Checkpoint {
    /// Reads the text of a checkpoint. Extension lines, which nobody can audit and we never write, are refused.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        if lines.next().is_some() {
            return None;
        }
        Some(Self {
            origin: origin.parse().ok()?,
            size: decimal(size)?,
            root: hash_of_base64(root)?,
        })
    }
}

/// A checkpoint with its signatures, which nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, CheckpointError> {
        let note = Note::parse(note).map_err(|_| CheckpointError::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(CheckpointError::Malformed)?;
        Ok(Self { checkpoint, note })
    }

    /// What it says, as long as nobody has checked who says so.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Checks that the log has signed it, and finds out which of the witnesses have.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub async fn verify(
        self,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
        verifier: &impl SignatureVerifier,
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        if self.checkpoint.origin != log.name {
            return Err(CheckpointError::Origin);
        }
        if self.note.verify(log, verifier).await?.is_none() {
            return Err(CheckpointError::Unsigned);
        }
        let mut cosignatures = Vec::new();
        for witness in witnesses {
            if let Some(Signed::At(time)) = self.note.verify(witness, verifier).await? {
                let witness = witness.name.clone();
                cosignatures.push(Cosignature { witness, time });
            }
        }
        Ok(VerifiedCheckpoint {
            signed: self,
            cosignatures,
        })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// A checkpoint that its log has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    signed: SignedCheckpoint,
    cosignatures: Vec<Cosignature>,
}

impl VerifiedCheckpoint {
    /// What it says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.signed.checkpoint
    }

    /// It with its signatures.
    #[must_use]
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// Which witnesses have signed it.
    #[must_use]
    pub fn cosignatures(&self) -> &[Cosignature] {
        &self.cosignatures
    }
}

/// That a witness saw a checkpoint, and no other that contradicts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness.
    pub witness: Name,
    /// When, by its clock, in seconds since 1970.
    pub time: u64,
}

/// Why something is not the checkpoint of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not of the documented form.
    #[error("not a checkpoint of the form of C2SP tlog-checkpoint")]
    Malformed,
    /// Of another log.
    #[error("the checkpoint is of another log")]
    Origin,
    /// The log has not signed it.
    #[error("the log has not signed the checkpoint")]
    Unsigned,
    /// A signature is wrong, or nobody could check it.
    #[error(transparent)]
    Note(#[from] NoteError),
}
