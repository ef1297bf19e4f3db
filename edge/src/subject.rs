//! The subject object: one per subject, and the only place where records are written.
//!
//! Calls to one object never overlap up to their first wait that is not for its own store. So a call is read, decided and
//! written as one step, and only receipts, which change nothing, are made afterwards. What is decided is in
//! [`kelisim_shared::subject`]; this module adds what needs memory: messages that were seen before, the chain, and the
//! time at which everything is erased.

mod store;
mod wake;

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

pub use self::{
    store::{Addition, Delivery, DeliveryId, Entry, Memory, Position, SubjectStore},
    wake::{logged, wake},
};
use crate::{
    nonce::Verdict,
    ports::{Entropy, Unavailable},
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
        let tells = delivery.is_some() || self.logs;
        let salt = Salt::from_bytes(self.entropy.bytes());
        let addition = Addition {
            record: &record,
            key,
            text,
            salt,
            facts: &after,
            delivery: delivery.as_ref(),
            wake_at: wake::after_write(self.store, tells, &after, now)?,
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
        .erase(&tombstone, delivery.as_ref(), wake::soon(now))
        .await?;
    Ok(tombstone)
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

#[cfg(test)]
mod tests;
