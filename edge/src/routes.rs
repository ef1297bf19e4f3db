//! What each route does.

mod consent;
mod editions;
mod evidence;
mod log;
mod notices;
mod orders;
mod policy;
mod statements;
mod uses;

use std::rc::Rc;

use http::{Method, StatusCode};
use kelisim_shared::{
    api::{Health, MessageReply},
    diff::EditionDiff,
    edition::{Edition, EditionId},
    problem::{Problem, ProblemType},
    record::SubjectId,
    subject::{self, State},
};

#[cfg(feature = "preview")]
use crate::preview;
use crate::{
    config::Config,
    pages,
    ports::{Platform, Unavailable},
    registry::InForce,
    reply::{self, Caching, Reply},
    router::{Body, Call, Route},
    subject::{Outcome, Refusal, Submission},
};

/// Answers a call to a route, whose method is known to be right.
///
/// # Errors
/// Any problem.
pub async fn dispatch(
    route: Route<'_>,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let deletes = call.method == Method::DELETE;
    match route {
        Route::Root => Ok(reply::redirect(if config.is_preview() {
            "/preview/"
        } else {
            "/privacy"
        })),
        Route::Policy => policy::in_force_now(call, platform).await,
        Route::PolicyHistory => policy::history(call, platform).await,
        Route::PolicyEdition(id) => policy::edition(id, call, platform).await,
        Route::Consent if call.method == Method::POST => {
            consent::open_by_form(call, config, platform).await
        }
        Route::Consent => consent::open(call, config, platform).await,
        Route::ConsentAccept => consent::accept(call, config, platform).await,
        Route::Problems => Ok(constant(call, reply::html(pages::problems()))),
        Route::Editions => editions::list(call, platform).await,
        Route::CurrentEdition => editions::current(call, platform).await,
        Route::Edition(id) => editions::edition(id, call, platform).await,
        Route::Loader => notices::loader(call, config, platform).await,
        Route::EditionNotice(id) => notices::notice(id, call, platform).await,
        Route::EditionDiff(a, b) => editions::diff(a, b, call, platform).await,
        Route::AdminEditions => editions::publish(call, config, platform).await,
        Route::Scheduled => editions::scheduled(call, config, platform).await,
        Route::ScheduledEdition(id) => editions::cancel(id, call, config, platform).await,
        Route::Counts(id) => editions::counts(id, call, config, platform).await,
        Route::Status => statements::status(call, config, platform).await,
        Route::Notice => statements::notice(call, config, platform).await,
        Route::Statements => statements::submit(call, config, platform).await,
        Route::Receipts => statements::receipts(call, config, platform).await,
        Route::Receipt(id) => evidence::receipt(id, call, config, platform).await,
        Route::EditionProof(id) => log::edition_proof(id, platform).await,
        Route::LogKeys => log::keys(call, config),
        Route::Checkpoint => log::checkpoint(config, platform).await,
        Route::Tile(path) => log::tile(path, platform).await,
        Route::Acceptances => notices::acceptances(call, config, platform).await,
        Route::Uses => uses::report(call, config, platform).await,
        Route::Lookup => orders::look_up(call, config, platform).await,
        Route::Subject(id) if deletes => orders::erase(id, call, config, platform).await,
        Route::Subject(id) => orders::file(id, call, config, platform).await,
        Route::Evidence(id) => evidence::evidence(id, call, config, platform).await,
        Route::Withdrawals(id) => orders::withdraw(id, call, config, platform).await,
        Route::Terminations(id) => orders::terminate(id, call, config, platform).await,
        Route::Holds(id) => orders::hold(id, call, config, platform).await,
        Route::Releases(id) => orders::release(id, call, config, platform).await,
        Route::Keys => Ok(constant(
            call,
            reply::json(StatusCode::OK, &config.published_keys, Caching::Revalidate),
        )),
        Route::OpenApi => Ok(constant(
            call,
            reply::document(include_str!("../openapi.json")),
        )),
        Route::Health => Ok(health()),
        #[cfg(feature = "preview")]
        Route::PreviewToken => preview::token(call, config, platform).await,
        #[cfg(feature = "preview")]
        Route::PreviewSignOut => Ok(preview::sign_out()),
        #[cfg(feature = "preview")]
        Route::PreviewLog => preview::exercise(call, platform).await,
        #[cfg(feature = "preview")]
        Route::PreviewClock => preview::clock(call, platform).await,
    }
}

