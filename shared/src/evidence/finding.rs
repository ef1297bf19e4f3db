//! What was checked, and what came of it.

use serde::Serialize;

use crate::{
    digest::Sha256Digest,
    log::checkpoint::VerifiedCheckpoint,
    record::{Event, Record},
    time::Timestamp,
};

/// Everything that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The checks, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// The records that it is about, whatever came of the checks.
    pub records: Vec<Record>,
    /// What was proven to be in the log.
    #[serde(skip)]
    pub logged: Vec<Logged>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// Of what: the path of a file in an archive, or the name of a part of a document.
    pub about: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What there is to add, in words: why not, by which key, since when. Empty where there is nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What came of a check, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is not so.
    Refuted,
    /// It may be so, and what is at hand does not prove it: whoever has more can.
    Unproven,
    /// It is so.
    Proven,
    /// No file can prove it. It is said so that nobody takes it for proven.
    Beyond,
}

/// That an entry is in the log, as a proof has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// What is logged: the path of a file in an archive, or the name of a part of a document.
    pub about: String,
    /// The place of the entry, from 0.
    pub index: u64,
    /// The hash of the entry in the tree.
    pub leaf: Sha256Digest,
    /// How many entries the tree had.
    pub size: u64,
    /// The root that it had.
    pub root: Sha256Digest,
}

/// Declares the checks, each documented by what is so if it is proven.
macro_rules! checks {
    ($($(#[doc = $claim:literal])+ $name:ident,)+) => {
        /// What is checked. As JSON: its name in lower case, words joined by hyphens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Check {
            $($(#[doc = $claim])+ $name,)+
        }

        impl Check {
            /// What is so if it is proven.
            #[must_use]
            pub const fn claim(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($claim),+).trim_ascii_start(),)+
                }
            }
        }
    };
}

checks! {
    /// It is of the documented form
    Form,
    /// The operator's keys are known from elsewhere
    Keys,
    /// The log's key is known from elsewhere
    LogKey,
    /// The issuer has signed the list of the files
    Manifest,
    /// The files are those of the list, all of them and no others
    Files,
    /// The records are one person's whole chain, in order
    Chain,
    /// Nothing was recorded after the last of these records
    Complete,
    /// The issuer has signed the receipt
    Receipt,
    /// It is the receipt of this record
    ReceiptRecord,
    /// It is the message that the record names by its hash
    Message,
    /// The message says what the record says
    MessageContent,
    /// The message was made when and for whom the record says
    Freshness,
    /// It is in the log
    Logged,
    /// A witness has seen the log as it was then
    Witnessed,
    /// The edition is what its id says, to the letter
    Edition,
    /// The text is the edition's
    Text,
    /// The edition and the text that the record names are at hand
    Subject,
    /// The presentation that the record names is on record
    Presentation,
    /// The deadline is the one that the rule and the calendar lead to
    Deadline,
    /// The calendar is the one of that name
    Calendar,
    /// The app was used at or after the deadline of the edition
    Implied,
    /// An earlier edition had been accepted, and nothing had ended that
    Earlier,
    /// The log has signed how many entries it has, and their root
    Checkpoint,
    /// The entries are those that the root is of
    Entries,
    /// The tiles are those of the tree
    Tiles,
    /// The log has kept everything that it had before
    Growth,
    /// The edition that is published is in the log, and in its place
    Listed,
    /// The edition in the log is published
    Published,
    /// It is in the log as it is now
    LoggedNow,
}

impl Report {
    /// What came of it all: the worst of the findings, where that no file can prove something is nothing bad. Of no findings
    /// nothing is proven.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.findings.iter().map(|finding| finding.verdict);
        verdicts
            .min()
            .map_or(Verdict::Unproven, |worst| worst.min(Verdict::Proven))
    }

    /// Adds a finding.
    pub fn add(
        &mut self,
        check: Check,
        about: impl Into<String>,
        verdict: Verdict,
        detail: impl Into<String>,
    ) {
        self.findings.push(Finding {
            check,
            about: about.into(),
            verdict,
            detail: detail.into(),
        });
    }

    /// Adds that something is not so.
    pub fn refute(&mut self, check: Check, about: impl Into<String>, reason: &impl ToString) {
        self.add(check, about, Verdict::Refuted, reason.to_string());
    }

    /// Adds what has only two sides: it is so, or it is not for a reason.
    pub fn add_result(
        &mut self,
        check: Check,
        about: impl Into<String>,
        result: Result<String, String>,
    ) {
        match result {
            Ok(detail) => self.add(check, about, Verdict::Proven, detail),
            Err(reason) => self.add(check, about, Verdict::Refuted, reason),
        }
    }

    /// Adds which witnesses have seen a checkpoint, and so the log as it was then.
    pub fn add_witnesses(
        &mut self,
        about: &str,
        checkpoint: &VerifiedCheckpoint,
        knows_witnesses: bool,
    ) {
        let witnesses = checkpoint.cosignatures().iter();
        let names: Vec<_> = witnesses
            .map(|by| format!("{} at {}", by.witness, instant(i64::try_from(by.time).ok())))
            .collect();
        let (verdict, detail) = if !names.is_empty() {
            (Verdict::Proven, names.join("; "))
        } else if knows_witnesses {
            let detail = "none of the witnesses has signed the checkpoint";
            (Verdict::Unproven, detail.to_owned())
        } else {
            let detail = "no witness is known: whether the log shows the same to everybody is for audits to find out";
            (Verdict::Beyond, detail.to_owned())
        };
        self.add(Check::Witnessed, about, verdict, detail);
    }
}

/// The instant that many seconds after 1970.
pub(super) fn instant(seconds: Option<i64>) -> String {
    let milliseconds = seconds.and_then(|seconds| seconds.checked_mul(1000));
    let instant =
        milliseconds.and_then(|milliseconds| Timestamp::from_unix_milliseconds(milliseconds).ok());
    instant.map_or_else(
        || "a time that is none".to_owned(),
        |instant| instant.to_string(),
    )
}

/// Whether a record tells of a look at the records.
pub(super) const fn is_look(record: &Record) -> bool {
    matches!(record.event, Event::Viewed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_that_of_the_worst_finding() {
        use Verdict::{Beyond, Proven, Refuted, Unproven};
        let report = |verdicts: &[Verdict]| {
            let mut report = Report::default();
            for &verdict in verdicts {
                report.add(Check::Form, "a", verdict, "");
            }
            report.verdict()
        };
        assert_eq!(report(&[]), Unproven);
        assert_eq!(report(&[Proven, Beyond]), Proven);
        assert_eq!(report(&[Proven, Unproven, Beyond]), Unproven);
        assert_eq!(report(&[Unproven, Refuted, Proven]), Refuted);
    }

    #[test]
    fn a_check_has_a_name_and_words() {
        let json = serde_json::to_string(&Check::ReceiptRecord).unwrap();
        assert_eq!(json, "\"receipt-record\"");
        assert_eq!(
            Check::ReceiptRecord.claim(),
            "It is the receipt of this record"
        );
    }
}
