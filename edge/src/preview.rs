//! The preview's stand-in for a host's backend, an issuer that gives a token to anyone who asks; and its clock, which can
//! be moved.
//!
//! | route | query | answer |
//! |---|---|---|
//! | `POST /preview/token` | `sub`, `agreement` (both optional) | a subject token; without `sub`, for the user of the cookie `demo_user`, which is set when missing |
//! | `POST /preview/token` | `role`; `sub` | a staff token with that role |
//! | `POST /preview/token` | `service` | a service token for the backend of that name |
//! | `POST /preview/sign-out` | | forgets the cookie, so that the next token is for a new user |
//! | `PUT /preview/clock` | | moves the server's clock to [`ClockRequest::now`], from which it runs on |
//! | `DELETE /preview/clock` | | puts it back to the true time |
//! | `POST /preview/log` | | adds entries to the log and makes proofs, for the bench: see [`LogExercise`] |
//!
//! It is compiled with the feature `preview` only, and signs with a key that production refuses.

use base64ct::{Base64UrlUnpadded, Encoding};
use http::{HeaderValue, Method, StatusCode, header::COOKIE, header::SET_COOKIE};
use kelisim_shared::{
    api::TokenReply,
    jws,
    problem::{Problem, ProblemType},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    config::{Config, Environment, PREVIEW_ISSUER, service_audience},
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// `POST /preview/token`
pub(crate) async fn token(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let Environment::Preview { issuer_key } = &config.environment else {
        return Err(ProblemType::NotFound.into());
    };
    let (user, is_known) = match (call.query("sub"), cookie(call)) {
        (Some(user), _) | (None, Some(user)) => (user.to_owned(), true),
        (None, None) => (
            Base64UrlUnpadded::encode_string(&platform.bytes()[..16]),
            false,
        ),
    };
    let now = platform.now().unix_seconds();
    let mut claims = json!({
        "iss": PREVIEW_ISSUER,
        "aud": config.audience,
        "sub": user,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    });
    match (call.query("role"), call.query("service")) {
        (Some(role), _) => claims["roles"] = json!([role]),
        (None, Some(service)) => {
            claims["sub"] = json!(service);
            claims["aud"] = json!(service_audience(&config.audience));
        }
        (None, None) => claims["agreement"] = json!(call.query("agreement").unwrap_or("2026-01")),
    }
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": issuer_key.kid() });
    let token = jws::sign(&header, &claims, &platform.signer(issuer_key))
        .await
        .map_err(|_| ProblemType::Unavailable)?;
    let mut reply = reply::json(StatusCode::OK, &TokenReply { token }, Caching::NoStore);
    if !is_known {
        let cookie = format!("{COOKIE_NAME}={user}; Path=/; HttpOnly; SameSite=Lax");
        let cookie = HeaderValue::try_from(cookie).expect("base64url is visible ASCII");
        reply.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(reply)
}

/// `POST /preview/sign-out`
pub(crate) fn sign_out() -> Reply {
    let mut reply = reply::empty(StatusCode::NO_CONTENT);
    reply::set(
        &mut reply,
        SET_COOKIE,
        "demo_user=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
    );
    reply
}

/// Where the clock is to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRequest {
    /// The instant that it is to show now.
    pub now: Timestamp,
}

/// `PUT /preview/clock`, `DELETE /preview/clock`
pub(crate) async fn clock(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let now = if call.method == Method::PUT {
        let ClockRequest { now } = call.json(MAX_REQUEST_BYTES).await?;
        Some(now)
    } else {
        None
    };
    platform
        .set(now)
        .await
        .map_err(|_| ProblemType::Unavailable)?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// What the log is to do, for the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogExercise {
    /// How many entries are to be added, and published.
    pub entries: u32,
    /// How many proofs are to be made, of entries all over the log.
    pub proofs: u32,
}

/// `POST /preview/log`: tells how many entries there are.
pub(crate) async fn exercise(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let exercise: LogExercise = call.json(MAX_REQUEST_BYTES).await?;
    let size = platform.exercise(exercise).await;
    let size = size.map_err(|_| ProblemType::Unavailable)?;
    Ok(reply::json(
        StatusCode::OK,
        &json!({ "size": size }),
        Caching::NoStore,
    ))
}

fn cookie<'a>(call: &Call<'a, impl Body>) -> Option<&'a str> {
    let cookies = call.headers.get(COOKIE)?.to_str().ok()?;
    let pairs = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, user)| user)
        .find(|user| !user.is_empty())
}

/// The longest request, in bytes.
const MAX_REQUEST_BYTES: usize = 256;

const COOKIE_NAME: &str = "demo_user";

/// How long the preview's tokens are good, in seconds: ten minutes.
const LIFETIME_SECONDS: i64 = 600;
