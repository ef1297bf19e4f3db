//! `kelisim audit`

mod editions;
mod entries;
mod site;
mod state;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use kelisim_shared::{
    evidence::{Check, LogKeys, Report, Trust, Verdict},
    jwk::JwkSet,
    log::{
        checkpoint::{SignedCheckpoint, VerifiedCheckpoint},
        note::VerifierKey,
    },
    software::SoftwareVerifier,
};
use pollster::block_on;
use serde_json::{Value, json};

use self::{
    entries::Entries,
    site::{Answer, Site},
    state::Kept,
};
use crate::{
    output::{self, Outcome},
    trust::TrustArguments,
    verify::{self, Verified},
};

/// Audit the log of a site
///
/// All of it is read, and held against what the log has signed, what it was at the last audit, the editions that the site
/// publishes, and the receipts and archives that are given.
///
/// An audit takes 32 bytes of memory for each entry. A site that limits how often it is asked is waited for.
///
/// As JSON: `{"format":"kelisim-cli/v1", "command":"audit", "verdict":…, "findings":[…],
/// "log":{"origin":…, "size":…, "root":…, "commitments":…, "editions":…} or null,
/// "files":[{"file":…, "kind":…, "verdict":…, "findings":[…], "records":[…]}]}`; for findings see `kelisim verify --help`.
#[derive(Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES, after_long_help = super::EXIT_CODES)]
pub(crate) struct Arguments {
    /// Where the edge is, such as `https://consent.example`.
    url: String,
    /// Receipt files and archives of evidence, whose records have to be in this log.
    files: Vec<PathBuf>,
    /// The file that the checkpoint is kept in until the next audit, in place of one in the user's folder of data. It is
    /// written when nothing was refuted.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<Outcome> {
    let site = Site::new(&arguments.url)?;
    let mut audit = Audit {
        site,
        trust: arguments.trust.read()?,
        report: Report::default(),
    };
    let log = audit.log(arguments)?;
    let files = audit.files(arguments, log.as_ref().map(|log| &log.entries))?;
    let verdicts = files.iter().map(|(_, file)| file.report.verdict());
    let verdict = verdicts.fold(audit.report.verdict(), Ord::min);
    if let Some(log) = &log
        && verdict != Verdict::Refuted
    {
        log.kept.replace(&log.checkpoint)?;
    }
    if json {
        print_json(&audit.report, log.as_ref(), &files, verdict)?;
    } else {
        print(&audit.report, log.as_ref(), &files, verdict);
    }
    Ok(verdict.into())
}

/// An audit that is under way.
struct Audit {
    site: Site,
    trust: Trust,
    report: Report,
}

/// A log that was read whole.
struct Log {
    checkpoint: VerifiedCheckpoint,
    entries: Entries,
    kept: Kept,
}

impl Audit {
    /// Reads the log and checks everything about it; nothing where it cannot be read because it is wrong.
    fn log(&mut self, arguments: &Arguments) -> Result<Option<Log>> {
        let Some(key) = self.keys()? else {
            return Ok(None);
        };
        let kept = match &arguments.state {
            Some(path) => Kept::at(path.clone()),
            None => Kept::of(&key.name)?,
        };
        let before = kept.read()?;
        let Some(checkpoint) = self.checkpoint(&key, before.as_ref())? else {
            return Ok(None);
        };
        let Some(entries) = Entries::read(&self.site, checkpoint.checkpoint(), &mut self.report)?
        else {
            return Ok(None);
        };
        if let Some(before) = before {
            let before = block_on(before.verify(&key, &[], &SoftwareVerifier));
            let result = match before {
                Ok(before) => entries.follows(before.checkpoint()),
                Err(error) => Err(format!("of the checkpoint that was kept: {error}")),
            };
            self.report.add_result(Check::Growth, "log", result);
        }
        editions::examine(&self.site, &entries, &mut self.report)?;
        Ok(Some(Log {
            checkpoint,
            entries,
            kept,
        }))
    }

    /// Settles which key the log signs with.
    fn keys(&mut self) -> Result<Option<VerifierKey>> {
        if let Some(key) = &self.trust.log {
            self.report
                .add(Check::LogKey, "log", Verdict::Proven, key.to_string());
            return Ok(Some(key.clone()));
        }
        let keys = match self.site.get("/v1/log", MAX_KEYS_BYTES)? {
            Answer::Found(keys) => {
                serde_json::from_slice::<LogKeys>(&keys).context("/v1/log is malformed")?
            }
            Answer::Missing => bail!("{} has no log", self.site),
            Answer::Contradiction(reason) => return Ok(self.refuted(reason)),
        };
        let (key, witnesses) = keys.parse().context("/v1/log is malformed")?;
        let detail = format!(
            "the site itself says that it is {key}: compare it with what the operator published"
        );
        self.report
            .add(Check::LogKey, "log", Verdict::Unproven, detail);
        self.trust.log = Some(key.clone());
        self.trust.witnesses = witnesses;
        Ok(Some(key))
    }

