//! Runs the effects of the model for one element in one page.

use std::rc::Rc;

use js_sys::{Array, Date};
use kelisim_shared::{
    jws,
    statement::{Claims, Event},
    time::Timestamp,
    token::TokenHash,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, CustomEvent, CustomEventInit, HtmlAnchorElement, Url};

use super::{
    clock, crypto,
    database::{Act, Database, Store},
    dom::{object, window},
    edge,
    frame::Frame,
    keys,
    mount::Options,
};
use crate::{
    json,
    model::{Access, Announcement, Content, Failure, Kept, Reply, Request, Sending},
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

    /// Has a notice rendered, and keeps it to be shown.
    pub async fn load(&self, request: &Request) -> Option<Content> {
        let edition = request.edition.to_string();
        let mut url = [
            &*self.edge,
            "/v1/editions/",
            &edition,
            "/notice?lang=",
            request.language.code(),
            "&standing=",
            request.standing,
        ]
        .concat();
        if let Some(since) = request.since {
            url.push_str("&since=");
            url.push_str(&since.to_string());
        }
        let answer = edge::get(&url, None).await.ok()?;
        let html = json::notice::<JsValue>(&answer)?;
        self.frame.keep(self.options.parse(&html).ok()?)
    }

    /// Tells the edge that the notice is shown. Whether it comes to know is no matter of the person's, who is not kept
    /// waiting for it.
    pub async fn present(&self, sending: Sending) {
        let database = Database::open().await.ok();
        if let Ok(statement) = self.sign(&sending, database.as_ref()).await {
            let _ = self
                .submit(&sending.access.token, &statement, PRESENTING)
                .await;
        }
    }

    /// Sends what was pressed. An acceptance that the edge cannot be told of is kept on the device.
    ///
    /// # Errors
    /// Those of [`edge::get`]; [`Failure::CryptoUnavailable`] if nothing could be signed.
    pub async fn send(&self, sending: Sending) -> Result<Reply, Failure> {
        let database = Database::open().await.ok();
        let statement = self.sign(&sending, database.as_ref()).await?;
        let token = &sending.access.token;
        let answer = self.submit(token, &statement, edge::PATIENCE).await;
        let subject = json::subject::<JsValue>(token).unwrap_or_default();
        match (answer, database, &sending.event) {
            (Err(Failure::Unreachable), Some(database), Event::Accepted { .. }) => {
                let value = JsValue::from_str(&statement);
                database
                    .run(Store::Presses, &subject, Act::Put(&value))
                    .await
                    .map_err(|_| Failure::Unreachable)?;
                let kept = json::kept::<JsValue>(&statement).ok_or(Failure::Unreachable)?;
                Ok(Reply::Kept(kept.claimed))
            }
            (answer, database, _) => {
                let reply = json::reply::<JsValue>(&answer?).ok_or(Failure::Unreadable)?;
                if let Some(database) = database {
                    // One that stays is sent again, and gets the same receipt.
                    let _ = database.run(Store::Presses, &subject, Act::Remove).await;
                }
                Ok(reply)
            }
        }
    }

    /// The press of the token's subject that is kept on the device.
    pub async fn recall(&self, token: &str) -> Option<Kept> {
        let subject = json::subject::<JsValue>(token)?;
        let database = Database::open().await.ok()?;
        let statement = database
            .run(Store::Presses, &subject, Act::Read)
            .await
            .ok()??;
        json::kept::<JsValue>(&statement.as_string()?)
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
        let claims = Claims {
            aud: access.audience.clone(),
            iat: claimed.unwrap_or_else(clock::claimed_seconds),
            jti: crypto::random_id()
                .map_err(unavailable)?
                .parse()
                .map_err(|_| Failure::CryptoUnavailable)?,
            nonce: access.nonce.clone(),
            ath: TokenHash::of(&access.token),
            event: event.clone(),
        };
        let key = keys::device_key(database).await.map_err(unavailable)?;
        let [header, claims] = json::statement::<JsValue>(&claims, &key.public());
        jws::sign_json(header.as_bytes(), claims.as_bytes(), &key)
            .await
            .map_err(unavailable)
    }

    async fn submit(&self, token: &str, statement: &str, patience: i32) -> Result<String, Failure> {
        let body = json::request(statement);
        let url = [&self.edge, "/v1/statements"].concat();
        edge::post(&url, token, &body, patience).await
    }

    /// Fetches a fresh status, with `token` or, to renew it, with a fresh one. A press is one person's: where somebody
    /// else has signed in meanwhile, it is not theirs.
    ///
    /// # Errors
    /// Those of [`edge::get`]; [`Failure::TokenRefused`] if the host's backend gives no token for the same subject.
    pub async fn refresh(&self, token: String, renew: bool) -> Result<Access, Failure> {
        let token = if renew {
            let fresh = self.token().await.ok_or(Failure::TokenRefused)?;
            if !json::have_same_subject::<JsValue>(&token, &fresh) {
                return Err(Failure::TokenRefused);
            }
            fresh
        } else {
            token
        };
        let url = [&self.edge, "/v1/status"].concat();
        let answer = edge::get(&url, Some(&token)).await?;
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
    /// Tells the host, by a DOM event of the element that bubbles.
    pub fn announce(&self, announcement: &Announcement) {
        let (name, detail) = match announcement {
            Announcement::Accepted(receipt) => (
                "kelisim:accepted",
                object(&[
                    ("edition", receipt.edition.to_string().into()),
                    ("basis", receipt.ground.basis().into()),
                    ("record", receipt.record.to_string().into()),
                    ("receipt", JsValue::from_str(&receipt.jws)),
                ]),
            ),
            Announcement::Kept(edition) => (
                "kelisim:kept",
                object(&[("edition", edition.to_string().into())]),
            ),
            Announcement::Postponed { edition, deadline } => (
                "kelisim:postponed",
                object(&[
                    ("edition", edition.to_string().into()),
                    ("deadline", written(*deadline)),
                ]),
            ),
            Announcement::Settled(edition) => (
                "kelisim:settled",
                object(&[("edition", edition.to_string().into())]),
            ),
        };
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_detail(&detail);
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
            let _ = self.options.host().dispatch_event(&event);
        }
    }

    /// Offers a file to keep.
    pub fn save(&self, name: &str, text: &str) {
        // Where files cannot be made the button does nothing; the edge gives the receipt out again.
        let _ = download(name, text);
    }
}

/// An instant as the edge writes it.
#[expect(
    clippy::cast_precision_loss,
    reason = "the milliseconds of an instant are below 2^53"
)]
fn written(instant: Timestamp) -> JsValue {
    let milliseconds = JsValue::from_f64(instant.unix_milliseconds() as f64);
    Date::new(&milliseconds).to_iso_string().into()
}

fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("application/jose");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = window().document().ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // Some browsers read it after the click has returned: a minute is enough for any.
    let revoke = wasm_bindgen::closure::Closure::once_into_js(move || Url::revoke_object_url(&url));
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(revoke.unchecked_ref(), 60_000)?;
    Ok(())
}

/// How long a press waits for the edge to know that the notice is shown, in milliseconds.
const PRESENTING: i32 = 3_000;
