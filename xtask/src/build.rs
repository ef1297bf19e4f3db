//! `cargo xtask build`: the widget, the worker and the static assets of an environment, and the npm package.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::environment::Environment;
use crate::lock::Lock;
use crate::setup::Setup;
use crate::toolchain::Purpose;
use crate::wasm::{self, Module};
use crate::{assets, package, process, root, scripts, target, worker};

/// Builds everything that an environment serves. What has not changed since the last build is not built again.
///
/// # Errors
/// When a step fails.
pub fn build(setup: &Setup, environment: Environment) -> Result<()> {
    let _lock = Lock::acquire()?;
    let widget = widget(setup, WIDGET)?;
    worker::build(setup, environment)?;
    let scripts = scripts::build(setup)?;
    assets::gather(environment, &widget, &scripts)?;
    package::gather()
}

/// Builds the widget as it is where the standard library's source is missing; returns the folder with its module and glue.
/// `None` where it cannot be built so, or is so anyway.
///
/// # Errors
/// When a step fails.
pub fn plain_widget(setup: &Setup) -> Result<Option<PathBuf>> {
    let Some(toolchain) = setup.toolchain.without_source() else {
        return Ok(None);
    };
    let setup = Setup {
        toolchain,
        ..setup.clone()
    };
    let _lock = Lock::acquire()?;
    widget(&setup, "plain-widget").map(Some)
}

/// Builds the widget, which is the same in every environment; returns the folder with its module and glue.
fn widget(setup: &Setup, name: &'static str) -> Result<PathBuf> {
    let linked = Module {
        package: "kelisim-widget",
        folder: name,
        features: &["browser"],
        profile: "widget",
        purpose: Purpose::Download,
        title: "the widget".to_owned(),
    }
    .compile(setup)?;
    let folder = target().join("wasm/bound").join(name);
    let inputs = [BIND, OPTIMISE, MINIFY].concat();
    let stamp = wasm::stamp(folder.with_extension("stamp"), &linked, &inputs)?;
    if !stamp.is_current() || !folder.is_dir() {
        wasm::bind("Bind the widget", &linked, &folder, BIND)?;
        wasm::optimise(
            setup,
            "Optimise the widget",
            &folder.join("kelisim_widget_bg.wasm"),
            Purpose::Download,
            OPTIMISE,
        )?;
        minify(setup, &folder)?;
        stamp.store()?;
    }
    minify_styles(setup, &folder)?;
    Ok(folder)
}

/// Where the widget is compiled.
const WIDGET: &str = "kelisim-widget";

/// Minifies the glue in its place. It stays a module: the loader imports it.
fn minify(setup: &Setup, folder: &Path) -> Result<()> {
    let glue = folder.join("kelisim_widget.js");
    process::run(
        "Minify the widget's glue",
        setup
            .packages
            .command("esbuild/bin/esbuild")
            .arg(&glue)
            .arg(format!("--outfile={}", glue.display()))
            .args(MINIFY),
    )
}

fn minify_styles(setup: &Setup, folder: &Path) -> Result<()> {
    let styles = STYLES.map(|name| root().join("widget/src/style").join(name));
    process::run(
        "Minify the notice's style",
        setup
            .packages
            .command("esbuild/bin/esbuild")
            .args(styles)
            .arg(format!("--outdir={}", folder.display()))
            .args([
                "--bundle",
                "--minify",
                "--target=chrome123,firefox120,safari17.5",
            ]),
    )
}

/// The style of a notice, and of the one that travels in the loader.
const STYLES: [&str; 2] = ["notice.css", "first.css"];

const BIND: &[&str] = &[
    "--out-name=kelisim_widget",
    "--target=web",
    "--short-import-names",
];

/// For size: the widget is downloaded far more often than it is run. Functions that are not inlined compress better.
const OPTIMISE: &[&str] = &[
    "-Oz",
    "--converge",
    "--one-caller-inline-max-function-size=0",
    "--always-inline-max-function-size=0",
    "--flexible-inline-max-function-size=0",
    "--strip-producers",
    "--strip-target-features",
];

const MINIFY: &[&str] = &["--minify", "--format=esm", "--allow-overwrite"];
