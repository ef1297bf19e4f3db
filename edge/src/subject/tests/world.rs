//! A subject object on a store in memory, which fails where it is told to.

use std::cell::RefCell;

use kelisim_shared::{
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    edition::{Change, EditionId, Operator, Succession},
    jwk::Thumbprint,
    language::Language,
    record::{Channel, Place, Record, RecordId, Staff},
    software::SoftwareSigner,
    statement::{Control, Shown},
    subject::Occurrence,
};
use pollster::block_on;

use super::super::*;
use crate::ports::{LogQueue, TallyInbox};

/// A subject object and its world.
pub(super) struct World {
    pub(super) store: MemoryStore,
    pub(super) signer: SoftwareSigner,
    issuer: receipt::Issuer,
    entropy: Counter,
    pub(super) logs: bool,
}

/// Never gives the same bytes twice.
#[derive(Default)]
pub(super) struct Counter(RefCell<u8>);

impl Entropy for Counter {
    fn bytes(&self) -> [u8; 32] {
        let mut count = self.0.borrow_mut();
        *count += 1;
        [*count; 32]
    }
}

/// Takes everything, or nothing.
#[derive(Default)]
pub(super) struct MemoryQueue {
    pub(super) sent: RefCell<Vec<LogMessage>>,
    pub(super) is_away: RefCell<bool>,
}

impl LogQueue for MemoryQueue {
    async fn send(&self, message: &LogMessage) -> Result<(), Unavailable> {
        if *self.is_away.borrow() {
            return Err(Unavailable);
        }
        self.sent.borrow_mut().push(message.clone());
        Ok(())
    }
}

impl World {
    pub(super) fn new() -> Self {
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
            entropy: Counter::default(),
            logs: false,
        }
    }

    pub(super) fn object(&self) -> SubjectObject<'_, MemoryStore, SoftwareSigner, Counter> {
        SubjectObject {
            store: &self.store,
            signer: &self.signer,
            issuer: &self.issuer,
            entropy: &self.entropy,
            logs: self.logs,
        }
    }

    pub(super) fn try_submit(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<Result<Outcome<MessageReply>, Refusal>, Unavailable> {
        block_on(self.object().submit(submission, now))
    }

    pub(super) fn submit(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<Outcome<MessageReply>, Refusal> {
        self.try_submit(submission, now).unwrap()
    }

    pub(super) fn order(&self, order: Order, now: Timestamp) -> Result<OrderReply, Refusal> {
        let outcome = block_on(self.object().carry_out(subject(), order, now)).unwrap();
        outcome.map(|outcome| outcome.reply)
    }

    pub(super) fn state(&self, terms: &Terms, now: Timestamp) -> State {
        block_on(self.object().state(terms, now)).unwrap()
    }

    pub(super) fn receipts(&self, now: Timestamp) -> Vec<String> {
        block_on(self.object().receipts(now)).unwrap()
    }

    pub(super) fn records(&self) -> Vec<Record> {
        let inner = self.store.0.borrow();
        inner
            .entries
            .iter()
            .map(|(entry, _)| entry.record.clone())
            .collect()
    }
}

pub(super) fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

pub(super) fn edition(name: &str) -> EditionId {
    EditionId::new(Sha256Digest::of(name.as_bytes()))
}

pub(super) fn subject() -> SubjectId {
    SubjectId::new(Sha256Digest::of(b"subject"))
}

/// The terms while the first edition is in force.
pub(super) fn first() -> Terms {
    Terms::of([(edition("first"), &Change::Initial {})].into_iter()).unwrap()
}

/// The terms while the second is, which was published on Monday, 2026-11-23, so that the deadline is the end of the next.
pub(super) fn second() -> Terms {
    let published_at = at("2026-11-23T05:00:00.000Z");
    let calendar = Calendar::kazakhstan();
    let succession = Succession {
        supersedes: edition("first"),
        deadline: Deadline::of(published_at, Rule::default(), calendar).unwrap(),
        rule: Rule::default(),
        calendar: calendar.version().parse().unwrap(),
    };
    let history = [
        (edition("first"), &Change::Initial {}),
        (edition("second"), &Change::Material(succession)),
    ];
    Terms::of(history.into_iter()).unwrap()
}

/// When the deadline of the second comes.
pub(super) const DEADLINE: &str = "2026-11-30T19:00:00.000Z";

pub(super) fn accepted(edition: EditionId) -> Occurrence {
    Occurrence::Accepted {
        edition,
        shown: shown(),
        control: Control::DialogAccept,
    }
}

pub(super) fn presented(edition: EditionId) -> Occurrence {
    Occurrence::Presented {
        edition,
        shown: shown(),
    }
}

pub(super) fn used() -> Occurrence {
    Occurrence::Used {
        edition: None,
        place: Place::Web {
            origin: "https://smartaqkol.chat".parse().unwrap(),
        },
    }
}

fn shown() -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language: Language::Kk,
    }
}

