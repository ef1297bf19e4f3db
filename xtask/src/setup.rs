//! Everything that the commands need on a machine besides Rust itself; what is missing is installed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::lock::Lock;
use crate::npm::Packages;
use crate::toolchain::Toolchain;
use crate::{process, progress, target};

/// The test runner, as `cargo install` takes it.
pub const NEXTEST: &str = "cargo-nextest@0.9.143";

/// What it takes to build and to run Kelisim.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Node, wrangler, esbuild and binaryen.
    pub packages: Packages,
    /// The Rust toolchain for WebAssembly.
    pub toolchain: Toolchain,
}

impl Setup {
    /// Installs what is missing.
    ///
    /// # Errors
    /// When something is missing that cannot be installed here; the error says what to do by hand.
    pub fn install() -> Result<Self> {
        let _lock = Lock::acquire()?;
        Ok(Self {
            packages: Packages::install()?,
            toolchain: Toolchain::install()?,
        })
    }
}

/// `cargo nextest`, which is installed in `target/tools` unless the machine has one.
///
/// # Errors
/// When it cannot be installed.
pub fn nextest() -> Result<Command> {
    if process::succeeds(Command::new("cargo").args(["nextest", "--version"])) {
        let mut command = Command::new("cargo");
        command.arg("nextest");
        return Ok(command);
    }
    let mut command = Command::new(tool(NEXTEST, "which runs the tests")?);
    command.arg("nextest");
    Ok(command)
}

/// A program of crates.io, which is installed in `target/tools` unless it is there, as `cargo install` takes it:
/// `cargo-nextest@0.9.143`.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn tool(package: &str, purpose: &str) -> Result<PathBuf> {
    let name = package.split('@').next().unwrap_or(package);
    let program = tool_path(name);
    if !program.is_file() {
        progress::note(&format!(
            "installing {name} in target/tools, {purpose}; it takes some minutes"
        ));
        process::run(
            &format!("Install {name}"),
            // A debug build takes half the time to install, and the tests take theirs anyway.
            Command::new("cargo")
                .args(["install", "--locked", "--debug", "--root"])
                .arg(target().join("tools"))
                .arg(package),
        )?;
    }
    Ok(program)
}

/// Where [`tool`] puts the program of that name.
pub(crate) fn tool_path(name: &str) -> PathBuf {
    target().join("tools/bin").join(name)
}
