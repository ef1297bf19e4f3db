//! Editions: one published text of the policy, in one or more languages, one of them authoritative.
//!
//! An edition is named by the SHA-256 of its manifest in canonical JSON, and the manifest holds the
//! SHA-256 of each language's exact bytes. So nothing about an edition can change under its name:
//!
//! ```json
//! {"authoritative":"ru","change":{"calendar":"2026-11","class":"material",
//!   "deadline":"2026-11-30T19:00:00.000Z","rule":"kz-7-days-next-working-day/v1","supersedes":"…"},
//!  "channels":["site"],"operator":{"name":"ТОО «BTS Digital»"},
//!  "policy_url":"https://smartaqkol.chat/privacy","published_at":"2026-11-23T05:00:00.000Z",
//!  "texts":[{"bytes":12650,"data_categories":["…"],"language":"ru","purposes":["…"],"sha256":"…",
//!            "summary":"…"}],
//!  "type":"kelisim-edition/v1"}
//! ```
//!
//! | step | type | who makes it |
//! |---|---|---|
//! | asked for | [`Draft`] | staff, as JSON |
//! | published | [`Edition`] by [`Draft::publish`] | the edge, which sets the instant and the deadline |
//! | read again | [`Edition`] by [`Edition::from_document`] | whoever holds the manifest and the texts |

mod draft;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    canonical::{self, message_type},
    deadline::{Deadline, OutsideCalendar, Rule},
    digest::{Sha256Digest, digest_newtype},
    language::Language,
    policy::{Policy, PolicyError},
    text::Line,
    time::Timestamp,
};

pub use draft::{Draft, DraftChange, DraftSuccession, DraftText};

digest_newtype! {
    /// The id of an edition: the SHA-256 of its canonical manifest.
    EditionId
}

message_type! {
    /// The `type` of a manifest.
    ManifestType = "kelisim-edition/v1"
}

/// What is hashed to name an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Tells the manifest apart from every other hashed message.
    pub r#type: ManifestType,
    /// Whose policy it is.
    pub operator: Operator,
    /// Where the edition in force is always to be found (policy, clause 1.2).
    pub policy_url: Line<200>,
    /// When it was published, by the server's clock.
    pub published_at: Timestamp,
    /// Where it was published (policy, clause 1.2).
    pub channels: Vec<Channel>,
    /// How it relates to earlier editions.
    pub change: Change,
    /// The language whose text decides.
    pub authoritative: Language,
    /// The texts, one a language, in the order of their language codes.
    pub texts: Vec<TextManifest>,
}

/// Who publishes the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The name as registered.
    pub name: Line<200>,
    /// The business identification number: 12 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<Line<12>>,
    /// The postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Line<400>>,
}

/// A way in which an edition is made public (policy, clause 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "PublicationChannel"))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The company's site.
    Site,
    /// Mass media.
    Media,
}

/// How an edition relates to earlier ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "EditionChange"))]
#[serde(tag = "class", rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// There is no earlier edition: it can be accepted explicitly only.
    Initial {},
    /// The change has to be accepted by everyone.
    Material(Succession),
    /// The change leaves the meaning as it was: whoever has accepted the edition before, or one that differs from it by
    /// editorial changes only, need not accept it again. For everyone else it starts a term of its own.
    Editorial(Succession),
}

/// How an edition takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The edition before.
    pub supersedes: EditionId,
    /// From when continued use counts as acceptance of this one. Never computed again.
    pub deadline: Deadline,
    /// By which rule that was computed.
    pub rule: Rule,
    /// By which version of the calendar of working days.
    pub calendar: Line<16>,
}

impl Change {
    /// How the edition takes the place of another, if it does.
    #[must_use]
    pub const fn succession(&self) -> Option<&Succession> {
        match self {
            Self::Initial {} => None,
            Self::Material(succession) | Self::Editorial(succession) => Some(succession),
        }
    }
}

