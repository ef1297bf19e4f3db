//! Who asks: bearer tokens (RFC 6750) of subjects and staff.

use http::{HeaderMap, header::AUTHORIZATION};
use kelisim_shared::{
    problem::{Problem, ProblemType},
    record::SubjectId,
    token::{StaffToken, SubjectToken, TokenError},
};

use crate::{config::Config, ports::Platform, pseudonym};

/// A subject that has proven who it is.
#[derive(Debug)]
pub struct Subject {
    /// The pseudonym.
    pub id: SubjectId,
    /// The token that proved it.
    pub token: SubjectToken,
}

/// What staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Publishes editions.
    Publisher,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
        }
    }
}

/// The subject whose token the request carries.
///
/// # Errors
/// A problem of status 401.
pub async fn subject(
    headers: &HeaderMap,
    config: &Config,
    platform: &impl Platform,
) -> Result<Subject, Problem> {
    let token = bearer(headers)?;
    let token = SubjectToken::verify(token, &config.subject_issuers, platform.now(), platform)
        .await
        .map_err(refusal)?;
    Ok(Subject {
        id: pseudonym::of(&config.pseudonym_key, &token),
        token,
    })
}

/// The member of staff whose token the request carries, if it grants `role`.
///
/// # Errors
/// A problem of status 401 or 403.
pub async fn staff(
    headers: &HeaderMap,
    role: Role,
    config: &Config,
    platform: &impl Platform,
) -> Result<StaffToken, Problem> {
    let token = bearer(headers)?;
    let token = StaffToken::verify(token, &config.staff_issuers, platform.now(), platform)
        .await
        .map_err(refusal)?;
    if token.has_role(role.name()) {
        Ok(token)
    } else {
        Err(Problem::from(ProblemType::RoleMissing).with_detail(role.name()))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
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
