//! The worker: the edge crate as a script that workerd runs.
//!
//! These are the steps of Cloudflare's `worker-build` 0.8.7, with its flags and its shim. `worker-build` itself takes
//! five minutes to install, needs OpenSSL's headers for downloads that we replace, and asks rustup for a nightly
//! toolchain to build what unwinds. When `worker` is upgraded, compare `worker/shim.js` and the flags here with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::assets::Files;
use crate::environment::Environment;
use crate::process;
use crate::setup::Setup;
use crate::target;
use crate::toolchain::Purpose;
use crate::wasm::{self, Module};

/// Builds `index.js` and `index_bg.wasm` of an environment.
///
/// # Errors
/// When a step fails.
pub fn build(setup: &Setup, environment: Environment) -> Result<()> {
    let renderer = renderer(setup)?;
    let linked = module(environment).compile(setup)?;
    let work = target().join("wasm/worker").join(environment.name());
    let rendering = fs::read_to_string(renderer.with_extension("stamp"))?;
    let stamp = wasm::stamp(work.with_extension("stamp"), &linked, &[SHIM, &rendering])?;
    let output = environment.worker_folder();
    if stamp.is_current() && is_there(&output) {
        return Ok(());
    }

    wasm::bind(
        &format!("Bind the edge ({environment})"),
        &linked,
        &work,
        BIND,
    )?;
    // A preview is uploaded nowhere, and built often: a minute each time.
    if environment == Environment::Production {
        wasm::optimise(
            setup,
            &format!("Optimise the edge ({environment})"),
            &work.join("index_bg.wasm"),
            Purpose::Server,
            OPTIMISE,
        )?;
    }
    for file in RENDERER {
        fs::copy(renderer.join(file), work.join(file))?;
    }
    bundle(setup, environment, &work)?;

    let mut files = Files::default();
    files.add("index.js", work.join("bundle.js"));
    for module in MODULES {
        files.add(module, work.join(module));
    }
    files.mirror(&output)?;
    stamp.store()
}

/// Builds the renderer, a module of its own: Yew does not compile for code that unwinds.
fn renderer(setup: &Setup) -> Result<PathBuf> {
    let linked = Module {
        package: "kelisim-renderer",
        folder: "kelisim-widget",
        features: &[],
        profile: "widget",
        purpose: Purpose::Download,
        title: "the renderer".to_owned(),
    }
    .compile(setup)?;
    let folder = target().join("wasm/renderer");
    let stamp = wasm::stamp(folder.with_extension("stamp"), &linked, BIND_RENDERER)?;
    if stamp.is_current() && folder.is_dir() {
        return Ok(folder);
    }
    wasm::bind("Bind the renderer", &linked, &folder, BIND_RENDERER)?;
    wasm::optimise(
        setup,
        "Optimise the renderer",
        &folder.join("render_bg.wasm"),
        Purpose::Download,
        OPTIMISE,
    )?;
    stamp.store()?;
    Ok(folder)
}

/// The edge crate as it is compiled for an environment.
#[must_use]
pub fn module(environment: Environment) -> Module {
    Module {
        package: "kelisim-edge",
        folder: "kelisim-edge",
        features: features(environment),
        profile: "release",
        purpose: Purpose::Server,
        title: format!("the edge ({environment})"),
    }
}

/// The edge crate's features in an environment.
#[must_use]
pub fn features(environment: Environment) -> &'static [&'static str] {
    match environment {
        Environment::Production => &[],
        Environment::Preview => &["preview"],
    }
}

/// Puts glue, snippets and shim into one script.
fn bundle(setup: &Setup, environment: Environment, work: &Path) -> Result<()> {
    let glue = work.join("index.js");
    let glue =
        fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?;
    let shim = work.join("shim.js");
    fs::write(&shim, SHIM.to_owned() + &class_exports(&glue))
        .with_context(|| format!("cannot write {}", shim.display()))?;

    let script = work.join("bundle.js");
    process::run(
        &format!("Bundle the edge ({environment})"),
        setup
            .packages
            .command("esbuild/bin/esbuild")
            .arg(&shim)
            .arg(format!("--outfile={}", script.display()))
            .args(BUNDLE),
    )?;
    // wrangler knows modules of WebAssembly by plain imports only.
    let bundled = fs::read_to_string(&script)?;
    fs::write(&script, bundled.replace("import source ", "import "))?;
    Ok(())
}

/// An export for each class that wasm-bindgen exports: workerd looks Durable Objects up by name.
fn class_exports(glue: &str) -> String {
    let exports = glue.lines().filter_map(|line| {
        let class = line
            .strip_prefix("export class ")?
            .split_whitespace()
            .next()?;
        Some(format!(
            "export const {class} = new Proxy(exports.{class}, classHooks);\n"
        ))
    });
    exports.collect::<Vec<_>>().concat()
}

const SHIM: &str = include_str!("worker/shim.js");

/// Whether everything that is deployed is in the folder.
fn is_there(folder: &Path) -> bool {
    let mut files = MODULES.iter().chain(&["index.js"]);
    files.all(|file| folder.join(file).is_file())
}

/// The modules of WebAssembly: the edge, and the renderer.
const MODULES: [&str; 2] = ["index_bg.wasm", "render_bg.wasm"];

/// What the renderer's glue is made of.
const RENDERER: [&str; 2] = ["render.js", "render_bg.wasm"];

/// It is started by the shim, with the module that the shim imports.
const BIND_RENDERER: &[&str] = &[
    "--out-name=render",
    "--target=web",
    "--experimental-reset-state-function",
];

/// The module can be started afresh after an abort, which its own guard then does.
const BIND: &[&str] = &[
    "--out-name=index",
    "--target=module",
    "--experimental-reset-state-function",
    "--force-enable-abort-handler",
];

/// Function names are kept for the stack traces in logs.
const OPTIMISE: &[&str] = &["-O", "--debuginfo"];

const BUNDLE: &[&str] = &[
    "--external:./index_bg.wasm",
    "--external:./render_bg.wasm",
    "--external:cloudflare:*",
    "--format=esm",
    "--bundle",
    "--minify",
    "--log-level=warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exported_class_and_nothing_else_gets_an_export() {
        let glue = "import x;\nexport class Subject {\n  class Inner {}\n}\nexport function fetch() {}\n\
                    export class Registry {\n}\n";

        assert_eq!(
            class_exports(glue),
            "export const Subject = new Proxy(exports.Subject, classHooks);\n\
             export const Registry = new Proxy(exports.Registry, classHooks);\n"
        );
    }
}
