//! Editions as pages.

use http::header::ACCEPT_LANGUAGE;
use kelisim_shared::{
    edition::Edition,
    language::Language,
    problem::{Problem, ProblemType},
};

use super::{edition_in_force, edition_of, unavailable};
use crate::{
    pages::{self, Standing},
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// `GET /privacy`
pub(super) async fn in_force(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let edition = edition_in_force(platform).await?;
    Ok(page(call, &edition, Standing::InForce))
}

/// `GET /privacy/editions/{id}`
pub(super) async fn edition(
    id: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let id = id.parse().map_err(|_| ProblemType::EditionUnknown)?;
    let edition = edition_of(id, platform).await?;
    let current = platform.current().await.map_err(unavailable)?;
    let is_current = current.is_some_and(|current| current.id() == id);
    Ok(page(
        call,
        &edition,
        if is_current {
            Standing::InForce
        } else {
            Standing::Former
        },
    ))
}

fn page(call: &Call<'_, impl Body>, edition: &Edition, standing: Standing) -> Reply {
    let html = pages::policy(edition, standing, language(call));
    reply::with_etag(reply::html(html, Caching::Revalidate), call.headers)
}

/// The language that is asked for in the address, else by the browser, else Russian, the language of
/// the policy.
fn language(call: &Call<'_, impl Body>) -> Language {
    let asked = call.query("lang").and_then(|code| code.parse().ok());
    let preferred = || {
        let header = call.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::negotiate(header)
    };
    asked.or_else(preferred).unwrap_or(Language::Ru)
}
