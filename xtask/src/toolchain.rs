//! A Rust toolchain that compiles to WebAssembly.
//!
//! Two routes lead to one, and [`Toolchain`] is the same after either:
//!
//! - rustup: the toolchain in use, with its `wasm32-unknown-unknown` target added, and `rust-src` where it can be had
//! - Debian: the packages `rustc-web`, `cargo-web` and `rust-web-src`, with LLVM's linker, for machines whose rustup
//!   has no network
//!
//! The standard library is rebuilt from source where that is installed: the edge then unwinds from panics, which the
//! shipped library cannot do, and the widget's is made for size and for old engines. `-Zbuild-std` is unstable, so those
//! builds set `RUSTC_BOOTSTRAP`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{debian, process, progress};

/// The target triple of everything that runs in a browser or in workerd.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A toolchain that compiles to [`TARGET`].
#[derive(Clone, Debug)]
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

/// What a module is made for, as far as the standard library can be rebuilt for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A server: the request that panicked fails, and the module goes on.
    Server,
    /// A download: small, and read by every engine since WebAssembly's first version. A panic says nothing and leaves
    /// the module dead.
    Download,
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

    /// Cargo's build (`rustc`, which can choose the crate's type) with `profile` for [`TARGET`], and the standard library rebuilt for `purpose` where its source is
    /// there.
    #[must_use]
    pub fn build(&self, profile: &str, purpose: Purpose) -> Command {
        let mut command = self.configured(&self.cargo);
        command.args(["rustc", "--target", TARGET, "--profile", profile]);
        let mut flags = match purpose {
            Purpose::Server => vec![],
            Purpose::Download => DOWNLOAD.to_vec(),
        };
        if self.has_source() {
            match purpose {
                Purpose::Server => {
                    rebuild_standard_library(&mut command, "std,panic_unwind");
                    flags.push("-Cpanic=unwind");
                }
                Purpose::Download => {
                    rebuild_standard_library(&mut command, "std,panic_abort");
                    flags.extend(REBUILT_DOWNLOAD);
                    command
                        .arg("-Zbuild-std-features=optimize_for_size")
                        .arg("-Zpanic-immediate-abort")
                        .arg("--config")
                        .arg(format!("profile.{profile}.panic='immediate-abort'"));
                }
            }
        }
        if !flags.is_empty() {
            command.env("RUSTFLAGS", flags.join(" "));
        }
        command
    }

    /// Whether [`build`](Self::build) rebuilds the standard library.
    #[must_use]
    pub fn has_source(&self) -> bool {
        self.standard_library != StandardLibrary::Compiled
    }

    /// The same without the standard library's source, as on a machine that has none; `None` where there is no other.
    #[must_use]
    pub fn without_source(&self) -> Option<Self> {
        (self.standard_library == StandardLibrary::Both).then(|| Self {
            standard_library: StandardLibrary::Compiled,
            ..self.clone()
        })
    }

    /// The features of WebAssembly that a module built for `purpose` may use, as flags of wasm-opt. Not
    /// `--all-features`: that would let wasm-opt use encodings that engines do not read yet.
    #[must_use]
    pub fn features(&self, purpose: Purpose) -> &'static [&'static str] {
        if self.has_source() && purpose == Purpose::Download {
            FIRST_FEATURES
        } else {
            FEATURES
        }
    }

    /// Clippy for [`TARGET`].
    #[must_use]
    pub fn clippy(&self) -> Command {
        let mut command = self.configured(&self.clippy);
        command.args(["clippy", "--target", TARGET]);
        if self.standard_library == StandardLibrary::Source {
            rebuild_standard_library(&mut command, "std,panic_abort");
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
                 abort when it panics, which fails requests beside the one that panicked, and the widget is larger",
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

fn rebuild_standard_library(command: &mut Command, crates: &str) {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(format!("-Zbuild-std={crates}"));
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

/// Rolled SHA-256 instead of unrolled, and 128 KiB of stack instead of 1 MiB.
const DOWNLOAD: &[&str] = &[
    "--cfg=sha2_backend_soft=\"compact\"",
    "-Clink-arg=-zstack-size=131072",
];

/// For modules whose standard library is rebuilt: nothing that only says where and why a panic was, and instructions of
/// the first version of WebAssembly (Android's `WebView` 57, iOS 11).
const REBUILT_DOWNLOAD: &[&str] = &[
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    "-Ctarget-cpu=mvp",
];

/// What `rustc` enables for [`TARGET`] and wasm-bindgen relies on.
const FEATURES: &[&str] = &[
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// What is left of them with `target-cpu=mvp`.
const FIRST_FEATURES: &[&str] = &["--mvp-features", "--enable-mutable-globals"];

const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "lld-22",
];
