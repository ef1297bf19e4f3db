//! The registry object: every edition that was published, in order, and the one that is to be published next.

mod cache;

use std::rc::Rc;

use kelisim_shared::{
    api::{
        EditionSummary,
        staff::{ScheduleId, ScheduledEdition},
    },
    canonical,
    digest::Sha256Digest,
    edition::{Draft, Edition, EditionDocument, EditionError, EditionId, Operator},
    log::Entry,
    subject::Terms,
    text::Line,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::cache::EditionCache;
use crate::ports::{EditionLog, Unavailable};

/// The registry's durable memory.
pub trait RegistryStore {
    /// All editions in short, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn history(&self) -> Result<Vec<EditionSummary>, Unavailable>;

    /// The edition of that id.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn edition(&self, id: EditionId) -> Result<Option<EditionDocument>, Unavailable>;

    /// The draft that is to be published later.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn scheduled(&self) -> Result<Option<Schedule>, Unavailable>;

    /// The edition that is being logged, so that it can come into force.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn prepared(&self) -> Result<Option<EditionDocument>, Unavailable>;

    /// Keeps an edition that is to be logged in the place of the one before, or none.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn prepare(&self, document: Option<&EditionDocument>) -> Result<(), Unavailable>;

    /// Adds an edition after the last one, with its index in the log if it has one, and forgets what is prepared and what is
    /// scheduled: all of it, or nothing.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn append(
        &self,
        document: &EditionDocument,
        log_index: Option<u64>,
    ) -> impl Future<Output = Result<(), Unavailable>>;

    /// The index of an edition in the log, if it has one.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn log_index(&self, id: EditionId) -> Result<Option<u64>, Unavailable>;

    /// Keeps a draft to be published later in the place of the one before, or none, and asks to be woken then.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn schedule(
        &self,
        schedule: Option<&Schedule>,
    ) -> impl Future<Output = Result<(), Unavailable>>;
}

/// A draft that is to be published later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its id and its time.
    pub scheduled: ScheduledEdition,
    /// The draft.
    pub draft: Draft,
}

/// The edition in force, and those before it.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The edition.
    pub edition: Rc<Edition>,
    /// What it demands of subjects.
    pub terms: Terms,
    /// All editions in short, oldest first.
    pub history: Vec<EditionSummary>,
}

impl InForce {
    /// The place of an edition in the history.
    #[must_use]
    pub fn position(&self, id: EditionId) -> Option<usize> {
        self.history.iter().position(|edition| edition.id == id)
    }

    /// The editions before that place in the history whose acceptance was not enough when that one was in force.
    #[must_use]
    pub fn not_enough_for(&self, position: usize) -> Vec<EditionId> {
        let earlier = &self.history[..position];
        let enough: Vec<EditionId> = terms(&self.history[..=position])
            .map(|terms| terms.satisfied_by().collect())
            .unwrap_or_default();
        let ids = earlier.iter().map(|edition| edition.id);
        ids.filter(|id| !enough.contains(id)).collect()
    }
}

/// The terms of the last edition of a history.
#[must_use]
pub fn terms(history: &[EditionSummary]) -> Option<Terms> {
    Terms::of(history.iter().map(|edition| (edition.id, &edition.change)))
}

/// Which editions there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// All of them in short, oldest first: the last is in force.
    pub history: Vec<EditionSummary>,
    /// When the next is to be published, if one is.
    pub next_at: Option<Timestamp>,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Published {
    /// It is in force.
    Now(EditionSummary),
    /// It will be.
    Scheduled(ScheduledEdition),
}

/// Why a draft is not published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum PublishError {
    /// It was not written to replace the edition in force, which is this one.
    #[error("the draft does not replace the edition in force")]
    Superseded(Option<EditionId>),
    /// Another draft is scheduled.
    #[error("another edition is scheduled")]
    Scheduled,
    /// It was to be published in the past.
    #[error("an edition cannot be back-dated")]
    InPast,
    /// The draft is no edition, and why.
    #[error("{0}")]
    Invalid(String),
}

impl From<EditionError> for PublishError {
    fn from(error: EditionError) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// The registry object. Every call first publishes what is due.
#[derive(Debug)]
pub struct RegistryObject<'a, S, L> {
    /// Its memory.
    pub store: &'a S,
    /// Where an edition is logged before it comes into force.
    pub log: &'a L,
    /// Whose policy it is.
    pub operator: &'a Operator,
    /// Where the edition in force is always to be found.
    pub policy_url: &'a Line<200>,
}

