//! From Rust to a WebAssembly module with its JavaScript glue: cargo, wasm-bindgen, wasm-opt.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::setup::Setup;
use crate::stamp::{self, Stamp};
use crate::toolchain::{Purpose, TARGET};
use crate::{root, target};

/// A crate that becomes a WebAssembly module.
#[derive(Debug)]
pub struct Module {
    /// The package's name.
    pub package: &'static str,
    /// Where it is built, in `target/wasm`: what is built for the same purpose shares what it depends on.
    pub folder: &'static str,
    /// The features that it is built with.
    pub features: &'static [&'static str],
    /// The cargo profile.
    pub profile: &'static str,
    /// What it is made for.
    pub purpose: Purpose,
    /// What it is called in messages.
    pub title: String,
}

impl Module {
    /// Compiles and links the crate; returns the module that wasm-bindgen reads.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn compile(&self, setup: &Setup) -> Result<PathBuf> {
        let folder = target().join("wasm").join(self.folder);
        let mut cargo = setup.toolchain.build(self.profile, self.purpose);
        cargo
            // worker's macros then call js-sys for futures, as worker-build has them do.
            .env("WASM_BINDGEN_USE_JS_SYS", "1")
            .args(["--package", self.package, "--lib", "--crate-type=cdylib"])
            .arg("--target-dir")
            .arg(&folder);
        if !self.features.is_empty() {
            cargo.arg("--features").arg(self.features.join(","));
        }
        process::run(&format!("Compile {}", self.title), &mut cargo)?;
        Ok(folder
            .join(TARGET)
            .join(self.profile)
            .join(self.package.replace('-', "_"))
            .with_extension("wasm"))
    }
}

/// What decides wasm-bindgen's and wasm-opt's output for one linked module: the module and the versions of the tools.
///
/// # Errors
/// When one of the files cannot be read.
pub fn stamp(file: PathBuf, linked: &Path, more: &[&str]) -> Result<Stamp> {
    let linked = stamp::input(linked)?;
    let cargo_lock = stamp::input(&root().join("Cargo.lock"))?;
    let npm_lock = stamp::input(&root().join("package-lock.json"))?;
    let mut inputs: Vec<&[u8]> = vec![&linked, &cargo_lock, &npm_lock];
    inputs.extend(more.iter().map(|text| text.as_bytes()));
    Ok(Stamp::new(file, &inputs))
}

/// Writes the glue and the module that fits it into a fresh `folder`.
///
/// # Errors
/// When wasm-bindgen refuses the module.
pub fn bind(title: &str, linked: &Path, folder: &Path, flags: &[&str]) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    // In a folder of its own, so that it waits for no other cargo.
    let cargo = |action: &str| {
        let mut cargo = Command::new("cargo");
        cargo
            .args([action, "--quiet", "--package", "wasm-bindgen-runner"])
            .arg("--target-dir")
            .arg(target().join("wasm/bindgen"));
        cargo
    };
    process::run("Compile wasm-bindgen", &mut cargo("build"))?;
    process::run(
        title,
        cargo("run")
            .arg("--")
            .arg(linked)
            .arg("--out-dir")
            .arg(folder)
            .args(flags),
    )
}

/// Optimises a module in its place.
///
/// # Errors
/// When wasm-opt fails.
pub fn optimise(
    setup: &Setup,
    title: &str,
    module: &Path,
    purpose: Purpose,
    flags: &[&str],
) -> Result<()> {
    let optimised = module.with_extension("optimised");
    process::run(
        title,
        setup
            .packages
            .command("binaryen/bin/wasm-opt")
            .args([
                module.as_os_str(),
                OsStr::new("--output"),
                optimised.as_os_str(),
            ])
            .args(flags)
            .args(setup.toolchain.features(purpose)),
    )?;
    fs::rename(&optimised, module).with_context(|| format!("cannot replace {}", module.display()))
}
