//! How a log asks a witness for its cosignature: C2SP tlog-witness, `add-checkpoint`.
//!
//! ```text
//! POST <prefix>/add-checkpoint
//!
//! old 20852014              the size that the witness knows; 0 for none
//! PlRNCrwHpqhGrupue0L7g…    proof that the log it knows is the beginning of this one
//! …
//! (an empty line)
//! consent.example/log       the checkpoint
//! …
//! ```

use std::fmt::Write as _;

use super::{
    base64_of_hash,
    checkpoint::SignedCheckpoint,
    decimal, hash_of_base64,
    note::{self, NoteError, Signature},
};
use crate::digest::Sha256Digest;

/// What a log sends to a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree that the witness knows.
    pub old: u64,
    /// The proof of consistency between that and the new one.
    pub proof: Vec<Sha256Digest>,
    /// The new one.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// The body of the request.
    #[must_use]
    pub fn to_body(&self) -> String {
        let mut body = format!("old {}\n", self.old);
        for hash in &self.proof {
            let _ = writeln!(body, "{}", base64_of_hash(hash));
        }
        let _ = write!(body, "\n{}", self.checkpoint);
        body
    }

    /// Reads the body of a request; nothing where it is none.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        let (head, checkpoint) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<_> = lines.map(hash_of_base64).collect::<Option<_>>()?;
        (proof.len() <= MAX_HASHES).then_some(Self {
            old,
            proof,
            checkpoint: SignedCheckpoint::parse(checkpoint).ok()?,
        })
    }
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has signed.
    Signed(Vec<Signature>),
    /// It knows the log at another size: try again from there.
    KnowsOther(u64),
}

impl Answer {
    /// Reads an answer, by its status.
    ///
    /// # Errors
    /// [`NoteError`]: the witness refuses, or answers something else.
    pub fn read(status: u16, body: &str) -> Result<Self, NoteError> {
        match status {
            200 => note::signatures(body).map(Self::Signed),
            409 => {
                let size = body.strip_suffix('\n').and_then(decimal);
                size.map(Self::KnowsOther).ok_or(NoteError::Malformed)
            }
            _ => Err(NoteError::Malformed),
        }
    }
}

/// As many hashes as a witness takes.
const MAX_HASHES: usize = 63;
