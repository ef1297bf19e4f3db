//! Reading an archive, and every check of what is in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    LogKeys,
    archive::{Deadlines, ManifestClaims, ManifestHeader, Place, TYP},
    examiner::{self, Examiner, Trust},
    finding::{Check, Report, Verdict, instant, is_look},
    zip::{self, Files, NotAnArchive},
};
use crate::{
    canonical,
    deadline::Calendar,
    digest::Sha256Digest,
    edition::{Edition, EditionDocument, EditionId},
    jws::{Algorithm, JwsError, SignatureVerifier, Unverified},
    language::Language,
    record::{Event, Ground, Record, RecordId, verify_chain},
    subject::{Consent, Facts},
};

/// An archive of evidence that is one, as far as its bytes go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    files: Files,
}

impl Archive {
    /// Reads an archive.
    ///
    /// # Errors
    /// [`NotAnArchive`].
    pub fn parse(archive: &[u8]) -> Result<Self, NotAnArchive> {
        zip::read(archive).map(|files| Self { files })
    }

    /// The files, by their paths.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// Checks everything in it. What is in it is trusted as far as `trust` goes, and no further.
    pub async fn verify(&self, trust: &Trust, verifier: &impl SignatureVerifier) -> Report {
        let mut examiner = Examiner::new(verifier);
        let contents = Contents::read(&self.files, &mut examiner.report);
        examiner.settle_keys(&Place::Keys.to_string(), contents.keys.as_ref(), trust);
        if contents.log.is_some() || trust.log.is_some() {
            examiner.settle_log(&Place::Log.to_string(), contents.log.as_ref(), trust);
        }
        self.manifest(&contents, &mut examiner).await;
        let editions = contents.editions(&mut examiner).await;
        contents.records(&editions, &mut examiner).await;
        examiner.report
    }

    /// Checks the list of the files, and them against it.
    async fn manifest(
        &self,
        contents: &Contents<'_>,
        examiner: &mut Examiner<'_, impl SignatureVerifier>,
    ) {
        let about = Place::Manifest.to_string();
        let Some(manifest) = contents.manifest else {
            examiner
                .report
                .add(Check::Manifest, about, Verdict::Refuted, "there is none");
            return;
        };
        let claims = match signed_claims(manifest, examiner).await {
            Ok(claims) => {
                let detail = format!("{} at {}", claims.iss, instant(Some(claims.iat)));
                examiner
                    .report
                    .add(Check::Manifest, about, Verdict::Proven, detail);
                claims
            }
            Err((verdict, reason)) => {
                examiner.report.add(Check::Manifest, about, verdict, reason);
                return;
            }
        };
        let mut faults = 0;
        let mut fault = |path: &str, reason: &str| {
            faults += 1;
            examiner
                .report
                .add(Check::Files, path, Verdict::Refuted, reason);
        };
        for (path, content) in &self.files {
            match claims.files.get(path) {
                _ if *path == Place::Manifest.to_string() => {}
                None => fault(path, "it is not in the list"),
                Some(digest) if Sha256Digest::of(content) != *digest => {
                    fault(path, "its hash is not the one in the list");
                }
                Some(_) => {}
            }
        }
        for path in claims
            .files
            .keys()
            .filter(|path| !self.files.contains_key(*path))
        {
            fault(path, "it is missing");
        }
        if faults == 0 {
            let detail = format!("{} files", claims.files.len());
            examiner.report.add(
                Check::Files,
                Place::Manifest.to_string(),
                Verdict::Proven,
                detail,
            );
        }
        let first = contents.records.values().next();
        if first.is_some_and(|record| record.subject != claims.sub) {
            let reason = "the records are of somebody else than the list says";
            examiner.report.add(
                Check::Chain,
                Place::Manifest.to_string(),
                Verdict::Refuted,
                reason,
            );
        }
    }
}

