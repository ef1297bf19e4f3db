//! What a subject may ask and state.

use std::rc::Rc;

use http::StatusCode;
use kelisim_shared::{
    api::{EditionSummary, Notice, Receipts, StatementRequest, Status},
    canonical,
    digest::Sha256Digest,
    notice::Ask,
    problem::{Problem, ProblemType},
    record::{Place, Source, SubjectId},
    statement::{Event, Shown, VerifiedStatement},
    subject::{Message, Occurrence, State},
};

use super::{
    changes_since_accepted, edition_of, in_force, in_force_for_use, standing, unavailable,
};
use crate::{
    auth,
    config::Config,
    nonce,
    ports::Platform,
    registry::InForce,
    reply::{self, Caching, Reply},
    router::{Body, Call},
    subject::Submission,
};

/// `GET /v1/status`
pub(super) async fn status(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let (state, in_force) = standing(subject.id, platform).await?;
    let status = status_of(subject.id, state, &in_force, config, platform);
    if !status.state.is_settled() {
        return Ok(reply::json(StatusCode::OK, &status, Caching::NoStore));
    }
    // Who has nothing to accept needs no fresh nonce: their browser need not fetch again what it has.
    let name = (subject.id, &status.state, &status.edition);
    let name = canonical::encode(&name).map_err(|_| ProblemType::Internal)?;
    let reply = reply::json(StatusCode::OK, &status, Caching::Own);
    Ok(reply::named(reply, Sha256Digest::of(&name), call.headers))
}

/// Where a subject stands at the present instant, with what a statement of theirs needs.
pub(super) fn status_of(
    subject: SubjectId,
    state: State,
    in_force: &InForce,
    config: &Config,
    platform: &impl Platform,
) -> Status {
    let now = platform.now();
    let id = in_force.edition.id();
    let notice = Ask::of(&state, now).map(|ask| {
        let since = state.accepted_before();
        let since = since.map_or_else(String::new, |accepted| format!("&since={accepted}"));
        format!(
            "/v1/editions/{id}/notice?standing={}{since}&lang=",
            ask.name()
        )
    });
    Status {
        state,
        notice,
        edition: EditionSummary::from(in_force.edition.manifest()),
        as_of: now,
        audience: config.audience.clone(),
        nonce: nonce::issue(&config.nonce_key, subject, now),
    }
}

/// `GET /v1/notice`
pub(super) async fn notice(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let (state, in_force) = standing(subject.id, platform).await?;
    let deadline = match state {
        State::Pending { deadline, .. } => Some(deadline),
        _ => None,
    };
    let diff = changes_since_accepted(&state, &in_force.edition, platform).await?;
    let notice = Notice {
        state,
        edition: EditionSummary::from(in_force.edition.manifest()),
        deadline,
        diff: diff.map(Rc::unwrap_or_clone),
    };
    Ok(reply::json(StatusCode::OK, &notice, Caching::NoStore))
}

/// `POST /v1/statements`
pub(super) async fn submit(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let StatementRequest { statement } = call.json(MAX_REQUEST_BYTES).await?;
    let audience = config.audience.as_str();
    let verified = VerifiedStatement::verify(&statement, &subject.token, audience, platform)
        .await
        .map_err(ProblemType::from)?;
    let claims = verified.claims();
    let in_force = match claims.event {
        Event::Used { .. } => in_force_for_use(subject.id, platform).await?,
        _ => in_force(platform).await?,
    };
    let occurrence = occurrence(&claims.event, call, platform).await?;
    let submission = Submission {
        subject: subject.id,
        message: Message {
            agreement: subject.token.agreement().clone(),
            source: Source::Device {
                key: verified.key(),
                statement: verified.digest(),
                jti: claims.jti.clone(),
                claimed_at: claims.iat,
            },
            occurrence,
        },
        terms: in_force.terms.clone(),
        nonce: nonce::judge(
            &config.nonce_key,
            subject.id,
            claims.nonce.as_str(),
            platform.now(),
        ),
        text: Some(statement),
    };
    let outcome = super::submit(&submission, platform).await?;
    Ok(reply::json(
        super::status(&outcome),
        &outcome.reply,
        Caching::NoStore,
    ))
}

/// `GET /v1/receipts`
pub(super) async fn receipts(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let receipts = platform.receipts(subject.id).await.map_err(unavailable)?;
    Ok(reply::json(
        StatusCode::OK,
        &Receipts { receipts },
        Caching::NoStore,
    ))
}

/// What a statement tells of, if the text that it names is the edition's, and use was in a place that counts.
async fn occurrence(
    event: &Event,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Occurrence, Problem> {
    let edition = edition_of(event.edition(), platform).await?;
    let checked = |shown: Shown| {
        let text = edition.manifest().text(shown.language);
        if text.is_some_and(|text| text.sha256 == shown.text_sha256) {
            Ok(shown)
        } else {
            Err(ProblemType::StatementText)
        }
    };
    Ok(match *event {
        Event::Presented { edition, shown } => Occurrence::Presented {
            edition,
            shown: checked(shown)?,
        },
        Event::Accepted {
            edition,
            shown,
            control,
        } => Occurrence::Accepted {
            edition,
            shown: checked(shown)?,
            control,
        },
        Event::Used { edition } => Occurrence::Used {
            edition: Some(edition),
            place: Place::Web {
                origin: call.origin().ok_or(ProblemType::UseOutOfScope)?,
            },
        },
    })
}

/// The longest request, in bytes: a JWS of 16 KiB, and the JSON around it.
const MAX_REQUEST_BYTES: usize = 20 * 1024;
