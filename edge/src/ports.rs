//! What the edge needs of the world.

use std::rc::Rc;

use kelisim_shared::{
    api::{
        MessageReply,
        staff::{OrderReply, ScheduleId, ScheduledEdition, SubjectFile},
    },
    counts::Tally,
    diff::EditionDiff,
    edition::{Draft, Edition, EditionId},
    jws::{Es256Signer, SignatureVerifier},
    log::tile::Tile,
    notice::Rendering,
    record::{RecordId, SubjectId, View},
    subject::{State, Terms},
    time::Timestamp,
    token::PublishedKeys,
};
use thiserror::Error;

use crate::{
    config::{PrivateKey, Witness},
    limits::Limit,
    log::LogRefusal,
    registry::{InForce, PublishError, Published},
    subject::{Delivery, LogMessage, Order, Outcome, Receipted, Refusal, Submission},
};

/// The server's clock, the only one that decides anything.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The preview's clock, which the product team can move.
#[cfg(feature = "preview")]
pub trait MovableClock {
    /// Moves the clock to an instant, from which it runs on; or back to the true time.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn set(&self, now: Option<Timestamp>) -> impl Future<Output = Result<(), Unavailable>>;
}

/// Random numbers fit for secrets.
pub trait Entropy {
    /// 32 fresh bytes.
    fn bytes(&self) -> [u8; 32];
}

/// The preview's log, which can be told to work for nothing.
#[cfg(feature = "preview")]
pub trait LogExerciser {
    /// Does it, and tells how many entries there are.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn exercise(
        &self,
        exercise: crate::preview::LogExercise,
    ) -> impl Future<Output = Result<u64, Unavailable>>;
}

/// Signs with keys of the configuration.
pub trait Signers {
    /// A signer of one key.
    type Signer: Es256Signer;

    /// A signer of that key.
    fn signer(&self, key: &PrivateKey) -> Self::Signer;
}

/// Servers where issuers publish their keys.
pub trait KeyServers {
    /// What is at that address, at most 64 KiB.
    ///
    /// # Errors
    /// [`Unavailable`]: no such answer within five seconds.
    fn fetch(&self, address: &str) -> impl Future<Output = Result<Vec<u8>, Unavailable>>;
}

/// The static files that are deployed with the edge.
pub trait Assets {
    /// A text file, by its path from the root.
    ///
    /// # Errors
    /// [`Unavailable`]: there is none, or it cannot be had.
    fn asset(&self, path: &'static str) -> impl Future<Output = Result<Rc<str>, Unavailable>>;
}

/// Renders for people.
pub trait Renderer {
    /// The HTML.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn render(&self, rendering: &Rendering) -> impl Future<Output = Result<String, Unavailable>>;
}

/// Counts requests for a short while, in memory that nothing is read from but whether it is too many.
pub trait Limits {
    /// Counts a request against a limit, and tells whether it is within it.
    fn allows(&self, limit: Limit) -> impl Future<Output = bool>;
}

/// The subject objects. Each call is served by the object of that subject, one at a time; see
/// [`crate::subject::SubjectObject`] for what it does.
pub trait Subjects {
    /// The subject's state. An unknown subject is new.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn state(
        &self,
        subject: SubjectId,
        terms: &Terms,
    ) -> impl Future<Output = Result<State, Unavailable>>;

    /// Records what a message tells of, or tells why not. Idempotent: the same submission again gives the same record and
    /// receipt. When it answers [`Unavailable`], it may have been recorded.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    fn submit(
        &self,
        submission: &Submission,
    ) -> impl Future<Output = Result<Result<Outcome<MessageReply>, Refusal>, Unavailable>>;

    /// What the subject has of an acceptance: nothing where that record is not one of theirs.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn receipt(
        &self,
        subject: SubjectId,
        record: RecordId,
    ) -> impl Future<Output = Result<Option<Receipted>, Unavailable>>;

    /// The subject's receipts, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn receipts(
        &self,
        subject: SubjectId,
    ) -> impl Future<Output = Result<Vec<String>, Unavailable>>;

    /// Carries out what a member of staff orders. Idempotent.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    fn carry_out(
        &self,
        subject: SubjectId,
        order: &Order,
    ) -> impl Future<Output = Result<Result<Outcome<OrderReply>, Refusal>, Unavailable>>;

    /// Everything that is held about the subject, after the look itself is recorded.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn file(
        &self,
        subject: SubjectId,
        view: &View,
        terms: Option<&Terms>,
    ) -> impl Future<Output = Result<SubjectFile, Unavailable>>;
}

/// The registry of editions.
pub trait Registry {
    /// The edition in force and those before it, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn in_force(&self) -> impl Future<Output = Result<Option<Rc<InForce>>, Unavailable>>;

