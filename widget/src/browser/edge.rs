//! Requests to the edge, each with an end.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use super::dom::{object, window};
use crate::{json, model::Failure};

/// Asks the edge, or sends it JSON, and gives the body of its answer, for which it waits so many milliseconds.
///
/// # Errors
/// [`Failure::Problem`] where the edge says what is wrong; [`Failure::Unreachable`] without an answer in time, and for a fault
/// of the server that says nothing; else [`Failure::Unreadable`].
pub async fn ask(
    url: &str,
    token: Option<&str>,
    body: Option<&str>,
    patience: i32,
) -> Result<String, Failure> {
    let options = RequestInit::new();
    let headers = object(&[]);
    let set = |name: &str, value: &str| {
        // A plain object takes any member.
        let _ = Reflect::set(&headers, &name.into(), &value.into());
    };
    if let Some(token) = token {
        set("authorization", &["Bearer ", token].concat());
    }
    if let Some(body) = body {
        set("content-type", "application/json");
        options.set_method("POST");
        options.set_body(&JsValue::from_str(body));
    }
    options.set_headers(&headers);
    let (response, text) = exchange(url, &options, patience)
        .await
        .map_err(|_| Failure::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    Err(match json::problem::<JsValue>(&text) {
        _ if response.status() >= 500 => Failure::Unreachable,
        Some(problem) => problem,
        None => Failure::Unreadable,
    })
}

/// How long to wait for an answer that somebody waits for, in milliseconds.
pub const PATIENCE: i32 = 20_000;

/// `fetch` that gives up in the end: a phone in a lift would otherwise say "recording" for ever.
async fn exchange(
    url: &str,
    options: &RequestInit,
    patience: i32,
) -> Result<(Response, String), JsValue> {
    let controller = AbortController::new()?;
    options.set_signal(Some(&controller.signal()));
    // It stays: an answer that is there does not mind, and one that is still being read is given up as well.
    let abort = Closure::once_into_js(move || controller.abort());
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(abort.unchecked_ref(), patience)?;
    let response = JsFuture::from(window().fetch_with_str_and_init(url, options)).await?;
    let response: Response = response.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response, text.as_string().unwrap_or_default()))
}
