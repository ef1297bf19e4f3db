//! Telling apart what somebody may want verified, and verifying it.

use std::{collections::BTreeMap, fmt::Display};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    ReceiptFile,
    examiner::{self, Examiner, Trust},
    finding::{Check, Report, Verdict},
    verify::{Archive, add_chain, add_history},
    zip,
};
use crate::{
    api::staff::{FileEntry, SubjectFile},
    canonical,
    edition::{EditionDocument, Manifest},
    jws::SignatureVerifier,
    receipt::Claims,
    record::{Event, Ground, Record},
};

/// A kind of document that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An archive of [`Evidence`](super::Evidence).
    Evidence,
    /// A [`ReceiptFile`].
    ReceiptFile,
    /// A receipt alone: a compact JWS.
    Receipt,
    /// A C2SP tlog-proof alone.
    Proof,
    /// An edition with its texts: an [`EditionDocument`].
    Edition,
    /// An edition without its texts: the [`Manifest`], as the log has it.
    Manifest,
    /// A JSON array of records, oldest first.
    Chain,
    /// What staff get of a subject: a [`SubjectFile`].
    SubjectFile,
}

impl Kind {
    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Evidence => "an archive of evidence",
            Self::ReceiptFile => "a receipt with what proves it",
            Self::Receipt => "a receipt",
            Self::Proof => "a proof by the log",
            Self::Edition => "an edition with its texts",
            Self::Manifest => "an edition without its texts",
            Self::Chain => "a chain of records",
            Self::SubjectFile => "a person's records, as staff see them",
        }
    }

    /// What bytes are meant to be; nothing where they are nothing that can be verified. That they are it is still to be seen.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if zip::is_meant(bytes) {
            return Some(Self::Evidence);
        }
        let text = str::from_utf8(bytes).ok()?.trim();
        if text.starts_with("c2sp.org/tlog-proof") {
            return Some(Self::Proof);
        }
        let is_jws = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if text.bytes().all(is_jws) && text.bytes().filter(|&byte| byte == b'.').count() == 2 {
            return Some(Self::Receipt);
        }
        let json: Value = serde_json::from_str(text).ok()?;
        let has = |name| json.get(name).is_some();
        Some(match json.get("type").and_then(Value::as_str) {
            _ if json.is_array() => Self::Chain,
            Some("kelisim-edition/v1") => Self::Manifest,
            _ if has("receipt") && has("keys") => Self::ReceiptFile,
            _ if has("manifest") && has("texts") => Self::Edition,
            _ if has("standing") => Self::SubjectFile,
            _ => return None,
        })
    }
}

/// Verifies a document of that kind. `of` is what a proof alone is of, as a file: a record, a receipt, a receipt file, or an
/// edition. Nothing but `trust` is trusted.
pub async fn verify(
    kind: Kind,
    bytes: &[u8],
    of: Option<&[u8]>,
    trust: &Trust,
    verifier: &impl SignatureVerifier,
) -> Report {
    let mut examiner = Examiner::new(verifier);
    if let Err(reason) = examine(kind, bytes, of, trust, &mut examiner).await {
        examiner.report.refute(Check::Form, kind.name(), &reason);
    }
    examiner.report
}

