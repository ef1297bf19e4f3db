//! `cargo xtask contract`: the contract with hosts in the npm package, written from the types.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use kelisim_shared::host;

use crate::root;

/// Writes the declarations and the schema to their paths.
///
/// # Errors
/// When a file cannot be written.
pub fn write() -> Result<()> {
    for (path, text) in [
        (declarations_path(), host::declarations()),
        (schema_path(), host::schema()),
    ] {
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Where the declarations in TypeScript are.
#[must_use]
pub fn declarations_path() -> PathBuf {
    root().join("www/npm/kelisim.d.ts")
}

/// Where the JSON Schema is.
#[must_use]
pub fn schema_path() -> PathBuf {
    root().join("www/npm/kelisim.schema.json")
}
