//! From one request to one response.
//!
//! In this order: HTTPS, origin, route, preflight, method, limit by address; then the route itself, see [`crate::routes`], which reads
//! the body only after it knows who sends it. Every refusal is a problem document.

use std::collections::HashMap;

use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode, Uri,
    header::{
        ACCEPT, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_MAX_AGE, ALLOW, CONTENT_TYPE, HOST, ORIGIN,
    },
};
use kelisim_shared::{
    language::Language,
    problem::{Problem, ProblemType},
    text::Line,
};
use serde::de::DeserializeOwned;

use crate::{
    config::Config,
    limits,
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
    /// `/kelisim.js`
    Loader,
    /// `/privacy`
    Policy,
    /// `/privacy/editions`
    PolicyHistory,
    /// `/privacy/editions/{id}`
    PolicyEdition(&'a str),
    /// `/consent`
    Consent,
    /// `/consent/accept`
    ConsentAccept,
    /// `/problems`
    Problems,
    /// `/v1/editions`
    Editions,
    /// `/v1/editions/current`
    CurrentEdition,
    /// `/v1/editions/{id}`
    Edition(&'a str),
    /// `/v1/editions/{id}/diff/{id}`
    EditionDiff(&'a str, &'a str),
    /// `/v1/editions/{id}/notice`
    EditionNotice(&'a str),
    /// `/v1/editions/{id}/proof`
    EditionProof(&'a str),
    /// `/v1/log`
    LogKeys,
    /// `/log/checkpoint`
    Checkpoint,
    /// What is below `/log/tile/`, by the path from `tile/` on. It has slashes, so `OpenAPI` cannot name it.
    Tile(&'a str),
    /// `/v1/status`
    Status,
    /// `/v1/notice`
    Notice,
    /// `/v1/statements`
    Statements,
    /// `/v1/receipts`
    Receipts,
    /// `/v1/receipts/{id}`
    Receipt(&'a str),
    /// `/v1/acceptances`
    Acceptances,
    /// `/v1/uses`
    Uses,
    /// `/v1/admin/editions`
    AdminEditions,
    /// `/v1/admin/editions/scheduled`
    Scheduled,
    /// `/v1/admin/editions/scheduled/{id}`
    ScheduledEdition(&'a str),
    /// `/v1/admin/editions/{id}/counts`
    Counts(&'a str),
    /// `/v1/admin/subjects/lookup`
    Lookup,
    /// `/v1/admin/subjects/{id}`
    Subject(&'a str),
    /// `/v1/admin/subjects/{id}/evidence`
    Evidence(&'a str),
    /// `/v1/admin/subjects/{id}/withdrawals`
    Withdrawals(&'a str),
    /// `/v1/admin/subjects/{id}/terminations`
    Terminations(&'a str),
    /// `/v1/admin/subjects/{id}/holds`
    Holds(&'a str),
    /// `/v1/admin/subjects/{id}/releases`
    Releases(&'a str),
    /// `/.well-known/jwks.json`
    Keys,
    /// `/openapi.json`
    OpenApi,
    /// `/healthz`
    Health,
    /// `/preview/token`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewToken,
    /// `/preview/sign-out`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewSignOut,
    /// `/preview/clock`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewClock,
    /// `/preview/log`, in the preview only.
    #[cfg(feature = "preview")]
    PreviewLog,
}

impl<'a> Route<'a> {
    /// The route of a path.
    #[must_use]
    pub fn of(path: &'a str) -> Option<Self> {
        if let Some(path) = path.strip_prefix("/log/")
            && path.starts_with("tile/")
        {
            return Some(Self::Tile(path));
        }
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        Some(match segments[..] {
            [""] => Self::Root,
            ["kelisim.js"] => Self::Loader,
            ["privacy"] => Self::Policy,
            ["privacy", "editions"] => Self::PolicyHistory,
            ["privacy", "editions", id] => Self::PolicyEdition(id),
            ["consent"] => Self::Consent,
            ["consent", "accept"] => Self::ConsentAccept,
            ["problems"] => Self::Problems,
            ["v1", "editions"] => Self::Editions,
            ["v1", "editions", "current"] => Self::CurrentEdition,
            ["v1", "editions", id] => Self::Edition(id),
            ["v1", "editions", a, "diff", b] => Self::EditionDiff(a, b),
            ["v1", "editions", id, "notice"] => Self::EditionNotice(id),
            ["v1", "editions", id, "proof"] => Self::EditionProof(id),
            ["v1", "log"] => Self::LogKeys,
            ["log", "checkpoint"] => Self::Checkpoint,
            ["v1", "status"] => Self::Status,
            ["v1", "notice"] => Self::Notice,
            ["v1", "statements"] => Self::Statements,
            ["v1", "receipts"] => Self::Receipts,
            ["v1", "receipts", id] => Self::Receipt(id),
            ["v1", "acceptances"] => Self::Acceptances,
            ["v1", "uses"] => Self::Uses,
            ["v1", "admin", "editions"] => Self::AdminEditions,
            ["v1", "admin", "editions", "scheduled"] => Self::Scheduled,
            ["v1", "admin", "editions", "scheduled", id] => Self::ScheduledEdition(id),
            ["v1", "admin", "editions", id, "counts"] => Self::Counts(id),
            ["v1", "admin", "subjects", "lookup"] => Self::Lookup,
            ["v1", "admin", "subjects", id] => Self::Subject(id),
            ["v1", "admin", "subjects", id, "evidence"] => Self::Evidence(id),
            ["v1", "admin", "subjects", id, "withdrawals"] => Self::Withdrawals(id),
            ["v1", "admin", "subjects", id, "terminations"] => Self::Terminations(id),
            ["v1", "admin", "subjects", id, "holds"] => Self::Holds(id),
            ["v1", "admin", "subjects", id, "releases"] => Self::Releases(id),
            [".well-known", "jwks.json"] => Self::Keys,
            ["openapi.json"] => Self::OpenApi,
            ["healthz"] => Self::Health,
            #[cfg(feature = "preview")]
            ["preview", "token"] => Self::PreviewToken,
            #[cfg(feature = "preview")]
            ["preview", "sign-out"] => Self::PreviewSignOut,
            #[cfg(feature = "preview")]
            ["preview", "clock"] => Self::PreviewClock,
            #[cfg(feature = "preview")]
            ["preview", "log"] => Self::PreviewLog,
            _ => return None,
        })
    }

    /// The methods that it takes, as the header `Allow` lists them.
    const fn methods(self) -> &'static str {
        match self {
            Self::ConsentAccept
            | Self::Statements
            | Self::Uses
            | Self::AdminEditions
            | Self::Lookup
            | Self::Withdrawals(_)
            | Self::Terminations(_)
            | Self::Holds(_)
            | Self::Releases(_) => "POST",
            // Each look is recorded.
            Self::Consent => "GET, POST",
            Self::Evidence(_) => "GET",
            Self::ScheduledEdition(_) => "DELETE",
            Self::Subject(_) => "GET, DELETE",
            #[cfg(feature = "preview")]
            Self::PreviewToken | Self::PreviewSignOut | Self::PreviewLog => "POST",
            #[cfg(feature = "preview")]
            Self::PreviewClock => "PUT, DELETE",
            _ => "GET, HEAD",
        }
    }

    /// Whether what goes wrong here is read by a person.
    const fn is_for_people(self) -> bool {
        matches!(self, Self::Consent | Self::ConsentAccept)
    }

    const fn is_for_staff(self) -> bool {
        matches!(
            self,
            Self::AdminEditions
                | Self::Scheduled
                | Self::ScheduledEdition(_)
                | Self::Counts(_)
                | Self::Lookup
                | Self::Subject(_)
                | Self::Evidence(_)
                | Self::Withdrawals(_)
                | Self::Terminations(_)
                | Self::Holds(_)
                | Self::Releases(_)
        )
    }

    /// Whether pages of other origins may read what it answers: not what is for one person's eyes, or for staff's.
    const fn is_shared(self) -> bool {
        !self.is_for_people() && !self.is_for_staff()
    }

    /// Whether a page of another site made a browser ask, where nothing of the kind is wanted (W3C, Fetch Metadata): a
    /// browser that Cloudflare Access knows would send the token of a member of staff along.
    fn shuns<B>(self, request: &Request<B>) -> bool {
        let site = request.headers().get("Sec-Fetch-Site");
        self.is_for_staff() && site.is_some_and(|site| site.as_bytes() == b"cross-site")
    }

    fn allows(self, method: &Method) -> bool {
        self.methods()
            .split(", ")
            .any(|allowed| allowed == method.as_str())
    }
}

/// Answers a request.
pub async fn handle(
    request: Request<impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Reply {
    let https = request.uri().scheme_str() == Some("https");
    let route = Route::of(request.uri().path());
    let sender = Sender::of(&request);
    let mut reply = if !https && !config.is_preview() {
        reply::problem(&ProblemType::HttpsRequired.into())
    } else if !sender.is_allowed(config) || route.is_some_and(|route| route.shuns(&request)) {
        reply::problem(&ProblemType::OriginNotAllowed.into())
    } else {
        let mut reply = answer(&request, route, &sender, config, platform).await;
        if let Sender::Foreign(origin) = &sender
            && route.is_none_or(Route::is_shared)
        {
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

async fn answer(
    request: &Request<impl Body>,
    route: Option<Route<'_>>,
    sender: &Sender,
    config: &Config,
    platform: &impl Platform,
) -> Reply {
    let Some(route) = route else {
        return reply::problem(&ProblemType::NotFound.into());
    };
    if request.method() == Method::OPTIONS {
        return preflight(route);
    }
    let call = Call {
        method: request.method(),
        uri: request.uri(),
        headers: request.headers(),
        body: request.body(),
        sender,
    };
    let refuse = |problem: &Problem| {
        if route.is_for_people() && call.prefers_pages() {
            reply::trouble(problem, call.language())
        } else {
            reply::problem(problem)
        }
    };
    if !route.allows(call.method) {
        let mut reply = refuse(&ProblemType::MethodNotAllowed.into());
        reply::set(&mut reply, ALLOW, route.methods());
        return reply;
    }
    if let Err(problem) = limits::by_address(call.headers, &config.nonce_key, platform).await {
        return refuse(&problem.into());
    }
    let answer = routes::dispatch(route, &call, config, platform).await;
    answer.unwrap_or_else(|problem| refuse(&problem))
}

/// Who sends a request, as browsers tell by the header `Origin` (RFC 6454, section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// No page, or a page that only reads.
    Unnamed,
    /// A page of the edge itself.
    Own,
    /// A page of that other origin.
    Foreign(HeaderValue),
}

impl Sender {
    fn of<B>(request: &Request<B>) -> Self {
        let Some(origin) = request.headers().get(ORIGIN) else {
            return Self::Unnamed;
        };
        if own_origin(request.uri(), request.headers())
            .is_some_and(|own| origin.as_bytes() == own.as_bytes())
        {
            Self::Own
        } else {
            Self::Foreign(origin.clone())
        }
    }

    fn is_allowed(&self, config: &Config) -> bool {
        match self {
            Self::Unnamed | Self::Own => true,
            Self::Foreign(origin) => config
                .allowed_origins
                .iter()
                .any(|allowed| allowed.as_bytes() == origin.as_bytes()),
        }
    }
}

fn own_origin(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let scheme = uri.scheme_str()?;
    let host = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers.get(HOST)?.to_str().ok()?,
    };
    Some(format!("{scheme}://{host}"))
}

/// What a route gets to see of a request.
#[derive(Debug)]
pub struct Call<'a, B> {
    /// The method, one of those that the route takes.
    pub method: &'a Method,
    /// The address.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a B,
    /// Who sends it: nobody whom the configuration does not allow.
    pub sender: &'a Sender,
}

impl<B: Body> Call<'_, B> {
    /// The body as JSON of that type, of at most `limit` bytes.
    ///
    /// # Errors
    /// Another media type; too long; not such JSON.
    pub async fn json<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        let body = self.body("application/json", limit).await?;
        // Serde would read a list as an object, by position.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(ProblemType::MalformedBody.into());
        }
        serde_json::from_slice(&body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Problem::from(ProblemType::MalformedBody).with_detail(place)
        })
    }

    /// The fields of a form (WHATWG URL, section 5), which has at most `limit` bytes. The first of a name counts.
    ///
    /// # Errors
    /// Another media type; too long.
    pub async fn form(&self, limit: usize) -> Result<HashMap<String, String>, Problem> {
        let body = self
            .body("application/x-www-form-urlencoded", limit)
            .await?;
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(&body) {
            fields
                .entry(name.into_owned())
                .or_insert(value.into_owned());
        }
        Ok(fields)
    }

    async fn body(&self, media_type: &str, limit: usize) -> Result<Vec<u8>, Problem> {
        let given = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        if !given.trim().eq_ignore_ascii_case(media_type) {
            return Err(ProblemType::UnsupportedMediaType.into());
        }
        self.body.read(limit).await.map_err(|error| {
            Problem::from(match error {
                BodyError::TooLarge => ProblemType::BodyTooLarge,
                BodyError::Interrupted => ProblemType::MalformedBody,
            })
        })
    }

    /// The origin of the page that asks, if a page names it: the edge's own or a configured one.
    #[must_use]
    pub fn origin(&self) -> Option<Line<200>> {
        self.headers.get(ORIGIN)?.to_str().ok()?.parse().ok()
    }

    /// The address of the edge as the request names it, without a slash at its end; empty where it names none.
    #[must_use]
    pub fn own_address(&self) -> String {
        own_origin(self.uri, self.headers).unwrap_or_default()
    }

    /// Whether it is a browser that asks, for a page to show (Fetch Standard, "document `Accept` header value").
    fn prefers_pages(&self) -> bool {
        let accept = self.headers.get(ACCEPT);
        accept.is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"))
    }

    /// Whether it is a page of the edge itself that asks.
    #[must_use]
    pub const fn is_from_own_origin(&self) -> bool {
        matches!(self.sender, Sender::Own)
    }

    /// The language that is asked for in the address (`ru-KZ` is Russian), else by the browser, else Russian, the language of
    /// the policy.
    #[must_use]
    pub fn language(&self) -> Language {
        let asked = self.query("lang").and_then(Language::negotiate);
        let preferred = || {
            let header = self.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::negotiate(header)
        };
        asked.or_else(preferred).unwrap_or(Language::Ru)
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

fn preflight(route: Route<'_>) -> Reply {
    let mut reply = reply::empty(StatusCode::NO_CONTENT);
    reply::set(&mut reply, ALLOW, route.methods());
    reply::set(&mut reply, ACCESS_CONTROL_ALLOW_METHODS, route.methods());
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
        for path in [
            "/preview",
            "/preview/token",
            "/preview/sign-out",
            "/preview/clock",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}
