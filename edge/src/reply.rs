//! Responses, and the headers that all of them carry.

use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY,
        CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, RETRY_AFTER,
        STRICT_TRANSPORT_SECURITY, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
    },
};
use kelisim_shared::{digest::Sha256Digest, language::Language, problem::Problem};
use serde::Serialize;

use crate::pages;

/// The content security policy of a page, by who may have it in a frame.
macro_rules! page_policy {
    ($frame_ancestors:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ",
            $frame_ancestors
        )
    };
}

/// A response of the edge.
pub type Reply = Response<Vec<u8>>;

/// How long a response may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// Not at all: it is about one subject, or about this moment.
    NoStore,
    /// By anyone, asking each time whether it is still the same.
    Revalidate,
    /// By anyone, for five minutes.
    Briefly,
    /// By the person's browser, asking each time whether it is still the same.
    Own,
    /// By anyone, for ever: its address names its content.
    Immutable,
}

/// A JSON body.
#[must_use]
pub fn json<T: Serialize>(status: StatusCode, body: &T, caching: Caching) -> Reply {
    let bytes = serde_json::to_vec(body).expect("replies have string keys only");
    reply(status, "application/json", bytes, caching)
}

/// A JSON body that is text already.
#[must_use]
pub fn document(json: &str) -> Reply {
    reply(
        StatusCode::OK,
        "application/json",
        json.into(),
        Caching::Revalidate,
    )
}

/// The media type of a script.
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A script that pages of any origin may run.
#[must_use]
pub fn script(body: String, caching: Caching) -> Reply {
    let mut reply = reply(StatusCode::OK, SCRIPT, body.into(), caching);
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    set(&mut reply, policy, "cross-origin");
    reply
}

/// Plain text.
#[must_use]
pub fn text(body: String, caching: Caching) -> Reply {
    let media_type = "text/plain; charset=utf-8";
    reply(StatusCode::OK, media_type, body.into(), caching)
}

/// Bytes that never change.
#[must_use]
pub fn bytes(body: Vec<u8>) -> Reply {
    let media_type = "application/octet-stream";
    reply(StatusCode::OK, media_type, body, Caching::Immutable)
}

/// JSON in a format of others, about one subject.
#[must_use]
pub fn export(json: Vec<u8>, media_type: &'static str) -> Reply {
    reply(StatusCode::OK, media_type, json, Caching::NoStore)
}

/// A file to keep, which is about one subject.
#[must_use]
pub fn archive(body: Vec<u8>) -> Reply {
    let mut reply = reply(StatusCode::OK, "application/zip", body, Caching::NoStore);
    set(
        &mut reply,
        CONTENT_DISPOSITION,
        "attachment; filename=\"evidence.zip\"",
    );
    reply
}

/// A page that is the same for everybody, and that another page of the edge may have in a frame.
#[must_use]
pub fn html(body: String) -> Reply {
    page(
        StatusCode::OK,
        body,
        Caching::Revalidate,
        page_policy!("'self'"),
    )
}

/// A page for one subject, with a form.
#[must_use]
pub fn form(status: StatusCode, body: String) -> Reply {
    let mut reply = page(status, body, Caching::NoStore, page_policy!("'none'"));
    // Without a referrer a browser would hide the origin of the form as well.
    set(&mut reply, REFERRER_POLICY, "same-origin");
    reply
}

/// A page for one subject, with a form, and a content security policy of its own.
#[must_use]
pub fn notice(body: String, policy: &str) -> Reply {
    let mut reply = form(StatusCode::OK, body);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        reply.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    reply
}

/// A problem document (RFC 9457).
#[must_use]
pub fn problem(problem: &Problem) -> Reply {
    let bytes = serde_json::to_vec(problem).expect("problems have string keys only");
    let media_type = "application/problem+json";
    refusal(reply(status(problem), media_type, bytes, Caching::NoStore))
}

/// A problem as a page.
#[must_use]
pub fn trouble(problem: &Problem, language: Language) -> Reply {
    refusal(form(status(problem), pages::trouble(problem, language)))
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Adds what some statuses demand (RFC 9110, section 15.5.2; RFC 6585, section 4).
fn refusal(mut reply: Reply) -> Reply {
    let status = reply.status();
    if status == StatusCode::UNAUTHORIZED {
        set(&mut reply, WWW_AUTHENTICATE, "Bearer");
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        set(&mut reply, RETRY_AFTER, "60");
    }
    reply
}

/// The way to another address of this edge.
#[must_use]
pub fn redirect(location: &'static str) -> Reply {
    let mut reply = Response::new(Vec::new());
    *reply.status_mut() = StatusCode::FOUND;
    set(&mut reply, LOCATION, location);
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// No body.
#[must_use]
pub fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Vec::new());
    *reply.status_mut() = status;
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// Names the body by its hash, so that a client need not fetch again what it has (RFC 9110, section 13.1.2).
#[must_use]
pub fn with_etag(reply: Reply, request: &HeaderMap) -> Reply {
    let name = Sha256Digest::of(reply.body());
    named(reply, name, request)
}

/// Names what the body says by a hash of that, where the body says besides what is new each time.
#[must_use]
pub fn named(mut reply: Reply, name: Sha256Digest, request: &HeaderMap) -> Reply {
    // Half a hash is enough to tell bodies apart that we have made.
    let etag = format!("\"{}\"", &name.to_string()[..32]);
    let is_known = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == etag);
    if is_known {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        reply.body_mut().clear();
        reply.headers_mut().remove(CONTENT_TYPE);
    }
    let value = HeaderValue::try_from(etag).expect("a quoted hash is visible ASCII");
    reply.headers_mut().insert(ETAG, value);
    reply
}

/// Adds what every response carries. A script, for which browsers know no policies, carries none: every visitor pays for it.
pub fn secure(reply: &mut Reply, https: bool) {
    set(reply, X_CONTENT_TYPE_OPTIONS, "nosniff");
    let is_script = reply.headers().get(CONTENT_TYPE) == Some(&HeaderValue::from_static(SCRIPT));
    if !is_script {
        let headers = reply.headers_mut();
        headers
            .entry(REFERRER_POLICY)
            .or_insert(HeaderValue::from_static("no-referrer"));
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(
                "default-src 'none'; frame-ancestors 'none'",
            ));
    }
    if https {
        set(reply, STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
}

/// Lets the page of `origin` read the response (Fetch Standard, "CORS protocol").
pub fn share(reply: &mut Reply, origin: &HeaderValue) {
    let headers = reply.headers_mut();
    headers.insert(http::header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag, retry-after"),
    );
}

/// Sets a header that is known when the edge is built.
pub fn set(reply: &mut Reply, name: HeaderName, value: &'static str) {
    reply
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

fn page(status: StatusCode, body: String, caching: Caching, policy: &'static str) -> Reply {
    let mut reply = reply(
        status,
        "text/html; charset=utf-8",
        body.into_bytes(),
        caching,
    );
    set(&mut reply, CONTENT_SECURITY_POLICY, policy);
    reply
}

fn reply(status: StatusCode, media_type: &'static str, body: Vec<u8>, caching: Caching) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    set(&mut reply, CONTENT_TYPE, media_type);
    set(&mut reply, VARY, "Origin, Accept-Language");
    set(
        &mut reply,
        CACHE_CONTROL,
        match caching {
            Caching::NoStore => "no-store",
            Caching::Revalidate => "public, no-cache",
            Caching::Briefly => "public, max-age=300",
            Caching::Own => "private, no-cache",
            Caching::Immutable => "public, max-age=31536000, immutable",
        },
    );
    reply
}
