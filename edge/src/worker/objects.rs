//! Calls to objects: by `fetch`, with JSON in both directions.

use serde::{Serialize, de::DeserializeOwned};
use worker::{Env, Method, Request, RequestInit, Response, console_error};

use crate::ports::Unavailable;

/// Operations of the subject object, as the path of the call.
pub(super) const STATE: &str = "/state";
pub(super) const SUBMIT: &str = "/submit";
pub(super) const RECEIPT: &str = "/receipt";
pub(super) const RECEIPTS: &str = "/receipts";
pub(super) const ORDER: &str = "/order";
pub(super) const FILE: &str = "/file";

/// Operations of the registry object.
pub(super) const OVERVIEW: &str = "/overview";
pub(super) const EDITION: &str = "/edition";
pub(super) const PUBLISH: &str = "/publish";
pub(super) const SCHEDULED: &str = "/scheduled";
pub(super) const CANCEL: &str = "/cancel";

/// Operations of the log object.
pub(super) const APPEND: &str = "/append";
pub(super) const LOG: &str = "/log";
pub(super) const CHECKPOINT: &str = "/checkpoint";
pub(super) const PROOF: &str = "/proof";
#[cfg(feature = "preview")]
pub(super) const EXERCISE: &str = "/exercise";

/// That something is in the log: told to a subject's object, asked of the registry.
pub(super) const LOGGED: &str = "/logged";

/// Operations of a tally object.
pub(super) const TELL: &str = "/tell";
pub(super) const ROWS: &str = "/rows";

/// Asks the object of that name.
pub(super) async fn call<Q: Serialize, A: DeserializeOwned>(
    env: &Env,
    binding: &str,
    name: &str,
    operation: &str,
    question: &Q,
) -> Result<A, Unavailable> {
    let call = async {
        let stub = env
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

/// Answers such a call.
pub(super) fn answer<T: Serialize>(outcome: Result<T, Unavailable>) -> worker::Result<Response> {
    match outcome {
        Ok(value) => Response::from_json(&value),
        Err(Unavailable) => Response::error("unavailable", 503),
    }
}
