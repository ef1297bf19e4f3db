//! Stamps: a digest of a step's inputs, kept beside its output, so that the step is skipped while they are the same.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// The digest of a step's inputs, and the file that remembers the inputs of the last run that succeeded.
#[derive(Debug)]
pub struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// The stamp of a step that depends on nothing but `inputs`.
    #[must_use]
    pub fn new(file: PathBuf, inputs: &[&[u8]]) -> Self {
        Self {
            file,
            digest: digest(inputs),
        }
    }

    /// Whether the step last succeeded with these inputs.
    #[must_use]
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|stored| stored == self.digest)
    }

    /// Remembers that the step succeeded with these inputs.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// The bytes of a file that is part of a step's inputs.
///
/// # Errors
/// When it cannot be read.
pub fn input(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// SHA-256, in base64url, over each input's length and bytes.
fn digest(inputs: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for input in inputs {
        hasher.update(input.len().to_be_bytes());
        hasher.update(input);
    }
    Base64UrlUnpadded::encode_string(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_current_only_for_the_same_inputs_in_the_same_division() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stamp = |inputs: &[&[u8]]| Stamp::new(folder.path().join("stamp"), inputs);

        assert!(!stamp(&[b"ab", b"c"]).is_current());
        stamp(&[b"ab", b"c"]).store().expect("it can be written");
        assert!(stamp(&[b"ab", b"c"]).is_current());
        assert!(!stamp(&[b"a", b"bc"]).is_current());
    }
}
