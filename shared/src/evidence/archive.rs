//! The archive for a dispute: everything about one person's acceptances, so that it can be judged without asking anybody.
//!
//! ```text
//! index.html                    what this is, for people
//! manifest.jws                  the list of all other files, signed by the issuer of receipts
//! records/0001.json             a record, in canonical JSON: its SHA-256 is its id
//! messages/0001.txt             the message that led to it, as it was received
//! receipts/0001.jws             its receipt
//! proofs/0001.tlog-proof        that it is in the log, with the salt (C2SP tlog-proof)
//! editions/<id>.json            an edition with its texts, in canonical JSON
//! editions/<id>.<lang>.txt      a text of it, to the letter
//! editions/<id>.tlog-proof      that it is in the log
//! keys.json                     the keys that the issuer published (RFC 7517)
//! log.json                      the keys of the log and of its witnesses
//! deadlines.json                how the deadlines of the editions were computed
//! calendars/<version>.txt       the working days that they were computed with
//! ```
//!
//! The manifest is a compact JWS (ES256):
//!
//! ```json
//! {"alg":"ES256","typ":"kelisim-evidence+jwt","kid":"2026-11"}
//! {"iss":"https://consent.example","sub":"<pseudonym>","iat":1795410000,"files":{"index.html":"<SHA-256>",…}}
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{
    DeadlinesType, LogKeys,
    zip::{self, Files, NotAnArchive},
};
use crate::{
    api::staff::FileEntry,
    canonical,
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    edition::{EditionDocument, EditionId, Manifest},
    jws::{self, CryptoUnavailable, Es256Signer},
    language::Language,
    receipt::Issuer,
    record::{Event, Record, RecordId, SubjectId},
    text::Line,
    time::Timestamp,
};

/// What goes into an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The person, by pseudonym.
    pub subject: SubjectId,
    /// The whole chain, oldest first.
    pub entries: Vec<FileEntry>,
    /// For each record that is in the log the proof, with the salt as `extra` (C2SP tlog-proof).
    pub proofs: BTreeMap<RecordId, String>,
    /// The editions that the records name, see [`editions_named`].
    pub editions: Vec<EditionDocument>,
    /// For each edition that is in the log the proof.
    pub edition_proofs: BTreeMap<EditionId, String>,
    /// The keys that the issuer published, as a JWK Set (RFC 7517).
    pub keys: Value,
    /// The keys of the log, where there is one.
    pub log: Option<LogKeys>,
    /// A page of HTML that tells people what the archive is.
    pub explanation: String,
}

/// The editions that records name, so that an archive of them has to have them.
pub fn editions_named<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeSet<EditionId> {
    let named = records
        .into_iter()
        .filter_map(|record| match &record.event {
            Event::Presented(presentation) => Some(presentation.edition),
            Event::Accepted(acceptance) => Some(acceptance.edition),
            _ => None,
        });
    named.collect()
}

impl Evidence {
    /// Packs and signs the archive, a ZIP file, as of `made_at`.
    ///
    /// # Errors
    /// See [`SealError`].
    pub async fn seal(
        &self,
        issuer: &Issuer,
        made_at: Timestamp,
        signer: &impl Es256Signer,
    ) -> Result<Vec<u8>, SealError> {
        let mut files = self.files();
        let header = ManifestHeader {
            alg: "ES256".into(),
            typ: TYP.into(),
            kid: issuer.kid.clone(),
        };
        let hash = |(path, content): (&String, &Vec<u8>)| (path.clone(), Sha256Digest::of(content));
        let claims = ManifestClaims {
            iss: issuer.issuer.clone(),
            sub: self.subject,
            iat: made_at.unix_seconds(),
            files: files.iter().map(hash).collect(),
        };
        let manifest = jws::sign(&header, &claims, signer).await?;
        files.insert(Place::Manifest.to_string(), manifest.into_bytes());
        Ok(zip::write(&files)?)
    }

