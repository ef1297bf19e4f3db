//! The contract with hosts, and the npm package that states it: that both are what the types say.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use kelisim_shared::host;
use serde_json::Value;
use xtask::{contract, npm::Packages, package};

#[test]
fn the_committed_contract_is_what_the_types_say() -> Result<()> {
    for (path, text) in [
        (contract::declarations_path(), host::declarations()),
        (contract::schema_path(), host::schema()),
    ] {
        ensure!(
            fs::read_to_string(&path)? == text,
            "{} is stale: run `cargo xtask contract`",
            path.display()
        );
    }
    Ok(())
}

#[test]
fn hosts_compile_against_the_declarations() -> Result<()> {
    let compiled = Packages::installed()?
        .command("typescript/bin/tsc")
        .args(["--noEmit", "--strict", "--exactOptionalPropertyTypes"])
        .args(["--target", "es2022", "--lib", "es2022,dom"])
        .args(["--module", "esnext", "--moduleResolution", "bundler"])
        .arg(xtask::root().join("tests/typescript/host.ts"))
        .output()?;
    ensure!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stdout)
    );
    Ok(())
}

#[test]
fn the_package_can_be_packed_and_is_complete() -> Result<()> {
    let packed = Command::new("npm")
        .args(["pack", "--dry-run", "--json"])
        .current_dir(package::folder())
        .output()?;
    let packed: Value = serde_json::from_slice(&packed.stdout)
        .with_context(|| String::from_utf8_lossy(&packed.stderr).into_owned())?;
    assert_eq!(packed[0]["name"], "kelisim");
    assert_eq!(packed[0]["version"], env!("CARGO_PKG_VERSION"));
    let files = packed[0]["files"].as_array().context("files")?;
    let mut files: Vec<&str> = files
        .iter()
        .filter_map(|file| file["path"].as_str())
        .collect();
    files.sort_unstable();
    assert_eq!(
        files,
        [
            "LICENSE",
            "README.md",
            "kelisim.d.ts",
            "kelisim.js",
            "kelisim.schema.json",
            "package.json"
        ]
    );
    Ok(())
}
