//! Requests to the edge, each with an end.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use super::dom::{object, window};
use crate::{json, model::Failure};

/// Asks the edge and gives the body of its answer; with a `body`, sends that as JSON.
///
/// # Errors
/// [`Failure::Problem`] where the edge says what is wrong; [`Failure::Unreachable`] without an answer within
/// 20 seconds, and for a fault of the server that says nothing; else [`Failure::Unreadable`].
pub async fn request(
    url: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Result<String, Failure> {
    let (response, text) = exchange(url, &options(token, body))
        .await
        .map_err(|_| Failure::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    Err(match json::problem::<JsValue>(&text) {
        _ if response.status() >= 500 => Failure::Unreachable,
        Some(problem) => Failure::Problem(problem),
        None => Failure::Unreadable,
    })
}

fn options(token: Option<&str>, body: Option<&str>) -> RequestInit {
    let options = RequestInit::new();
    let headers = object(&[]);
    let set = |name: &str, value: &str| {
        let _ = js_sys::Reflect::set(&headers, &name.into(), &value.into());
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
    options
}

/// `fetch` that gives up in the end: a phone in a lift would otherwise say "recording" for ever.
async fn exchange(url: &str, options: &RequestInit) -> Result<(Response, String), JsValue> {
    let controller = AbortController::new()?;
    options.set_signal(Some(&controller.signal()));
    let abort = Closure::once_into_js(move || controller.abort());
    let timer = window().set_timeout_with_callback_and_timeout_and_arguments_0(
        abort.unchecked_ref(),
        TIMEOUT_MILLISECONDS,
    )?;
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

const TIMEOUT_MILLISECONDS: i32 = 20_000;