/// A text within a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TextManifest {
    /// The language.
    pub language: Language,
    /// The SHA-256 of the text's exact bytes in UTF-8.
    pub sha256: Sha256Digest,
    /// How many bytes those are.
    #[cfg_attr(feature = "openapi", schemars(range(max = 262_144)))]
    pub bytes: u32,
    /// Why data is processed (policy, clause 2.1), for showing before the action.
    pub purposes: Vec<Line<300>>,
    /// What data is processed (policy, clause 2.2), for showing before the action.
    pub data_categories: Vec<Line<300>>,
    /// What has changed, in a few words; for every edition but the initial one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Line<1000>>,
}

impl Manifest {
    /// The edition's id.
    #[must_use]
    pub fn id(&self) -> EditionId {
        EditionId::new(Sha256Digest::of(&self.to_canonical_json()))
    }

    /// The bytes that the id is the hash of.
    #[must_use]
    pub fn to_canonical_json(&self) -> Vec<u8> {
        canonical::encode(self).expect("a manifest has string keys only, and no floats")
    }

    /// Checks what the types leave open.
    fn check(&self) -> Result<(), EditionError> {
        let once = |channel| {
            self.channels
                .iter()
                .filter(|&&other| other == channel)
                .count()
                == 1
        };
        if self.channels.is_empty() || !self.channels.iter().all(|&channel| once(channel)) {
            return Err(EditionError::Channels);
        }
        for [a, b] in self.texts.array_windows() {
            if a.language.code() >= b.language.code() {
                return Err(EditionError::Order(b.language));
            }
        }
        if self.text(self.authoritative).is_none() {
            return Err(EditionError::AuthoritativeMissing(self.authoritative));
        }
        let succeeds = self.change.succession().is_some();
        if let Some(text) = self
            .texts
            .iter()
            .find(|text| text.summary.is_some() != succeeds)
        {
            return Err(EditionError::Summary(text.language));
        }
        self.texts.iter().try_for_each(TextManifest::check)
    }

    /// The entry of a language, if the edition has it.
    #[must_use]
    pub fn text(&self, language: Language) -> Option<&TextManifest> {
        self.texts.iter().find(|text| text.language == language)
    }
}

/// An edition as it travels and is stored: manifest and texts, not yet held against each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EditionDocument {
    /// The id that the document claims.
    pub id: EditionId,
    /// The manifest.
    pub manifest: Manifest,
    /// The exact text of each language of the manifest, in its order.
    pub texts: Vec<String>,
}

/// An edition whose texts match its manifest and whose manifest matches its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    document: EditionDocument,
    policies: Vec<Policy>,
}

impl Edition {
    /// Holds id, manifest and texts against each other.
    ///
    /// # Errors
    /// A hash does not match, or a text is not a policy.
    pub fn from_document(document: EditionDocument) -> Result<Self, EditionError> {
        if document.manifest.id() != document.id {
            return Err(EditionError::IdMismatch);
        }
        document.manifest.check()?;
        if document.manifest.texts.len() != document.texts.len() {
            return Err(EditionError::TextsMissing);
        }
        let mut policies = Vec::with_capacity(document.texts.len());
        for (manifest, text) in document.manifest.texts.iter().zip(&document.texts) {
            policies.push(manifest.open(text)?);
        }
        Ok(Self { document, policies })
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> EditionId {
        self.document.id
    }

    /// The manifest.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.document.manifest
    }

    /// Manifest and texts, to store or to send.
    #[must_use]
    pub const fn document(&self) -> &EditionDocument {
        &self.document
    }

    /// The text in `language`, else in the authoritative one: its manifest entry and its tree.
    #[must_use]
    pub fn text(&self, language: Language) -> (&TextManifest, &Policy) {
        let texts = &self.manifest().texts;
        let position = |wanted| texts.iter().position(|text| text.language == wanted);
        let index = position(language)
            .or_else(|| position(self.manifest().authoritative))
            .expect("`from_document` refuses an edition without its authoritative text");
        (&texts[index], &self.policies[index])
    }
}

