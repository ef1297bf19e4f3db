//! The checks of single parts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    LogKeys,
    finding::{Check, Logged, Report, Verdict},
    message,
};
use crate::{
    deadline::{Calendar, Deadline},
    edition::{Edition, EditionDocument, EditionId, Manifest},
    jwk::{JwkSet, PublicKey},
    jws::SignatureVerifier,
    log::{
        Commitment, Entry,
        checkpoint::CheckpointError,
        merkle,
        note::{NoteError, VerifierKey},
        proof::{LogProof, LogProofError},
    },
    receipt::{Claims, ReceiptError, VerifiedReceipt},
    record::{Acceptance, Event, Ground, Record},
    statement::Shown,
};

/// What whoever verifies has from elsewhere, so that it vouches for what is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The keys that the operator published.
    pub keys: Option<JwkSet>,
    /// The log's key.
    pub log: Option<VerifierKey>,
    /// The keys of witnesses. Without the log's key they are not looked at.
    pub witnesses: Vec<VerifierKey>,
}

/// Checks parts, and remembers what came of it.
pub(super) struct Examiner<'a, V> {
    verifier: &'a V,
    keys: Option<JwkSet>,
    log: Option<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    pub(super) report: Report,
}

impl<'a, V: SignatureVerifier> Examiner<'a, V> {
    pub(super) fn new(verifier: &'a V) -> Self {
        Self {
            verifier,
            keys: None,
            log: None,
            witnesses: Vec::new(),
            report: Report::default(),
        }
    }

    /// Settles which keys receipts are verified with: those from elsewhere, or else those that came along.
    pub(super) fn settle_keys(&mut self, about: &str, own: Option<&Value>, trust: &Trust) {
        if let Some(keys) = &trust.keys {
            self.keys = Some(keys.clone());
            self.report.add(Check::Keys, about, Verdict::Proven, "");
            return;
        }
        let own = own.map(|keys| JwkSet::parse(&serde_json::to_vec(keys).unwrap_or_default()));
        match own {
            Some(Ok(keys)) => {
                let detail = format!(
                    "they come with what they vouch for: compare the fingerprints with those of the published keys: {}",
                    fingerprints(&keys)
                );
                self.report
                    .add(Check::Keys, about, Verdict::Unproven, detail);
                self.keys = Some(keys);
            }
            Some(Err(error)) => self.report.refute(Check::Keys, about, &error),
            None => self
                .report
                .add(Check::Keys, about, Verdict::Unproven, "there are none"),
        }
    }

    /// Settles which keys checkpoints are verified with, likewise.
    pub(super) fn settle_log(&mut self, about: &str, own: Option<&LogKeys>, trust: &Trust) {
        if let Some(key) = &trust.log {
            self.log = Some(key.clone());
            self.witnesses.clone_from(&trust.witnesses);
            self.report.add(Check::LogKey, about, Verdict::Proven, "");
            return;
        }
        match own.map(LogKeys::parse) {
            Some(Ok((log, witnesses))) => {
                let detail = format!(
                    "it comes with what it vouches for: compare it with the published key: {log}"
                );
                self.report
                    .add(Check::LogKey, about, Verdict::Unproven, detail);
                self.log = Some(log);
                self.witnesses = witnesses;
            }
            Some(Err(error)) => self.report.refute(Check::LogKey, about, &error),
            None => self
                .report
                .add(Check::LogKey, about, Verdict::Unproven, "there is none"),
        }
    }

    pub(super) const fn keys(&self) -> Option<&JwkSet> {
        self.keys.as_ref()
    }

