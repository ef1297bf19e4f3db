//! Reading files.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result, ensure};

/// Reads a file, or standard input where its name is `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    let read = read.with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        read as u64 <= MAX_BYTES,
        "{} is longer than 80 MiB",
        path.display()
    );
    Ok(bytes)
}

/// Reads a file of text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?)
        .with_context(|| format!("{} is not text in UTF-8", path.display()))
}

/// Longer than anything that is verified here, in bytes.
const MAX_BYTES: u64 = 80 * 1024 * 1024;
