//! The ports over Workers: objects are called by `fetch`, with JSON in both directions.

use std::rc::Rc;

use kelisim_shared::{
    edition::{Draft, Edition, EditionDocument, EditionId},
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, SignatureVerifier},
    record::SubjectId,
    subject::State,
    time::Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use worker::{Date, Env, Method, Request, RequestInit, console_error};

use super::webcrypto::WebCrypto;
#[cfg(feature = "preview")]
use super::webcrypto::{self, WebCryptoSigner};
#[cfg(feature = "preview")]
use crate::{
    config::PrivateKey,
    ports::{Entropy, Signers},
};
use crate::{
    ports::{Clock, Registry, Subjects, Unavailable},
    registry::{EditionCache, Overview, PublishError},
    subject::{Recorded, Refusal, Submission},
};

/// Operations of the subject object, as the path of the call.
pub(super) const STATE: &str = "/state";
pub(super) const ACCEPT: &str = "/accept";
pub(super) const RECEIPTS: &str = "/receipts";

/// Operations of the registry object.
pub(super) const OVERVIEW: &str = "/overview";
pub(super) const EDITION: &str = "/edition";
pub(super) const PUBLISH: &str = "/publish";

/// The ports, for one request.
pub(super) struct WorkerPlatform<'a> {
    pub(super) env: &'a Env,
}

/// The clock of Workers.
pub(super) struct WorkerClock;

impl Clock for WorkerClock {
    fn now(&self) -> Timestamp {
        i64::try_from(Date::now().as_millis())
            .ok()
            .and_then(|milliseconds| Timestamp::from_unix_milliseconds(milliseconds).ok())
            .expect("the platform's clock shows a year before 10000")
    }
}

impl WorkerPlatform<'_> {
    async fn call<Q: Serialize, A: DeserializeOwned>(
        &self,
        binding: &str,
        name: &str,
        operation: &str,
        question: &Q,
    ) -> Result<A, Unavailable> {
        let call = async {
            let stub = self
                .env
                .durable_object(binding)?
                .id_from_name(name)?
                .get_stub()?;
            let mut init = RequestInit::new();
            init.with_method(Method::Post)
                .with_body(Some(serde_json::to_string(question)?.into()));
            let request = Request::new_with_init(&format!("https://object{operation}"), &init)?;
            let mut response = stub.fetch_with_request(request).await?;
            match response.status_code() {
                200 => response.json().await,
                status => Err(worker::Error::RustError(format!("status {status}"))),
            }
        };
        call.await.map_err(|error| {
            console_error!("{binding}{operation}: {error}");
            Unavailable
        })
    }

    async fn registry<Q: Serialize, A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<A, Unavailable> {
        self.call("REGISTRY", "registry", operation, question).await
    }

    async fn subject<Q: Serialize, A: DeserializeOwned>(
        &self,
        subject: SubjectId,
        operation: &str,
        question: &Q,
    ) -> Result<A, Unavailable> {
        self.call("SUBJECTS", &subject.to_string(), operation, question)
            .await
    }
}

impl Clock for WorkerPlatform<'_> {
    fn now(&self) -> Timestamp {
        WorkerClock.now()
    }
}

#[cfg(feature = "preview")]
impl Entropy for WorkerPlatform<'_> {
    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        webcrypto::crypto()
            .and_then(|crypto| {
                let filled = crypto.get_random_values_with_u8_array(&mut bytes);
                filled.map(|_| ()).map_err(|_| CryptoUnavailable)
            })
            .expect(
                "`crypto.getRandomValues` gives up to 65,536 bytes (Web Cryptography API, 10.1.1)",
            );
        bytes
    }
}

#[cfg(feature = "preview")]
impl Signers for WorkerPlatform<'_> {
    type Signer = WebCryptoSigner;

    fn signer(&self, key: &PrivateKey) -> WebCryptoSigner {
        WebCryptoSigner(key.clone())
    }
}

impl SignatureVerifier for WorkerPlatform<'_> {
    async fn verify(
        &self,
        algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoUnavailable> {
        WebCrypto.verify(algorithm, key, message, signature).await
    }
}

impl Subjects for WorkerPlatform<'_> {
    async fn state(&self, subject: SubjectId) -> Result<State, Unavailable> {
        self.subject(subject, STATE, &()).await
    }

    async fn accept(
        &self,
        submission: &Submission,
    ) -> Result<Result<Recorded, Refusal>, Unavailable> {
        self.subject(submission.subject, ACCEPT, submission).await
    }

    async fn receipts(&self, subject: SubjectId) -> Result<Vec<String>, Unavailable> {
        self.subject(subject, RECEIPTS, &()).await
    }
}

impl Registry for WorkerPlatform<'_> {
    async fn current(&self) -> Result<Option<Rc<Edition>>, Unavailable> {
        if let Some(current) = EDITIONS.with(|cache| cache.current(self.now())) {
            return Ok(current);
        }
        self.learn_overview().await?;
        EDITIONS
            .with(|cache| cache.current(self.now()))
            .ok_or(Unavailable)
    }

    async fn edition(&self, id: EditionId) -> Result<Option<Rc<Edition>>, Unavailable> {
        if let Some(edition) = EDITIONS.with(|cache| cache.edition(id)) {
            return Ok(Some(edition));
        }
        if EDITIONS
            .with(|cache| cache.exists(id, self.now()))
            .is_none()
        {
            self.learn_overview().await?;
        }
        if EDITIONS.with(|cache| cache.exists(id, self.now())) == Some(false) {
            return Ok(None);
        }
        let document: Option<EditionDocument> = self.registry(EDITION, &id).await?;
        document
            .map(|document| EDITIONS.with(|cache| cache.learn(document)))
            .transpose()
    }

    async fn publish(
        &self,
        draft: &Draft,
    ) -> Result<Result<Rc<Edition>, PublishError>, Unavailable> {
        let outcome = self.registry(PUBLISH, draft).await?;
        EDITIONS.with(EditionCache::forget);
        match outcome {
            Ok(document) => EDITIONS.with(|cache| cache.learn(document)).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl WorkerPlatform<'_> {
    async fn learn_overview(&self) -> Result<(), Unavailable> {
        let overview: Overview = self.registry(OVERVIEW, &()).await?;
        EDITIONS.with(|cache| cache.learn_overview(overview, self.now()))
    }
}

thread_local! {
    static EDITIONS: EditionCache = EditionCache::default();
}
