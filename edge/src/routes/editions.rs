//! Editions as JSON, and their publication.

use http::StatusCode;
use kelisim_shared::{
    api::EditionSummary,
    edition::{Draft, Edition},
    problem::{Problem, ProblemType},
};

use super::{edition_in_force, edition_of, unavailable};
use crate::{
    auth::{self, Role},
    config::Config,
    ports::Platform,
    registry::PublishError,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// `GET /v1/editions/current`
pub(super) async fn current(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let edition = edition_in_force(platform).await?;
    Ok(document(call, &edition, Caching::Revalidate))
}

/// `GET /v1/editions/{id}`
pub(super) async fn edition(
    id: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let id = id.parse().map_err(|_| ProblemType::EditionUnknown)?;
    let edition = edition_of(id, platform).await?;
    Ok(document(call, &edition, Caching::Immutable))
}

/// `POST /v1/admin/editions`
pub(super) async fn publish(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    auth::staff(call.headers, Role::Publisher, config, platform).await?;
    let draft: Draft = call.json(MAX_DRAFT_BYTES).await?;
    match platform.publish(&draft).await.map_err(unavailable)? {
        Ok(edition) => {
            let summary = EditionSummary::from(edition.manifest());
            Ok(reply::json(StatusCode::CREATED, &summary, Caching::NoStore))
        }
        Err(PublishError::Exists) => Err(ProblemType::EditionExists.into()),
        Err(PublishError::Invalid(reason)) => {
            Err(Problem::from(ProblemType::EditionInvalid).with_detail(reason))
        }
    }
}

fn document(call: &Call<'_, impl Body>, edition: &Edition, caching: Caching) -> Reply {
    reply::with_etag(
        reply::json(StatusCode::OK, edition.document(), caching),
        call.headers,
    )
}

/// The longest draft, in bytes: texts of 256 KiB in three languages, and the JSON around them.
const MAX_DRAFT_BYTES: usize = 1024 * 1024;