impl TextManifest {
    fn check(&self) -> Result<(), EditionError> {
        if self.bytes > MAX_TEXT_BYTES {
            return Err(EditionError::TextTooLong(self.language));
        }
        for lines in [&self.purposes, &self.data_categories] {
            if !(1..=MAX_LINES).contains(&lines.len()) {
                return Err(EditionError::Lists(self.language));
            }
        }
        Ok(())
    }

    /// Holds a text against this entry, and parses it.
    ///
    /// # Errors
    /// Another text, or not a policy.
    pub fn open(&self, text: &str) -> Result<Policy, EditionError> {
        if text.len() != self.bytes as usize || Sha256Digest::of(text.as_bytes()) != self.sha256 {
            return Err(EditionError::TextMismatch(self.language));
        }
        Policy::parse(text).map_err(|error| EditionError::Text {
            language: self.language,
            error,
        })
    }
}

/// Why something is not an edition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditionError {
    /// The manifest's hash is not the id.
    #[error("the manifest does not match the edition's id")]
    IdMismatch,
    /// Not one text for each entry of the manifest.
    #[error("the texts are not those of the manifest")]
    TextsMissing,
    /// A text's hash is not that of the manifest.
    #[error("the text in {0} does not match its hash")]
    TextMismatch(Language),
    /// A text is not a policy.
    #[error("text in {language}, {error}")]
    Text {
        /// Its language.
        language: Language,
        /// What is wrong with it, and on which line.
        error: PolicyError,
    },
    /// A text is longer than 256 KiB.
    #[error("the text in {0} is longer than 262,144 bytes")]
    TextTooLong(Language),
    /// No purposes or data categories, or too many.
    #[error("the text in {0} needs 1 to 40 purposes and 1 to 40 data categories")]
    Lists(Language),
    /// A language comes twice, or the languages are not in the order of their codes.
    #[error("the text in {0} comes twice, or out of order")]
    Order(Language),
    /// There is no text in the authoritative language.
    #[error("there is no text in {0}, the authoritative language")]
    AuthoritativeMissing(Language),
    /// No channel, or one twice.
    #[error("an edition has one or two different channels")]
    Channels,
    /// A change without a summary, or an initial edition with one.
    #[error(
        "the text in {0} has to say in `summary` what has changed, unless it is of an initial edition"
    )]
    Summary(Language),
    /// The deadline cannot be computed.
    #[error(transparent)]
    OutsideCalendar(#[from] OutsideCalendar),
}

/// The longest text of an edition, in bytes: 256 KiB, twenty times the first edition's.
const MAX_TEXT_BYTES: u32 = 262_144;

