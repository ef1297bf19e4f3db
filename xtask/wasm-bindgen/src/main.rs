//! wasm-bindgen's command line, as far as Kelisim's builds use it.
//!
//! The CLI has to be the same version as the `wasm-bindgen` crate, to the last digit. As a member of the workspace this
//! one is pinned by `Cargo.lock` beside that crate and needs no install of its own. Flags have the names and meanings of
//! the original; TypeScript declarations are never written.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

/// Writes the JavaScript glue of a WebAssembly module, and the module that fits it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The module as the linker wrote it.
    input: PathBuf,
    /// Folder for the glue and the module.
    #[arg(long)]
    out_dir: PathBuf,
    /// Name of the output files: `NAME.js` and `NAME_bg.wasm`.
    #[arg(long)]
    out_name: String,
    /// What loads the glue.
    #[arg(long, value_enum)]
    target: Target,
    /// Export `__wbg_reset_state`, which starts the module afresh.
    #[arg(long)]
    experimental_reset_state_function: bool,
    /// Call the handler that the module registered when it aborts, even without exception handling.
    #[arg(long)]
    force_enable_abort_handler: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// A browser: the glue fetches the module beside it.
    Web,
    /// A bundler that knows source phase imports of WebAssembly.
    Module,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut bindgen = Bindgen::new();
    match arguments.target {
        Target::Web => bindgen.web(true)?,
        Target::Module => bindgen.module(true)?,
    };
    bindgen
        .input_path(&arguments.input)
        .out_name(&arguments.out_name)
        .typescript(false)
        .omit_default_module_path(false)
        .reset_state_function(arguments.experimental_reset_state_function)
        .force_enable_abort_handler(arguments.force_enable_abort_handler)
        .generate(&arguments.out_dir)
        .with_context(|| format!("no glue for {}", arguments.input.display()))
}
