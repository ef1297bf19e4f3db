//! What each route does.

mod consent;
mod editions;
mod orders;
mod policy;
mod statements;
mod uses;

use std::rc::Rc;

use http::{Method, StatusCode};
use kelisim_shared::{
    api::{Health, MessageReply},
    edition::{Edition, EditionId},
    problem::{Problem, ProblemType},
    subject,
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
            "/demo/"
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
        Route::Problems => Ok(constant(
            call,
            reply::html(pages::problems(), Caching::Revalidate),
        )),
        Route::Editions => editions::list(call, platform).await,
        Route::CurrentEdition => editions::current(call, platform).await,
        Route::Edition(id) => editions::edition(id, call, platform).await,
        Route::EditionDiff(a, b) => editions::diff(a, b, call, platform).await,
        Route::AdminEditions => editions::publish(call, config, platform).await,
        Route::Scheduled => editions::scheduled(call, config, platform).await,
        Route::ScheduledEdition(id) => editions::cancel(id, call, config, platform).await,
        Route::Counts(id) => editions::counts(id, call, config, platform).await,
        Route::Status => statements::status(call, config, platform).await,
        Route::Notice => statements::notice(call, config, platform).await,
        Route::Statements => statements::submit(call, config, platform).await,
        Route::Receipts => statements::receipts(call, config, platform).await,
        Route::Uses => uses::report(call, config, platform).await,
        Route::Lookup => orders::look_up(call, config, platform).await,
        Route::Subject(id) if deletes => orders::erase(id, call, config, platform).await,
        Route::Subject(id) => orders::file(id, call, config, platform).await,
        Route::Withdrawals(id) => orders::withdraw(id, call, config, platform).await,
        Route::Terminations(id) => orders::terminate(id, call, config, platform).await,
        Route::Hold(id) if deletes => orders::release(id, call, config, platform).await,
        Route::Hold(id) => orders::hold(id, call, config, platform).await,
        Route::Keys => Ok(constant(
            call,
            reply::json(StatusCode::OK, &config.published_keys, Caching::Revalidate),
        )),
        Route::OpenApi => Ok(constant(
            call,
            reply::document(include_str!("../openapi.json"), Caching::Revalidate),
        )),
        Route::Health => Ok(health()),
        #[cfg(feature = "preview")]
        Route::PreviewToken => preview::token(call, config, platform).await,
        #[cfg(feature = "preview")]
        Route::PreviewSignOut => Ok(preview::sign_out()),
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
        Refusal::NonceExpired => ProblemType::NonceExpired,
        Refusal::NonceInvalid => ProblemType::NonceInvalid,
        Refusal::Rule(Rule::NotInForce {}) => ProblemType::EditionNotInForce,
        Refusal::Rule(Rule::ConsentRequired {}) => ProblemType::ConsentRequired,
        Refusal::Rule(Rule::Erased {}) => ProblemType::SubjectErased,
        Refusal::Rule(Rule::InFuture {}) => ProblemType::TimeInFuture,
        Refusal::Rule(Rule::EffectiveTooEarly {}) => ProblemType::EffectiveTooEarly,
        Refusal::Rule(Rule::Lapsed {}) => ProblemType::RetentionLapsed,
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

/// A part of the platform failed: the caller may try again.
fn unavailable(_: Unavailable) -> Problem {
    ProblemType::Unavailable.into()
}
