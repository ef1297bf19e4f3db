//! The npm package `kelisim`, which puts the tag into a page and says what types everything has.

use std::path::PathBuf;

use anyhow::Result;

use crate::assets::Files;
use crate::{root, target};

/// Gathers the package, ready for `npm pack`.
///
/// # Errors
/// When a file cannot be read or written.
pub fn gather() -> Result<()> {
    let mut files = Files::default();
    files.add_folder("", &root().join("www/npm"))?;
    files.add("LICENSE", root().join("LICENSE"));
    files.mirror(&folder())
}

/// The folder of the package.
#[must_use]
pub fn folder() -> PathBuf {
    target().join("dist/npm")
}
