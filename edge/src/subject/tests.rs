use std::cell::RefCell;

use kelisim_shared::{
    digest::Sha256Digest,
    edition::Operator,
    jwk::{JwkSet, NamedKey, PublicKey, Thumbprint},
    language::Language,
    receipt::VerifiedReceipt,
    record::{Assurance, Basis, verify_chain},
    software::{SoftwareSigner, SoftwareVerifier},
    statement::Control,
};
use pollster::block_on;

use super::*;

#[test]
fn records_an_acceptance_once_however_often_it_is_submitted() {
    let world = World::new();
    let first = world.accept(&submission("a")).unwrap().unwrap();
    let again = world.accept(&submission("a")).unwrap().unwrap();
    assert!(first.is_new && !again.is_new);
    assert_eq!(
        (again.record, &again.receipt),
        (first.record, &first.receipt)
    );
    assert_eq!(world.records().len(), 1);
    assert_eq!(world.receipts(), [first.receipt]);
}

#[test]
fn a_second_press_for_the_same_edition_adds_nothing() {
    let world = World::new();
    let first = world.accept(&submission("a")).unwrap().unwrap();
    let second = world.accept(&submission("b")).unwrap().unwrap();
    assert_eq!(
        second,
        Recorded {
            is_new: false,
            ..first
        }
    );
    assert_eq!(world.records().len(), 1);
}

#[test]
fn refuses_a_jti_that_stands_for_another_statement() {
    let world = World::new();
    world.accept(&submission("a")).unwrap().unwrap();
    let mut other = submission("a");
    other.acceptance.statement = Sha256Digest::of(b"other");
    assert_eq!(world.accept(&other), Ok(Err(Refusal::JtiReused)));
    assert_eq!(world.records().len(), 1);
}

#[test]
fn refuses_a_nonce_unless_the_statement_is_recorded_already() {
    for (nonce, refusal) in [
        (Verdict::Expired, Refusal::NonceExpired),
        (Verdict::Invalid, Refusal::NonceInvalid),
    ] {
        let world = World::new();
        let stale = Submission {
            nonce,
            ..submission("a")
        };
        assert_eq!(world.accept(&stale), Ok(Err(refusal)));
        assert_eq!(world.state(), State::New {});
        let recorded = world.accept(&submission("a")).unwrap().unwrap();
        let replayed = world.accept(&stale).unwrap().unwrap();
        assert_eq!(
            replayed,
            Recorded {
                is_new: false,
                ..recorded
            }
        );
    }
}

#[test]
fn refuses_an_edition_that_is_not_in_force() {
    let world = World::new();
    let newer = Submission {
        in_force: edition("newer"),
        ..submission("a")
    };
    assert_eq!(world.accept(&newer), Ok(Err(Refusal::NotInForce)));
    assert!(world.records().is_empty());
}

#[test]
fn chains_records_and_keeps_the_state_that_they_lead_to() {
    let world = World::new();
    world.accept(&submission("a")).unwrap().unwrap();
    let mut newer = submission("b");
    newer.acceptance.edition = edition("newer");
    newer.in_force = edition("newer");
    world.accept(&newer).unwrap().unwrap();
    let records = world.records();
    let head = verify_chain(&records).unwrap();
    assert_eq!(
        world.store.position(),
        Ok(Position {
            state: State::of(&records),
            head
        })
    );
    assert_eq!(world.state().accepted_edition(), Some(edition("newer")));
    assert!(verify_chain(&records[1..]).is_err());
}

#[test]
fn a_failure_before_the_write_leaves_nothing_and_after_it_everything() {
    for (fault, kept) in [
        (Fault::BeforeAppend, 0),
        (Fault::AfterAppend, 1),
        (Fault::KeepReceipt, 1),
    ] {
        let world = World::new();
        *world.store.fault.borrow_mut() = Some(fault);
        assert_eq!(
            world.accept(&submission("a")),
            Err(Unavailable),
            "{fault:?}"
        );
        assert_eq!(world.records().len(), kept, "{fault:?}");
        let retried = world.accept(&submission("a")).unwrap().unwrap();
        assert_eq!(world.records().len(), 1, "{fault:?}");
        assert_eq!(world.receipts(), [retried.receipt], "{fault:?}");
    }
}

#[test]
fn a_receipt_proves_its_record() {
    let world = World::new();
    let recorded = world.accept(&submission("a")).unwrap().unwrap();
    let key = PublicKey::P256(world.signer.public_key());
    let keys = JwkSet::new(vec![NamedKey {
        kid: Some("k".into()),
        key,
    }]);
    let verify = VerifiedReceipt::verify(&recorded.receipt, &keys, &SoftwareVerifier);
    let receipt = block_on(verify).unwrap();
    assert_eq!(receipt.claims().record, world.records()[0]);
    assert_eq!(receipt.claims().jti, recorded.record);
}

struct World {
    store: MemoryStore,
    signer: SoftwareSigner,
    issuer: receipt::Issuer,
}

