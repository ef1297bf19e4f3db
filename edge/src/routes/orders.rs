//! What staff may ask about subjects, and order.

use http::StatusCode;
use kelisim_shared::{
    api::staff::{Found, HoldOrder, Lookup, TerminationOrder, WithdrawalOrder},
    problem::{Problem, ProblemType},
    record::{Hold, Release, SubjectId, Termination, View, Withdrawal},
    token::Role,
};

use super::{refused, status, unavailable};
use crate::{
    auth,
    config::Config,
    ports::Platform,
    pseudonym,
    reply::{self, Caching, Reply},
    router::{Body, Call},
    subject::Order,
};

/// `POST /v1/admin/subjects/lookup`
pub(super) async fn look_up(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, Role::READERS, config, platform).await?;
    let Lookup { issuer, subject } = call.json(MAX_REQUEST_BYTES).await?;
    let is_known = config
        .subject_issuers
        .iter()
        .any(|known| known.issuer == issuer);
    if !is_known {
        return Err(ProblemType::IssuerUnknown.into());
    }
    let subject = pseudonym::of(&config.pseudonym_key, &issuer, &subject);
    Ok(reply::json(
        StatusCode::OK,
        &Found { subject },
        Caching::NoStore,
    ))
}

/// `GET /v1/admin/subjects/{id}`
pub(super) async fn file(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let reader = auth::staff(call.headers, Role::READERS, config, platform).await?;
    let subject = subject_id(id)?;
    let in_force = platform.in_force().await.map_err(unavailable)?;
    let terms = in_force.as_ref().map(|in_force| &in_force.terms);
    let file = platform
        .file(subject, &View { reader }, terms)
        .await
        .map_err(unavailable)?;
    Ok(reply::json(StatusCode::OK, &file, Caching::NoStore))
}

/// `DELETE /v1/admin/subjects/{id}`
pub(super) async fn erase(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let officer = auth::staff(call.headers, Role::OFFICERS, config, platform).await?;
    carry_out(id, Order::Erase { officer }, platform).await
}

/// `POST /v1/admin/subjects/{id}/withdrawals`
pub(super) async fn withdraw(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let officer = auth::staff(call.headers, Role::OFFICERS, config, platform).await?;
    let WithdrawalOrder {
        application,
        document_sha256,
        channel,
        received_at,
        effective_at,
    } = call.json(MAX_REQUEST_BYTES).await?;
    let withdrawal = Withdrawal {
        application,
        document_sha256,
        channel,
        received_at,
        effective_at,
        officer,
    };
    carry_out(id, Order::Withdraw(withdrawal), platform).await
}

/// `POST /v1/admin/subjects/{id}/terminations`
pub(super) async fn terminate(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let officer = auth::staff(call.headers, Role::OFFICERS, config, platform).await?;
    let TerminationOrder { ended_on } = call.json(MAX_REQUEST_BYTES).await?;
    let termination = Termination { ended_on, officer };
    carry_out(id, Order::Terminate(termination), platform).await
}

/// `POST /v1/admin/subjects/{id}/holds`
pub(super) async fn hold(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let officer = auth::staff(call.headers, Role::OFFICERS, config, platform).await?;
    let HoldOrder { case } = call.json(MAX_REQUEST_BYTES).await?;
    carry_out(id, Order::Hold(Hold { case, officer }), platform).await
}

/// `POST /v1/admin/subjects/{id}/releases`
pub(super) async fn release(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let officer = auth::staff(call.headers, Role::OFFICERS, config, platform).await?;
    let HoldOrder { case } = call.json(MAX_REQUEST_BYTES).await?;
    carry_out(id, Order::Release(Release { case, officer }), platform).await
}

async fn carry_out(id: &str, order: Order, platform: &impl Platform) -> Result<Reply, Problem> {
    let subject = subject_id(id)?;
    let outcome = platform
        .carry_out(subject, &order)
        .await
        .map_err(unavailable)?;
    let outcome = outcome.map_err(|refusal| refused(refusal, None))?;
    Ok(reply::json(
        status(&outcome),
        &outcome.reply,
        Caching::NoStore,
    ))
}

pub(super) fn subject_id(id: &str) -> Result<SubjectId, Problem> {
    id.parse().map_err(|_| ProblemType::SubjectUnknown.into())
}

/// The longest request, in bytes.
const MAX_REQUEST_BYTES: usize = 4 * 1024;
