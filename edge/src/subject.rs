//! The subject object: one per subject, and the only place where records are written.
//!
//! Calls to one object never overlap up to their first wait that is not for its own store. So a call is read, decided and
//! written as one step, and only receipts, which change nothing, are made afterwards. What is decided is in
//! [`kelisim_shared::subject`]; this module adds what needs memory: messages that were seen before, the chain, and the
//! time at which everything is erased.

mod store;

use kelisim_shared::{
    api::{
        MessageReply,
        staff::{FileEntry, OrderReply, SubjectFile},
    },
    counts::Movement,
    erasure::{Cause, Tombstone},
    jws::Es256Signer,
    log::{Commitment, Salt},
    receipt,
    record::{
        Event, Head, Hold, RecordId, Release, Source, Staff, SubjectId, Termination, View,
        Withdrawal,
    },
    subject::{self, Decision, Facts, Message, State, Terms},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::store::{Addition, Delivery, DeliveryId, Entry, Memory, Position, SubjectStore};
use crate::{
    nonce::Verdict,
    ports::{Entropy, LogQueue, TallyInbox, Unavailable},
};

/// What the Worker submits: a message that it has verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Whose it is.
    pub subject: SubjectId,
    /// The message.
    pub message: Message,
    /// The message as it was received, to be kept beside the record; none if it names the user as the host does.
    pub text: Option<String>,
    /// What the edition in force demands.
    pub terms: Terms,
    /// What the statement's nonce is worth; messages that carry none are fresh from when they were, or claim to be, made.
    pub nonce: Verdict,
}

/// What a subject has of an acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipted {
    /// What happened.
    pub event: Event,
    /// The receipt.
    pub receipt: String,
    /// The message that led to it, as it was received.
    pub message: Option<String>,
    /// What the log commits to the record by.
    pub salt: Salt,
    /// The index of that in the log, once it is known.
    pub log_index: Option<u64>,
}

/// Commitments of a subject, on their way to the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMessage {
    /// Whose object waits for the indices.
    pub subject: SubjectId,
    /// The commitments.
    pub commitments: Vec<Commitment>,
}

/// What came of a submission or an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome<R> {
    /// What to answer.
    pub reply: R,
    /// Whether a record was written now.
    pub is_new: bool,
}

/// What a member of staff orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Order {
    /// Record a withdrawal.
    Withdraw(Withdrawal),
    /// Record the end of the user agreement.
    Terminate(Termination),
    /// Put a hold on the records.
    Hold(Hold),
    /// Lift the hold.
    Release(Release),
    /// Erase everything.
    Erase {
        /// Who orders it.
        officer: Staff,
    },
}

/// Why a submission or an order is refused. Nothing is stored then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The message's own id stands for another message.
    #[error("the id of the message was used for another one")]
    JtiReused,
    /// The number of the application stands for another withdrawal.
    #[error("the number of the application was used for another one")]
    ApplicationReused,
    /// The nonce is too old.
    #[error("the nonce has expired")]
    NonceExpired,
    /// The nonce was not given to this subject.
    #[error("the nonce is not one that was given out")]
    NonceInvalid,
    /// It is against the rules of acceptance.
    #[error(transparent)]
    Rule(subject::Refusal),
}

/// The object of one subject.
#[derive(Debug)]
pub struct SubjectObject<'a, S, K, E> {
    /// Its memory.
    pub store: &'a S,
    /// The key of receipts.
    pub signer: &'a K,
    /// What receipts say about their issuer.
    pub issuer: &'a receipt::Issuer,
    /// Where salts come from.
    pub entropy: &'a E,
    /// Whether the edge has a log.
    pub logs: bool,
}