impl World {
    fn new() -> Self {
        let line = |text: &str| text.parse().unwrap();
        let operator = Operator {
            name: "T".parse().unwrap(),
            bin: None,
            address: None,
        };
        Self {
            store: MemoryStore::default(),
            signer: SoftwareSigner::from_scalar(&[7; 32]).unwrap(),
            issuer: receipt::Issuer {
                issuer: line("https://edge.example"),
                operator,
                policy_url: line("https://a.kz/privacy"),
                kid: "k".into(),
            },
        }
    }

    fn object(&self) -> SubjectObject<'_, MemoryStore, SoftwareSigner> {
        SubjectObject {
            store: &self.store,
            signer: &self.signer,
            issuer: &self.issuer,
        }
    }

    fn accept(&self, submission: &Submission) -> Result<Result<Recorded, Refusal>, Unavailable> {
        let now = Timestamp::from_unix_milliseconds(1_795_410_000_000).unwrap();
        block_on(self.object().accept(submission, now))
    }

    fn receipts(&self) -> Vec<String> {
        block_on(self.object().receipts()).unwrap()
    }

    fn state(&self) -> State {
        self.object().state().unwrap()
    }

    fn records(&self) -> Vec<Record> {
        self.store
            .rows
            .borrow()
            .iter()
            .map(|entry| entry.record.clone())
            .collect()
    }
}

fn edition(name: &str) -> EditionId {
    EditionId::new(Sha256Digest::of(name.as_bytes()))
}

fn submission(jti: &str) -> Submission {
    let digest = Sha256Digest::of(jti.as_bytes());
    Submission {
        subject: SubjectId::new(Sha256Digest::of(b"subject")),
        agreement: "2026-01".parse().unwrap(),
        acceptance: Acceptance {
            basis: Basis::Explicit,
            assurance: Assurance::Device,
            edition: edition("first"),
            language: Language::Ru,
            text_sha256: Sha256Digest::of(b"text"),
            interface_language: Language::Kk,
            control: Control::DialogAccept,
            key: Thumbprint::new(Sha256Digest::of(b"key")),
            statement: digest,
            jti: jti.parse().unwrap(),
            claimed_at: 1_795_410_000.try_into().unwrap(),
        },
        statement: format!("statement {jti}"),
        in_force: edition("first"),
        nonce: Verdict::Fresh,
    }
}

/// Where the store fails, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    BeforeAppend,
    AfterAppend,
    KeepReceipt,
}

#[derive(Default)]
struct MemoryStore {
    rows: RefCell<Vec<Entry>>,
    state: RefCell<Option<State>>,
    fault: RefCell<Option<Fault>>,
}

impl MemoryStore {
    fn fails(&self, fault: Fault) -> Result<(), Unavailable> {
        let mut planned = self.fault.borrow_mut();
        if *planned == Some(fault) {
            *planned = None;
            return Err(Unavailable);
        }
        Ok(())
    }

    fn find(&self, matches: impl Fn(&Record) -> bool) -> Option<Entry> {
        self.rows
            .borrow()
            .iter()
            .find(|entry| matches(&entry.record))
            .cloned()
    }
}

impl SubjectStore for MemoryStore {
    fn position(&self) -> Result<Position, Unavailable> {
        let head = self.rows.borrow().last().map(|entry| Head {
            sequence: entry.record.sequence,
            record: entry.record.id(),
        });
        Ok(Position {
            state: self.state.borrow().unwrap_or(State::New {}),
            head,
        })
    }

    fn entry_by_jti(&self, jti: &str) -> Result<Option<Entry>, Unavailable> {
        Ok(self.find(|record| {
            let Event::Accepted(acceptance) = &record.event;
            acceptance.jti.as_str() == jti
        }))
    }

    fn entry(&self, id: RecordId) -> Result<Option<Entry>, Unavailable> {
        Ok(self.find(|record| record.id() == id))
    }

    fn entries(&self) -> Result<Vec<Entry>, Unavailable> {
        Ok(self.rows.borrow().clone())
    }

    async fn append(
        &self,
        record: &Record,
        _statement: &str,
        state: State,
    ) -> Result<(), Unavailable> {
        self.fails(Fault::BeforeAppend)?;
        self.rows.borrow_mut().push(Entry {
            record: record.clone(),
            receipt: None,
        });
        *self.state.borrow_mut() = Some(state);
        self.fails(Fault::AfterAppend)
    }

    fn keep_receipt(&self, id: RecordId, receipt: &str) -> Result<String, Unavailable> {
        self.fails(Fault::KeepReceipt)?;
        let mut rows = self.rows.borrow_mut();
        let entry = rows
            .iter_mut()
            .find(|entry| entry.record.id() == id)
            .ok_or(Unavailable)?;
        Ok(entry
            .receipt
            .get_or_insert_with(|| receipt.to_owned())
            .clone())
    }
}
