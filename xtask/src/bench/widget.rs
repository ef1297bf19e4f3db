//! `cargo xtask bench widget`: ours and its peers in real Chromium, served alike.
//!
//! The pages, what is measured on them and how are in `tests/bench`; here are the edges that ours are served by, and what
//! becomes of the figures.

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use super::comparison::Comparison;
use super::ratios::{Ratio, goals};
use super::{folder, free_ports, install_packages, results, sources};
use crate::environment::Environment;
use crate::npm::Packages;
use crate::secrets::Secrets;
use crate::server::{Options, Server};
use crate::setup::Setup;
use crate::{browsers, build, process, seed};

/// Measures, prints and writes the results; tells whether every goal is reached.
///
/// # Errors
/// When something cannot be built or measured.
pub fn run(runs: u32) -> Result<bool> {
    let setup = Setup::install()?;
    browsers::install()?;
    install_packages()?;
    build::build(&setup, Environment::Preview)?;
    bundle(&setup.packages)?;

    let comparison = measure(&setup.packages, runs)?;
    let ratios = comparison.ratios()?;
    let section = section(&comparison, &ratios, runs)?;
    println!("{section}");
    results::write("Widget", &section)?;
    Ok(ratios.iter().all(Ratio::is_held))
}

/// Bundles the one peer that comes as a library for bundlers.
fn bundle(packages: &Packages) -> Result<()> {
    process::run(
        "Bundle @c15t/react",
        packages
            .command("esbuild/bin/esbuild")
            .arg(sources().join("pages/c15t/main.jsx"))
            .arg(format!(
                "--outdir={}",
                folder().join("bundles/c15t").display()
            ))
            .args(["--bundle", "--minify", "--format=esm", "--jsx=automatic"])
            .arg(r#"--define:process.env.NODE_ENV="production""#),
    )
}

fn measure(packages: &Packages, runs: u32) -> Result<Comparison> {
    let [site, quiet, change] = free_ports()?;
    let quiet_edge = start_edge("quiet", site)?;
    let change_edge = start_edge("change", site)?;
    let pictures = folder().join("pictures");
    fs::create_dir_all(&pictures)?;
    let output = folder().join("widget.json");
    let config = folder().join("config.json");
    let browser = ["chromium", "google-chrome"]
        .into_iter()
        .find_map(process::find_on_path)
        .context("the browser is not on PATH")?;
    let described = json!({
        "runs": runs,
        "browser": browser,
        "arguments": ARGUMENTS,
        "port": site,
        "edges": {
            "quiet": { "upstream": quiet_edge.url(), "port": quiet },
            "change": { "upstream": change_edge.url(), "port": change },
        },
        "edition": seed::publish_request(&seed::first_edition())?,
        "bundles": folder().join("bundles"),
        "pictures": pictures,
        "output": output,
    });
    fs::write(&config, described.to_string())?;
    process::run(
        "Open each page in Chromium",
        packages
            .command(&sources().join("run.js").display().to_string())
            .arg(config),
    )?;
    serde_json::from_slice(&fs::read(&output)?).context("the measurements are not as expected")
}

/// An edge of its own with the first edition, which takes requests from the host's site.
fn start_edge(name: &str, site: u16) -> Result<Server> {
    let folder = folder().join("edges").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let secrets = folder.join("secrets.env");
    Secrets::for_preview()?.write(&secrets)?;
    let origins = json!([format!("http://127.0.0.1:{site}")]).to_string();
    let server = Server::start(&Options {
        vars: vec![("ALLOWED_ORIGINS".to_owned(), origins)],
        ..Options::new(Environment::Preview, folder.join("state"), secrets)
    })?;
    seed::publish_if_missing(server.url(), &seed::first_edition())?;
    Ok(server)
}

fn section(comparison: &Comparison, ratios: &[Ratio], runs: u32) -> Result<String> {
    let held = ratios.iter().filter(|ratio| ratio.is_held()).count();
    Ok(format!(
        "`cargo xtask bench widget --runs {runs}`. {}; {}. Visits repeated because the browser was stuck: {}.\n\n{METHOD}\n\
         ### Goals: {held} of {} held\n\n{}\n\
         ### Throttled\n\n{}\n\
         ### Not throttled\n\n{}",
        results::circumstances()?,
        comparison.browser,
        comparison.repeats,
        ratios.len(),
        goals(["ours", "theirs"], ratios),
        comparison.tables(true),
        comparison.tables(false),
    ))
}

const ARGUMENTS: &[&str] = &[
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// How it was measured, for the reader of the results.
const METHOD: &str = include_str!("../../../tests/bench/widget.md");