    pub(super) const fn verifier(&self) -> &'a V {
        self.verifier
    }

    /// Checks a receipt, and gives the record in it, which nobody may have vouched for.
    pub(super) async fn receipt(&mut self, about: &str, receipt: &str) -> Option<Record> {
        let claimed = Claims::unverified(receipt);
        let Some(keys) = &self.keys else {
            match &claimed {
                Ok(_) => self.report.add(
                    Check::Receipt,
                    about,
                    Verdict::Unproven,
                    "there is no key to verify it with",
                ),
                Err(error) => self.report.refute(Check::Receipt, about, &error),
            }
            return claimed.ok().map(|claims| claims.record);
        };
        match VerifiedReceipt::verify(receipt, keys, self.verifier).await {
            Ok(verified) => {
                let detail = verified.claims().iss.to_string();
                self.report
                    .add(Check::Receipt, about, Verdict::Proven, detail);
            }
            Err(ReceiptError::Unavailable(error)) => {
                self.report
                    .add(Check::Receipt, about, Verdict::Unproven, error.to_string());
            }
            Err(error) => self.report.refute(Check::Receipt, about, &error),
        }
        claimed.ok().map(|claims| claims.record)
    }

    /// Checks the message that led to a record.
    pub(super) async fn message(&mut self, about: &str, record: &Record, message: Option<&str>) {
        message::examine(&mut self.report, about, record, message, self.verifier).await;
    }

    /// Checks the proof that a record is in the log.
    pub(super) async fn logged_record(&mut self, about: &str, record: &Record, proof: &str) {
        let entry = |proof: &LogProof| {
            let salt = proof.salt()?;
            Some(commitment_entry(&Commitment::to(record, &salt)))
        };
        self.logged(about, proof, entry).await;
    }

    /// Checks the proof that an edition is in the log.
    pub(super) async fn logged_edition(&mut self, about: &str, manifest: &Manifest, proof: &str) {
        self.logged(about, proof, |_| Some(manifest.to_canonical_json()))
            .await;
    }

    async fn logged(
        &mut self,
        about: &str,
        proof: &str,
        entry: impl FnOnce(&LogProof) -> Option<Vec<u8>>,
    ) {
        let proof = match LogProof::parse(proof) {
            Ok(proof) => proof,
            Err(error) => {
                self.report.refute(Check::Logged, about, &error);
                return;
            }
        };
        let Some(entry) = entry(&proof) else {
            self.report.add(
                Check::Logged,
                about,
                Verdict::Refuted,
                "the proof has not got the salt of the record",
            );
            return;
        };
        let Some(log) = &self.log else {
            self.report.add(
                Check::Logged,
                about,
                Verdict::Unproven,
                "there is no key of the log",
            );
            return;
        };
        let index = proof.index;
        match proof
            .verify(&entry, log, &self.witnesses, self.verifier)
            .await
        {
            Ok(checkpoint) => {
                let tree = checkpoint.checkpoint();
                self.report.logged.push(Logged {
                    about: about.to_owned(),
                    index,
                    leaf: merkle::leaf_hash(&entry),
                    size: tree.size,
                    root: tree.root,
                });
                let detail = format!("{}: entry {index} of {}", tree.origin, tree.size);
                self.report
                    .add(Check::Logged, about, Verdict::Proven, detail);
                let knows_witnesses = !self.witnesses.is_empty();
                self.report
                    .add_witnesses(about, &checkpoint, knows_witnesses);
            }
            Err(error) => {
                let verdict = match error {
                    LogProofError::Checkpoint(CheckpointError::Note(NoteError::Unavailable(_))) => {
                        Verdict::Unproven
                    }
                    _ => Verdict::Refuted,
                };
                self.report
                    .add(Check::Logged, about, verdict, error.to_string());
            }
        }
    }

    /// Checks that an edition is what its id says.
    pub(super) fn edition(&mut self, about: &str, document: EditionDocument) -> Option<Edition> {
        match Edition::from_document(document) {
            Ok(edition) => {
                let detail = edition.id().to_string();
                self.report
                    .add(Check::Edition, about, Verdict::Proven, detail);
                Some(edition)
            }
            Err(error) => {
                self.report.refute(Check::Edition, about, &error);
                None
            }
        }
    }

    /// Holds what a record says about an edition against that edition.
    pub(super) fn about_edition(
        &mut self,
        about: &str,
        record: &Record,
        editions: &BTreeMap<EditionId, Edition>,
    ) {
        let (id, shown) = match &record.event {
            Event::Presented(presentation) => (presentation.edition, Some(presentation.shown)),
            Event::Accepted(acceptance) => match acceptance.ground {
                Ground::Explicit { shown, .. } => (acceptance.edition, Some(shown)),
                Ground::Implied { .. } => (acceptance.edition, None),
            },
            _ => return,
        };
        let Some(edition) = editions.get(&id) else {
            let detail = format!("edition {id} is not at hand");
            self.report
                .add(Check::Subject, about, Verdict::Unproven, detail);
            return;
        };
        self.report
            .add_result(Check::Subject, about, named(edition, shown));
        if let Event::Accepted(acceptance) = &record.event
            && let Some(result) = implied(record, acceptance, edition)
        {
            self.report.add_result(Check::Implied, about, result);
        }
    }
}

