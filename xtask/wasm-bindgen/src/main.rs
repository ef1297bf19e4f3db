//! wasm-bindgen's command line, as far as Kelisim's builds use it.
//!
//! The CLI has to be the same version as the `wasm-bindgen` crate, to the last digit. As a member of the workspace this
//! one is pinned by `Cargo.lock` beside that crate and needs no install of its own. Flags have the names and meanings of
//! the original, besides `--short-import-names`; TypeScript declarations are never written.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::{Bindgen, Output};

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
    /// Number the imports, whose names hold hashes that no compression makes smaller.
    #[arg(long)]
    short_import_names: bool,
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
    let mut output = bindgen
        .input_path(&arguments.input)
        .out_name(&arguments.out_name)
        .typescript(false)
        .omit_default_module_path(false)
        .reset_state_function(arguments.experimental_reset_state_function)
        .force_enable_abort_handler(arguments.force_enable_abort_handler)
        .generate_output()
        .with_context(|| format!("no glue for {}", arguments.input.display()))?;
    let names = if arguments.short_import_names {
        shorten_import_names(&mut output)
    } else {
        vec![]
    };
    output.emit(&arguments.out_dir)?;
    let glue = arguments.out_dir.join(format!("{}.js", arguments.out_name));
    rename_members(&glue, &arguments.out_name, &names)
}

/// What the module calls the glue that it imports from, in the place of a file name for each import.
const SHORT_MODULE: &str = "a";

/// Numbers the imports of the module; returns each old name with its new one.
fn shorten_import_names(output: &mut Output) -> Vec<(String, String)> {
    let imports = output.wasm_mut().imports.iter_mut();
    imports
        .zip(0..)
        .map(|(import, number): (_, u32)| {
            let short = number.to_string();
            SHORT_MODULE.clone_into(&mut import.module);
            (std::mem::replace(&mut import.name, short.clone()), short)
        })
        .collect()
}

/// Renames members of the object literal by which the glue gives the module its imports.
fn rename_members(glue: &Path, stem: &str, names: &[(String, String)]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let mut text = fs::read_to_string(glue)?;
    let module = format!("\"./{stem}_bg.js\": import0");
    ensure!(
        text.matches(&module).count() == 1,
        "the glue does not give {module} once"
    );
    text = text.replacen(&module, &format!("\"{SHORT_MODULE}\": import0"), 1);
    for (name, short) in names {
        let member = format!("\n        {name}: ");
        ensure!(
            text.matches(&member).count() == 1,
            "the glue does not define {name} once"
        );
        text = text.replacen(&member, &format!("\n        {short}: "), 1);
    }
    fs::write(glue, text)?;
    Ok(())
}