    /// The files, but for the list of them that is signed.
    #[must_use]
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        let mut put = |place: Place, content: Vec<u8>| files.insert(place.to_string(), content);
        put(Place::Explanation, self.explanation.clone().into_bytes());
        put(Place::Keys, json(&self.keys));
        if let Some(log) = &self.log {
            put(Place::Log, json(log));
        }
        for entry in &self.entries {
            let sequence = entry.record.sequence;
            put(Place::Record(sequence), entry.record.to_canonical_json());
            if let Some(message) = &entry.message {
                put(Place::Message(sequence), message.clone().into_bytes());
            }
            if let Some(receipt) = &entry.receipt {
                put(Place::Receipt(sequence), receipt.clone().into_bytes());
            }
            if let Some(proof) = self.proofs.get(&entry.id) {
                put(Place::Proof(sequence), proof.clone().into_bytes());
            }
        }
        for edition in &self.editions {
            put(Place::Edition(edition.id), json(edition));
            for (text, body) in edition.manifest.texts.iter().zip(&edition.texts) {
                put(
                    Place::Text(edition.id, text.language),
                    body.clone().into_bytes(),
                );
            }
            if let Some(proof) = self.edition_proofs.get(&edition.id) {
                put(Place::EditionProof(edition.id), proof.clone().into_bytes());
            }
        }
        let deadlines = Deadlines::of(self.editions.iter().map(|edition| &edition.manifest));
        let ours = Calendar::kazakhstan().version();
        if let Some(deadline) = deadlines
            .deadlines
            .iter()
            .find(|deadline| deadline.calendar.as_str() == ours)
        {
            put(
                Place::Calendar(deadline.calendar.clone()),
                Calendar::KAZAKHSTAN.as_bytes().to_vec(),
            );
        }
        put(Place::Deadlines, json(&deadlines));
        files
    }
}

/// Why there is no archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// It would be too large: more than 20,000 files, or 64 MiB.
    #[error("the archive would be too large: more than 20,000 files, or 64 MiB")]
    TooLarge,
    /// Nobody could sign.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

impl From<NotAnArchive> for SealError {
    fn from(_: NotAnArchive) -> Self {
        Self::TooLarge
    }
}

/// Where a file is in an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Explanation,
    Manifest,
    Keys,
    Log,
    Deadlines,
    Calendar(Line<16>),
    Record(u32),
    Message(u32),
    Receipt(u32),
    Proof(u32),
    Edition(EditionId),
    Text(EditionId, Language),
    EditionProof(EditionId),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explanation => f.write_str("index.html"),
            Self::Manifest => f.write_str("manifest.jws"),
            Self::Keys => f.write_str("keys.json"),
            Self::Log => f.write_str("log.json"),
            Self::Deadlines => f.write_str("deadlines.json"),
            Self::Calendar(version) => write!(f, "calendars/{version}.txt"),
            Self::Record(sequence) => write!(f, "records/{sequence:04}.json"),
            Self::Message(sequence) => write!(f, "messages/{sequence:04}.txt"),
            Self::Receipt(sequence) => write!(f, "receipts/{sequence:04}.jws"),
            Self::Proof(sequence) => write!(f, "proofs/{sequence:04}.tlog-proof"),
            Self::Edition(id) => write!(f, "editions/{id}.json"),
            Self::Text(id, language) => write!(f, "editions/{id}.{language}.txt"),
            Self::EditionProof(id) => write!(f, "editions/{id}.tlog-proof"),
        }
    }
}

/// No archive of evidence has such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no archive of evidence has such a file")]
pub(super) struct UnknownFile;

impl FromStr for Place {
    type Err = UnknownFile;

    fn from_str(path: &str) -> Result<Self, UnknownFile> {
        let place = match path.split_once('/') {
            None => [
                Self::Explanation,
                Self::Manifest,
                Self::Keys,
                Self::Log,
                Self::Deadlines,
            ]
            .into_iter()
            .find(|place| place.to_string() == path),
            Some((folder, name)) => within(folder, name),
        };
        // A file has one name.
        place
            .filter(|place| place.to_string() == path)
            .ok_or(UnknownFile)
    }
}

