//! The thin layer over Workers: turns what the platform gives into what the ports ask for. No rule of
//! the product is here.

mod clock;
mod log_object;
mod objects;
mod platform;
#[cfg(feature = "preview")]
mod preview_clock;
mod registry_object;
mod sql;
mod subject_object;
mod tally_object;
mod webcrypto;

use std::{cell::RefCell, rc::Rc};

use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use js_sys::Uint8Array;
use kelisim_shared::problem::ProblemType;
use wasm_bindgen_futures::JsFuture;
use worker::{Context, Env, MessageBatch, Request, Response, Result, console_error, event};

use self::{clock::WorkerClock, platform::WorkerPlatform};
use crate::{
    config::{Config, ConfigError},
    reply::{self, Reply},
    router::{self, Body, BodyError},
    subject::LogMessage,
};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    into_worker(answer(request, &env).await)
}

#[event(queue)]
async fn queue(batch: MessageBatch<LogMessage>, env: Env, _context: Context) -> Result<()> {
    log_object::take(batch, &env).await
}

async fn answer(request: Request, env: &Env) -> Reply {
    let fault = |problem: ProblemType| {
        let mut reply = reply::problem(&problem.into());
        reply::secure(&mut reply, false);
        reply
    };
    let config = match config(env) {
        Ok(config) => config,
        Err(error) => {
            console_error!("refusing to serve: {error}");
            return fault(ProblemType::Misconfigured);
        }
    };
    let request = match from_worker(request) {
        Ok(request) => request,
        Err(error) => {
            console_error!("cannot read the request: {error}");
            return fault(ProblemType::Internal);
        }
    };
    match WorkerClock::of(env).await {
        Ok(clock) => router::handle(request, &config, &WorkerPlatform { env, clock }).await,
        Err(_) => fault(ProblemType::Unavailable),
    }
}

/// The configuration, parsed once an instance.
fn config(env: &Env) -> std::result::Result<Rc<Config>, ConfigError> {
    thread_local! {
        static CONFIG: std::cell::OnceCell<std::result::Result<Rc<Config>, ConfigError>> =
            const { std::cell::OnceCell::new() };
    }
    CONFIG.with(|config| {
        config
            .get_or_init(|| {
                // Secrets and variables are both plain strings of the environment.
                Config::parse(|name| env.var(name).ok().map(|value| value.to_string())).map(Rc::new)
            })
            .clone()
    })
}

fn from_worker(request: Request) -> Result<http::Request<RequestBody>> {
    let uri: Uri = request.url()?.as_str().parse().map_err(to_error)?;
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        let name = HeaderName::try_from(name).map_err(to_error)?;
        // Workers give header values as Latin-1; whatever is not ASCII means nothing to us.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(name, value);
        }
    }
    let method = request.inner().method().parse().map_err(to_error)?;
    let mut converted = http::Request::new(RequestBody(RefCell::new(request)));
    *converted.method_mut() = method;
    *converted.uri_mut() = uri;
    *converted.headers_mut() = headers;
    Ok(converted)
}

/// The body of a request that Workers hold.
struct RequestBody(RefCell<Request>);

impl Body for RequestBody {
    async fn read(&self, limit: usize) -> std::result::Result<Vec<u8>, BodyError> {
        let mut body = Vec::new();
        if self.0.borrow().inner().body().is_none() {
            return Ok(body);
        }
        if let Some(length) = self.announced_length() {
            if length > limit {
                return Err(BodyError::TooLarge);
            }
            return self.read_whole().await;
        }
        let stream = self.0.borrow_mut().stream();
        let mut stream = stream.map_err(|_| BodyError::Interrupted)?;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| BodyError::Interrupted)?;
            if body.len() + chunk.len() > limit {
                return Err(BodyError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl RequestBody {
    /// How long the body is, in bytes, where that was said before it came: neither more nor less comes then (RFC 9112,
    /// section 6.3; RFC 9113, section 8.1.1).
    fn announced_length(&self) -> Option<usize> {
        let length = self.0.borrow().headers().get("content-length");
        length.ok()??.parse().ok()
    }

    /// Reads the body at once, which costs less than to read it by parts.
    async fn read_whole(&self) -> std::result::Result<Vec<u8>, BodyError> {
        let buffer = self.0.borrow().inner().array_buffer();
        let buffer = JsFuture::from(buffer.map_err(|_| BodyError::Interrupted)?).await;
        let buffer = buffer.map_err(|_| BodyError::Interrupted)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

fn into_worker(reply: Reply) -> Result<Response> {
    let (parts, body) = reply.into_parts();
    let has_body = !body.is_empty();
    let response = if has_body {
        Response::from_bytes(body)?
    } else {
        Response::empty()?
    };
    let mut response = response.with_status(parts.status.as_u16());
    let headers = response.headers_mut();
    if !has_body {
        headers.delete("content-type")?;
    }
    for (name, value) in &parts.headers {
        headers.set(name.as_str(), value.to_str().map_err(to_error)?)?;
    }
    Ok(response)
}

fn to_error(error: impl std::fmt::Display) -> worker::Error {
    worker::Error::RustError(error.to_string())
}
