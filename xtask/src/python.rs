//! The Python packages that `tests/requirements.txt` pins, in a virtual environment of their own: other people's
//! implementations, which the tests hold ours against.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::stamp::{self, Stamp};
use crate::{debian, process, progress, root, target};

/// Installs the packages unless those of this list are there.
///
/// # Errors
/// When Python is missing and cannot be installed, or pip fails.
pub fn install() -> Result<()> {
    let stamp = stamp()?;
    if stamp.is_current() {
        return Ok(());
    }
    ensure_python()?;
    progress::note(
        "installing Python packages in target/python, which the tests compare results with",
    );
    process::run(
        "Make a Python environment",
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder()),
    )?;
    process::run(
        "Install Python packages",
        Command::new(folder().join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                // One of them asks for a newer Python than Debian has, and needs none.
                "--ignore-requires-python",
            ])
            .args(["--requirement", REQUIREMENTS]),
    )?;
    stamp.store()
}

/// Python with the packages, which an earlier command installed.
///
/// # Errors
/// When they are missing or not those of the list.
pub fn command() -> Result<Command> {
    ensure!(
        stamp()?.is_current(),
        "the Python packages are not installed, or not those of {REQUIREMENTS}: run `cargo xtask test` first"
    );
    Ok(Command::new(folder().join("bin/python")))
}

fn stamp() -> Result<Stamp> {
    let requirements = stamp::input(&root().join(REQUIREMENTS))?;
    Ok(Stamp::new(folder().join("kelisim-stamp"), &[&requirements]))
}

fn ensure_python() -> Result<()> {
    if process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        return Ok(());
    }
    if !debian::can_install() {
        bail!("the tests need Python 3 with its `venv` module: install it");
    }
    debian::install(
        &["python3", "python3-venv"],
        "for what the tests compare results with",
    )
}

fn folder() -> PathBuf {
    target().join("python")
}

const REQUIREMENTS: &str = "tests/requirements.txt";
