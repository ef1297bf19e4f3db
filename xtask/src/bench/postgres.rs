//! PostgreSQL for whom ours is compared with: a server of its own, with an empty database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::folder;
use super::service::Service;
use crate::lock::Lock;
use crate::{debian, process};

/// A running server, whose files nobody needs afterwards.
#[derive(Debug)]
pub struct Postgres {
    /// The server.
    pub service: Service,
    /// The address of its one database.
    pub url: String,
    /// What it calls itself.
    pub version: String,
}

/// Installs PostgreSQL where it is missing.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn install() -> Result<()> {
    let _lock = Lock::acquire()?;
    if programs().is_some() {
        return Ok(());
    }
    if !debian::can_install() {
        bail!("the bench needs PostgreSQL, for what it compares with: install it");
    }
    debian::install(&["postgresql"], "for what the bench compares with")
}

impl Postgres {
    /// Starts a server, as it is configured where nobody configures it.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(port: u16) -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        let data = empty_folder()?;
        process::run(
            "Make a database",
            unprivileged(&programs.join("initdb"))
                .arg("--pgdata")
                .arg(&data)
                .args(["--auth=trust", "--username=bench", "--encoding=UTF8"])
                .arg("--no-locale"),
        )?;
        let mut command = unprivileged(&programs.join("postgres"));
        command
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            // No socket in a folder that may not be there.
            .args(["-c", "unix_socket_directories="]);
        let service = Service::start("postgres", &command, || {
            let mut asked = Command::new(programs.join("pg_isready"));
            process::succeeds(asked.args([
                "-U",
                "bench",
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
            ]))
        })?;
        Ok(Self {
            service,
            url: format!("postgresql://bench@127.0.0.1:{port}/postgres"),
            version: process::stdout(Command::new(programs.join("postgres")).arg("--version"))?,
        })
    }
}

/// Where its programs are: of Debian's, the newest.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<PathBuf> = debian
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("postgres").is_file())
        .collect();
    folders.sort_by_key(|folder| version(folder));
    folders.pop().or_else(|| {
        let program = process::find_on_path("postgres")?;
        Some(program.parent()?.to_owned())
    })
}

/// That of `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}

fn empty_folder() -> Result<PathBuf> {
    let data = folder().join("postgres");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    if debian::is_root() {
        process::run(
            "Hand the database to its user",
            Command::new("chown").arg(USER).arg(&data),
        )?;
    }
    Ok(data)
}

/// The program as PostgreSQL wants it to be run: not by root.
fn unprivileged(program: &Path) -> Command {
    if !debian::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args([&format!("--reuid={USER}"), &format!("--regid={USER}")])
        .arg("--init-groups")
        .arg(program);
    command
}

/// Made by Debian's package.
const USER: &str = "postgres";