impl<S: RegistryStore, L: EditionLog> RegistryObject<'_, S, L> {
    /// Tells which editions there are at `now`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn overview(&self, now: Timestamp) -> Result<Overview, Unavailable> {
        self.publish_what_is_due(now).await?;
        let scheduled = self.store.scheduled()?;
        Ok(Overview {
            history: self.store.history()?,
            next_at: scheduled
                .map(|schedule| schedule.scheduled.publish_at)
                .filter(|publish_at| now < *publish_at),
        })
    }

    /// The edition that is scheduled at `now`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn scheduled(&self, now: Timestamp) -> Result<Option<ScheduledEdition>, Unavailable> {
        self.publish_what_is_due(now).await?;
        Ok(self.store.scheduled()?.map(|schedule| schedule.scheduled))
    }

    /// Publishes a draft at `now`, or schedules it.
    ///
    /// # Errors
    /// [`Unavailable`] outside, also when the clock is behind the last publication; [`PublishError`] inside. Nothing is
    /// published then.
    pub async fn publish(
        &self,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Result<Published, PublishError>, Unavailable> {
        self.publish_what_is_due(now).await?;
        let history = self.store.history()?;
        let last = history.last();
        if last.is_some_and(|last| last.published_at >= now) {
            return Err(Unavailable);
        }
        let in_force = last.map(|last| last.id);
        if draft.change.supersedes() != in_force {
            return Ok(Err(PublishError::Superseded(in_force)));
        }
        if self.store.scheduled()?.is_some() {
            return Ok(Err(PublishError::Scheduled));
        }
        if self.store.prepared()?.is_some() {
            // Another one is about to come into force.
            return Err(Unavailable);
        }
        match draft.publish_at {
            Some(publish_at) if publish_at <= now => Ok(Err(PublishError::InPast)),
            Some(publish_at) => match self.edition(draft.clone(), publish_at) {
                Err(error) => Ok(Err(error)),
                Ok(_) => self.schedule(draft, publish_at).await.map(Ok),
            },
            None => match self.edition(draft, now) {
                Err(error) => Ok(Err(error)),
                Ok(edition) => {
                    if let Err(error) = self.bring_into_force(edition.document()).await {
                        // Whoever is told that it failed must not find it in force later.
                        self.store.prepare(None)?;
                        return Err(error);
                    }
                    Ok(Ok(Published::Now(edition.manifest().into())))
                }
            },
        }
    }

    /// Cancels the scheduled draft of that id, if it is not out yet; tells whether it did.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn cancel(&self, id: ScheduleId, now: Timestamp) -> Result<bool, Unavailable> {
        self.publish_what_is_due(now).await?;
        let is_scheduled = self
            .store
            .scheduled()?
            .is_some_and(|schedule| schedule.scheduled.id == id);
        if is_scheduled {
            self.store.schedule(None).await?;
        }
        Ok(is_scheduled)
    }

    /// What is to be done when the object is woken at `now`: publish what is due, or ask again to be woken when it is.
    ///
    /// # Errors
    /// [`Unavailable`]: to be called again.
    pub async fn wake(&self, now: Timestamp) -> Result<(), Unavailable> {
        self.publish_what_is_due(now).await?;
        match self.store.scheduled()? {
            Some(schedule) if now < schedule.scheduled.publish_at => {
                self.store.schedule(Some(&schedule)).await
            }
            _ if self.store.prepared()?.is_some() => Err(Unavailable),
            _ => Ok(()),
        }
    }

    /// Has an edition logged, and then in force. A failure in between leaves it prepared: it comes into force when it is tried
    /// again within a minute, and not at all later, since its clock would have begun before it could be read.
    async fn bring_into_force(&self, document: &EditionDocument) -> Result<(), Unavailable> {
        let entry = Entry::Edition(Box::new(document.manifest.clone()));
        let entry = entry.to_bytes().map_err(|_| Unavailable)?;
        self.store.prepare(Some(document))?;
        let log_index = self.log.log(entry).await?;
        // While it was logged, another call may have brought it into force, or prepared something else.
        let last = self.store.history()?.last().map(|last| last.id);
        match self.store.prepared()? {
            _ if last == Some(document.id) => Ok(()),
            Some(prepared) if prepared == *document => self.store.append(document, log_index).await,
            _ => Err(Unavailable),
        }
    }

    /// Brings into force what was prepared less than a minute ago, and drops what was prepared before. Where it cannot be
    /// logged for the moment, it stays as it is.
    async fn finish(&self, now: Timestamp) -> Result<(), Unavailable> {
        let Some(document) = self.store.prepared()? else {
            return Ok(());
        };
        let age = now.unix_milliseconds() - document.manifest.published_at.unix_milliseconds();
        if (0..PREPARED_MILLISECONDS).contains(&age) {
            // Whoever asks which editions there are need not wait for the log.
            let _ = self.bring_into_force(&document).await;
            Ok(())
        } else {
            self.store.prepare(None)
        }
    }

    /// Publishes the scheduled draft if its time has come. It counts from now, and not from when it was to be: that is when
    /// it can be read.
    async fn publish_what_is_due(&self, now: Timestamp) -> Result<(), Unavailable> {
        self.finish(now).await?;
        let Some(schedule) = self.store.scheduled()? else {
            return Ok(());
        };
        if now < schedule.scheduled.publish_at {
            return Ok(());
        }
        // A draft that cannot be published so late, since the calendar of working days does not reach so far, stays
        // scheduled for staff to see.
        match self.edition(schedule.draft, now) {
            Ok(edition) if self.store.prepared()?.is_none() => {
                let _ = self.bring_into_force(edition.document()).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn schedule(
        &self,
        draft: Draft,
        publish_at: Timestamp,
    ) -> Result<Published, Unavailable> {
        let json = canonical::encode(&draft).map_err(|_| Unavailable)?;
        let scheduled = ScheduledEdition {
            id: ScheduleId::new(Sha256Digest::of(&json)),
            publish_at,
        };
        let schedule = Schedule { scheduled, draft };
        self.store.schedule(Some(&schedule)).await?;
        Ok(Published::Scheduled(scheduled))
    }

    fn edition(&self, draft: Draft, published_at: Timestamp) -> Result<Edition, PublishError> {
        let edition =
            draft.publish(published_at, self.operator.clone(), self.policy_url.clone())?;
        Entry::Edition(Box::new(edition.manifest().clone()))
            .to_bytes()
            .map_err(|error| PublishError::Invalid(error.to_string()))?;
        Ok(edition)
    }
}

/// For how long an edition may wait to be logged before it has to be published anew, in milliseconds.
const PREPARED_MILLISECONDS: i64 = 60_000;

#[cfg(test)]
mod tests;