    fn checkpoint(
        &mut self,
        key: &VerifierKey,
        before: Option<&SignedCheckpoint>,
    ) -> Result<Option<VerifiedCheckpoint>> {
        let note = match self.site.get("/log/checkpoint", MAX_CHECKPOINT_BYTES)? {
            Answer::Found(note) => String::from_utf8(note).context("the checkpoint is not text")?,
            Answer::Missing if before.is_some() => {
                return Ok(self.refuted(
                    "there is no log any more, and there was one at the last audit".to_owned(),
                ));
            }
            Answer::Missing => bail!("{} has published nothing of its log yet", self.site),
            Answer::Contradiction(reason) => return Ok(self.refuted(reason)),
        };
        let verified = SignedCheckpoint::parse(&note)
            .map(|signed| block_on(signed.verify(key, &self.trust.witnesses, &SoftwareVerifier)));
        match verified.and_then(|verified| verified) {
            Ok(checkpoint) => {
                let tree = checkpoint.checkpoint();
                let detail = format!("{}: {} entries", tree.origin, tree.size);
                self.report
                    .add(Check::Checkpoint, "log", Verdict::Proven, detail);
                let knows_witnesses = !self.trust.witnesses.is_empty();
                self.report
                    .add_witnesses("log", &checkpoint, knows_witnesses);
                Ok(Some(checkpoint))
            }
            Err(error) => Ok(self.refuted(error.to_string())),
        }
    }

    fn refuted<T>(&mut self, reason: String) -> Option<T> {
        self.report
            .add(Check::Checkpoint, "log", Verdict::Refuted, reason);
        None
    }

    /// Verifies the files, and holds their proofs against the log as it is now.
    fn files<'a>(
        &mut self,
        arguments: &'a Arguments,
        entries: Option<&Entries>,
    ) -> Result<Vec<(&'a PathBuf, Verified)>> {
        if arguments.files.is_empty() {
            return Ok(Vec::new());
        }
        if self.trust.keys.is_none() {
            let Answer::Found(keys) = self.site.get("/.well-known/jwks.json", MAX_KEYS_BYTES)?
            else {
                bail!("{} publishes no keys", self.site);
            };
            self.trust.keys =
                Some(JwkSet::parse(&keys).context("/.well-known/jwks.json is malformed")?);
            let detail =
                "the site itself publishes them: compare them with what you know of the operator";
            self.report
                .add(Check::Keys, "keys", Verdict::Unproven, detail);
        }
        let verified = arguments.files.iter().map(|path| {
            let mut verified = verify::verify(path, None, &self.trust)?;
            let logged = std::mem::take(&mut verified.report.logged);
            for logged in logged {
                let result = match entries {
                    Some(entries) => entries.has(&logged),
                    None => Err("the log could not be read".to_owned()),
                };
                verified
                    .report
                    .add_result(Check::LoggedNow, logged.about, result);
            }
            Ok((path, verified))
        });
        verified.collect()
    }
}

fn print(report: &Report, log: Option<&Log>, files: &[(&PathBuf, Verified)], verdict: Verdict) {
    if let Some(log) = log {
        let tree = log.checkpoint.checkpoint();
        println!(
            "{}: {} entries, of which {} are commitments to records and {} editions.",
            tree.origin,
            tree.size,
            log.entries.commitments,
            log.entries.editions.len()
        );
    }
    output::print_report(report);
    for (path, file) in files {
        println!();
        file.print(path);
    }
    println!("{}", output::closing(verdict));
}

fn print_json(
    report: &Report,
    log: Option<&Log>,
    files: &[(&PathBuf, Verified)],
    verdict: Verdict,
) -> Result<()> {
    let log = log.map(|log| {
        let tree = log.checkpoint.checkpoint();
        json!({
            "origin": tree.origin.as_str(),
            "size": tree.size,
            "root": tree.root,
            "commitments": log.entries.commitments,
            "editions": log.entries.editions.len(),
        })
    });
    let mut verified = Vec::with_capacity(files.len());
    for (path, file) in files {
        let mut value = serde_json::to_value(file)?;
        value["file"] = Value::String(path.display().to_string());
        value["verdict"] = serde_json::to_value(file.report.verdict())?;
        verified.push(value);
    }
    let value =
        json!({ "log": log, "verdict": verdict, "findings": report.findings, "files": verified });
    output::print_json("audit", value)
}

/// The longest answer with keys, in bytes.
const MAX_KEYS_BYTES: u64 = 64 * 1024;

/// The longest checkpoint, in bytes: that of a note.
const MAX_CHECKPOINT_BYTES: u64 = 64 * 1024;
