//! `kelisim verify`

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use kelisim_shared::{
    evidence::{self, Kind, Report, Trust, Verdict},
    software::SoftwareVerifier,
};
use pollster::block_on;
use serde::Serialize;

use crate::{
    files,
    output::{self, Outcome},
    trust::TrustArguments,
};

/// Verify a receipt, a proof or an archive of evidence, without any network
///
/// A file is told apart by its content: a receipt alone or with what proves it, an archive of evidence, a proof by the log, an
/// edition, or a chain of records.
///
/// As JSON: `{"format":"kelisim-cli/v1", "command":"verify", "kind":…, "verdict":"proven"|"unproven"|"refuted",
/// "findings":[{"check":…, "about":…, "verdict":"proven"|"unproven"|"refuted"|"beyond", "detail":…}], "records":[…]}`,
/// where `detail` is for people, and missing where there is nothing to add.
#[derive(Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES, after_long_help = super::EXIT_CODES)]
pub(crate) struct Arguments {
    /// The file, or - for standard input.
    file: PathBuf,
    /// What a proof alone is a proof of: a file with the record, its receipt, or the edition.
    #[arg(long, value_name = "FILE")]
    of: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

/// What came of verifying a file.
#[derive(Serialize)]
pub(crate) struct Verified {
    kind: Kind,
    verdict: Verdict,
    #[serde(flatten)]
    pub(crate) report: Report,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<Outcome> {
    let trust = arguments.trust.read()?;
    let verified = verify(&arguments.file, arguments.of.as_deref(), &trust)?;
    if json {
        output::print_json("verify", &verified)?;
    } else {
        verified.print(&arguments.file);
        println!("{}", output::closing(verified.verdict));
    }
    Ok(verified.verdict.into())
}

/// Verifies a file.
pub(crate) fn verify(file: &Path, of: Option<&Path>, trust: &Trust) -> Result<Verified> {
    let bytes = files::read(file)?;
    let of = of.map(files::read).transpose()?;
    let Some(kind) = Kind::of(&bytes) else {
        bail!("{} is nothing that can be verified here", file.display());
    };
    let verify = evidence::verify(kind, &bytes, of.as_deref(), trust, &SoftwareVerifier);
    let report = block_on(verify);
    Ok(Verified {
        kind,
        verdict: report.verdict(),
        report,
    })
}

impl Verified {
    /// Tells it in words.
    pub(crate) fn print(&self, file: &Path) {
        println!("{} is {}.", file.display(), self.kind.name());
        output::print_report(&self.report);
    }
}
