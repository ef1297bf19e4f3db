//! A little world in memory: an operator with keys, editions, one person's records, and a log with all of it.

#![expect(dead_code, reason = "no test uses all of it")]

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use kelisim_shared::{
    api::{EditionSummary, Editions, staff::FileEntry},
    canonical,
    deadline::Rule,
    digest::Sha256Digest,
    edition::{Channel, Draft, DraftChange, DraftSuccession, DraftText, Edition, Operator},
    evidence::{Evidence, LogKeys, ReceiptFile, ReceiptFileType, Trust},
    jwk::JwkSet,
    jws::{self, Ed25519Signer, Es256Signer},
    language::Language,
    log::{
        Commitment, Entry, Salt,
        checkpoint::{Checkpoint, SignedCheckpoint},
        merkle::{self, Tiles, Tree},
        note::{Kind, Note, Signature, VerifierKey, cosigned},
        proof::LogProof,
        tile::{self, Tile},
    },
    receipt::Issuer,
    record::{
        self, Acceptance, Event, Ground, Head, Place, Presentation, Record, Source, Staff,
        SubjectId, View, Withdrawal,
    },
    software::{SoftwareEd25519Signer, SoftwareSigner},
    statement::{self, Control, Shown},
    time::Timestamp,
    token::TokenHash,
};
use pollster::block_on;
use serde::Serialize;
use serde_json::{Value, json};

/// The operator, the person, and what came of them.
pub(crate) struct World {
    pub(crate) operator: SoftwareSigner,
    pub(crate) device: SoftwareSigner,
    pub(crate) first: Edition,
    pub(crate) second: Edition,
    pub(crate) entries: Vec<FileEntry>,
    pub(crate) log: Log,
}

/// What is served, by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) const ORIGIN: &str = "consent.example/log";

/// The place of the second edition in the log: beyond its first tile.
pub(crate) const SECOND_INDEX: usize = 303;

impl World {
    /// A person who is shown the first edition and accepts it, uses the app after the deadline of the second, withdraws, accepts
    /// by the form, and whose records are looked at.
    pub(crate) fn new() -> Self {
        let first = edition(DraftChange::Initial {}, "one", "2026-11-02T05:00:00.000Z");
        let change = DraftChange::Material(DraftSuccession {
            supersedes: first.id(),
            rule: Rule::default(),
        });
        let second = edition(change, "two", "2026-11-23T05:00:00.000Z");
        let mut world = Self {
            operator: SoftwareSigner::from_scalar(&[1; 32]).unwrap(),
            device: SoftwareSigner::from_scalar(&[2; 32]).unwrap(),
            first,
            second,
            entries: Vec::new(),
            log: Log::default(),
        };
        world.live();
        world
    }

    fn live(&mut self) {
        let (first, second) = (self.first.clone(), self.second.clone());
        self.log.add_edition(&first);
        let shown = shown(&first);
        self.state(
            "2026-11-03T05:00:00.000Z",
            "jti-1",
            &statement::Event::Presented {
                edition: first.id(),
                shown,
            },
        );
        let accepted = statement::Event::Accepted {
            edition: first.id(),
            shown,
            control: Control::DialogAccept,
        };
        self.state("2026-11-03T05:01:00.000Z", "jti-2", &accepted);
        for number in 0..300_u64 {
            let other = Commitment::new(Sha256Digest::of(&number.to_be_bytes()));
            self.log.add(Entry::Commitment(other).to_bytes().unwrap());
        }
        self.log.add_edition(&second);
        self.state(
            "2026-12-01T05:00:00.000Z",
            "jti-3",
            &statement::Event::Used {
                edition: second.id(),
            },
        );
        let withdrawal = Withdrawal {
            application: "17".parse().unwrap(),
            document_sha256: Sha256Digest::of(b"application"),
            channel: record::Channel::Post,
            received_at: at("2026-12-09T05:00:00.000Z"),
            effective_at: at("2026-12-10T05:00:00.000Z"),
            officer: staff(),
        };
        self.write(
            "2026-12-10T06:00:00.000Z",
            Event::Withdrawn(withdrawal),
            None,
        );
        self.press_the_form("2026-12-11T06:00:00.000Z");
        self.write(
            "2026-12-12T06:00:00.000Z",
            Event::Viewed(View { reader: staff() }),
            None,
        );
        // The look is not in the log yet.
        self.log.entries.pop();
    }