impl<S: SubjectStore, K: Es256Signer, E: Entropy> SubjectObject<'_, S, K, E> {
    /// The subject's state at `now`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn state(&self, terms: &Terms, now: Timestamp) -> Result<State, Unavailable> {
        Ok(match self.memory(now).await? {
            Memory::Chain(position) => position.facts.state(terms),
            Memory::Erased(tombstone) => erased(&tombstone),
        })
    }

    /// Records what a message tells of, or finds it recorded, or that nothing has to be.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    pub async fn submit(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<Result<Outcome<MessageReply>, Refusal>, Unavailable> {
        let Submission {
            subject,
            message,
            terms,
            ..
        } = submission;
        let Memory::Chain(position) = self.memory(now).await? else {
            return Ok(Err(Refusal::Rule(subject::Refusal::Erased {})));
        };
        let key = message.key();
        let (entry, facts, is_new) = match self.find(&key, &message.source)? {
            Some(Err(refusal)) => return Ok(Err(refusal)),
            Some(Ok(entry)) => (Some(entry), position.facts, false),
            None => {
                let made_after = match submission.nonce {
                    Verdict::Fresh { issued_at } => issued_at,
                    Verdict::Expired {} => return Ok(Err(Refusal::NonceExpired)),
                    Verdict::Invalid {} => return Ok(Err(Refusal::NonceInvalid)),
                };
                match position.facts.on_message(message, terms, made_after, now) {
                    Err(refusal) => return Ok(Err(Refusal::Rule(refusal))),
                    Ok(Decision::Unchanged(None)) => (None, position.facts, false),
                    Ok(Decision::Unchanged(Some(record))) => {
                        let entry = self.store.entry(record)?.ok_or(Unavailable)?;
                        (Some(entry), position.facts, false)
                    }
                    Ok(Decision::Record(event)) => {
                        let written = Written {
                            key: Some(&key),
                            text: submission.text.as_deref(),
                        };
                        let (entry, facts) = self
                            .write(*subject, &position, *event, written, now)
                            .await?;
                        (Some(entry), facts, true)
                    }
                }
            }
        };
        let state = facts.state(terms);
        let reply = match entry {
            None => MessageReply::Unchanged { state },
            Some(entry) if matches!(entry.record.event, Event::Presented(_)) => {
                let record = entry.record.id();
                MessageReply::Presented { record, state }
            }
            Some(entry) => MessageReply::Accepted {
                record: entry.record.id(),
                receipt: self.receipt_of(&entry).await?,
                state,
            },
        };
        Ok(Ok(Outcome { reply, is_new }))
    }

    /// Carries out what a member of staff orders.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    pub async fn carry_out(
        &self,
        subject: SubjectId,
        order: Order,
        now: Timestamp,
    ) -> Result<Result<Outcome<OrderReply>, Refusal>, Unavailable> {
        if let Order::Withdraw(withdrawal) = &order
            && let Err(refusal) =
                subject::check_withdrawal(withdrawal.received_at, withdrawal.effective_at, now)
        {
            return Ok(Err(Refusal::Rule(refusal)));
        }
        let position = match self.memory(now).await? {
            Memory::Chain(position) => position,
            Memory::Erased(tombstone) => return self.order_of_erased(tombstone, &order, now),
        };
        let facts = &position.facts;
        let mut key = None;
        let decision = match order {
            Order::Withdraw(withdrawal) => {
                let application = ["withdrawal:", withdrawal.application.as_str()].concat();
                if let Some(entry) = self.store.entry_by_key(&application)? {
                    return self.withdrawn_before(entry, withdrawal).await;
                }
                key = Some(application);
                Ok(Decision::Record(Box::new(Event::Withdrawn(withdrawal))))
            }
            Order::Terminate(termination) => facts.on_termination(termination, now),
            Order::Hold(hold) => Ok(facts.on_hold(hold)),
            Order::Release(release) => Ok(facts.on_release(release)),
            Order::Erase { officer } => {
                if position.head.is_none() {
                    return Ok(Err(Refusal::Rule(subject::Refusal::Nothing {})));
                }
                if let Err(refusal) = facts.on_erasure() {
                    return Ok(Err(Refusal::Rule(refusal)));
                }
                erase(self.store, &position, Cause::Order { officer }, now).await?;
                return Ok(Ok(done(OrderReply::Erased {})));
            }
        };
        match decision {
            Err(refusal) => Ok(Err(Refusal::Rule(refusal))),
            Ok(Decision::Unchanged(_)) => Ok(Ok(done(OrderReply::Unchanged {}))),
            Ok(Decision::Record(event)) => {
                let written = Written {
                    key: key.as_deref(),
                    text: None,
                };
                let (entry, _) = self.write(subject, &position, *event, written, now).await?;
                let reply = self.recorded(entry).await?;
                Ok(Ok(Outcome {
                    reply,
                    is_new: true,
                }))
            }
        }
    }

    /// Everything that is held about the subject. The look is recorded before it is granted, unless there is nothing to
    /// look at.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn file(
        &self,
        subject: SubjectId,
        view: View,
        terms: Option<&Terms>,
        now: Timestamp,
    ) -> Result<SubjectFile, Unavailable> {
        let mut position = match self.memory(now).await? {
            Memory::Chain(position) => position,
            Memory::Erased(tombstone) => return Ok(SubjectFile::Erased { tombstone }),
        };
        if position.head.is_some() {
            let event = Event::Viewed(view);
            let written = Written::default();
            let (_, facts) = self.write(subject, &position, event, written, now).await?;
            position.facts = facts;
        }
        let mut entries = self.store.entries()?;
        for entry in &mut entries {
            if entry.record.event.earns_receipt() {
                entry.receipt = Some(self.receipt_of(entry).await?);
            }
        }
        Ok(SubjectFile::Kept {
            subject,
            state: terms.map(|terms| position.facts.state(terms)),
            holds: position.facts.holds.into_iter().collect(),
            entries: entries.into_iter().map(FileEntry::from).collect(),
        })
    }

    /// What the subject has of an acceptance.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn receipt(
        &self,
        record: RecordId,
        now: Timestamp,
    ) -> Result<Option<Receipted>, Unavailable> {
        let Memory::Chain(_) = self.memory(now).await? else {
            return Ok(None);
        };
        let entry = self.store.entry(record)?;
        match entry.filter(|entry| entry.record.event.earns_receipt()) {
            None => Ok(None),
            Some(entry) => Ok(Some(Receipted {
                receipt: self.receipt_of(&entry).await?,
                event: entry.record.event,
                message: entry.text,
                salt: entry.salt,
                log_index: entry.log_index,
            })),
        }
    }

    /// The subject's receipts, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn receipts(&self, now: Timestamp) -> Result<Vec<String>, Unavailable> {
        let mut receipts = Vec::new();
        if let Memory::Chain(_) = self.memory(now).await? {
            for entry in self.store.entries_with_receipts()? {
                receipts.push(self.receipt_of(&entry).await?);
            }
        }
        Ok(receipts)
    }

    async fn memory(&self, now: Timestamp) -> Result<Memory, Unavailable> {
        memory(self.store, now).await
    }

    /// The entry of a message that was recorded before.
    fn find(
        &self,
        key: &str,
        source: &Source,
    ) -> Result<Option<Result<Entry, Refusal>>, Unavailable> {
        let found = self.store.entry_by_key(key)?;
        Ok(found.map(|entry| {
            if entry.record.event.source() == Some(source) {
                Ok(entry)
            } else {
                Err(Refusal::JtiReused)
            }
        }))
    }

    /// What becomes of a withdrawal whose number is known. Who records it the second time makes no difference.
    async fn withdrawn_before(
        &self,
        entry: Entry,
        mut withdrawal: Withdrawal,
    ) -> Result<Result<Outcome<OrderReply>, Refusal>, Unavailable> {
        match &entry.record.event {
            Event::Withdrawn(recorded) => withdrawal.officer = recorded.officer.clone(),
            _ => return Err(Unavailable),
        }
        if entry.record.event == Event::Withdrawn(withdrawal) {
            Ok(Ok(done(self.recorded(entry).await?)))
        } else {
            Ok(Err(Refusal::ApplicationReused))
        }
    }

    /// What becomes of an order about somebody who was erased.
    fn order_of_erased(
        &self,
        tombstone: Tombstone,
        order: &Order,
        now: Timestamp,
    ) -> Result<Result<Outcome<OrderReply>, Refusal>, Unavailable> {
        match order {
            Order::Withdraw(withdrawal) => {
                self.store.set_tombstone(&tombstone.with(withdrawal, now))?;
                Ok(Ok(done(OrderReply::Noted {})))
            }
            Order::Erase { .. } => Ok(Ok(done(OrderReply::Erased {}))),
            _ => Ok(Err(Refusal::Rule(subject::Refusal::Erased {}))),
        }
    }

    async fn write(
        &self,
        subject: SubjectId,
        Position { facts, head }: &Position,
        event: Event,
        Written { key, text }: Written<'_>,
        now: Timestamp,
    ) -> Result<(Entry, Facts), Unavailable> {
        let record = Head::next(*head, subject, now, event).map_err(|_| Unavailable)?;
        let after = facts.clone().after(&record);
        let delivery = Movement::of(facts, &after, &record.event, now).map(|movement| Delivery {
            id: DeliveryId::of(record.id()),
            movement,
        });
        let tell_at = if delivery.is_some() || self.logs {
            Some(later(now, TELL_MILLISECONDS))
        } else {
            telling(self.store, now)?
        };
        let salt = Salt::from_bytes(self.entropy.bytes());
        let addition = Addition {
            record: &record,
            key,
            text,
            salt,
            facts: &after,
            delivery: delivery.as_ref(),
            wake_at: earliest(tell_at, erase_at(&after)),
        };
        self.store.append(addition).await?;
        let entry = Entry {
            record,
            text: text.map(str::to_owned),
            receipt: None,
            salt,
            log_index: None,
        };
        Ok((entry, after))
    }

    async fn recorded(&self, entry: Entry) -> Result<OrderReply, Unavailable> {
        let record = entry.record.id();
        let receipt = if entry.record.event.earns_receipt() {
            Some(self.receipt_of(&entry).await?)
        } else {
            None
        };
        Ok(OrderReply::Recorded { record, receipt })
    }

    /// The entry's receipt, made now if a crash or a race left it without one.
    async fn receipt_of(&self, entry: &Entry) -> Result<String, Unavailable> {
        if let Some(receipt) = &entry.receipt {
            return Ok(receipt.clone());
        }
        let record = entry.record.id();
        let receipt = self
            .issuer
            .issue(entry.record.clone(), self.signer)
            .await
            .map_err(|_| Unavailable)?;
        self.store.keep_receipt(record, &receipt)
    }
}

