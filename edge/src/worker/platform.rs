//! The ports over Workers.

use std::{cell::RefCell, collections::HashMap, pin::pin, rc::Rc, time::Duration};

use futures_util::{
    StreamExt,
    future::{Either, select},
};
use kelisim_shared::{
    api::{
        MessageReply,
        staff::{OrderReply, ScheduleId, ScheduledEdition, SubjectFile},
    },
    counts::Tally,
    diff::EditionDiff,
    edition::{Draft, Edition, EditionDocument, EditionId},
    jwk::{JwkSet, PublicKey},
    jws::{Algorithm, CryptoUnavailable, SignatureVerifier},
    log::tile::Tile,
    notice::Rendering,
    record::{RecordId, SubjectId, View},
    subject::{State, Terms},
    time::Timestamp,
    token::PublishedKeys,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{Delay, Env, Fetch, Request, RequestInit, RequestRedirect, console_error};

#[cfg(feature = "preview")]
use super::objects::EXERCISE;
#[cfg(feature = "preview")]
use super::preview_clock;
use super::{
    clock::WorkerClock,
    log_object,
    objects::{
        CANCEL, CHECKPOINT, EDITION, FILE, LOGGED, ORDER, OVERVIEW, PROOF, PUBLISH, RECEIPT,
        RECEIPTS, SCHEDULED, STATE, SUBMIT, call,
    },
    tally_object,
    webcrypto::{WebCrypto, WebCryptoSigner},
};
use crate::{
    config::PrivateKey,
    keys::KeyCache,
    limits::Limit,
    log::LogRefusal,
    ports::{
        Assets, Clock, Entropy, KeyServers, Limits, Log, Registry, Renderer, Signers, Subjects,
        Tallies, Unavailable,
    },
    registry::{EditionCache, InForce, Overview, PublishError, Published},
    subject::{Order, Outcome, Receipted, Refusal, Submission},
};
#[cfg(feature = "preview")]
use crate::{
    ports::{LogExerciser, MovableClock},
    preview::LogExercise,
};

/// The ports, for one request.
pub(super) struct WorkerPlatform<'a> {
    pub(super) env: &'a Env,
    pub(super) clock: WorkerClock,
}

impl WorkerPlatform<'_> {
    async fn registry<Q: Serialize, A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<A, Unavailable> {
        call(self.env, "REGISTRY", "registry", operation, question).await
    }

    async fn subject<Q: Serialize, A: DeserializeOwned>(
        &self,
        subject: SubjectId,
        operation: &str,
        question: &Q,
    ) -> Result<A, Unavailable> {
        let name = subject.to_string();
        call(self.env, "SUBJECTS", &name, operation, question).await
    }
}

impl Clock for WorkerPlatform<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(feature = "preview")]
impl MovableClock for WorkerPlatform<'_> {
    async fn set(&self, now: Option<Timestamp>) -> Result<(), Unavailable> {
        preview_clock::set(self.env, now).await
    }
}

impl Assets for WorkerPlatform<'_> {
    /// Remembered for as long as the instance lives: files change with a deploy only, which starts new ones.
    async fn asset(&self, path: &'static str) -> Result<Rc<str>, Unavailable> {
        thread_local! {
            static ASSETS: RefCell<HashMap<&'static str, Rc<str>>> = RefCell::default();
        }
        if let Some(known) = ASSETS.with_borrow(|assets| assets.get(path).cloned()) {
            return Ok(known);
        }
        let text: Rc<str> = fetch_asset(self.env, path)
            .await
            .map_err(|error| {
                console_error!("the static file {path}: {error}");
                Unavailable
            })?
            .into();
        ASSETS.with_borrow_mut(|assets| assets.insert(path, Rc::clone(&text)));
        Ok(text)
    }
}

async fn fetch_asset(env: &Env, path: &str) -> worker::Result<String> {
    // Cloudflare looks at the path only.
    let address = format!("https://assets.invalid{path}");
    let mut response = env.assets("ASSETS")?.fetch(address, None).await?;
    if response.status_code() != 200 {
        return Err(worker::Error::RustError(response.status_code().to_string()));
    }
    response.text().await
}