    /// Records what a statement of the device leads to.
    fn state(&mut self, now: &str, jti: &str, event: &statement::Event) {
        let claims = statement::Claims {
            aud: "https://consent.example".parse().unwrap(),
            iat: u64::try_from(at(now).unix_seconds())
                .unwrap()
                .try_into()
                .unwrap(),
            jti: jti.parse().unwrap(),
            nonce: "nonce".parse().unwrap(),
            ath: TokenHash::of("token"),
            event: event.clone(),
        };
        let header = json!({ "alg": "ES256", "typ": "kelisim-statement+jwt", "jwk": self.device.public_key() });
        let message = block_on(jws::sign(&header, &claims, &self.device)).unwrap();
        let (signed, _) = message.rsplit_once('.').unwrap();
        let source = Source::Device {
            key: self.device.public_key().thumbprint(),
            statement: Sha256Digest::of(signed.as_bytes()),
            jti: claims.jti,
            claimed_at: claims.iat,
        };
        let agreement = "2026-01".parse().unwrap();
        let event = match *event {
            statement::Event::Presented { edition, shown } => Event::Presented(Presentation {
                edition,
                agreement,
                shown,
                source,
            }),
            statement::Event::Accepted {
                edition,
                shown,
                control,
            } => Event::Accepted(Acceptance {
                edition,
                agreement,
                presentation: Some(self.entries[0].id),
                ground: Ground::Explicit { shown, control },
                source,
            }),
            statement::Event::Used { edition } => Event::Accepted(Acceptance {
                edition,
                agreement,
                presentation: None,
                ground: Ground::Implied {
                    deadline: self.second.manifest().change.succession().unwrap().deadline,
                    place: Place::Web {
                        origin: "https://smartaqkol.chat".parse().unwrap(),
                    },
                },
                source,
            }),
        };
        self.write(now, event, Some(message));
    }

