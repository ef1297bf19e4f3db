//! `cargo xtask sizes`: what users download and what Cloudflare counts, each against its budget.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::environment::Environment;
use crate::setup::Setup;
use crate::{build, scripts, stamp, target};

/// Prints the sizes of the production build as a table: also that of the widget where the standard library's source is missing,
/// and that of the loader as the edge served it to the tests while an edition's clock ran.
///
/// # Errors
/// When an artifact is missing or over its budget.
pub fn report(setup: &Setup) -> Result<()> {
    let mut table = format!(
        "{:<NAME$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}   budget\n",
        "bytes", "raw", "gzip", "brotli"
    );
    let mut over = Vec::new();
    for artifact in artifacts(setup)? {
        let parts = artifact.parts.iter();
        let parts = parts.map(|(_, path)| Size::of(path, artifact.call, artifact.unit));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        if parts.len() > 1 {
            for ((name, _), size) in artifact.parts.iter().zip(&parts) {
                row(&mut table, &format!("  {name}"), *size, "");
            }
        }
        let total = parts.into_iter().reduce(Size::plus).unwrap_or_default();
        let (used, unit) = match total.brotli {
            Some(brotli) => (brotli, "brotli"),
            None => (total.gzip, "gzip"),
        };
        let percent = used * 100 / artifact.budget;
        let budget = format!("{percent} % of {} {unit}", grouped(artifact.budget));
        row(&mut table, artifact.name, total, &budget);
        if used > artifact.budget {
            over.push(artifact.name);
        }
    }
    println!("{table}");
    ensure!(
        over.is_empty(),
        "over budget: {}. The budgets are in xtask/src/sizes.rs",
        over.join(", ")
    );
    Ok(())
}

/// Something that is downloaded or uploaded as a whole.
struct Artifact {
    name: &'static str,
    parts: Vec<(&'static str, PathBuf)>,
    /// What the edge writes behind it.
    call: &'static str,
    /// In bytes, under the encoding that counts.
    budget: usize,
    unit: Unit,
}

#[derive(Clone, Copy)]
enum Unit {
    /// At quality 11, as static assets are served.
    Brotli,
    /// At level 6, as wrangler reports the size of an upload. Nobody downloads that, so it has no size under Brotli.
    Gzip,
}

/// The loader with a notice in it, as a test got it from the edge.
#[must_use]
pub fn carrying_loader() -> PathBuf {
    target().join("served/kelisim.js")
}

fn artifacts(setup: &Setup) -> Result<Vec<Artifact>> {
    let assets = Environment::Production.assets_folder();
    let worker = Environment::Production.worker_folder();
    let widget = |name, folder: PathBuf, budget| Artifact {
        name,
        parts: vec![
            ("wasm", folder.join("kelisim_widget_bg.wasm")),
            ("glue", folder.join("kelisim_widget.js")),
        ],
        call: "",
        budget,
        unit: Unit::Brotli,
    };
    let mut artifacts = vec![
        Artifact {
            name: "loader",
            parts: vec![("kelisim.js", assets.join(scripts::LOADER))],
            // The beginning of some edition's id.
            call: r#"("5b0c7db0a8a8");"#,
            // Every visitor of every page downloads it, and who has nothing to do mostly nothing else.
            budget: 1_024,
            unit: Unit::Brotli,
        },
        Artifact {
            name: "host",
            parts: vec![("host.js", assets.join("widget/host.js"))],
            call: "",
            budget: 3_000,
            unit: Unit::Brotli,
        },
        Artifact {
            name: "account",
            parts: vec![("account.js", assets.join("widget/account.js"))],
            call: "",
            budget: 2_600,
            unit: Unit::Brotli,
        },
        widget(
            "widget",
            assets.join("widget"),
            if setup.toolchain.has_source() {
                SMALL
            } else {
                PLAIN
            },
        ),
        Artifact {
            name: "worker",
            parts: vec![
                ("wasm", worker.join("index_bg.wasm")),
                ("renderer", worker.join("render_bg.wasm")),
                ("script", worker.join("index.js")),
            ],
            call: "",
            // Less than half of what Cloudflare takes on its free plan: 3 MB "after compression"
            // (Workers documentation, "Limits", "Worker size").
            budget: 1_300_000,
            unit: Unit::Gzip,
        },
    ];
    if let Some(folder) = build::plain_widget(setup)? {
        artifacts.push(widget("no source", folder, PLAIN));
    }
    if carrying_loader().is_file() {
        artifacts.push(Artifact {
            name: "carrying",
            parts: vec![("kelisim.js", carrying_loader())],
            call: "",
            // About a third of what the smallest peer costs everybody, which is osano's cookieconsent: see `tests/bench`.
            budget: 2_250,
            unit: Unit::Brotli,
        });
    }
    Ok(artifacts)
}

/// What a phone downloads for the first notice.
const SMALL: usize = 61_440;

/// The same where the standard library's source is missing.
const PLAIN: usize = 80_000;

/// A file's size in bytes: as it is, and compressed.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: Option<usize>,
}

impl Size {
    fn of(path: &Path, call: &str, unit: Unit) -> Result<Self> {
        let mut bytes = stamp::input(path)?;
        bytes.extend(call.as_bytes());
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(6));
        gzip.write_all(&bytes)?;
        let brotli = match unit {
            Unit::Brotli => Some(brotli_length(&bytes)?),
            Unit::Gzip => None,
        };
        Ok(Self {
            raw: bytes.len(),
            gzip: gzip.finish()?.len(),
            brotli,
        })
    }

    fn plus(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli.zip(other.brotli).map(|(a, b)| a + b),
        }
    }
}

fn brotli_length(bytes: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed.len())
}

fn row(table: &mut String, name: &str, size: Size, budget: &str) {
    let (raw, gzip) = (grouped(size.raw), grouped(size.gzip));
    let brotli = size.brotli.map_or_else(String::new, grouped);
    let line = format!("{name:<NAME$}{raw:>NUMBER$}{gzip:>NUMBER$}{brotli:>NUMBER$}   {budget}");
    // Writing to a string does not fail.
    let _ = writeln!(table, "{}", line.trim_end());
}

/// A number with a comma after each third digit.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Widths of the table's columns, in characters.
const NAME: usize = 10;
const NUMBER: usize = 12;

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn groups_digits_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