    /// The edition of that id, if it was published.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn edition(
        &self,
        id: EditionId,
    ) -> impl Future<Output = Result<Option<Rc<Edition>>, Unavailable>>;

    /// The index of an edition's entry in the log; nothing where it is not there.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn log_index(&self, id: EditionId) -> impl Future<Output = Result<Option<u64>, Unavailable>>;

    /// What differs between two editions.
    fn diff(&self, from: &Rc<Edition>, to: &Rc<Edition>) -> Rc<EditionDiff>;

    /// Forgets which edition is in force, so that the registry is asked next.
    fn forget_editions(&self);

    /// Publishes an edition at the present instant, or schedules it: whole, or not at all.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`PublishError`] inside.
    fn publish(
        &self,
        draft: &Draft,
    ) -> impl Future<Output = Result<Result<Published, PublishError>, Unavailable>>;

    /// The edition that is to be published later, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn scheduled(&self) -> impl Future<Output = Result<Option<ScheduledEdition>, Unavailable>>;

    /// Cancels it, unless it is out or another one; tells whether it did.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn cancel(&self, id: ScheduleId) -> impl Future<Output = Result<bool, Unavailable>>;
}

/// Where the tallies take movements in.
pub trait TallyInbox {
    /// Adds a movement, unless it was added before.
    ///
    /// # Errors
    /// [`Unavailable`]: to be told again.
    fn tell(&self, delivery: &Delivery) -> impl Future<Output = Result<(), Unavailable>>;
}

/// The tallies, which add movements up.
pub trait Tallies {
    /// Everything that was added up. Rows of the same day, edition and ground may come more than once.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn tally(&self) -> impl Future<Output = Result<Vec<Tally>, Unavailable>>;
}

/// The way to the log, at least once: what is sent may arrive twice, and may be lost.
pub trait LogQueue {
    /// Sends commitments of a subject on their way. Once they are in the log, the subject's object is told.
    ///
    /// # Errors
    /// [`Unavailable`]: to be sent again.
    fn send(&self, message: &LogMessage) -> impl Future<Output = Result<(), Unavailable>>;
}

/// The log as the registry sees it.
pub trait EditionLog {
    /// Has an entry logged and published, and gives its index: nothing where the edge has no log.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn log(&self, entry: Vec<u8>) -> impl Future<Output = Result<Option<u64>, Unavailable>>;
}

/// The log as everybody sees it.
pub trait Log {
    /// The checkpoint that was signed last, as a note.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`LogRefusal`] inside.
    fn checkpoint(
        &self,
    ) -> impl Future<Output = Result<Result<Option<String>, LogRefusal>, Unavailable>>;

    /// A file of the log, if it is published.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn tile(&self, tile: Tile) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>>;

    /// The proof that the entry of that index is in the log, as text; nothing while it is not published.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn proof(&self, index: u64) -> impl Future<Output = Result<Option<String>, Unavailable>>;
}

/// Where the files of the log are published.
pub trait TileFiles {
    /// Writes a file, which never changes again.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn put(&self, tile: Tile, bytes: Vec<u8>) -> impl Future<Output = Result<(), Unavailable>>;

    /// Removes what was published of a file before it was full.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn remove_partial(&self, full: Tile) -> impl Future<Output = Result<(), Unavailable>>;
}

/// Witnesses of the log (C2SP tlog-witness).
pub trait Witnesses {
    /// Posts a body to the witness's `/add-checkpoint`; gives status and body of what it answers within two seconds, at most
    /// 64 KiB.
    ///
    /// # Errors
    /// [`Unavailable`]: no such answer.
    fn ask(
        &self,
        witness: &Witness,
        body: String,
    ) -> impl Future<Output = Result<(u16, String), Unavailable>>;
}

/// What the preview needs besides.
#[cfg(feature = "preview")]
pub trait PreviewPorts: LogExerciser + MovableClock {}

#[cfg(feature = "preview")]
impl<P: LogExerciser + MovableClock> PreviewPorts for P {}

/// What the preview needs besides: there is none in production.
#[cfg(not(feature = "preview"))]
pub trait PreviewPorts {}

#[cfg(not(feature = "preview"))]
impl<P> PreviewPorts for P {}

/// Everything together, as the router takes it.
pub trait Platform:
    Assets
    + Clock
    + Entropy
    + Limits
    + Log
    + PreviewPorts
    + PublishedKeys
    + Registry
    + Renderer
    + SignatureVerifier
    + Signers
    + Subjects
    + Tallies
{
}

impl<P> Platform for P where
    P: Assets
        + Clock
        + Entropy
        + Limits
        + Log
        + PreviewPorts
        + PublishedKeys
        + Registry
        + Renderer
        + SignatureVerifier
        + Signers
        + Subjects
        + Tallies
{
}

/// A part of the platform failed or could not be reached; the caller may try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a part of the platform is unavailable")]
pub struct Unavailable;