fn within(folder: &str, name: &str) -> Option<Place> {
    let (stem, extension) = name.split_once('.')?;
    let sequence = || stem.parse().ok();
    Some(match (folder, extension) {
        ("calendars", _) => Place::Calendar(name.strip_suffix(".txt")?.parse().ok()?),
        ("records", _) => Place::Record(sequence()?),
        ("messages", _) => Place::Message(sequence()?),
        ("receipts", _) => Place::Receipt(sequence()?),
        ("proofs", _) => Place::Proof(sequence()?),
        ("editions", "json") => Place::Edition(stem.parse().ok()?),
        ("editions", "tlog-proof") => Place::EditionProof(stem.parse().ok()?),
        ("editions", text) => {
            let language = text.strip_suffix(".txt")?.parse().ok()?;
            Place::Text(stem.parse().ok()?, language)
        }
        _ => return None,
    })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestHeader {
    pub(super) alg: String,
    pub(super) typ: String,
    pub(super) kid: String,
}

/// What the issuer vouches for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestClaims {
    /// The issuer.
    pub(super) iss: Line<200>,
    /// The person.
    pub(super) sub: SubjectId,
    /// When the archive was made, in seconds since 1970.
    pub(super) iat: i64,
    /// The SHA-256 of every file but this one.
    pub(super) files: BTreeMap<String, Sha256Digest>,
}

/// The `typ` of a manifest.
pub(super) const TYP: &str = "kelisim-evidence+jwt";

/// How deadlines were computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deadlines {
    r#type: DeadlinesType,
    deadlines: Vec<ComputedDeadline>,
}

/// How a deadline was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComputedDeadline {
    edition: EditionId,
    published_at: Timestamp,
    rule: Rule,
    calendar: Line<16>,
    deadline: Deadline,
}

impl Deadlines {
    /// Those of editions, as their manifests have them.
    pub(super) fn of<'a>(manifests: impl Iterator<Item = &'a Manifest>) -> Self {
        let computed = manifests.filter_map(|manifest| {
            let succession = manifest.change.succession()?;
            Some(ComputedDeadline {
                edition: manifest.id(),
                published_at: manifest.published_at,
                rule: succession.rule,
                calendar: succession.calendar.clone(),
                deadline: succession.deadline,
            })
        });
        let mut deadlines: Vec<_> = computed.collect();
        deadlines.sort_by_key(|deadline| deadline.edition);
        Self {
            r#type: DeadlinesType::V1,
            deadlines,
        }
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    canonical::encode(value).expect("these types have string keys only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_and_has_one_spelling() {
        let id = EditionId::new(Sha256Digest::of(b"a"));
        for place in [
            Place::Explanation,
            Place::Manifest,
            Place::Keys,
            Place::Log,
            Place::Deadlines,
            Place::Calendar("2026-11".parse().unwrap()),
            Place::Calendar("2026.11".parse().unwrap()),
            Place::Record(1),
            Place::Message(9999),
            Place::Receipt(10_000),
            Place::Proof(12),
            Place::Edition(id),
            Place::Text(id, Language::Kk),
            Place::EditionProof(id),
        ] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for path in [
            "",
            "a.txt",
            "records/1.json",
            "records/00001.json",
            "records/0001.txt",
            "records/+001.json",
            "records/0001",
            "messages/a.txt",
            "editions/x.json",
            "editions/.json",
            "keys.json/",
            "Keys.json",
            "calendars/.txt",
            "calendars/a-name-too-long-for-it.txt",
            "other/0001.json",
            "records/4294967296.json",
        ] {
            assert_eq!(path.parse::<Place>(), Err(UnknownFile), "{path}");
        }
        for wrong in [
            format!("editions/{id}.de.txt"),
            format!("editions/{id}.txt"),
            format!("editions/{id}.ru.md"),
        ] {
            assert_eq!(wrong.parse::<Place>(), Err(UnknownFile), "{wrong}");
        }
    }
}
