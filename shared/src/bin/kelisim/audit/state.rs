//! The checkpoint that is kept from one audit to the next.

use std::{fs, io::ErrorKind, io::Write, path::PathBuf};

use anyhow::{Context, Result};
use etcetera::BaseStrategy;
use kelisim_shared::{
    digest::Sha256Digest,
    log::{
        checkpoint::{SignedCheckpoint, VerifiedCheckpoint},
        note::Name,
    },
};
use tempfile::NamedTempFile;

/// The file with the checkpoint of the last audit in which nothing was refuted.
pub(super) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// In that file.
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where the user's data is, by the name of the log.
    pub(super) fn of(origin: &Name) -> Result<Self> {
        let data = etcetera::choose_base_strategy()
            .context("the user has no folder")?
            .data_dir();
        let digest = Sha256Digest::of(origin.as_str().as_bytes()).to_string();
        let readable = |c: char| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        };
        let readable: String = origin.as_str().chars().take(60).map(readable).collect();
        let name = format!("{readable}-{}.checkpoint", &digest[..8]);
        Ok(Self::at(data.join("kelisim").join("log").join(name)))
    }

    /// The checkpoint, if there is one.
    pub(super) fn read(&self) -> Result<Option<SignedCheckpoint>> {
        let note = match fs::read_to_string(&self.path) {
            Ok(note) => note,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", self.path.display()));
            }
        };
        let checkpoint = SignedCheckpoint::parse(&note);
        checkpoint
            .map(Some)
            .with_context(|| format!("{} holds no checkpoint", self.path.display()))
    }

    /// Puts a checkpoint in the place of the one that was kept, all of it or nothing.
    pub(super) fn replace(&self, checkpoint: &VerifiedCheckpoint) -> Result<()> {
        let write = || -> Result<()> {
            let folder = self
                .path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
            fs::create_dir_all(&folder)?;
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(checkpoint.signed().to_string().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", self.path.display()))
    }
}
