//! What the edge needs of the world.

use std::rc::Rc;

use kelisim_shared::{
    edition::{Draft, Edition, EditionId},
    jws::SignatureVerifier,
    record::SubjectId,
    subject::State,
    time::Timestamp,
};
use thiserror::Error;

#[cfg(feature = "preview")]
use crate::config::PrivateKey;
use crate::{
    registry::PublishError,
    subject::{Recorded, Refusal, Submission},
};

/// The server's clock, the only one that decides anything.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Random numbers fit for secrets. For the preview's issuer only.
#[cfg(feature = "preview")]
pub trait Entropy {
    /// 16 fresh bytes.
    fn bytes(&self) -> [u8; 16];
}

/// Signs with keys of the configuration. For the preview's issuer only.
#[cfg(feature = "preview")]
pub trait Signers {
    /// A signer of one key.
    type Signer: kelisim_shared::jws::Es256Signer;

    /// A signer of that key.
    fn signer(&self, key: &PrivateKey) -> Self::Signer;
}

/// The subject objects. Each call is served by the object of that subject, one at a time; see
/// [`crate::subject::SubjectObject`] for what it does.
pub trait Subjects {
    /// The subject's state. An unknown subject is new.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn state(&self, subject: SubjectId) -> impl Future<Output = Result<State, Unavailable>>;

    /// Records an acceptance, or tells why not. Idempotent: the same submission again gives the same
    /// record and receipt. When it answers [`Unavailable`], the acceptance may have been recorded.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`Refusal`] inside.
    fn accept(
        &self,
        submission: &Submission,
    ) -> impl Future<Output = Result<Result<Recorded, Refusal>, Unavailable>>;

    /// The subject's receipts, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn receipts(
        &self,
        subject: SubjectId,
    ) -> impl Future<Output = Result<Vec<String>, Unavailable>>;
}

/// The registry of editions.
pub trait Registry {
    /// The edition in force, if one is.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn current(&self) -> impl Future<Output = Result<Option<Rc<Edition>>, Unavailable>>;

    /// The edition of that id, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn edition(
        &self,
        id: EditionId,
    ) -> impl Future<Output = Result<Option<Rc<Edition>>, Unavailable>>;

    /// Publishes an edition at the present instant: whole, or not at all.
    ///
    /// # Errors
    /// [`Unavailable`] outside, [`PublishError`] inside.
    fn publish(
        &self,
        draft: &Draft,
    ) -> impl Future<Output = Result<Result<Rc<Edition>, PublishError>, Unavailable>>;
}

/// Everything together, as the router takes it.
#[cfg(not(feature = "preview"))]
pub trait Platform: Clock + SignatureVerifier + Subjects + Registry {}

#[cfg(not(feature = "preview"))]
impl<P: Clock + SignatureVerifier + Subjects + Registry> Platform for P {}

/// Everything together, as the router takes it.
#[cfg(feature = "preview")]
pub trait Platform: Clock + Entropy + SignatureVerifier + Signers + Subjects + Registry {}

#[cfg(feature = "preview")]
impl<P: Clock + Entropy + SignatureVerifier + Signers + Subjects + Registry> Platform for P {}

/// A part of the platform failed or could not be reached; the caller may try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a part of the platform is unavailable")]
pub struct Unavailable;
