//! Runs the effects of the model for one element in one page.

use std::rc::Rc;

use js_sys::Date;
use kelisim_shared::{
    jws,
    statement::{Claims, Event},
    time::Timestamp,
    token::TokenHash,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{
    clock, crypto,
    database::{Act, Database, Store},
    edge,
    frame::Frame,
    keys,
    mount::Options,
};
use crate::{
    json,
    model::{
        Access, Action, Announcement, Content, Effect, Failure, Kept, Reply, Request, Sending,
    },
};

/// The element in its page, the edge, and the host's backend.
#[derive(Debug)]
pub struct Session {
    options: Options,
    edge: String,
    frame: Rc<Frame>,
    clock: clock::ServerClock,
}

impl PartialEq for Session {
    /// There is one for each element, so it is itself or another.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Requests.
impl Session {
    /// Takes what the loader handed over, over the notice in the page; `as_of` is the edge's time.
    #[must_use]
    pub fn new(options: Options, frame: Rc<Frame>, as_of: Timestamp) -> Self {
        let edge = options.edge();
        Self {
            options,
            edge,
            frame,
            clock: clock::ServerClock::at(as_of),
        }
    }

    /// The edge's address, without a slash at its end.
    #[must_use]
    pub fn edge(&self) -> &str {
        &self.edge
    }

    /// The notice in the page.
    #[must_use]
    pub const fn frame(&self) -> &Rc<Frame> {
        &self.frame
    }

    /// What time it is by the edge's clock, as far as that is known here.
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        self.clock.now()
    }

    /// Carries out an effect that takes its time, and tells what came of it.
    pub async fn perform(&self, effect: Effect) -> Option<Action> {
        Some(match effect {
            Effect::Load(request) => {
                let loaded = self.load(&request).await;
                loaded.map_or(Action::NotLoaded, Action::Loaded)
            }
            Effect::Recall { token } => Action::Recalled(self.recall(&token).await),
            // Whether the edge comes to know of it is no matter of the person's, who is not kept waiting for it.
            Effect::Present(sending) => {
                let _ = self.send(*sending, PRESENTING).await;
                Action::Presented
            }
            Effect::Send(sending) => match self.send(*sending, edge::PATIENCE).await {
                Ok(reply) => Action::Answered(reply),
                Err(failure) => Action::Failed(failure),
            },
            Effect::Refresh { token, renew } => match self.refresh(token, renew).await {
                Ok(access) => Action::Refreshed(access),
                Err(failure) => Action::Failed(failure),
            },
            Effect::Review { token } => Action::Reviewed(self.refresh(token, true).await.ok()?),
            Effect::Show | Effect::Announce(_) | Effect::Head => return None,
        })
    }

    /// Has a notice rendered, and keeps it to be shown.
    async fn load(&self, request: &Request) -> Option<Content> {
        let edition = request.edition.to_string();
        let since = request.since.map(|since| since.to_string());
        let url = [
            &*self.edge,
            "/v1/editions/",
            &edition,
            "/notice?lang=",
            request.language.code(),
            "&standing=",
            request.standing,
            if since.is_some() { "&since=" } else { "" },
            since.as_deref().unwrap_or_default(),
        ]
        .concat();
        let answer = edge::ask(&url, None, None, edge::PATIENCE).await.ok()?;
        let html = json::notice::<JsValue>(&answer)?;
        self.frame.keep(self.options.parse(&html).ok()?)
    }

    /// Signs and sends a statement, and waits so many milliseconds for the answer. An acceptance that the edge cannot be told of
    /// is kept on the device.
    ///
    /// Errors are those of [`edge::ask`], and [`Failure::CryptoUnavailable`] if nothing could be signed.
    async fn send(&self, sending: Sending, patience: i32) -> Result<Reply, Failure> {
        let database = Database::open().await.ok();
        let statement = self.sign(&sending, database.as_ref()).await?;
        let token = &sending.access.token;
        let body = json::request(&statement);
        let url = [&self.edge, "/v1/statements"].concat();
        let answer = edge::ask(&url, Some(token), Some(&body), patience).await;
        let is_accepted = matches!(sending.event, Event::Accepted { .. });
        let (Some(database), true) = (database, is_accepted) else {
            return json::reply::<JsValue>(&answer?).ok_or(Failure::Unreadable);
        };
        let subject = json::subject::<JsValue>(token).unwrap_or_default();
        let value = JsValue::from_str(&statement);
        let (act, reply) = match answer {
            Err(Failure::Unreachable) => {
                let kept = json::kept::<JsValue>(&statement).ok_or(Failure::Unreachable)?;
                (Act::Put(&value), Reply::Kept(kept.claimed))
            }
            answer => {
                let reply = json::reply::<JsValue>(&answer?).ok_or(Failure::Unreadable)?;
                (Act::Remove, reply)
            }
        };
        match (database.run(Store::Presses, &subject, act).await, reply) {
            (Err(_), Reply::Kept(_)) => Err(Failure::Unreachable),
            // One that could not be forgotten is sent again, and gets the same receipt.
            (_, reply) => Ok(reply),
        }
    }

    /// The press of the token's subject that is kept on the device.
    async fn recall(&self, token: &str) -> Option<Kept> {
        let subject = json::subject::<JsValue>(token)?;
        let database = Database::open().await.ok()?;
        let run = database.run(Store::Presses, &subject, Act::Read);
        json::kept::<JsValue>(&run.await.ok()??.as_string()?)
    }

    async fn sign(
        &self,
        sending: &Sending,
        database: Option<&Database>,
    ) -> Result<String, Failure> {
        let Sending {
            access,
            event,
            claimed,
        } = sending;
        let unavailable = |_| Failure::CryptoUnavailable;
        let hash = crypto::hash(&access.token).await.map_err(unavailable)?;
        let claims = Claims {
            aud: access.audience.clone(),
            iat: claimed.unwrap_or_else(clock::claimed_seconds),
            jti: crypto::random_id()
                .map_err(unavailable)?
                .parse()
                .map_err(|_| Failure::CryptoUnavailable)?,
            nonce: access.nonce.clone(),
            ath: TokenHash::from_digest(&hash),
            event: event.clone(),
        };
        let key = keys::device_key(database).await.map_err(unavailable)?;
        let [header, claims] = json::statement::<JsValue>(&claims, &key.public());
        jws::sign_json(header.as_bytes(), claims.as_bytes(), &key)
            .await
            .map_err(unavailable)
    }

    /// Fetches a fresh status, with `token` or, to renew it, with a fresh one. A press is one person's: where somebody
    /// else has signed in meanwhile, it is not theirs.
    ///
    /// Errors are those of [`edge::ask`], and [`Failure::TokenRefused`] if the host gives no token for the same subject.
    async fn refresh(&self, mut token: String, renew: bool) -> Result<Access, Failure> {
        if renew {
            let fresh = self.token().await.ok_or(Failure::TokenRefused)?;
            if !json::have_same_subject::<JsValue>(&token, &fresh) {
                return Err(Failure::TokenRefused);
            }
            token = fresh;
        }
        let url = [&self.edge, "/v1/status"].concat();
        let answer = edge::ask(&url, Some(&token), None, edge::PATIENCE).await?;
        let (access, as_of) = json::status::<JsValue>(token, &answer).ok_or(Failure::Unreadable)?;
        self.clock.set(as_of);
        Ok(access)
    }

    async fn token(&self) -> Option<String> {
        let token = self.options.refresh().ok()?;
        JsFuture::from(token).await.ok()?.as_string()
    }
}

/// The page.
impl Session {
    /// Tells the host.
    pub fn announce(&self, announcement: &Announcement) {
        let (kind, edition, more) = match announcement {
            Announcement::Accepted(receipt) => (
                "accepted",
                receipt.edition,
                [
                    r#"","basis":""#,
                    receipt.ground.basis(),
                    r#"","record":""#,
                    &receipt.record.to_string(),
                    r#"","receipt":""#,
                    &receipt.jws,
                ]
                .concat(),
            ),
            Announcement::Kept(edition) => ("kept", *edition, String::new()),
            Announcement::Settled(edition) => ("settled", *edition, String::new()),
            Announcement::Postponed { edition, deadline } => {
                let more = [r#"","deadline":""#, &written(*deadline)].concat();
                ("postponed", *edition, more)
            }
        };
        // Nothing in it has to be escaped.
        let detail = [r#"{"edition":""#, &edition.to_string(), &more, r#""}"#].concat();
        self.options.tell(kind, &detail);
    }

    /// Takes the notice away, for good.
    pub fn close(&self) {
        self.frame.close();
        self.options.tell("closed", "null");
    }
}

/// An instant as the edge writes it.
#[expect(
    clippy::cast_precision_loss,
    reason = "the milliseconds of an instant are below 2^53"
)]
fn written(instant: Timestamp) -> String {
    let milliseconds = JsValue::from_f64(instant.unix_milliseconds() as f64);
    Date::new(&milliseconds).to_iso_string().into()
}

/// How long a press waits for the edge to know that the notice is shown, in milliseconds.
const PRESENTING: i32 = 3_000;
