//! A Rust toolchain that compiles to WebAssembly.
//!
//! Two routes lead to one, and [`Toolchain`] is the same after either:
//!
//! - rustup: the toolchain in use, with its `wasm32-unknown-unknown` target added, and `rust-src` where it can be had
//! - Debian: the packages `rustc-web`, `cargo-web` and `rust-web-src`, with LLVM's linker, for machines whose rustup
//!   has no network
//!
//! The standard library is rebuilt from source where that is installed: the edge then unwinds from panics, which the
//! shipped library cannot do, and the widget's is made for size. `-Zbuild-std` is unstable, so those builds set
//! `RUSTC_BOOTSTRAP`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{debian, process, progress};

/// The target triple of everything that runs in a browser or in workerd.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A toolchain that compiles to [`TARGET`].
#[derive(Debug)]
pub struct Toolchain {
    cargo: PathBuf,
    clippy: PathBuf,
    /// In place of the `rustc` that `cargo` finds by itself.
    rustc: Option<PathBuf>,
    /// In place of the linker that `rustc` brings.
    linker: Option<PathBuf>,
    standard_library: StandardLibrary,
}

/// In which forms a toolchain has the standard library for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandardLibrary {
    Compiled,
    Source,
    Both,
}

/// How a module ends when it panics, where the standard library can be rebuilt for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panic {
    /// The request that panicked fails; the module goes on.
    Unwind,
    /// The module is dead.
    Abort,
}

impl Toolchain {
    /// The toolchain that is installed, or one that is installed now.
    ///
    /// # Errors
    /// When there is none, and neither route leads to one.
    pub fn install() -> Result<Self> {
        if let Some(toolchain) = Self::of_rustup() {
            return Ok(toolchain);
        }
        if debian::has(DEBIAN_PACKAGES) {
            return Ok(Self::of_debian());
        }
        if add_rustup_target()
            && let Some(toolchain) = Self::of_rustup()
        {
            return Ok(toolchain);
        }
        if !debian::can_install() {
            bail!(
                "no Rust toolchain here compiles to WebAssembly. With rustup: `rustup target add {TARGET}`. On Debian \
                 without it: `apt-get install {}`",
                DEBIAN_PACKAGES.join(" ")
            );
        }
        debian::install(
            DEBIAN_PACKAGES,
            "to compile to WebAssembly, for which rustup cannot get its target here",
        )?;
        Ok(Self::of_debian())
    }

    /// Whether [`cargo`](Self::cargo) can build modules that unwind.
    #[must_use]
    pub fn can_unwind(&self) -> bool {
        self.standard_library != StandardLibrary::Compiled
    }

    /// Cargo's `subcommand` for [`TARGET`], with the standard library rebuilt for `panic` where its source is there.
    #[must_use]
    pub fn cargo(&self, subcommand: &str, panic: Panic) -> Command {
        let mut command = self.configured(&self.cargo);
        command.args([subcommand, "--target", TARGET]);
        if self.can_unwind() {
            rebuild_standard_library(&mut command, panic);
        }
        command
    }

    /// Clippy for [`TARGET`].
    #[must_use]
    pub fn clippy(&self) -> Command {
        let mut command = self.configured(&self.clippy);
        command.args(["clippy", "--target", TARGET]);
        if self.standard_library == StandardLibrary::Source {
            rebuild_standard_library(&mut command, Panic::Abort);
        }
        command
    }

    /// The toolchain in use, when it has the target.
    fn of_rustup() -> Option<Self> {
        let sysroot = process::stdout(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
        let rustlib = Path::new(&sysroot).join("lib/rustlib");
        if !rustlib.join(TARGET).join("lib").is_dir() {
            return None;
        }
        let source = || rustlib.join("src/rust/library/Cargo.lock").is_file();
        let standard_library = if source() || (add_rustup_source() && source()) {
            StandardLibrary::Both
        } else {
            progress::note(
                "the standard library's source is missing (`rustup component add rust-src`): the edge is built to \
                 abort when it panics, which fails requests beside the one that panicked",
            );
            StandardLibrary::Compiled
        };
        Some(Self {
            cargo: "cargo".into(),
            clippy: "cargo".into(),
            rustc: None,
            linker: None,
            standard_library,
        })
    }

    fn of_debian() -> Self {
        Self {
            cargo: "/usr/bin/cargo".into(),
            clippy: "/usr/bin/cargo-clippy".into(),
            rustc: Some("/usr/bin/rustc".into()),
            linker: Some("/usr/bin/wasm-ld-22".into()),
            standard_library: StandardLibrary::Source,
        }
    }

    fn configured(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(rustc) = &self.rustc {
            // Clippy runs the cargo that `CARGO` names, which else is the one that runs this program.
            command.env("CARGO", &self.cargo).env("RUSTC", rustc);
        }
        if let Some(linker) = &self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }
}

fn rebuild_standard_library(command: &mut Command, panic: Panic) {
    command.env("RUSTC_BOOTSTRAP", "1");
    match panic {
        Panic::Unwind => command
            .env("RUSTFLAGS", "-Cpanic=unwind")
            .arg("-Zbuild-std=std,panic_unwind"),
        Panic::Abort => command.args([
            "-Zbuild-std=std,panic_abort",
            "-Zbuild-std-features=optimize_for_size",
        ]),
    };
}

fn add_rustup_target() -> bool {
    rustup(
        "Add rustup's WebAssembly target",
        &["target", "add", TARGET],
    )
}

fn add_rustup_source() -> bool {
    rustup(
        "Add rustup's source of the standard library",
        &["component", "add", "rust-src"],
    )
}

fn rustup(title: &str, arguments: &[&str]) -> bool {
    process::find_on_path("rustup").is_some()
        && process::attempt(title, Command::new("rustup").args(arguments))
}

const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "lld-22",
];
