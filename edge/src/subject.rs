//! The subject object: one per subject, and the only place where records are written.
//!
//! Calls to one object never overlap up to their first wait that is not for its own store. So a
//! submission is read, decided and written as one step, and only the receipt, which changes nothing,
//! is made afterwards. The state is decided by [`kelisim_shared::subject`]; this module adds what needs
//! memory: statements that were seen before, and the chain.

use kelisim_shared::{
    edition::EditionId,
    jws::Es256Signer,
    receipt,
    record::{Acceptance, Event, Head, Record, RecordId, RecordType, SubjectId},
    subject::{Decision, State},
    text::Line,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{nonce::Verdict, ports::Unavailable};

/// What the Worker submits: a statement that it has verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Whose it is.
    pub subject: SubjectId,
    /// The version of the user agreement.
    pub agreement: Line<64>,
    /// The acceptance as it is to be recorded.
    pub acceptance: Acceptance,
    /// The statement itself, kept beside the record.
    pub statement: String,
    /// The edition in force.
    pub in_force: EditionId,
    /// What the statement's nonce is worth.
    pub nonce: Verdict,
}

/// A submission's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The record that says so.
    pub record: RecordId,
    /// Its receipt.
    pub receipt: String,
    /// Whether the record was written now; it stood already otherwise.
    pub is_new: bool,
}

/// Why a submission is refused. Nothing is stored then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The `jti` stands for another statement.
    #[error("the jti was used for another statement")]
    JtiReused,
    /// The nonce is too old.
    #[error("the nonce has expired")]
    NonceExpired,
    /// The nonce was not given to this subject.
    #[error("the nonce is not one that was given out")]
    NonceInvalid,
    /// The edition is not in force.
    #[error("the edition is not in force")]
    NotInForce,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub record: Record,
    /// Its receipt, once made.
    pub receipt: Option<String>,
}

/// Where a subject stands, and what its next record builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The state.
    pub state: State,
    /// The end of the chain, if there is one.
    pub head: Option<Head>,
}

/// A subject's durable memory. Reads see every write that was answered before.
pub trait SubjectStore {
    /// State and end of the chain; that of a new subject when nothing was written.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn position(&self) -> Result<Position, Unavailable>;

    /// The entry whose statement has that `jti`.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entry_by_jti(&self, jti: &str) -> Result<Option<Entry>, Unavailable>;

    /// The entry of that record.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entry(&self, record: RecordId) -> Result<Option<Entry>, Unavailable>;

    /// All entries, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn entries(&self) -> Result<Vec<Entry>, Unavailable>;

    /// Writes a record, its statement and the state after it: all of them, or nothing.
    ///
    /// # Errors
    /// [`Unavailable`]; what was written is not known then, but it is all or nothing.
    fn append(
        &self,
        record: &Record,
        statement: &str,
        state: State,
    ) -> impl Future<Output = Result<(), Unavailable>>;

    /// Keeps a receipt unless one is kept already, and gives the one that is kept.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn keep_receipt(&self, record: RecordId, receipt: &str) -> Result<String, Unavailable>;
}

/// The object of one subject.
#[derive(Debug)]
pub struct SubjectObject<'a, S, K> {
    /// Its memory.
    pub store: &'a S,
    /// The key of receipts.
    pub signer: &'a K,
    /// What receipts say about their issuer.
    pub issuer: &'a receipt::Issuer,
}

impl<S: SubjectStore, K: Es256Signer> SubjectObject<'_, S, K> {
    /// The subject's state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub fn state(&self) -> Result<State, Unavailable> {
        Ok(self.store.position()?.state)
    }

    /// Records an acceptance, or finds it recorded.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    pub async fn accept(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<Result<Recorded, Refusal>, Unavailable> {
        let (entry, is_new) = match self.decide(submission)? {
            Ok(Step::Found(entry)) => (*entry, false),
            Ok(Step::Write(position)) => (self.write(submission, position, now).await?, true),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let record = entry.record.id();
        Ok(Ok(Recorded {
            record,
            receipt: self.receipt(entry).await?,
            is_new,
        }))
    }

    /// The subject's receipts, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn receipts(&self) -> Result<Vec<String>, Unavailable> {
        let mut receipts = Vec::new();
        for entry in self.store.entries()? {
            receipts.push(self.receipt(entry).await?);
        }
        Ok(receipts)
    }

    fn decide(&self, submission: &Submission) -> Result<Result<Step, Refusal>, Unavailable> {
        let Acceptance {
            jti,
            statement,
            edition,
            ..
        } = &submission.acceptance;
        if let Some(entry) = self.store.entry_by_jti(jti.as_str())? {
            let Event::Accepted(recorded) = &entry.record.event;
            let same = recorded.statement == *statement;
            return Ok(if same {
                Ok(Step::Found(Box::new(entry)))
            } else {
                Err(Refusal::JtiReused)
            });
        }
        match submission.nonce {
            Verdict::Fresh => {}
            Verdict::Expired => return Ok(Err(Refusal::NonceExpired)),
            Verdict::Invalid => return Ok(Err(Refusal::NonceInvalid)),
        }
        let position = self.store.position()?;
        match position
            .state
            .on_explicit_acceptance(*edition, submission.in_force)
        {
            Err(_) => Ok(Err(Refusal::NotInForce)),
            Ok(Decision::Record(_)) => Ok(Ok(Step::Write(position))),
            Ok(Decision::Unchanged(record)) => {
                let entry = self.store.entry(record)?.ok_or(Unavailable)?;
                Ok(Ok(Step::Found(Box::new(entry))))
            }
        }
    }

    async fn write(
        &self,
        submission: &Submission,
        Position { state, head }: Position,
        now: Timestamp,
    ) -> Result<Entry, Unavailable> {
        let record = Record {
            r#type: RecordType::V1,
            sequence: head.map_or(0, |head| head.sequence) + 1,
            previous: head.map(|head| head.record),
            subject: submission.subject,
            recorded_at: now,
            agreement: submission.agreement.clone(),
            event: Event::Accepted(submission.acceptance.clone()),
        };
        self.store
            .append(&record, &submission.statement, state.after(&record))
            .await?;
        Ok(Entry {
            record,
            receipt: None,
        })
    }

    /// The entry's receipt, made now if a crash or a race left it without one.
    async fn receipt(&self, entry: Entry) -> Result<String, Unavailable> {
        if let Some(receipt) = entry.receipt {
            return Ok(receipt);
        }
        let record = entry.record.id();
        let receipt = self
            .issuer
            .issue(entry.record, self.signer)
            .await
            .map_err(|_| Unavailable)?;
        self.store.keep_receipt(record, &receipt)
    }
}

enum Step {
    Found(Box<Entry>),
    Write(Position),
}

#[cfg(test)]
mod tests;
