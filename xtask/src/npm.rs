//! The npm packages that `package-lock.json` pins: Node itself, wrangler with workerd, esbuild, binaryen.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::stamp::{self, Stamp};
use crate::{debian, process, progress, root};

/// The installed packages, and the Node among them that runs the others.
#[derive(Clone, Debug)]
pub struct Packages(());

impl Packages {
    /// Installs the packages unless those of this lock file are there.
    ///
    /// No package's install script runs: the lock file's hashes cover everything that is later executed.
    ///
    /// # Errors
    /// When npm is missing and cannot be installed, or fails.
    pub fn install() -> Result<Self> {
        install(
            root(),
            "Node 22 and wrangler with workerd to run the edge, esbuild and binaryen to build it",
        )?;
        Self::installed()
    }

    /// The packages, which an earlier command installed.
    ///
    /// # Errors
    /// When they are missing or not those of the lock file.
    pub fn installed() -> Result<Self> {
        ensure!(
            stamp(root())?.is_current(),
            "the npm packages are not installed, or not those of package-lock.json: run `cargo xtask build` first"
        );
        ensure!(
            fs::exists(root().join(NODE))?,
            "no package of package.json brings Node for this platform ({} {})",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        Ok(Self(()))
    }

    /// Runs `script` in the Node that is installed: a path inside `node_modules`, or an absolute one.
    #[must_use]
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new(root().join(NODE));
        command.arg(root().join("node_modules").join(script));
        command
    }
}

/// Installs the packages that `folder/package-lock.json` pins in `folder/node_modules`, unless those are there; `what` says
/// which they are. No package's install script runs.
///
/// # Errors
/// When npm is missing and cannot be installed, or fails.
pub fn install(folder: &Path, what: &str) -> Result<()> {
    let stamp = stamp(folder)?;
    if stamp.is_current() {
        return Ok(());
    }
    ensure_npm()?;
    progress::note(&format!("installing npm packages: {what}"));
    process::run(
        "Install npm packages",
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .arg("--prefix")
            .arg(folder),
    )?;
    stamp.store()
}

fn stamp(folder: &Path) -> Result<Stamp> {
    let lock = stamp::input(&folder.join("package-lock.json"))?;
    let file = folder.join("node_modules/.kelisim-stamp");
    Ok(Stamp::new(file, &[&lock]))
}

fn ensure_npm() -> Result<()> {
    if process::find_on_path("npm").is_some() {
        return Ok(());
    }
    if !debian::can_install() {
        bail!(
            "npm is missing, which installs wrangler and the other tools: install Node.js with npm"
        );
    }
    debian::install(
        &["nodejs", "npm"],
        "to install wrangler and the other tools",
    )
}

/// Linked by whichever of the optional `node-…` packages is for this platform.
const NODE: &str = "node_modules/.bin/node";