/// What is to be done at the time that a subject's object asked to be woken: erase what is due, tell the tallies what has
/// moved, and send the log what it has not got, where there is a log. Whatever fails is tried again later, as often as it takes;
/// it needs nothing of the configuration that could be wrong.
///
/// # Errors
/// [`Unavailable`]: not even that could be asked for.
pub async fn wake(
    store: &impl SubjectStore,
    tallies: &impl TallyInbox,
    log: Option<&impl LogQueue>,
    now: Timestamp,
) -> Result<(), Unavailable> {
    let erased = memory(store, now).await.map(drop);
    let told = tell(store, tallies).await;
    let sent = match log {
        Some(log) => send(store, log).await,
        None => Ok(0),
    };
    let next = match (erased, told, sent) {
        (Ok(()), Ok(()), Ok(sent)) => next(store, log.is_some(), sent, now),
        _ => Err(Unavailable),
    };
    let retry = later(now, RETRY_MILLISECONDS);
    store.wake_at(next.unwrap_or(Some(retry))).await
}

/// Remembers what the log has got, by the index of each commitment; the object need not send that again.
///
/// # Errors
/// [`Unavailable`]: to be told again.
pub async fn logged(
    store: &impl SubjectStore,
    indices: &[(Commitment, u64)],
    now: Timestamp,
) -> Result<(), Unavailable> {
    for entry in store.unlogged()? {
        let commitment = entry.commitment();
        let index = indices.iter().find(|(other, _)| *other == commitment);
        if let Some((_, index)) = index {
            store.set_logged(entry.record.id(), *index)?;
        }
    }
    store.wake_at(next(store, true, 0, now)?).await
}

