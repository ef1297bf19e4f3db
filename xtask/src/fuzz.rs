//! `cargo xtask fuzz`: every parser of bytes from outside, under libFuzzer, for as long as one likes.
//!
//! The targets in `tests/fuzz` are those of cargo-fuzz, and can be run by it. Here they are compiled with the same flags by
//! the compiler that is there, which needs no nightly since no sanitizer is asked for: the code has no `unsafe`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::{debian, root, target};

/// Fuzzes each target for so many seconds, or those named; what is found new stays in `target/fuzz/corpus`.
///
/// # Errors
/// When a target does not compile, or finds something: it is then in `target/fuzz/artifacts`.
pub fn run(seconds: u32, names: &[String]) -> Result<()> {
    ensure_compiler()?;
    let all = targets()?;
    let chosen: Vec<&String> = all
        .iter()
        .filter(|name| names.is_empty() || names.contains(name))
        .collect();
    anyhow::ensure!(!chosen.is_empty(), "there are {}", all.join(", "));
    process::run("Compile the fuzz targets", &mut compile()?)?;
    for name in chosen {
        let title = format!("Fuzz {name} for {seconds} s");
        process::run(&title, &mut fuzz(name, seconds)?)?;
    }
    Ok(())
}

/// Whether C++ can be compiled here, which libFuzzer is written in.
#[must_use]
pub fn is_possible() -> bool {
    process::find_on_path("c++").is_some() || debian::can_install()
}

fn ensure_compiler() -> Result<()> {
    if process::find_on_path("c++").is_some() {
        return Ok(());
    }
    anyhow::ensure!(
        debian::can_install(),
        "libFuzzer needs a C++ compiler named `c++`: install one"
    );
    debian::install(&["g++"], "to compile libFuzzer")
}

fn compile() -> Result<Command> {
    let host = process::stdout(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--release", "--locked", "--bins"])
        // With a target, build scripts and macros are not instrumented.
        .args(["--target", host.trim()])
        .arg("--manifest-path")
        .arg(folder().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target().join("fuzz/build"))
        .env("RUSTFLAGS", FLAGS);
    Ok(command)
}

fn fuzz(name: &str, seconds: u32) -> Result<Command> {
    let host = process::stdout(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let program = target()
        .join("fuzz/build")
        .join(host.trim())
        .join("release")
        .join(name);
    let found = target().join("fuzz/corpus").join(name);
    let artifacts = target().join("fuzz/artifacts").join(name);
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command
        .arg(found)
        .arg(folder().join("corpus").join(name))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .args([
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=65536",
            "-print_final_stats=1",
        ]);
    Ok(command)
}

/// The names of the targets.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder().join("fuzz_targets"))? {
        let path = entry?.path();
        let name = path.file_stem().context("a target has a name")?;
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn folder() -> PathBuf {
    root().join("tests/fuzz")
}

/// What cargo-fuzz 0.13 compiles with, but for the sanitizer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
    -Ccodegen-units=1 --cfg fuzzing";
