//! The thin layer over Workers: turns what the platform gives into what the ports ask for. No rule of
//! the product is here.

mod platform;
mod registry_object;
mod sql;
mod subject_object;
mod webcrypto;

use std::rc::Rc;

use futures_util::StreamExt;
use http::{HeaderName, HeaderValue, Uri};
use kelisim_shared::problem::{Problem, ProblemType};
use worker::{Context, Env, Request, Response, Result, console_error, event};

use self::platform::WorkerPlatform;
use crate::{
    config::{Config, ConfigError},
    reply::{self, Reply},
    router::{self, Body},
};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let reply = match config(&env) {
        Ok(config) => match from_worker(request).await {
            Ok(request) => {
                let platform = WorkerPlatform { env: &env };
                router::handle(request, &config, &platform).await
            }
            Err(error) => {
                console_error!("cannot read the request: {error}");
                reply::problem(&ProblemType::Internal.into())
            }
        },
        Err(error) => {
            console_error!("refusing to serve: {error}");
            reply::problem(&Problem::from(ProblemType::Misconfigured))
        }
    };
    into_worker(reply)
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

async fn from_worker(mut request: Request) -> Result<http::Request<Body>> {
    let uri: Uri = request.url()?.as_str().parse().map_err(to_error)?;
    let limit = router::body_limit(uri.path());
    let body = read(&mut request, limit).await?;
    let mut converted = http::Request::new(body);
    for (name, value) in request.headers() {
        let name = HeaderName::try_from(name).map_err(to_error)?;
        // Workers give header values as Latin-1; whatever is not ASCII means nothing to us.
        if let Ok(value) = HeaderValue::try_from(value) {
            converted.headers_mut().append(name, value);
        }
    }
    *converted.method_mut() = request.inner().method().parse().map_err(to_error)?;
    *converted.uri_mut() = uri;
    Ok(converted)
}

/// Reads the body up to `limit` bytes; with a limit of 0 it is not looked at.
async fn read(request: &mut Request, limit: usize) -> Result<Body> {
    let mut body = Vec::new();
    if limit == 0 || request.inner().body().is_none() {
        return Ok(Body::Whole(body));
    }
    let mut stream = request.stream()?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > limit {
            return Ok(Body::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(body))
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