/// The bytes of the log's entry for a commitment.
fn commitment_entry(commitment: &Commitment) -> Vec<u8> {
    Entry::Commitment(*commitment)
        .to_bytes()
        .unwrap_or_default()
}

/// Whether the deadline of an edition is the one that its rule and calendar lead to; nothing where it has none. `calendars` are
/// looked at where this build has not got the one that the edition names.
#[must_use]
pub fn deadline(manifest: &Manifest, calendars: &[Calendar]) -> Option<(Verdict, String)> {
    let succession = manifest.change.succession()?;
    let name = succession.calendar.as_str();
    let calendars = std::iter::once(Calendar::kazakhstan()).chain(calendars);
    let Some(calendar) = calendars
        .into_iter()
        .find(|calendar| calendar.version() == name)
    else {
        return Some((Verdict::Unproven, format!("calendar {name} is not at hand")));
    };
    let computed = Deadline::of(manifest.published_at, succession.rule, calendar);
    Some(match computed {
        Ok(computed) if computed == succession.deadline => {
            (Verdict::Proven, succession.deadline.instant().to_string())
        }
        Ok(computed) => {
            let (stored, computed) = (succession.deadline.instant(), computed.instant());
            (
                Verdict::Refuted,
                format!("it says {stored}, and is {computed}"),
            )
        }
        Err(error) => (Verdict::Refuted, error.to_string()),
    })
}

/// Whether an edition has the text that was shown.
fn named(edition: &Edition, shown: Option<Shown>) -> Result<String, String> {
    let Some(shown) = shown else {
        return Ok(String::new());
    };
    let text = edition.manifest().text(shown.language);
    if text.is_some_and(|text| text.sha256 == shown.text_sha256) {
        Ok(format!("the text in {}, to the letter", shown.language))
    } else {
        Err(format!(
            "the edition has no such text in {}",
            shown.language
        ))
    }
}

/// Whether use counted as acceptance, where that is the ground.
fn implied(
    record: &Record,
    acceptance: &Acceptance,
    edition: &Edition,
) -> Option<Result<String, String>> {
    let Ground::Implied { deadline, .. } = &acceptance.ground else {
        return None;
    };
    let succession = edition.manifest().change.succession();
    let instant = deadline.instant();
    Some(
        if succession.is_none_or(|succession| succession.deadline != *deadline) {
            Err(format!("the edition has not got the deadline {instant}"))
        } else if deadline.has_come(record.recorded_at) {
            Ok(format!("the deadline was {instant}"))
        } else {
            Err(format!(
                "the deadline was {instant}, and had not come at {}",
                record.recorded_at
            ))
        },
    )
}

/// Keys by name and thumbprint (RFC 7638), to be compared with what the operator has published.
fn fingerprints(keys: &JwkSet) -> String {
    let named = keys.keys().iter().map(|named| {
        let kid = named.kid.as_deref().unwrap_or("(no kid)");
        match &named.key {
            PublicKey::P256(key) => format!("{kid} = {}", key.thumbprint().to_jkt()),
            other => format!("{kid} ({other})"),
        }
    });
    named.collect::<Vec<_>>().join(", ")
}