/// What the issuer has signed, or why that is not known.
async fn signed_claims(
    manifest: &str,
    examiner: &Examiner<'_, impl SignatureVerifier>,
) -> Result<ManifestClaims, (Verdict, String)> {
    let refuted = |error: JwsError| {
        let verdict = match error {
            JwsError::Unavailable(_) => Verdict::Unproven,
            _ => Verdict::Refuted,
        };
        (verdict, error.to_string())
    };
    let unfit = |reason: &str| (Verdict::Refuted, reason.to_owned());
    let jws = Unverified::parse_within(manifest, MAX_MANIFEST_BYTES).map_err(refuted)?;
    let header: ManifestHeader = jws.header().map_err(refuted)?;
    if header.typ != TYP {
        return Err(unfit("the typ is not kelisim-evidence+jwt"));
    }
    if Algorithm::from_name(&header.alg).map_err(refuted)? != Algorithm::Es256 {
        return Err(unfit("the algorithm is not ES256"));
    }
    let Some(keys) = examiner.keys() else {
        return Err((
            Verdict::Unproven,
            "there is no key to verify it with".to_owned(),
        ));
    };
    let Some(key) = keys.find(Some(&header.kid)) else {
        return Err(unfit("the key is not one of the issuer's"));
    };
    let payload = jws.verify(Algorithm::Es256, key, examiner.verifier()).await;
    payload
        .and_then(|payload| payload.claims())
        .map_err(refuted)
}

/// The longest list of files, in bytes: twice as long as one of 20,000 files with short names.
const MAX_MANIFEST_BYTES: usize = 8 * 1024 * 1024;

/// What is in an archive, each file read as what it has to be.
#[derive(Default)]
struct Contents<'a> {
    manifest: Option<&'a str>,
    keys: Option<Value>,
    log: Option<LogKeys>,
    deadlines: Option<Deadlines>,
    calendars: Vec<Calendar>,
    records: BTreeMap<u32, Record>,
    messages: BTreeMap<u32, &'a str>,
    receipts: BTreeMap<u32, &'a str>,
    proofs: BTreeMap<u32, &'a str>,
    documents: BTreeMap<EditionId, EditionDocument>,
    texts: BTreeMap<(EditionId, Language), &'a str>,
    edition_proofs: BTreeMap<EditionId, &'a str>,
}

impl<'a> Contents<'a> {
    fn read(files: &'a Files, report: &mut Report) -> Self {
        let mut contents = Self::default();
        let before = report.findings.len();
        for (path, content) in files {
            let place = path.parse::<Place>();
            let read = place
                .map_err(|error| error.to_string())
                .and_then(|place| contents.put(place, content));
            if let Err(reason) = read {
                report.add(Check::Form, path, Verdict::Refuted, reason);
            }
        }
        for place in [Place::Explanation, Place::Keys, Place::Deadlines] {
            let path = place.to_string();
            if !files.contains_key(&path) {
                report.add(Check::Form, path, Verdict::Refuted, "it is missing");
            }
        }
        contents.check_companions(report);
        if report.findings.len() == before {
            report.add(
                Check::Form,
                "archive",
                Verdict::Proven,
                format!("{} files", files.len()),
            );
        }
        contents
    }

    fn put(&mut self, place: Place, content: &'a [u8]) -> Result<(), String> {
        match place {
            Place::Explanation => {
                text(content)?;
            }
            Place::Manifest => self.manifest = Some(text(content)?),
            Place::Keys => {
                let keys = serde_json::from_slice(content);
                self.keys = Some(keys.map_err(|error| error.to_string())?);
            }
            Place::Log => self.log = Some(json(content)?),
            Place::Deadlines => self.deadlines = Some(json(content)?),
            Place::Calendar(version) => {
                let calendar = Calendar::parse(text(content)?);
                let calendar = calendar.filter(|calendar| calendar.version() == version.as_str());
                self.calendars
                    .push(calendar.ok_or("it is not a calendar of that version")?);
            }
            Place::Record(sequence) => {
                let record: Record = json(content)?;
                if record.sequence != sequence {
                    return Err("the record has another place in the chain".to_owned());
                }
                self.records.insert(sequence, record);
            }
            Place::Message(sequence) => {
                self.messages.insert(sequence, text(content)?);
            }
            Place::Receipt(sequence) => {
                self.receipts.insert(sequence, text(content)?);
            }
            Place::Proof(sequence) => {
                self.proofs.insert(sequence, text(content)?);
            }
            Place::Edition(id) => {
                let document: EditionDocument = json(content)?;
                if document.id != id {
                    return Err("the edition has another id".to_owned());
                }
                self.documents.insert(id, document);
            }
            Place::Text(id, language) => {
                self.texts.insert((id, language), text(content)?);
            }
            Place::EditionProof(id) => {
                self.edition_proofs.insert(id, text(content)?);
            }
        }
        Ok(())
    }