/// The most purposes, and the most data categories, of a text.
const MAX_LINES: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_reads_back_from_its_document() {
        let edition = first_edition();
        assert_eq!(
            Edition::from_document(edition.document().clone()),
            Ok(edition)
        );
    }

    #[test]
    fn the_id_is_the_hash_of_the_canonical_manifest() {
        let edition = first_edition();
        let json = String::from_utf8(edition.manifest().to_canonical_json()).unwrap();
        assert!(
            json.starts_with(r#"{"authoritative":"ru","change":{"class":"initial"},"#),
            "{json}"
        );
        assert_eq!(*edition.id().digest(), Sha256Digest::of(json.as_bytes()));
        assert_eq!(
            canonical::decode::<Manifest>(json.as_bytes()).as_ref(),
            Ok(edition.manifest())
        );
    }

    #[test]
    fn refuses_a_document_with_anything_changed() {
        let document = first_edition().document().clone();
        let changed = |change: fn(&mut EditionDocument)| {
            let mut document = document.clone();
            change(&mut document);
            Edition::from_document(document).unwrap_err()
        };
        assert_eq!(
            changed(|document| document.texts[0].push(' ')),
            EditionError::TextMismatch(Language::Ru)
        );
        assert_eq!(
            changed(|document| document.texts.clear()),
            EditionError::TextsMissing
        );
        assert_eq!(
            changed(|document| document.manifest.texts[0].purposes.truncate(1)),
            EditionError::IdMismatch
        );
        assert_eq!(
            changed(|document| document.manifest.published_at = at(1)),
            EditionError::IdMismatch
        );
    }

    #[test]
    fn refuses_a_document_that_is_consistent_and_no_edition() {
        let document = first_edition().document().clone();
        let refused = |change: fn(&mut Manifest)| {
            let mut document = document.clone();
            change(&mut document.manifest);
            document.id = document.manifest.id();
            Edition::from_document(document).unwrap_err()
        };
        let ru = Language::Ru;
        for (change, expected) in [
            (
                (|manifest| manifest.texts[0].bytes += 1) as fn(&mut Manifest),
                EditionError::TextMismatch(ru),
            ),
            (
                |manifest| manifest.texts[0].bytes = u32::MAX,
                EditionError::TextTooLong(ru),
            ),
            (
                |manifest| manifest.texts.push(manifest.texts[0].clone()),
                EditionError::Order(ru),
            ),
            (|manifest| manifest.channels.clear(), EditionError::Channels),
            (
                |manifest| manifest.texts[0].data_categories.clear(),
                EditionError::Lists(ru),
            ),
        ] {
            assert_eq!(refused(change), expected);
        }
    }

    #[test]
    fn refuses_drafts_that_are_no_edition() {
        let refused = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            publish(draft).unwrap_err()
        };
        let ru = Language::Ru;
        assert_eq!(
            refused(|draft| draft.channels.clear()),
            EditionError::Channels
        );
        assert_eq!(
            refused(|draft| draft.channels.push(Channel::Site)),
            EditionError::Channels
        );
        assert_eq!(
            refused(|draft| draft.texts[0].purposes.clear()),
            EditionError::Lists(ru)
        );
        assert_eq!(
            refused(|draft| draft.texts.push(draft.texts[0].clone())),
            EditionError::Order(ru)
        );
        assert_eq!(
            refused(|draft| draft.authoritative = Language::Kk),
            EditionError::AuthoritativeMissing(Language::Kk)
        );
        assert_eq!(
            refused(|draft| draft.texts[0].body = " ".repeat(262_145)),
            EditionError::TextTooLong(ru)
        );
        assert_eq!(
            refused(|draft| draft.texts[0].body.push_str("\nlast words")).to_string(),
            "text in ru, line 48: the paragraph is neither a section nor a clause: it starts with no number"
        );
    }

    #[test]
    fn refuses_unknown_and_duplicate_members() {
        let json = serde_json::to_string(&draft()).unwrap();
        assert!(serde_json::from_str::<Draft>(&json).is_ok());
        for (from, to) in [
            (r#""authoritative""#, r#""x":1,"authoritative""#),
            (
                r#""authoritative""#,
                r#""authoritative":"ru","authoritative""#,
            ),
            (r#""class":"initial""#, r#""class":"initial","x":1"#),
            (
                r#""class":"initial""#,
                r#""class":"initial","class":"initial""#,
            ),
            (r#""language""#, r#""language":"ru","language""#),
        ] {
            let changed = json.replacen(from, to, 1);
            assert!(serde_json::from_str::<Draft>(&changed).is_err(), "{to}");
        }
    }

    fn draft() -> Draft {
        let line = |text: &str| text.parse().unwrap();
        Draft {
            authoritative: Language::Ru,
            channels: vec![Channel::Site],
            change: DraftChange::Initial {},
            publish_at: None,
            texts: vec![DraftText {
                language: Language::Ru,
                body: include_str!("../../www/editions/first/privacy.ru.txt").to_owned(),
                purposes: vec![line("исполнение соглашения"), line("обработка запросов")],
                data_categories: vec![line("номер телефона")],
                summary: None,
            }],
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_milliseconds(1_795_410_000_000 + seconds * 1000).unwrap()
    }

    fn publish(draft: Draft) -> Result<Edition, EditionError> {
        let operator = Operator {
            name: "ТОО «BTS Digital»".parse().unwrap(),
            bin: None,
            address: None,
        };
        draft.publish(
            at(0),
            operator,
            "https://smartaqkol.chat/privacy".parse().unwrap(),
        )
    }

    fn first_edition() -> Edition {
        publish(draft()).unwrap()
    }
}