/// Checks everything about a document, or tells why it is not one of its kind.
async fn examine(
    kind: Kind,
    bytes: &[u8],
    of: Option<&[u8]>,
    trust: &Trust,
    examiner: &mut Examiner<'_, impl SignatureVerifier>,
) -> Result<(), String> {
    match kind {
        Kind::Evidence => {
            let archive = Archive::parse(bytes).map_err(in_words)?;
            examiner.report = archive.verify(trust, examiner.verifier()).await;
        }
        Kind::ReceiptFile => {
            let file = ReceiptFile::parse(bytes).map_err(in_words)?;
            examiner.report = file.verify(trust, examiner.verifier()).await;
        }
        Kind::Receipt => {
            examiner.settle_keys("keys", None, trust);
            let receipt = text(bytes)?.trim();
            let record = examiner.receipt("receipt", receipt).await;
            examiner.report.records.extend(record);
        }
        Kind::Proof => {
            examiner.settle_log("log", None, trust);
            proof(text(bytes)?, of, examiner).await;
        }
        Kind::Edition => edition(json(bytes)?, examiner),
        Kind::Manifest => {
            let read = canonical::decode(bytes).map_err(in_words)?;
            manifest(&read, &mut examiner.report);
        }
        Kind::Chain => chain(json(bytes)?, &mut examiner.report),
        Kind::SubjectFile => match json(bytes)? {
            SubjectFile::Kept { entries, .. } => {
                examiner.settle_keys("keys", None, trust);
                entries_of(entries, examiner).await;
            }
            SubjectFile::Erased { .. } => {
                let detail =
                    "everything about the person was erased, and with it what could be proven";
                examiner
                    .report
                    .add(Check::Chain, "records", Verdict::Unproven, detail);
            }
        },
    }
    Ok(())
}

impl ReceiptFile {
    /// Reads a receipt file.
    ///
    /// # Errors
    /// Not the JSON of one.
    pub fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// Checks everything in it. What is in it is trusted as far as `trust` goes, and no further.
    pub async fn verify(&self, trust: &Trust, verifier: &impl SignatureVerifier) -> Report {
        let mut examiner = Examiner::new(verifier);
        examiner.settle_keys("keys", Some(&self.keys), trust);
        if self.log.is_some() || trust.log.is_some() {
            examiner.settle_log("log", self.log.as_ref(), trust);
        }
        let record = examiner.receipt("receipt", &self.receipt).await;
        let edition = self.edition.as_ref();
        let edition = edition.and_then(|document| examiner.edition("edition", document.clone()));
        if let Some(edition) = &edition
            && let Some((verdict, detail)) = examiner::deadline(edition.manifest(), &[])
        {
            examiner
                .report
                .add(Check::Deadline, "edition", verdict, detail);
        }
        let Some(record) = record else {
            return examiner.report;
        };
        examiner
            .message("message", &record, self.message.as_deref())
            .await;
        if let Some(proof) = &self.proof {
            examiner.logged_record("proof", &record, proof).await;
        } else {
            let detail = "there is no proof: it takes some seconds until a record is in the log";
            examiner
                .report
                .add(Check::Logged, "proof", Verdict::Unproven, detail);
        }
        let editions: BTreeMap<_, _> = edition
            .into_iter()
            .map(|edition| (edition.id(), edition))
            .collect();
        examiner.about_edition("receipt", &record, &editions);
        if let Event::Accepted(acceptance) = &record.event
            && matches!(acceptance.ground, Ground::Implied { .. })
        {
            let detail = "a receipt is of one record: an archive of evidence has those before it";
            examiner
                .report
                .add(Check::Earlier, "receipt", Verdict::Beyond, detail);
        }
        examiner.report.records.push(record);
        examiner.report
    }
}

/// A proof alone.
async fn proof(
    proof: &str,
    of: Option<&[u8]>,
    examiner: &mut Examiner<'_, impl SignatureVerifier>,
) {
    match of.map(Subject::parse) {
        Some(Some(Subject::Record(record))) => {
            examiner.logged_record("proof", &record, proof).await;
            examiner.report.records.push(*record);
        }
        Some(Some(Subject::Edition(manifest))) => {
            examiner.logged_edition("proof", &manifest, proof).await;
        }
        Some(None) => {
            let reason = "what it should be a proof of is neither a record nor an edition";
            examiner
                .report
                .add(Check::Form, "record", Verdict::Refuted, reason);
        }
        None => {
            let detail = "a proof is of a record or an edition, which is not at hand";
            examiner
                .report
                .add(Check::Logged, "proof", Verdict::Unproven, detail);
        }
    }
}

/// What a proof may be of.
enum Subject {
    Record(Box<Record>),
    Edition(Box<Manifest>),
}