fn health() -> Reply {
    let health = Health {
        status: "ok".into(),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    reply::json(StatusCode::OK, &health, Caching::NoStore)
}

/// What changes with a deploy only.
fn constant(call: &Call<'_, impl Body>, reply: Reply) -> Reply {
    reply::with_etag(reply, call.headers)
}

/// The edition in force.
async fn in_force(platform: &impl Platform) -> Result<Rc<InForce>, Problem> {
    let in_force = platform.in_force().await.map_err(unavailable)?;
    in_force.ok_or_else(|| ProblemType::NoEdition.into())
}

/// The edition of that id.
async fn edition_of(id: EditionId, platform: &impl Platform) -> Result<Rc<Edition>, Problem> {
    let edition = platform.edition(id).await.map_err(unavailable)?;
    edition.ok_or_else(|| ProblemType::EditionUnknown.into())
}

/// The edition in force for a message that use may lead to acceptance by: what every instance remembers may be two seconds
/// old, and an older deadline must not count for a moment longer. So whoever is due is decided by what the registry says now.
async fn in_force_for_use(
    subject: SubjectId,
    platform: &impl Platform,
) -> Result<Rc<InForce>, Problem> {
    let known = in_force(platform).await?;
    let now = platform.now();
    if known
        .terms
        .deadline()
        .is_none_or(|deadline| !deadline.has_come(now))
    {
        return Ok(known);
    }
    let state = platform.state(subject, &known.terms).await;
    match state.map_err(unavailable)? {
        State::Pending { .. } => {
            platform.forget_editions();
            in_force(platform).await
        }
        _ => Ok(known),
    }
}

/// The subject's state, and the edition from which it is seen.
async fn standing(
    subject: SubjectId,
    platform: &impl Platform,
) -> Result<(State, Rc<InForce>), Problem> {
    let in_force = in_force(platform).await?;
    let state = platform.state(subject, &in_force.terms).await;
    Ok((state.map_err(unavailable)?, in_force))
}

/// What has changed since the edition that a person in that state accepted last.
async fn changes_since_accepted(
    state: &State,
    edition: &Rc<Edition>,
    platform: &impl Platform,
) -> Result<Option<Rc<EditionDiff>>, Problem> {
    match state.accepted_before() {
        None => Ok(None),
        Some(accepted) => {
            let accepted = edition_of(accepted, platform).await?;
            Ok(Some(platform.diff(&accepted, edition)))
        }
    }
}

/// Has the subject's object record what a message tells of.
async fn submit(
    submission: &Submission,
    platform: &impl Platform,
) -> Result<Outcome<MessageReply>, Problem> {
    let outcome = platform.submit(submission).await.map_err(unavailable)?;
    outcome.map_err(|refusal| refused(refusal, Some(submission.terms.edition())))
}

/// 201 when something was recorded now, 200 when it was before, or had not to be.
const fn status<R>(outcome: &Outcome<R>) -> StatusCode {
    if outcome.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    }
}

/// A refusal of the subject's object, while `current` is in force.
fn refused(refusal: Refusal, current: Option<EditionId>) -> Problem {
    use subject::Refusal as Rule;
    let kind = match refusal {
        Refusal::JtiReused => ProblemType::JtiReused,
        Refusal::ApplicationReused => ProblemType::ApplicationReused,
        Refusal::NonceExpired | Refusal::Rule(Rule::Outdated {}) => ProblemType::NonceExpired,
        Refusal::NonceInvalid => ProblemType::NonceInvalid,
        Refusal::Rule(Rule::NotInForce {}) => ProblemType::EditionNotInForce,
        Refusal::Rule(Rule::ConsentRequired {}) => ProblemType::ConsentRequired,
        Refusal::Rule(Rule::Erased {}) => ProblemType::SubjectErased,
        Refusal::Rule(Rule::InFuture {}) => ProblemType::TimeInFuture,
        Refusal::Rule(Rule::EffectiveTooEarly {}) => ProblemType::EffectiveTooEarly,
        Refusal::Rule(Rule::EndedTooEarly {}) => ProblemType::EndedTooEarly,
        Refusal::Rule(Rule::Lapsed {}) => ProblemType::RetentionLapsed,
        Refusal::Rule(Rule::Nothing {}) => ProblemType::SubjectUnknown,
        Refusal::Rule(Rule::Held {}) => ProblemType::LegalHold,
    };
    let current = match kind {
        ProblemType::EditionNotInForce | ProblemType::ConsentRequired => current,
        _ => None,
    };
    Problem {
        current,
        ..kind.into()
    }
}

/// A parameter of the address is missing or malformed.
fn invalid_query(parameter: &str) -> Problem {
    Problem::from(ProblemType::QueryInvalid).with_detail(parameter)
}

/// A part of the platform failed: the caller may try again.
fn unavailable(_: Unavailable) -> Problem {
    ProblemType::Unavailable.into()
}
