//! Editions as JSON, their publication, and how many have accepted them.

use http::StatusCode;
use kelisim_shared::{
    api::{Editions, staff::ScheduledEditions},
    counts::EditionCounts,
    edition::{Draft, Edition, EditionId},
    problem::{Problem, ProblemType},
    token::Role,
};

use super::{edition_of, in_force, unavailable};
use crate::{
    auth,
    config::Config,
    ports::Platform,
    registry::{PublishError, Published},
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// `GET /v1/editions`
pub(super) async fn list(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let in_force = platform.in_force().await.map_err(unavailable)?;
    let history = in_force.map_or_else(Vec::new, |in_force| in_force.history.clone());
    let editions = Editions { editions: history };
    let reply = reply::json(StatusCode::OK, &editions, Caching::Revalidate);
    Ok(reply::with_etag(reply, call.headers))
}

/// `GET /v1/editions/current`
pub(super) async fn current(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let in_force = in_force(platform).await?;
    Ok(document(call, &in_force.edition, Caching::Revalidate))
}

/// `GET /v1/editions/{id}`
pub(super) async fn edition(
    id: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let edition = edition_of(edition_id(id)?, platform).await?;
    Ok(document(call, &edition, Caching::Immutable))
}

/// `GET /v1/editions/{id}/diff/{id}`
pub(super) async fn diff(
    a: &str,
    b: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let from = edition_of(edition_id(a)?, platform).await?;
    let to = edition_of(edition_id(b)?, platform).await?;
    let diff = platform.diff(&from, &to);
    let reply = reply::json(StatusCode::OK, &*diff, Caching::Immutable);
    Ok(reply::with_etag(reply, call.headers))
}

/// `POST /v1/admin/editions`
pub(super) async fn publish(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, Role::PUBLISHERS, config, platform).await?;
    let draft: Draft = call.json(MAX_DRAFT_BYTES).await?;
    match platform.publish(&draft).await.map_err(unavailable)? {
        Ok(Published::Now(summary)) => {
            Ok(reply::json(StatusCode::CREATED, &summary, Caching::NoStore))
        }
        Ok(Published::Scheduled(scheduled)) => Ok(reply::json(
            StatusCode::ACCEPTED,
            &scheduled,
            Caching::NoStore,
        )),
        Err(PublishError::Superseded(current)) => Err(Problem {
            current,
            ..ProblemType::EditionSuperseded.into()
        }),
        Err(PublishError::Scheduled) => Err(ProblemType::EditionScheduled.into()),
        Err(PublishError::InPast) => Err(ProblemType::PublicationInPast.into()),
        Err(PublishError::Invalid(reason)) => {
            Err(Problem::from(ProblemType::EditionInvalid).with_detail(reason))
        }
    }
}

/// `GET /v1/admin/editions/scheduled`
pub(super) async fn scheduled(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, &Role::ALL, config, platform).await?;
    let scheduled = platform.scheduled().await.map_err(unavailable)?;
    let editions = ScheduledEditions {
        scheduled: scheduled.into_iter().collect(),
    };
    Ok(reply::json(StatusCode::OK, &editions, Caching::NoStore))
}

/// `DELETE /v1/admin/editions/scheduled/{id}`
pub(super) async fn cancel(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, Role::PUBLISHERS, config, platform).await?;
    let id = id.parse().map_err(|_| ProblemType::ScheduleUnknown)?;
    if platform.cancel(id).await.map_err(unavailable)? {
        Ok(reply::empty(StatusCode::NO_CONTENT))
    } else {
        Err(ProblemType::ScheduleUnknown.into())
    }
}

/// `GET /v1/admin/editions/{id}/counts`
pub(super) async fn counts(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, &Role::ALL, config, platform).await?;
    let id = edition_id(id)?;
    let in_force = in_force(platform).await?;
    let position = in_force.position(id).ok_or(ProblemType::EditionUnknown)?;
    let edition = &in_force.history[position];
    let earlier = in_force.not_enough_for(position);
    let tally = platform.tally().await.map_err(unavailable)?;
    let published_on = edition.published_at.to_almaty().date_naive().into();
    let counts = EditionCounts::of(id, published_on, &earlier, &tally);
    Ok(reply::json(StatusCode::OK, &counts, Caching::NoStore))
}

fn document(call: &Call<'_, impl Body>, edition: &Edition, caching: Caching) -> Reply {
    reply::with_etag(
        reply::json(StatusCode::OK, edition.document(), caching),
        call.headers,
    )
}

fn edition_id(id: &str) -> Result<EditionId, Problem> {
    id.parse().map_err(|_| ProblemType::EditionUnknown.into())
}

/// The longest draft, in bytes: texts of 256 KiB in three languages, and the JSON around them.
const MAX_DRAFT_BYTES: usize = 1024 * 1024;
