//! Requests to the edge, each with an end.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use super::dom::{object, window};
use crate::{json, model::Failure};

/// Asks the edge and gives the body of its answer.
///
/// # Errors
/// [`Failure::Problem`] where the edge says what is wrong; [`Failure::Unreachable`] without an answer within
/// [`PATIENCE`], and for a fault of the server that says nothing; else [`Failure::Unreadable`].
pub async fn get(url: &str, token: Option<&str>) -> Result<String, Failure> {
    let headers = object(&[]);
    if let Some(token) = token {
        authorize(&headers, token);
    }
    let options = RequestInit::new();
    options.set_headers(&headers);
    request(url, &options, PATIENCE).await
}

/// Sends JSON to the edge and gives the body of its answer, for which it waits so many milliseconds.
///
/// # Errors
/// Those of [`get`].
pub async fn post(url: &str, token: &str, body: &str, patience: i32) -> Result<String, Failure> {
    let headers = object(&[("content-type", "application/json".into())]);
    authorize(&headers, token);
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&JsValue::from_str(body));
    request(url, &options, patience).await
}

/// How long to wait for an answer that somebody waits for, in milliseconds.
pub const PATIENCE: i32 = 20_000;

fn authorize(headers: &Object, token: &str) {
    let value = ["Bearer ", token].concat();
    // A plain object takes any member.
    let _ = Reflect::set(headers, &"authorization".into(), &value.into());
}

async fn request(url: &str, options: &RequestInit, patience: i32) -> Result<String, Failure> {
    let (response, text) = exchange(url, options, patience)
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

/// `fetch` that gives up in the end: a phone in a lift would otherwise say "recording" for ever.
async fn exchange(
    url: &str,
    options: &RequestInit,
    patience: i32,
) -> Result<(Response, String), JsValue> {
    let controller = AbortController::new()?;
    options.set_signal(Some(&controller.signal()));
    let abort = Closure::once_into_js(move || controller.abort());
    let timer = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(abort.unchecked_ref(), patience)?;
    let answer = fetch(url, options).await;
    window().clear_timeout_with_handle(timer);
    answer
}

async fn fetch(url: &str, options: &RequestInit) -> Result<(Response, String), JsValue> {
    let response = JsFuture::from(window().fetch_with_str_and_init(url, options)).await?;
    let response: Response = response.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response, text.as_string().unwrap_or_default()))
}
