//! From one request to one response.
//!
//! In this order: HTTPS, origin, route, preflight, method; then the route itself, see [`crate::routes`], which reads
//! the body only after it knows who sends it. Every refusal is a problem document.

use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode, Uri,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ALLOW,
        HOST, ORIGIN,
    },
};
use kelisim_shared::problem::{Problem, ProblemType};
use serde::de::DeserializeOwned;

use crate::{
    config::Config,
    ports::Platform,
    reply::{self, Reply},
    routes,
};

/// A request's body, which is not read before something wants it.
pub trait Body {
    /// Reads the whole body, once.
    ///
    /// # Errors
    /// [`BodyError`]; of a body that is too large no more than `limit` bytes are kept.
    fn read(&self, limit: usize) -> impl Future<Output = Result<Vec<u8>, BodyError>>;
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than the limit, in bytes.
    TooLarge,
    /// It broke off.
    Interrupted,
}

/// An address of the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// `/`
    Root,
    /// `/privacy`
    Policy,
    /// `/privacy/editions/{id}`
    PolicyEdition(&'a str),
    /// `/v1/editions/current`
    CurrentEdition,
    /// `/v1/editions/{id}`
    Edition(&'a str),
    /// `/v1/status`
    Status,
    /// `/v1/statements`
    Statements,
    /// `/v1/receipts`
    Receipts,
    /// `/v1/admin/editions`
    AdminEditions,
    /// `/.well-known/jwks.json`
    Keys,
    /// `/healthz`
    Health,
    /// `/preview/token`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewToken,
    /// `/preview/sign-out`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewSignOut,
}

impl<'a> Route<'a> {
    /// The route of a path.
    #[must_use]
    pub fn of(path: &'a str) -> Option<Self> {
        Some(match path {
            "/" => Self::Root,
            "/privacy" => Self::Policy,
            "/v1/editions/current" => Self::CurrentEdition,
            "/v1/status" => Self::Status,
            "/v1/statements" => Self::Statements,
            "/v1/receipts" => Self::Receipts,
            "/v1/admin/editions" => Self::AdminEditions,
            "/.well-known/jwks.json" => Self::Keys,
            "/healthz" => Self::Health,
            #[cfg(feature = "preview")]
            "/preview/token" => Self::PreviewToken,
            #[cfg(feature = "preview")]
            "/preview/sign-out" => Self::PreviewSignOut,
            _ => {
                if let Some(id) = path.strip_prefix("/privacy/editions/") {
                    Self::PolicyEdition(id)
                } else {
                    Self::Edition(path.strip_prefix("/v1/editions/")?)
                }
            }
        })
    }

    const fn is_posted_to(self) -> bool {
        match self {
            Self::Statements | Self::AdminEditions => true,
            #[cfg(feature = "preview")]
            Self::PreviewToken | Self::PreviewSignOut => true,
            _ => false,
        }
    }

    const fn allowed_methods(self) -> &'static str {
        if self.is_posted_to() {
            "POST"
        } else {
            "GET, HEAD"
        }
    }

    fn allows(self, method: &Method) -> bool {
        if self.is_posted_to() {
            method == Method::POST
        } else {
            method == Method::GET || method == Method::HEAD
        }
    }
}

/// Answers a request.
pub async fn handle(
    request: Request<impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Reply {
    let https = request.uri().scheme_str() == Some("https");
    let origin = foreign_origin(&request);
    let mut reply = if !https && !config.is_preview() {
        reply::problem(&ProblemType::HttpsRequired.into())
    } else if origin
        .as_ref()
        .is_some_and(|origin| !is_allowed(origin, config))
    {
        reply::problem(&ProblemType::OriginNotAllowed.into())
    } else {
        let mut reply = answer(&request, config, platform).await;
        if let Some(origin) = &origin {
            reply::share(&mut reply, origin);
        }
        reply
    };
    reply::secure(&mut reply, https);
    if request.method() == Method::HEAD {
        reply.body_mut().clear();
    }
    reply
}

async fn answer(request: &Request<impl Body>, config: &Config, platform: &impl Platform) -> Reply {
    let Some(route) = Route::of(request.uri().path()) else {
        return reply::problem(&ProblemType::NotFound.into());
    };
    if request.method() == Method::OPTIONS {
        return preflight(route);
    }
    if !route.allows(request.method()) {
        let mut reply = reply::problem(&ProblemType::MethodNotAllowed.into());
        reply::set(&mut reply, ALLOW, route.allowed_methods());
        return reply;
    }
    let call = Call {
        uri: request.uri(),
        headers: request.headers(),
        body: request.body(),
    };
    match routes::dispatch(route, &call, config, platform).await {
        Ok(reply) => reply,
        Err(problem) => reply::problem(&problem),
    }
}

/// What a route gets to see of a request.
#[derive(Debug)]
pub struct Call<'a, B> {
    /// The address.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a B,
}

impl<B: Body> Call<'_, B> {
    /// The body as JSON of that type, of at most `limit` bytes.
    ///
    /// # Errors
    /// Another media type; too long; not such JSON.
    pub async fn json<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        let media_type = self
            .headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        if !media_type.trim().eq_ignore_ascii_case("application/json") {
            return Err(ProblemType::UnsupportedMediaType.into());
        }
        let body = self.body.read(limit).await.map_err(|error| match error {
            BodyError::TooLarge => ProblemType::BodyTooLarge,
            BodyError::Interrupted => ProblemType::MalformedBody,
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Problem::from(ProblemType::MalformedBody).with_detail(place)
        })
    }

    /// The first value of a query parameter, as it stands (no parameter of ours needs decoding).
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.uri.query()?.split('&');
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| v)
    }
}

/// The request's origin, if it is a page of another one than the edge's own.
fn foreign_origin<B>(request: &Request<B>) -> Option<HeaderValue> {
    let origin = request.headers().get(ORIGIN)?;
    let scheme = request.uri().scheme_str()?;
    let host = match request.uri().authority() {
        Some(authority) => authority.as_str(),
        None => request.headers().get(HOST)?.to_str().ok()?,
    };
    let own = format!("{scheme}://{host}");
    if origin.as_bytes() == own.as_bytes() {
        None
    } else {
        Some(origin.clone())
    }
}

fn is_allowed(origin: &HeaderValue, config: &Config) -> bool {
    config
        .allowed_origins
        .iter()
        .any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

fn preflight(route: Route<'_>) -> Reply {
    let mut reply = reply::empty(StatusCode::NO_CONTENT);
    reply::set(&mut reply, ALLOW, route.allowed_methods());
    reply::set(
        &mut reply,
        ACCESS_CONTROL_ALLOW_METHODS,
        route.allowed_methods(),
    );
    reply::set(
        &mut reply,
        ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type",
    );
    reply::set(&mut reply, ACCESS_CONTROL_MAX_AGE, "7200");
    reply
}

#[cfg(all(test, not(feature = "preview")))]
mod tests {
    use super::*;

    #[test]
    fn production_has_no_route_of_the_preview() {
        for path in ["/preview", "/preview/token", "/preview/sign-out"] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}