async fn tell(store: &impl SubjectStore, tallies: &impl TallyInbox) -> Result<(), Unavailable> {
    for delivery in store.deliveries()? {
        tallies.tell(&delivery).await?;
        store.forget_delivery(delivery.id)?;
    }
    Ok(())
}

/// Sends the log what it has not got; tells how much that was.
async fn send(store: &impl SubjectStore, log: &impl LogQueue) -> Result<usize, Unavailable> {
    let mut entries = store.unlogged()?;
    entries.truncate(MOST_COMMITMENTS);
    if let Some(first) = entries.first() {
        let message = LogMessage {
            subject: first.record.subject,
            commitments: entries.iter().map(Entry::commitment).collect(),
        };
        log.send(&message).await?;
    }
    Ok(entries.len())
}

/// When the object is to be woken next, where so many of its entries are on their way to the log. While others were told, other
/// calls may have written.
fn next(
    store: &impl SubjectStore,
    logs: bool,
    sent: usize,
    now: Timestamp,
) -> Result<Option<Timestamp>, Unavailable> {
    let unlogged = if logs { store.unlogged()?.len() } else { 0 };
    let log_at = match unlogged {
        0 => None,
        unlogged if unlogged > sent => Some(later(now, TELL_MILLISECONDS)),
        _ => Some(later(now, RETRY_MILLISECONDS)),
    };
    let tell_at = earliest(telling(store, now)?, log_at);
    Ok(match store.memory()? {
        Memory::Chain(position) => earliest(tell_at, erase_at(&position.facts)),
        Memory::Erased(_) => tell_at,
    })
}

