//! Who asks: bearer tokens (RFC 6750) of subjects, of hosts' backends and of staff.

use http::{HeaderMap, header::AUTHORIZATION};
use kelisim_shared::{
    problem::{Problem, ProblemType},
    record::{Staff, SubjectId},
    token::{Role, ServiceToken, StaffToken, SubjectToken, TokenError},
};

use crate::{config::Config, limits, ports::Platform, pseudonym};

/// A subject that has proven who it is.
#[derive(Debug)]
pub struct Subject {
    /// The pseudonym.
    pub id: SubjectId,
    /// The token that proved it.
    pub token: SubjectToken,
}

/// The subject whose token the request carries.
///
/// # Errors
/// A problem of status 401 or 429.
pub async fn subject(
    headers: &HeaderMap,
    config: &Config,
    platform: &impl Platform,
) -> Result<Subject, Problem> {
    subject_of(bearer(headers)?, config, platform).await
}

/// The subject of a token.
///
/// # Errors
/// A problem of status 401 or 429.
pub async fn subject_of(
    token: &str,
    config: &Config,
    platform: &impl Platform,
) -> Result<Subject, Problem> {
    let token = SubjectToken::verify(token, &config.subject_issuers, platform.now(), platform)
        .await
        .map_err(refusal)?;
    let id = pseudonym::of(&config.pseudonym_key, token.issuer(), token.subject());
    limits::by_subject(id, platform).await?;
    Ok(Subject { id, token })
}

/// The host's backend whose token the request carries.
///
/// # Errors
/// A problem of status 401.
pub async fn service(
    headers: &HeaderMap,
    config: &Config,
    platform: &impl Platform,
) -> Result<ServiceToken, Problem> {
    let token = bearer(headers)?;
    ServiceToken::verify(token, &config.service_issuers, platform.now(), platform)
        .await
        .map_err(refusal)
}

/// The member of staff whose token the request carries, if it grants one of `roles`.
///
/// # Errors
/// A problem of status 401 or 403.
pub async fn staff(
    headers: &HeaderMap,
    roles: &[Role],
    config: &Config,
    platform: &impl Platform,
) -> Result<Staff, Problem> {
    let token = match bearer(headers) {
        Ok(token) => token,
        Err(missing) => headers
            .get(ACCESS_TOKEN)
            .and_then(|value| value.to_str().ok())
            .ok_or(missing)?,
    };
    let token = StaffToken::verify(token, &config.staff_issuers, platform.now(), platform)
        .await
        .map_err(refusal)?;
    if token.grants(roles) {
        Ok(token.staff().clone())
    } else {
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        Err(Problem::from(ProblemType::RoleMissing).with_detail(names.join(", ")))
    }
}

/// The token that the request carries (RFC 6750, section 2.1).
///
/// # Errors
/// [`ProblemType::TokenMissing`].
pub fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| ProblemType::TokenMissing.into())
}

fn refusal(error: TokenError) -> Problem {
    ProblemType::from(error).into()
}

/// Where Cloudflare Access puts the token of whoever it has let through.
const ACCESS_TOKEN: &str = "Cf-Access-Jwt-Assertion";
