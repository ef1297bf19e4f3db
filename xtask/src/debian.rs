//! Packages of Debian and its kin, by `apt-get`.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::progress;

/// Whether this machine has `apt-get`, and someone who may use it: root, or whoever has `sudo`.
#[must_use]
pub fn can_install() -> bool {
    process::find_on_path("apt-get").is_some()
        && (is_root() || process::find_on_path("sudo").is_some())
}

/// Whether all of the packages are installed.
#[must_use]
pub fn has(packages: &[&str]) -> bool {
    process::stdout(
        Command::new("dpkg-query")
            .args(["--show", "--showformat", "${db:Status-Status}\\n"])
            .args(packages),
    )
    .is_ok_and(|states| states.lines().all(|state| state == "installed"))
}

/// Installs packages, and never removes one to make room for them.
///
/// # Errors
/// When `apt-get` fails.
pub fn install(packages: &[&str], why: &str) -> Result<()> {
    progress::note(&format!(
        "installing Debian's {} {why}",
        packages.join(", ")
    ));
    if !is_root() {
        // On its own, so that it can ask for the password; the commands after it need none.
        Command::new("sudo")
            .arg("--validate")
            .status()
            .context("cannot start sudo")?;
    }
    process::run("Read Debian's package lists", apt_get().arg("update"))?;
    process::run(
        &format!("Install {}", packages.join(", ")),
        apt_get()
            .args(["install", "--yes", "--no-install-recommends", "--no-remove"])
            .args(packages),
    )
}

fn apt_get() -> Command {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "env"]);
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    command
}

/// Whether this process is run by root.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
