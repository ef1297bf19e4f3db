//! What is printed, and the exit code.

use std::process::ExitCode;

use anyhow::Result;
use kelisim_shared::{
    date,
    evidence::{Check, Finding, Report, Verdict},
    language::Language,
    record::{Event, Ground, Place, Record, Source},
    text::is_hidden,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is proven, or done.
    Proven,
    /// Something is refuted.
    Refuted,
    /// Something is not proven.
    Unproven,
    /// Something could not be read or fetched.
    Unreadable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Proven => 0,
            Outcome::Refuted => 1,
            Outcome::Unproven => 3,
            Outcome::Unreadable => 4,
        })
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Refuted => Self::Refuted,
            Verdict::Unproven => Self::Unproven,
            Verdict::Proven | Verdict::Beyond => Self::Proven,
        }
    }
}

/// Prints a value as JSON, with what every output of this program has.
pub(crate) fn print_json(command: &str, value: impl Serialize) -> Result<()> {
    let mut value = serde_json::to_value(value)?;
    if let Value::Object(members) = &mut value {
        members.insert("format".into(), FORMAT.into());
        members.insert("command".into(), command.into());
    }
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}

/// The shape of the JSON. It gets another name when a member changes or goes; new members may come.
const FORMAT: &str = "kelisim-cli/v1";

/// Prints what came of checks, in words: what the records say, whether that is proven or not, then what is refuted, not proven, proven, and beyond proof.
pub(crate) fn print_report(report: &Report) {
    let mut told = report
        .records
        .iter()
        .filter(|record| is_told(record))
        .peekable();
    if told.peek().is_some() {
        println!("It says:");
    }
    for record in told {
        println!("  {}", plain(&sentence(record)));
    }
    for verdict in [
        Verdict::Refuted,
        Verdict::Unproven,
        Verdict::Proven,
        Verdict::Beyond,
    ] {
        let findings: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .collect();
        if verdict == Verdict::Refuted || verdict == Verdict::Unproven && findings.len() <= FEW {
            findings.into_iter().for_each(print_finding);
        } else {
            print_together(verdict, &findings);
        }
    }
}

/// How many findings that something is not proven are told one by one.
const FEW: usize = 10;

fn print_finding(finding: &Finding) {
    let (mark, claim) = marked(finding.verdict, finding.check);
    let detail = match finding.detail.as_str() {
        "" => String::new(),
        detail => format!(": {detail}"),
    };
    println!("{mark} {claim} ({}){}", about(finding), plain(&detail));
}

/// Tells findings of the same check in one line.
fn print_together(verdict: Verdict, findings: &[&Finding]) {
    let mut checks: Vec<Check> = Vec::new();
    for finding in findings {
        if !checks.contains(&finding.check) {
            checks.push(finding.check);
        }
    }
    for check in checks {
        let mut same = findings.iter().filter(|finding| finding.check == check);
        let (mark, claim) = marked(verdict, check);
        match (same.next(), same.count()) {
            (Some(only), 0) => print_finding(only),
            (Some(first), others) => {
                let why = match (verdict, first.detail.as_str()) {
                    (Verdict::Proven, _) | (_, "") => String::new(),
                    (_, detail) => format!(": {}", plain(detail)),
                };
                println!("{mark} {claim} ({} and {others} more){why}", about(first));
            }
            (None, _) => {}
        }
    }
}

const fn marked(verdict: Verdict, check: Check) -> (&'static str, &'static str) {
    let mark = match verdict {
        Verdict::Proven => "✓",
        Verdict::Refuted => "✗ REFUTED:",
        Verdict::Unproven => "? not proven:",
        Verdict::Beyond => "· no file can prove:",
    };
    (mark, check.claim())
}

/// The verdict on a whole, in words.
pub(crate) const fn closing(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Refuted => "Refuted: do not rely on it.",
        Verdict::Unproven => "Nothing is refuted, but not everything is proven.",
        Verdict::Proven | Verdict::Beyond => "Everything that can be proven is.",
    }
}

/// Whether a record is told of in words: what bears on whether an edition is accepted.
const fn is_told(record: &Record) -> bool {
    matches!(
        record.event,
        Event::Accepted(_) | Event::Withdrawn(_) | Event::Terminated(_)
    )
}

/// What a record says.
fn sentence(record: &Record) -> String {
    let when = moment(record.recorded_at);
    let who = short(&record.subject);
    let what = match &record.event {
        Event::Accepted(acceptance) => {
            let edition = short(&acceptance.edition);
            let how = match &acceptance.ground {
                Ground::Explicit { shown, control } => {
                    format!(
                        "by pressing “{}” below the text in {}",
                        control.name(),
                        shown.language
                    )
                }
                Ground::Implied { deadline, place } => {
                    let place = match place {
                        Place::Web { origin } => origin.as_str(),
                        Place::App { app } => app.as_str(),
                    };
                    format!(
                        "by going on to use {place} after {}",
                        moment(deadline.instant())
                    )
                }
            };
            let known = match &acceptance.source {
                Source::Device { .. } => "signed by the device",
                Source::Session { .. } => "by the form, with no key of a device",
                Source::Service { .. } => "as the host's backend reported",
            };
            format!("accepted edition {edition} {how}, {known}")
        }
        Event::Withdrawn(withdrawal) => {
            format!(
                "withdrew, with effect from {}",
                moment(withdrawal.effective_at)
            )
        }
        Event::Terminated(termination) => {
            format!("ended the user agreement on {}", termination.ended_on)
        }
        _ => "did something else".to_owned(),
    };
    format!("{when}: person {who} {what}.")
}

/// An instant as people write it.
pub(crate) fn moment(instant: Timestamp) -> String {
    date::moment(Language::En, instant)
}

/// What a finding is about, with the beginnings of ids only.
fn about(finding: &Finding) -> String {
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let parts = finding.about.split_inclusive(|c| !is_hex(c));
    let shortened = parts.map(|part| {
        let id = part.trim_end_matches(|c| !is_hex(c));
        if id.len() == 64 {
            [&id[..12], "…", &part[64..]].concat()
        } else {
            part.to_owned()
        }
    });
    plain(&shortened.collect::<String>())
}

/// Text from outside, without characters by which it could make a terminal show something else.
pub(crate) fn plain(text: &str) -> String {
    let visible = |c| {
        if is_hidden(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(visible).collect()
}

/// The beginning of a long name.
fn short(name: &impl ToString) -> String {
    name.to_string().chars().take(12).collect()
}