    /// Records what the form of /consent leads to.
    fn press_the_form(&mut self, now: &str) {
        #[derive(Serialize)]
        struct Ticket<'a> {
            subject: SubjectId,
            agreement: &'a str,
            edition: Value,
            shown: Shown,
            issued_at: Timestamp,
        }
        let shown = shown(&self.second);
        let ticket = Ticket {
            subject: subject(),
            agreement: "2026-01",
            edition: json!(self.second.id()),
            shown,
            issued_at: at(now),
        };
        let payload = canonical::encode(&ticket).unwrap();
        let message = [&payload[..], b"a seal that only the edge can check"]
            .map(Base64UrlUnpadded::encode_string);
        let event = Event::Accepted(Acceptance {
            edition: self.second.id(),
            agreement: "2026-01".parse().unwrap(),
            presentation: None,
            ground: Ground::Explicit {
                shown,
                control: Control::FormAccept,
            },
            source: Source::Session {
                ticket: Sha256Digest::of(&payload),
                issued_at: at(now),
            },
        });
        self.write(now, event, Some(message.join(".")));
    }

    fn write(&mut self, now: &str, event: Event, message: Option<String>) {
        let head = self.entries.last().map(|entry| Head {
            sequence: entry.record.sequence,
            record: entry.id,
        });
        let record = Head::next(head, subject(), at(now), event).unwrap();
        let receipt = record.event.earns_receipt().then(|| self.receipt(&record));
        let salt = Salt::from_bytes([u8::try_from(record.sequence).unwrap(); 32]);
        let commitment = Entry::Commitment(Commitment::to(&record, &salt));
        let log_index = Some(self.log.add(commitment.to_bytes().unwrap()) as u64);
        self.entries.push(FileEntry {
            id: record.id(),
            record,
            message,
            receipt,
            salt,
            log_index,
        });
    }

    pub(crate) fn receipt(&self, record: &Record) -> String {
        block_on(issuer().issue(record.clone(), &self.operator)).unwrap()
    }

    pub(crate) fn editions(&self) -> [&Edition; 2] {
        [&self.first, &self.second]
    }

    /// The published keys.
    pub(crate) fn keys(&self) -> Value {
        keys(&self.operator)
    }

    /// What somebody has who knows the operator's keys.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            keys: Some(JwkSet::parse(&serde_json::to_vec(&self.keys()).unwrap()).unwrap()),
            log: Some(log_key()),
            witnesses: vec![witness_key()],
        }
    }

    /// What an archive is made of.
    pub(crate) fn evidence(&self) -> Evidence {
        let logged = self.entries.iter().filter_map(|entry| {
            let index = entry.log_index.filter(|&index| index < self.log.size())?;
            Some((entry.id, self.log.proof(index, Some(entry.salt))))
        });
        let editions = self.editions().map(|edition| {
            let index = self
                .log
                .index_of(&edition.manifest().to_canonical_json())
                .unwrap();
            (edition.id(), self.log.proof(index, None))
        });
        Evidence {
            subject: subject(),
            entries: self.entries.clone(),
            proofs: logged.collect(),
            editions: self
                .editions()
                .map(|edition| edition.document().clone())
                .to_vec(),
            edition_proofs: editions.into(),
            keys: self.keys(),
            log: Some(log_keys()),
            explanation: "<!doctype html><title>Evidence</title>".to_owned(),
        }
    }

    /// The archive of it, signed by the operator.
    pub(crate) fn seal(&self, evidence: &Evidence) -> Vec<u8> {
        block_on(evidence.seal(&issuer(), at("2026-12-12T06:00:01.000Z"), &self.operator)).unwrap()
    }

    /// The receipt file of a record.
    pub(crate) fn receipt_file(&self, sequence: usize) -> ReceiptFile {
        let entry = &self.entries[sequence - 1];
        let edition = match &entry.record.event {
            Event::Accepted(acceptance) => self
                .editions()
                .into_iter()
                .find(|edition| edition.id() == acceptance.edition),
            _ => None,
        };
        ReceiptFile {
            r#type: ReceiptFileType::V1,
            receipt: entry.receipt.clone().unwrap(),
            message: entry.message.clone(),
            proof: Some(self.log.proof(entry.log_index.unwrap(), Some(entry.salt))),
            edition: edition.map(|edition| edition.document().clone()),
            keys: self.keys(),
            log: Some(log_keys()),
        }
    }

    /// Everything that the edge serves to an audit, by path.
    pub(crate) fn site(&self) -> Files {
        let mut files = self.log.files();
        let list = Editions {
            editions: self
                .editions()
                .map(|edition| EditionSummary::from(edition.manifest()))
                .to_vec(),
        };
        files.insert("/v1/editions".into(), serde_json::to_vec(&list).unwrap());
        for edition in self.editions() {
            let path = format!("/v1/editions/{}", edition.id());
            files.insert(path, serde_json::to_vec(edition.document()).unwrap());
        }
        files.insert("/v1/log".into(), serde_json::to_vec(&log_keys()).unwrap());
        files.insert(
            "/.well-known/jwks.json".into(),
            serde_json::to_vec(&self.keys()).unwrap(),
        );
        files
    }
}

/// A log in memory, which keeps everything as it is added.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Log {
    pub(crate) fn add(&mut self, entry: Vec<u8>) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    pub(crate) fn add_edition(&mut self, edition: &Edition) {
        let entry = Entry::Edition(Box::new(edition.manifest().clone()));
        self.add(entry.to_bytes().unwrap());
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn index_of(&self, entry: &[u8]) -> Option<u64> {
        let place = self.entries.iter().position(|other| other == entry);
        place.map(|place| place as u64)
    }

    fn tree(&self) -> Tree {
        let leaves = self.entries.iter().map(|entry| merkle::leaf_hash(entry));
        leaves.collect()
    }

    /// The checkpoint over the first entries, signed by log and witness.
    pub(crate) fn checkpoint(&self, size: u64) -> String {
        let root = merkle::root(&self.tree(), size).unwrap();
        let checkpoint = Checkpoint {
            origin: ORIGIN.parse().unwrap(),
            size,
            root,
        };
        let text = checkpoint.to_string();
        let signature = block_on(log_signer().sign(text.as_bytes())).unwrap();
        let time = 1_795_410_000_u64;
        let cosignature =
            block_on(witness_signer().sign(cosigned(&text, time).as_bytes())).unwrap();
        let cosignature = [&time.to_be_bytes()[..], &cosignature].concat();
        let signatures = vec![
            Signature::new(&log_key(), &signature),
            Signature::new(&witness_key(), &cosignature),
        ];
        Note::new(text, signatures).to_string()
    }

    pub(crate) fn proof(&self, index: u64, salt: Option<Salt>) -> String {
        let hashes = merkle::prove_inclusion(&self.tree(), index, self.size()).unwrap();
        let proof = LogProof {
            extra: salt.map(|salt| salt.as_bytes().to_vec()),
            index,
            hashes,
            checkpoint: SignedCheckpoint::parse(&self.checkpoint(self.size())).unwrap(),
        };
        proof.to_string()
    }

    /// What the log serves, by path.
    pub(crate) fn files(&self) -> Files {
        let tree = self.tree();
        let tiles = Tile::added(0, self.size()).map(|tile| {
            let first = usize::try_from(tile.first()).unwrap();
            let content = match tile.kind {
                tile::Kind::Hashes(level) => {
                    let hashes = tree.hashes(level, tile.first(), tile.width.into()).unwrap();
                    tile::write_hashes(&hashes)
                }
                tile::Kind::Entries => {
                    let entries = &self.entries[first..first + usize::from(tile.width)];
                    tile::write_entries(entries.iter().map(Vec::as_slice))
                }
            };
            (format!("/log/{tile}"), content)
        });
        let mut files: BTreeMap<_, _> = tiles.collect();
        files.insert(
            "/log/checkpoint".into(),
            self.checkpoint(self.size()).into_bytes(),
        );
        files
    }
}

