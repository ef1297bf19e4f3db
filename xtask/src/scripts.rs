//! The scripts of `www/loader`, minified for the web views that the module runs in too: Chromium 66, Safari 12.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::assets::files_in;
use crate::process;
use crate::setup::Setup;
use crate::stamp::{self, Stamp};
use crate::{root, target};

/// Builds the scripts; returns the folder with what is served. The edge serves [`LOADER`] and [`SHOW`] as parts of
/// `/kelisim.js`, [`PAGE`] in `/consent`, and the others stay modules.
///
/// # Errors
/// When esbuild refuses one of them.
pub fn build(setup: &Setup) -> Result<PathBuf> {
    let source = root().join("www/loader");
    let folder = target().join("scripts");
    let stamp = stamp(&source)?;
    if stamp.is_current() && folder.is_dir() {
        return Ok(folder);
    }
    process::run(
        "Minify the scripts",
        setup
            .packages
            .command("esbuild/bin/esbuild")
            .args(ENTRIES.map(|(entry, output)| {
                let output = Path::new(output).with_extension("");
                format!("{}={}", output.display(), source.join(entry).display())
            }))
            .arg(format!("--outdir={}", folder.display()))
            .args(MINIFY),
    )?;
    for expression in [LOADER, SHOW, PAGE] {
        let path = folder.join(expression);
        let module = fs::read_to_string(&path)?;
        let text = exported(&module)
            .with_context(|| format!("esbuild writes {expression} in another form: {module}"))?;
        fs::write(&path, text)?;
    }
    stamp.store()?;
    Ok(folder)
}

fn stamp(source: &Path) -> Result<Stamp> {
    let mut inputs = vec![stamp::input(&root().join("package-lock.json"))?];
    for file in files_in(source)? {
        inputs.push(stamp::input(&source.join(file))?);
    }
    inputs.push(format!("{ENTRIES:?} {MINIFY:?}").into_bytes());
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    Ok(Stamp::new(target().join("scripts.stamp"), &inputs))
}

/// The default export of a module that has nothing else, as an expression.
fn exported(module: &str) -> Option<String> {
    let (name, rest) = module.trim_end().strip_prefix("var ")?.split_once('=')?;
    let expression = rest.strip_suffix(&format!(";export{{{name} as default}};"))?;
    Some(format!("({expression})"))
}

/// An expression: the function that the edge calls in `/kelisim.js`.
pub const LOADER: &str = "loader.js";

/// An expression: the function that shows a notice, which the edge adds where it adds a notice.
pub const SHOW: &str = "show.js";

/// An expression: the function that the edge calls in `/consent`.
pub const PAGE: &str = "page.js";

/// What is in `www/loader`, and where it is served.
const ENTRIES: [(&str, &str); 5] = [
    ("kelisim.js", LOADER),
    ("show.js", SHOW),
    ("page.js", PAGE),
    ("host.js", "widget/host.js"),
    ("account.js", "widget/account.js"),
];

/// Chromium 66 and Safari 12 know ES2019, and of later editions `import()` and `import.meta`.
const MINIFY: &[&str] = &[
    "--bundle",
    "--external:./account.js",
    "--minify",
    "--format=esm",
    "--charset=utf8",
    "--target=es2019",
    "--supported:dynamic-import=true",
    "--supported:import-meta=true",
    "--log-level=warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_with_one_export_is_an_expression() {
        for (module, expression) in [
            ("var e=()=>1;export{e as default};\n", Some("(()=>1)")),
            ("var e=()=>f,f=1;export{e as default};", Some("(()=>f,f=1)")),
            ("export default 1;", None),
            ("var e=1;export{e as default,e as f};", None),
        ] {
            assert_eq!(exported(module).as_deref(), expression, "{module}");
        }
    }
}
