//! Runs the effects of the model for one element in one page.

use js_sys::{Array, Date};
use kelisim_shared::{
    edition::EditionId, jws, statement::Claims, time::Timestamp, token::TokenHash,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CustomEvent, CustomEventInit, HtmlAnchorElement, HtmlDialogElement,
    HtmlElement, Url,
};

use super::{
    clock, crypto,
    dom::{object, window},
    edge, keys,
    mount::Options,
};
use crate::{
    json,
    model::{Access, Announcement, Changes, Edition, Failure, Reply, Sending},
};

/// The element in its page, the edge, and the host's backend.
#[derive(Debug)]
pub struct Session {
    options: Options,
    edge: String,
}

impl PartialEq for Session {
    /// There is one for each element, so it is itself or another.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Requests.
impl Session {
    /// Takes what the loader handed over.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let edge = options.edge();
        Self { options, edge }
    }

    /// The edge's address, without a slash at its end.
    #[must_use]
    pub fn edge(&self) -> &str {
        &self.edge
    }

    /// Fetches an edition, and holds its texts against its manifest and that against its id.
    ///
    /// # Errors
    /// Those of [`edge::get`]; [`Failure::Unreadable`] if it does not hold together.
    pub async fn edition(&self, id: EditionId) -> Result<Edition, Failure> {
        let url = [&self.edge, "/v1/editions/", &id.to_string()].concat();
        let answer = edge::get(&url, None).await?;
        json::edition::<JsValue>(id, &answer).ok_or(Failure::Unreadable)
    }

    /// Fetches what has changed since the edition that the token's subject accepted last.
    ///
    /// # Errors
    /// Those of [`edge::get`]; [`Failure::Unreadable`] also where they accepted none.
    pub async fn changes(&self, token: &str) -> Result<Changes, Failure> {
        let url = [&self.edge, "/v1/notice"].concat();
        let answer = edge::get(&url, Some(token)).await?;
        json::changes::<JsValue>(&answer).ok_or(Failure::Unreadable)
    }

    /// Tells the edge that the notice is shown. Whether it comes to know is no matter of the person's, who is not kept
    /// waiting for it.
    pub async fn present(&self, sending: Sending) {
        let _ = self.submit(sending, PRESENTING).await;
    }

    /// Sends what was pressed.
    ///
    /// # Errors
    /// Those of [`edge::get`]; [`Failure::CryptoUnavailable`] if nothing could be signed.
    pub async fn send(&self, sending: Sending) -> Result<Reply, Failure> {
        let answer = self.submit(sending, edge::PATIENCE).await?;
        json::reply::<JsValue>(&answer).ok_or(Failure::Unreadable)
    }

    async fn submit(&self, sending: Sending, patience: i32) -> Result<String, Failure> {
        let Sending { access, event } = sending;
        let unavailable = |_| Failure::CryptoUnavailable;
        let claims = Claims {
            aud: access.audience,
            iat: clock::claimed_seconds(),
            jti: crypto::random_id()
                .map_err(unavailable)?
                .parse()
                .map_err(|_| Failure::CryptoUnavailable)?,
            nonce: access.nonce,
            ath: TokenHash::of(&access.token),
            event,
        };
        let key = keys::device_key().await.map_err(unavailable)?;
        let [header, claims] =
            json::statement::<JsValue>(&claims, &key.public()).ok_or(Failure::CryptoUnavailable)?;
        let statement = jws::sign_json(header.as_bytes(), claims.as_bytes(), &key)
            .await
            .map_err(unavailable)?;
        let body = json::request::<JsValue>(&statement).ok_or(Failure::CryptoUnavailable)?;
        let url = [&self.edge, "/v1/statements"].concat();
        edge::post(&url, &access.token, &body, patience).await
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
        json::access::<JsValue>(token, &answer).ok_or(Failure::Unreadable)
    }

    async fn token(&self) -> Option<String> {
        let token = self.options.refresh().ok()?;
        JsFuture::from(token).await.ok()?.as_string()
    }
}

/// The page.
impl Session {
    /// Opens a dialog over the page, which stays as it is but cannot be reached or scrolled.
    pub fn show(&self, dialog: &HtmlDialogElement) {
        // It fails where the element was taken out of the page meanwhile: then there is nothing to show.
        let _ = dialog.show_modal();
        let _ = self.options.host().set_attribute("open", "");
    }

    /// Closes it, and focus returns to where it was.
    pub fn hide(&self, dialog: &HtmlDialogElement) {
        dialog.close();
        let _ = self.options.host().remove_attribute("open");
    }

    /// The element with that id.
    #[must_use]
    pub fn element(&self, id: &str) -> Option<HtmlElement> {
        let element = self.options.root().get_element_by_id(id)?;
        element.dyn_into().ok()
    }

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
            Announcement::Error(failure) => (
                "kelisim:error",
                object(&[("reason", failure.code().into())]),
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

/// Moves focus and view to an element.
pub fn move_to(element: &HtmlElement) {
    element.scroll_into_view();
    // Nothing but a host's own `focus` could throw, and the view has moved.
    let _ = element.focus();
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
