//! One set-up or build at a time: `cargo xtask dev` in one terminal and `cargo xtask test` in another share a folder.

use std::fs::{self, File, TryLockError};

use anyhow::{Context, Result};

use crate::progress::note;
use crate::target;

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives up the lock")] File);

impl Lock {
    /// Waits until no other process has the lock.
    ///
    /// # Errors
    /// When the file cannot be made, or the file system has no locks.
    pub fn acquire() -> Result<Self> {
        let path = target().join("xtask.lock");
        fs::create_dir_all(target())?;
        let file =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                note("waiting for another `cargo xtask` to finish building");
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Self(file))
    }
}