#[wasm_bindgen]
extern "C" {
    /// The renderer, a module of its own; see `xtask/src/worker/shim.js`.
    #[wasm_bindgen(js_name = kelisimRender, catch)]
    fn render(rendering: &str) -> Result<Option<String>, JsValue>;
}

impl Renderer for WorkerPlatform<'_> {
    async fn render(&self, rendering: &Rendering) -> Result<String, Unavailable> {
        let rendering = serde_json::to_string(rendering).map_err(|_| Unavailable)?;
        match render(&rendering) {
            Ok(Some(html)) => Ok(html),
            outcome => {
                console_error!("the renderer: {outcome:?}");
                Err(Unavailable)
            }
        }
    }
}

impl Limits for WorkerPlatform<'_> {
    async fn allows(&self, limit: Limit) -> bool {
        let (binding, key) = match limit {
            Limit::Subject(subject) => ("SUBJECT_LIMIT", subject.to_string()),
            Limit::Address(name) => ("ADDRESS_LIMIT", name.to_string()),
        };
        let counted = async { self.env.rate_limiter(binding)?.limit(key).await };
        match counted.await {
            Ok(outcome) => outcome.success,
            Err(error) => {
                // A limit that cannot be asked must not keep anybody from accepting.
                console_error!("{binding}: {error}");
                true
            }
        }
    }
}

impl Entropy for WorkerPlatform<'_> {
    fn bytes(&self) -> [u8; 32] {
        WebCrypto.bytes()
    }
}

#[cfg(feature = "preview")]
impl LogExerciser for WorkerPlatform<'_> {
    async fn exercise(&self, exercise: LogExercise) -> Result<u64, Unavailable> {
        log_object::ask(self.env, EXERCISE, &exercise).await
    }
}

impl Log for WorkerPlatform<'_> {
    async fn checkpoint(&self) -> Result<Result<Option<String>, LogRefusal>, Unavailable> {
        log_object::ask(self.env, CHECKPOINT, &()).await
    }

    async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, Unavailable> {
        log_object::tile(self.env, tile).await
    }

    async fn proof(&self, index: u64) -> Result<Option<String>, Unavailable> {
        log_object::ask(self.env, PROOF, &index).await
    }
}

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

impl PublishedKeys for WorkerPlatform<'_> {
    async fn published_keys(
        &self,
        address: &str,
        kid: Option<&str>,
    ) -> Result<Rc<JwkSet>, CryptoUnavailable> {
        KEYS.with(Rc::clone)
            .keys(address, kid, self.now(), self)
            .await
            .map_err(|Unavailable| CryptoUnavailable)
    }
}

impl KeyServers for WorkerPlatform<'_> {
    async fn fetch(&self, address: &str) -> Result<Vec<u8>, Unavailable> {
        let fetch = pin!(fetch(address));
        let patience = pin!(Delay::from(KEY_SERVER_PATIENCE));
        match select(fetch, patience).await {
            Either::Left((Ok(body), _)) => Ok(body),
            Either::Left((Err(error), _)) => {
                console_error!("{address}: {error}");
                Err(Unavailable)
            }
            Either::Right(_) => {
                console_error!("{address}: no answer");
                Err(Unavailable)
            }
        }
    }
}

/// What is at that address, unless it leads elsewhere or is too long.
async fn fetch(address: &str) -> worker::Result<Vec<u8>> {
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(address, &init)?;
    let mut response = Fetch::Request(request).send().await?;
    if response.status_code() != 200 {
        let status = format!("status {}", response.status_code());
        return Err(worker::Error::RustError(status));
    }
    let mut body = Vec::new();
    let mut stream = response.stream()?;
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > KEY_SET_BYTES {
            return Err(worker::Error::RustError("too long".into()));
        }
    }
    Ok(body)
}

/// How long to wait for a server of keys.
const KEY_SERVER_PATIENCE: Duration = Duration::from_secs(5);

/// The longest set of keys, in bytes: 64 KiB.
const KEY_SET_BYTES: usize = 65_536;

