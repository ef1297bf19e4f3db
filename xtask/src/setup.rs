//! Everything that the commands need on a machine besides Rust itself; what is missing is installed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::lock::Lock;
use crate::npm::Packages;
use crate::toolchain::Toolchain;
use crate::{debian, process, progress, target};

/// The test runner, as `cargo install` takes it.
pub const NEXTEST: &str = "cargo-nextest@0.9.143";

/// What it takes to build and to run Kelisim.
#[derive(Debug)]
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
    let folder = target().join("tools");
    let program = folder.join("bin/cargo-nextest");
    if !program.is_file() {
        progress::note(
            "installing cargo-nextest in target/tools, which runs the tests; it takes some minutes",
        );
        process::run(
            "Install cargo-nextest",
            // A debug build takes half the time to install, and the tests take theirs anyway.
            Command::new("cargo")
                .args(["install", "--locked", "--debug", "--root"])
                .arg(&folder)
                .arg(NEXTEST),
        )?;
    }
    let mut command = Command::new(program);
    command.arg("nextest");
    Ok(command)
}

/// Chromium and its driver, for the end-to-end tests.
///
/// # Errors
/// When they are missing and cannot be installed.
pub fn chromium() -> Result<()> {
    let browser = ["chromium", "google-chrome"];
    let has_browser = browser
        .iter()
        .any(|program| process::find_on_path(program).is_some());
    if has_browser && process::find_on_path("chromedriver").is_some() {
        return Ok(());
    }
    if !debian::can_install() {
        bail!(
            "the end-to-end tests need `chromium` (or `google-chrome`) and its `chromedriver` on PATH: install them"
        );
    }
    debian::install(
        &["chromium", "chromium-driver"],
        "for the tests in a real browser",
    )
}