/// A statement with that `jti`, whose nonce was given out after everything that a test is about.
pub(super) fn submission(jti: &str, occurrence: Occurrence, terms: Terms) -> Submission {
    Submission {
        subject: subject(),
        message: Message {
            agreement: "2026-01".parse().unwrap(),
            source: Source::Device {
                key: Thumbprint::new(Sha256Digest::of(b"key")),
                statement: Sha256Digest::of(jti.as_bytes()),
                jti: jti.parse().unwrap(),
                claimed_at: 1_795_410_000.try_into().unwrap(),
            },
            occurrence,
        },
        text: Some(format!("statement {jti}")),
        terms,
        nonce: Verdict::Fresh {
            issued_at: at("2026-12-31T00:00:00.000Z"),
        },
    }
}

pub(super) fn officer() -> Staff {
    Staff {
        issuer: "https://id.example".parse().unwrap(),
        subject: "officer".parse().unwrap(),
    }
}

pub(super) fn withdrawal(application: &str, effective_at: Timestamp) -> Withdrawal {
    Withdrawal {
        application: application.parse().unwrap(),
        document_sha256: Sha256Digest::of(b"document"),
        channel: Channel::Post,
        received_at: effective_at,
        effective_at,
        officer: officer(),
    }
}

/// Takes everything, or nothing.
#[derive(Default)]
pub(super) struct MemoryTallyInbox {
    pub(super) told: RefCell<Vec<Delivery>>,
    pub(super) is_away: RefCell<bool>,
}

impl TallyInbox for MemoryTallyInbox {
    async fn tell(&self, delivery: &Delivery) -> Result<(), Unavailable> {
        if *self.is_away.borrow() {
            return Err(Unavailable);
        }
        self.told.borrow_mut().push(*delivery);
        Ok(())
    }
}

/// Where the store fails, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    BeforeAppend,
    AfterAppend,
    KeepReceipt,
    BeforeErase,
    AfterErase,
    ForgetDelivery,
}

#[derive(Default)]
pub(super) struct MemoryStore(pub(super) RefCell<Inner>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) entries: Vec<(Entry, Option<String>)>,
    pub(super) facts: Facts,
    pub(super) tombstone: Option<Tombstone>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) wake_at: Option<Timestamp>,
    pub(super) fault: Option<Fault>,
}

impl Inner {
    fn fails(&mut self, fault: Fault) -> Result<(), Unavailable> {
        if self.fault == Some(fault) {
            self.fault = None;
            return Err(Unavailable);
        }
        Ok(())
    }

    fn head(&self) -> Option<Head> {
        let (entry, _) = self.entries.last()?;
        Some(Head {
            sequence: entry.record.sequence,
            record: entry.record.id(),
        })
    }
}

impl SubjectStore for MemoryStore {
    fn memory(&self) -> Result<Memory, Unavailable> {
        let inner = self.0.borrow();
        Ok(match &inner.tombstone {
            Some(tombstone) => Memory::Erased(tombstone.clone()),
            None => Memory::Chain(Box::new(Position {
                facts: inner.facts.clone(),
                head: inner.head(),
            })),
        })
    }

