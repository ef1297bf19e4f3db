//! `cargo xtask openapi`: the description of the HTTP interface that the edge serves, written from the types.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use kelisim_shared::openapi;

use crate::root;

/// Writes the document to [`path`].
///
/// # Errors
/// When the file cannot be written.
pub fn write() -> Result<()> {
    let path = path();
    fs::write(&path, openapi::document())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Where the document is, for the Worker to be built with.
#[must_use]
pub fn path() -> PathBuf {
    root().join("edge/openapi.json")
}