    /// Whether everything that belongs to a record or an edition has it there.
    fn check_companions(&self, report: &mut Report) {
        let of_records = |sequence: &u32| !self.records.contains_key(sequence);
        let messages = self
            .messages
            .keys()
            .copied()
            .filter(of_records)
            .map(Place::Message);
        let receipts = self
            .receipts
            .keys()
            .copied()
            .filter(of_records)
            .map(Place::Receipt);
        let proofs = self
            .proofs
            .keys()
            .copied()
            .filter(of_records)
            .map(Place::Proof);
        let is_lost = |id: &EditionId| !self.documents.contains_key(id);
        let texts = self.texts.keys().filter(|(id, _)| is_lost(id));
        let texts = texts.map(|&(id, language)| Place::Text(id, language));
        let edition_proofs = self
            .edition_proofs
            .keys()
            .copied()
            .filter(is_lost)
            .map(Place::EditionProof);
        for place in messages
            .chain(receipts)
            .chain(proofs)
            .chain(texts)
            .chain(edition_proofs)
        {
            report.add(
                Check::Form,
                place.to_string(),
                Verdict::Refuted,
                "what it belongs to is missing",
            );
        }
    }

    /// Checks the editions, and gives those that are what they say.
    async fn editions(
        &self,
        examiner: &mut Examiner<'_, impl SignatureVerifier>,
    ) -> BTreeMap<EditionId, Edition> {
        let mut editions = BTreeMap::new();
        for (&id, document) in &self.documents {
            let about = Place::Edition(id).to_string();
            let Some(edition) = examiner.edition(&about, document.clone()) else {
                continue;
            };
            self.texts_of(&edition, &mut examiner.report);
            if let Some((verdict, detail)) = examiner::deadline(edition.manifest(), &self.calendars)
            {
                examiner
                    .report
                    .add(Check::Deadline, &about, verdict, detail);
            }
            match self.edition_proofs.get(&id) {
                Some(proof) => {
                    let about = Place::EditionProof(id).to_string();
                    examiner
                        .logged_edition(&about, edition.manifest(), proof)
                        .await;
                }
                None => examiner.report.add(
                    Check::Logged,
                    about,
                    Verdict::Unproven,
                    "there is no proof",
                ),
            }
            editions.insert(id, edition);
        }
        self.deadlines(&mut examiner.report);
        editions
    }

    /// Holds the texts of an edition against the files of them.
    fn texts_of(&self, edition: &Edition, report: &mut Report) {
        let document = edition.document();
        for (text, body) in document.manifest.texts.iter().zip(&document.texts) {
            let about = Place::Text(document.id, text.language).to_string();
            let result = match self.texts.get(&(document.id, text.language)) {
                Some(file) if file == body => Ok(text.sha256.to_string()),
                Some(_) => Err("it is another text".to_owned()),
                None => Err("it is missing".to_owned()),
            };
            report.add_result(Check::Text, about, result);
        }
        let of_edition = self
            .texts
            .range((document.id, Language::En)..=(document.id, Language::Ru));
        for (&(id, language), _) in of_edition {
            if document.manifest.text(language).is_none() {
                let about = Place::Text(id, language).to_string();
                report.add(
                    Check::Text,
                    about,
                    Verdict::Refuted,
                    "the edition has no text in that language",
                );
            }
        }
    }

    /// Holds the file of deadlines and the calendars against what else is known.
    fn deadlines(&self, report: &mut Report) {
        let computed = Deadlines::of(self.documents.values().map(|document| &document.manifest));
        if self
            .deadlines
            .as_ref()
            .is_some_and(|deadlines| *deadlines != computed)
        {
            let about = Place::Deadlines.to_string();
            report.add(
                Check::Deadline,
                about,
                Verdict::Refuted,
                "the editions say something else",
            );
        }
        let ours = Calendar::kazakhstan();
        for calendar in &self.calendars {
            let about = format!("calendars/{}.txt", calendar.version());
            let (verdict, detail) = if calendar.version() != ours.version() {
                (
                    Verdict::Unproven,
                    "this program knows no calendar of that name to compare it with",
                )
            } else if calendar == ours {
                (Verdict::Proven, "")
            } else {
                (Verdict::Refuted, "the calendar of that name has other days")
            };
            report.add(Check::Calendar, about, verdict, detail);
        }
    }