    fn entry_by_key(&self, key: &str) -> Result<Option<Entry>, Unavailable> {
        let inner = self.0.borrow();
        let mut entries = inner.entries.iter();
        let found = entries.find(|(_, known)| known.as_deref() == Some(key));
        Ok(found.map(|(entry, _)| entry.clone()))
    }

    fn entry(&self, id: RecordId) -> Result<Option<Entry>, Unavailable> {
        let entries = self.entries()?;
        Ok(entries.into_iter().find(|entry| entry.record.id() == id))
    }

    fn entries(&self) -> Result<Vec<Entry>, Unavailable> {
        let inner = self.0.borrow();
        Ok(inner
            .entries
            .iter()
            .map(|(entry, _)| entry.clone())
            .collect())
    }

    fn entries_with_receipts(&self) -> Result<Vec<Entry>, Unavailable> {
        let entries = self.entries()?.into_iter();
        Ok(entries
            .filter(|entry| entry.record.event.earns_receipt())
            .collect())
    }

    async fn append(&self, addition: Addition<'_>) -> Result<(), Unavailable> {
        let mut inner = self.0.borrow_mut();
        inner.fails(Fault::BeforeAppend)?;
        let entry = Entry {
            record: addition.record.clone(),
            text: addition.text.map(str::to_owned),
            receipt: None,
            salt: addition.salt,
            log_index: None,
        };
        inner.entries.push((entry, addition.key.map(str::to_owned)));
        inner.facts = addition.facts.clone();
        inner.deliveries.extend(addition.delivery.copied());
        inner.wake_at = addition.wake_at;
        inner.fails(Fault::AfterAppend)
    }

    fn keep_receipt(&self, id: RecordId, receipt: &str) -> Result<String, Unavailable> {
        let mut inner = self.0.borrow_mut();
        inner.fails(Fault::KeepReceipt)?;
        let mut entries = inner.entries.iter_mut().map(|(entry, _)| entry);
        let entry = entries
            .find(|entry| entry.record.id() == id)
            .ok_or(Unavailable)?;
        Ok(entry
            .receipt
            .get_or_insert_with(|| receipt.to_owned())
            .clone())
    }

    fn unlogged(&self) -> Result<Vec<Entry>, Unavailable> {
        let entries = self.entries()?.into_iter();
        Ok(entries.filter(|entry| entry.log_index.is_none()).collect())
    }

    fn set_logged(&self, record: RecordId, index: u64) -> Result<(), Unavailable> {
        let mut inner = self.0.borrow_mut();
        let mut entries = inner.entries.iter_mut().map(|(entry, _)| entry);
        if let Some(entry) = entries.find(|entry| entry.record.id() == record) {
            entry.log_index = Some(index);
        }
        Ok(())
    }

    async fn erase(
        &self,
        tombstone: &Tombstone,
        delivery: Option<&Delivery>,
        wake_at: Timestamp,
    ) -> Result<(), Unavailable> {
        let mut inner = self.0.borrow_mut();
        inner.fails(Fault::BeforeErase)?;
        let mut deliveries = std::mem::take(&mut inner.deliveries);
        deliveries.extend(delivery.copied());
        *inner = Inner {
            tombstone: Some(tombstone.clone()),
            wake_at: (!deliveries.is_empty()).then_some(wake_at),
            deliveries,
            fault: inner.fault,
            ..Inner::default()
        };
        inner.fails(Fault::AfterErase)
    }

    fn set_tombstone(&self, tombstone: &Tombstone) -> Result<(), Unavailable> {
        self.0.borrow_mut().tombstone = Some(tombstone.clone());
        Ok(())
    }

    fn deliveries(&self) -> Result<Vec<Delivery>, Unavailable> {
        Ok(self.0.borrow().deliveries.clone())
    }

    fn forget_delivery(&self, id: DeliveryId) -> Result<(), Unavailable> {
        let mut inner = self.0.borrow_mut();
        inner.fails(Fault::ForgetDelivery)?;
        inner.deliveries.retain(|delivery| delivery.id != id);
        Ok(())
    }

    async fn wake_at(&self, at: Option<Timestamp>) -> Result<(), Unavailable> {
        self.0.borrow_mut().wake_at = at;
        Ok(())
    }
}