pub(crate) fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

pub(crate) fn subject() -> SubjectId {
    SubjectId::new(Sha256Digest::of(b"subject"))
}

pub(crate) fn issuer() -> Issuer {
    Issuer {
        issuer: "https://consent.example".parse().unwrap(),
        operator: operator(),
        policy_url: "https://smartaqkol.chat/privacy".parse().unwrap(),
        kid: "2026-11".into(),
    }
}

/// A set of published keys with that one.
pub(crate) fn keys(signer: &SoftwareSigner) -> Value {
    let mut key = serde_json::to_value(signer.public_key()).unwrap();
    key["kid"] = "2026-11".into();
    key["use"] = "sig".into();
    json!({ "keys": [key] })
}

pub(crate) fn log_keys() -> LogKeys {
    LogKeys {
        key: log_key().to_string().parse().unwrap(),
        witnesses: vec![witness_key().to_string().parse().unwrap()],
    }
}

pub(crate) fn log_key() -> VerifierKey {
    VerifierKey {
        name: ORIGIN.parse().unwrap(),
        kind: Kind::Log,
        public_key: log_signer().public_key(),
    }
}

pub(crate) fn witness_key() -> VerifierKey {
    VerifierKey {
        name: "witness.example/w1".parse().unwrap(),
        kind: Kind::Witness,
        public_key: witness_signer().public_key(),
    }
}

fn log_signer() -> SoftwareEd25519Signer {
    SoftwareEd25519Signer::from_bytes(&[3; 32])
}

fn witness_signer() -> SoftwareEd25519Signer {
    SoftwareEd25519Signer::from_bytes(&[4; 32])
}

fn operator() -> Operator {
    Operator {
        name: "ТОО «BTS Digital»".parse().unwrap(),
        bin: None,
        address: None,
    }
}

fn staff() -> Staff {
    Staff {
        issuer: "https://id.example".parse().unwrap(),
        subject: "officer".parse().unwrap(),
    }
}

/// An edition with that word in it.
pub(crate) fn edition(change: DraftChange, word: &str, published_at: &str) -> Edition {
    let summary = change.supersedes().map(|_| "a word".parse().unwrap());
    let draft = Draft {
        authoritative: Language::Ru,
        channels: vec![Channel::Site],
        change,
        publish_at: None,
        texts: vec![DraftText {
            language: Language::Ru,
            body: format!("Title\n1. First\n1.1. The word is {word}.\n"),
            purposes: vec!["a purpose".parse().unwrap()],
            data_categories: vec!["a number".parse().unwrap()],
            summary,
        }],
    };
    let policy_url = "https://smartaqkol.chat/privacy".parse().unwrap();
    draft
        .publish(at(published_at), operator(), policy_url)
        .unwrap()
}

/// An edition on the screen.
pub(crate) fn shown(edition: &Edition) -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: edition.manifest().texts[0].sha256,
        interface_language: Language::Kk,
    }
}

/// A JWS of that `typ`, signed as if it were a receipt.
pub(crate) fn signed(signer: &impl Es256Signer, typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "ES256", "typ": typ, "kid": "2026-11" });
    block_on(jws::sign(&header, claims, signer)).unwrap()
}