impl Subject {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let of_receipt = |receipt: &str| {
            let claims = Claims::unverified(receipt.trim_end()).ok()?;
            Some(Self::Record(Box::new(claims.record)))
        };
        match Kind::of(bytes) {
            Some(Kind::Receipt) => of_receipt(str::from_utf8(bytes).ok()?),
            Some(Kind::ReceiptFile) => of_receipt(&ReceiptFile::parse(bytes).ok()?.receipt),
            Some(Kind::Edition) => {
                let document: EditionDocument = serde_json::from_slice(bytes).ok()?;
                Some(Self::Edition(Box::new(document.manifest)))
            }
            Some(Kind::Manifest) => canonical::decode(bytes).ok().map(Self::Edition),
            _ => serde_json::from_slice(bytes).ok().map(Self::Record),
        }
    }
}

fn edition(document: EditionDocument, examiner: &mut Examiner<'_, impl SignatureVerifier>) {
    let Some(edition) = examiner.edition("edition", document) else {
        return;
    };
    if let Some((verdict, detail)) = examiner::deadline(edition.manifest(), &[]) {
        examiner
            .report
            .add(Check::Deadline, "edition", verdict, detail);
    }
}

fn manifest(manifest: &Manifest, report: &mut Report) {
    report.add(
        Check::Edition,
        "edition",
        Verdict::Proven,
        manifest.id().to_string(),
    );
    report.add(
        Check::Text,
        "edition",
        Verdict::Unproven,
        "its texts are not at hand",
    );
    if let Some((verdict, detail)) = examiner::deadline(manifest, &[]) {
        report.add(Check::Deadline, "edition", verdict, detail);
    }
}

fn chain(records: Vec<Record>, report: &mut Report) {
    add_chain(report, "records", &records);
    add_history(report, &records, |sequence| format!("record {sequence}"));
    let detail = "records alone do not tell who wrote them: receipts and proofs do";
    report.add(Check::Receipt, "records", Verdict::Unproven, detail);
    report.records = records;
}

/// The records that staff see. The editions and the proofs are elsewhere.
async fn entries_of(entries: Vec<FileEntry>, examiner: &mut Examiner<'_, impl SignatureVerifier>) {
    let records: Vec<Record> = entries.iter().map(|entry| entry.record.clone()).collect();
    add_chain(&mut examiner.report, "records", &records);
    for entry in &entries {
        let about = format!("record {}", entry.record.sequence);
        if entry.id != entry.record.id() {
            let reason = "its hash is not its id";
            examiner
                .report
                .add(Check::Form, &about, Verdict::Refuted, reason);
        }
        if let Some(receipt) = &entry.receipt {
            let receipted = examiner.receipt(&about, receipt).await;
            if receipted.is_some_and(|receipted| receipted != entry.record) {
                let reason = "it is the receipt of another record";
                examiner
                    .report
                    .add(Check::ReceiptRecord, &about, Verdict::Refuted, reason);
            }
        }
        examiner
            .message(&about, &entry.record, entry.message.as_deref())
            .await;
    }
    add_history(&mut examiner.report, &records, |sequence| {
        format!("record {sequence}")
    });
    let detail = "there are no proofs: an archive of evidence has them";
    examiner
        .report
        .add(Check::Logged, "records", Verdict::Unproven, detail);
    examiner.report.records = records;
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(in_words)
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(in_words)
}

fn in_words(error: impl Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_documents_apart() {
        for (bytes, kind) in [
            (&b"PK\x03\x04"[..], Some(Kind::Evidence)),
            (b"c2sp.org/tlog-proof@v1\nindex 1\n", Some(Kind::Proof)),
            (b"eyJ.eyJ.AAAA\n", Some(Kind::Receipt)),
            (b" [ ]", Some(Kind::Chain)),
            (br#"{"type":"kelisim-edition/v1"}"#, Some(Kind::Manifest)),
            (br#"{"receipt":"","keys":{}}"#, Some(Kind::ReceiptFile)),
            (br#"{"manifest":{},"texts":[]}"#, Some(Kind::Edition)),
            (br#"{"standing":"kept"}"#, Some(Kind::SubjectFile)),
            (b"{}", None),
            (b"", None),
            (b"1", None),
            (b"\xff", None),
            (b"a.b", None),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
        }
    }
}