impl Subjects for WorkerPlatform<'_> {
    async fn state(&self, subject: SubjectId, terms: &Terms) -> Result<State, Unavailable> {
        self.subject(subject, STATE, terms).await
    }

    async fn submit(
        &self,
        submission: &Submission,
    ) -> Result<Result<Outcome<MessageReply>, Refusal>, Unavailable> {
        self.subject(submission.subject, SUBMIT, submission).await
    }

    async fn receipt(
        &self,
        subject: SubjectId,
        record: RecordId,
    ) -> Result<Option<Receipted>, Unavailable> {
        self.subject(subject, RECEIPT, &record).await
    }

    async fn receipts(&self, subject: SubjectId) -> Result<Vec<String>, Unavailable> {
        self.subject(subject, RECEIPTS, &()).await
    }

    async fn carry_out(
        &self,
        subject: SubjectId,
        order: &Order,
    ) -> Result<Result<Outcome<OrderReply>, Refusal>, Unavailable> {
        self.subject(subject, ORDER, &(subject, order)).await
    }

    async fn file(
        &self,
        subject: SubjectId,
        view: &View,
        terms: Option<&Terms>,
    ) -> Result<SubjectFile, Unavailable> {
        self.subject(subject, FILE, &(subject, view, terms)).await
    }
}

impl Registry for WorkerPlatform<'_> {
    async fn in_force(&self) -> Result<Option<Rc<InForce>>, Unavailable> {
        match EDITIONS.with(|cache| cache.in_force(self.now())) {
            Some(known) => Ok(known),
            None => self.learn_overview().await,
        }
    }

    async fn edition(&self, id: EditionId) -> Result<Option<Rc<Edition>>, Unavailable> {
        if let Some(edition) = EDITIONS.with(|cache| cache.edition(id)) {
            return Ok(Some(edition));
        }
        match self.in_force().await? {
            Some(in_force) if in_force.position(id).is_some() => self.learn(id).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn log_index(&self, id: EditionId) -> Result<Option<u64>, Unavailable> {
        self.registry(LOGGED, &id).await
    }

    fn diff(&self, from: &Rc<Edition>, to: &Rc<Edition>) -> Rc<EditionDiff> {
        EDITIONS.with(|cache| cache.diff(from, to))
    }

    fn forget_editions(&self) {
        EDITIONS.with(EditionCache::forget);
    }

    async fn publish(&self, draft: &Draft) -> Result<Result<Published, PublishError>, Unavailable> {
        let outcome = self.registry(PUBLISH, draft).await;
        self.forget_editions();
        outcome
    }

    async fn scheduled(&self) -> Result<Option<ScheduledEdition>, Unavailable> {
        self.registry(SCHEDULED, &()).await
    }

    async fn cancel(&self, id: ScheduleId) -> Result<bool, Unavailable> {
        self.registry(CANCEL, &id).await
    }
}

impl WorkerPlatform<'_> {
    async fn learn_overview(&self) -> Result<Option<Rc<InForce>>, Unavailable> {
        let asked_at = self.now();
        let overview: Overview = self.registry(OVERVIEW, &()).await?;
        let edition = match overview.history.last() {
            Some(last) => Some(self.learn(last.id).await?),
            None => None,
        };
        Ok(EDITIONS.with(|cache| cache.learn_overview(overview, edition, asked_at)))
    }

    /// An edition that the registry has.
    async fn learn(&self, id: EditionId) -> Result<Rc<Edition>, Unavailable> {
        if let Some(edition) = EDITIONS.with(|cache| cache.edition(id)) {
            return Ok(edition);
        }
        let document: Option<EditionDocument> = self.registry(EDITION, &id).await?;
        let document = document.ok_or(Unavailable)?;
        EDITIONS.with(|cache| cache.learn(document))
    }
}

impl Tallies for WorkerPlatform<'_> {
    async fn tally(&self) -> Result<Vec<Tally>, Unavailable> {
        tally_object::rows(self.env).await
    }
}

thread_local! {
    static EDITIONS: EditionCache = EditionCache::default();
    static KEYS: Rc<KeyCache> = Rc::default();
}