    /// Checks the records, and everything that belongs to each.
    async fn records(
        &self,
        editions: &BTreeMap<EditionId, Edition>,
        examiner: &mut Examiner<'_, impl SignatureVerifier>,
    ) {
        let records: Vec<Record> = self.records.values().cloned().collect();
        add_chain(&mut examiner.report, "records", &records);
        for record in &records {
            let sequence = record.sequence;
            let about = Place::Record(sequence).to_string();
            self.receipt_of(record, examiner).await;
            let message = self.messages.get(&sequence).copied();
            let about_message = Place::Message(sequence).to_string();
            examiner.message(&about_message, record, message).await;
            match self.proofs.get(&sequence) {
                Some(proof) => {
                    let about = Place::Proof(sequence).to_string();
                    examiner.logged_record(&about, record, proof).await;
                }
                None => add_unlogged(&mut examiner.report, &about, record, records.last()),
            }
            examiner.about_edition(&about, record, editions);
        }
        add_history(&mut examiner.report, &records, |sequence| {
            Place::Record(sequence).to_string()
        });
        examiner.report.records = records;
    }

    async fn receipt_of(
        &self,
        record: &Record,
        examiner: &mut Examiner<'_, impl SignatureVerifier>,
    ) {
        let about = Place::Receipt(record.sequence).to_string();
        let Some(receipt) = self.receipts.get(&record.sequence) else {
            if record.event.earns_receipt() {
                examiner
                    .report
                    .add(Check::Receipt, about, Verdict::Unproven, "there is none");
            }
            return;
        };
        let receipted = examiner.receipt(&about, receipt).await;
        if let Some(receipted) = receipted {
            let result = if receipted == *record {
                Ok(record.id().to_string())
            } else {
                Err(format!("it is of record {}", receipted.id()))
            };
            examiner
                .report
                .add_result(Check::ReceiptRecord, about, result);
        }
    }
}

/// Adds whether records are a whole chain. No chain can tell that it goes on.
pub(super) fn add_chain(report: &mut Report, about: &str, records: &[Record]) {
    match verify_chain(records) {
        Ok(Some(head)) => {
            let detail = format!(
                "{} records, the last of them {}",
                head.sequence, head.record
            );
            report.add(Check::Chain, about, Verdict::Proven, detail);
            let detail = "who gave them out says so; a later receipt would tell otherwise";
            report.add(Check::Complete, about, Verdict::Beyond, detail);
        }
        Ok(None) => report.add(Check::Chain, about, Verdict::Unproven, "there are none"),
        Err(error) => report.refute(Check::Chain, about, &error),
    }
}

/// Adds that a record has no proof. The look that an archive was made by is recorded before the archive is made, and so comes
/// to the log after it.
fn add_unlogged(report: &mut Report, about: &str, record: &Record, last: Option<&Record>) {
    if is_look(record) && last == Some(record) {
        let detail = "it is the look by which this was gathered, which comes to the log afterwards";
        report.add(Check::Logged, about, Verdict::Beyond, detail);
    } else {
        report.add(Check::Logged, about, Verdict::Unproven, "there is no proof");
    }
}

/// Adds what takes the records before one to tell.
pub(super) fn add_history(report: &mut Report, records: &[Record], about: impl Fn(u32) -> String) {
    let mut facts = Facts::default();
    let mut shown: BTreeSet<(RecordId, EditionId)> = BTreeSet::new();
    for record in records {
        match &record.event {
            Event::Presented(presentation) => {
                shown.insert((record.id(), presentation.edition));
            }
            Event::Accepted(acceptance) => {
                if let Some(presentation) = acceptance.presentation {
                    let is_there = shown.contains(&(presentation, acceptance.edition));
                    let result = if is_there {
                        Ok(presentation.to_string())
                    } else {
                        Err(format!(
                            "no record before it is {presentation}, of that edition"
                        ))
                    };
                    report.add_result(Check::Presentation, about(record.sequence), result);
                }
                if matches!(acceptance.ground, Ground::Implied { .. }) {
                    let result = match (facts.consent, facts.erase_at) {
                        (Consent::Accepted { edition, .. }, None)
                            if edition != acceptance.edition =>
                        {
                            Ok(edition.to_string())
                        }
                        _ => Err("there was no earlier acceptance that held".to_owned()),
                    };
                    report.add_result(Check::Earlier, about(record.sequence), result);
                }
            }
            _ => {}
        }
        facts = facts.after(record);
    }
}

fn text(content: &[u8]) -> Result<&str, String> {
    str::from_utf8(content).map_err(|error| error.to_string())
}

fn json<T: Serialize + DeserializeOwned>(content: &[u8]) -> Result<T, String> {
    canonical::decode(content).map_err(|error| error.to_string())
}