/// What a store remembers at `now`: what is due to be erased is erased before anybody sees it.
async fn memory(store: &impl SubjectStore, now: Timestamp) -> Result<Memory, Unavailable> {
    match store.memory()? {
        Memory::Chain(position) if position.facts.is_due(now) => {
            let erased = erase(store, &position, Cause::Retention {}, now).await;
            erased.map(Memory::Erased)
        }
        memory => Ok(memory),
    }
}

async fn erase(
    store: &impl SubjectStore,
    position: &Position,
    cause: Cause,
    now: Timestamp,
) -> Result<Tombstone, Unavailable> {
    let tombstone = Tombstone::new(now, cause);
    let movement = Movement::of_erasure(&position.facts, now);
    let delivery = movement
        .zip(position.head)
        .map(|(movement, head)| Delivery {
            id: DeliveryId::of_erasure(head.record),
            movement,
        });
    store
        .erase(&tombstone, delivery.as_ref(), later(now, TELL_MILLISECONDS))
        .await?;
    Ok(tombstone)
}

/// When the tallies are to be told, if there is anything to tell.
fn telling(store: &impl SubjectStore, now: Timestamp) -> Result<Option<Timestamp>, Unavailable> {
    let is_empty = store.deliveries()?.is_empty();
    Ok((!is_empty).then(|| later(now, TELL_MILLISECONDS)))
}

/// What is kept beside a record.
#[derive(Clone, Copy, Default)]
struct Written<'a> {
    /// What no other record of the subject may have.
    key: Option<&'a str>,
    /// The message as it was received.
    text: Option<&'a str>,
}

impl From<Entry> for FileEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.record.id(),
            record: entry.record,
            message: entry.text,
            receipt: entry.receipt,
            salt: entry.salt,
            log_index: entry.log_index,
        }
    }
}

/// An order that left no record, or none that is new.
const fn done(reply: OrderReply) -> Outcome<OrderReply> {
    Outcome {
        reply,
        is_new: false,
    }
}

const fn erased(tombstone: &Tombstone) -> State {
    State::Erased {
        erased_at: tombstone.erased_at,
    }
}

/// When the object has to erase itself, as things stand.
fn erase_at(facts: &Facts) -> Option<Timestamp> {
    facts.erase_at.filter(|_| facts.holds.is_empty())
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

/// That many milliseconds after `now`, or `now` where time ends.
fn later(now: Timestamp, milliseconds: i64) -> Timestamp {
    Timestamp::from_unix_milliseconds(now.unix_milliseconds() + milliseconds).unwrap_or(now)
}

/// How soon the tallies are told of a movement, in milliseconds: late enough that the answer to the person comes first.
const TELL_MILLISECONDS: i64 = 1_000;

/// How soon that is tried again, in milliseconds; also, after how long what was sent to the log counts as lost.
const RETRY_MILLISECONDS: i64 = 30_000;

/// How many commitments are sent at once.
const MOST_COMMITMENTS: usize = 100;

#[cfg(test)]
mod tests;
