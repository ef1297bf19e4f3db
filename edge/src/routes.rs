//! What each route does.

mod editions;
mod policy;
mod statements;

use std::rc::Rc;

use http::StatusCode;
use kelisim_shared::{
    api::Health,
    edition::{Edition, EditionId},
    problem::{Problem, ProblemType},
};

#[cfg(feature = "preview")]
use crate::preview;
use crate::{
    config::Config,
    ports::{Platform, Unavailable},
    reply::{self, Caching, Reply},
    router::{Body, Call, Route},
};

/// Answers a call to a route, whose method and body size are known to be right.
///
/// # Errors
/// Any problem.
pub async fn dispatch(
    route: Route<'_>,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    match route {
        Route::Root => Ok(reply::redirect(if config.is_preview() {
            "/demo/"
        } else {
            "/privacy"
        })),
        Route::Policy => policy::in_force(call, platform).await,
        Route::PolicyEdition(id) => policy::edition(id, call, platform).await,
        Route::CurrentEdition => editions::current(call, platform).await,
        Route::Edition(id) => editions::edition(id, call, platform).await,
        Route::AdminEditions => editions::publish(call, config, platform).await,
        Route::Status => statements::status(call, config, platform).await,
        Route::Statements => statements::submit(call, config, platform).await,
        Route::Receipts => statements::receipts(call, config, platform).await,
        Route::Keys => Ok(reply::with_etag(
            reply::json(StatusCode::OK, &config.published_keys, Caching::Revalidate),
            call.headers,
        )),
        Route::Health => Ok(health()),
        #[cfg(feature = "preview")]
        Route::PreviewToken => preview::token(call, config, platform).await,
        #[cfg(feature = "preview")]
        Route::PreviewSignOut => Ok(preview::sign_out()),
    }
}

fn health() -> Reply {
    let health = Health {
        status: "ok".into(),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    reply::json(StatusCode::OK, &health, Caching::NoStore)
}

/// The edition in force.
async fn edition_in_force(platform: &impl Platform) -> Result<Rc<Edition>, Problem> {
    let edition = platform.current().await.map_err(unavailable)?;
    edition.ok_or_else(|| ProblemType::NoEdition.into())
}

/// The edition of that id.
async fn edition_of(id: EditionId, platform: &impl Platform) -> Result<Rc<Edition>, Problem> {
    let edition = platform.edition(id).await.map_err(unavailable)?;
    edition.ok_or_else(|| ProblemType::EditionUnknown.into())
}

/// A part of the platform failed: the caller may try again.
fn unavailable(_: Unavailable) -> Problem {
    ProblemType::Unavailable.into()
}
