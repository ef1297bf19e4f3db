//! Editions as pages.

use std::rc::Rc;

use kelisim_shared::{
    edition::Edition,
    log::proof::LogProof,
    problem::{Problem, ProblemType},
};

use super::{edition_of, in_force, log};
use crate::{
    pages::{self, Standing},
    ports::Platform,
    reply::{self, Reply},
    router::{Body, Call},
};

/// `GET /privacy`
pub(super) async fn in_force_now(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let in_force = in_force(platform).await?;
    page(call, &in_force.edition, Standing::InForce, None, platform).await
}

/// `GET /privacy/editions`
pub(super) async fn history(
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let in_force = in_force(platform).await?;
    let mut editions: Vec<Rc<Edition>> = Vec::new();
    for edition in in_force.history.iter().rev() {
        editions.push(edition_of(edition.id, platform).await?);
    }
    let html = pages::history(&editions, call.language());
    let reply = reply::html(html);
    Ok(reply::with_etag(reply, call.headers))
}

/// `GET /privacy/editions/{id}`
pub(super) async fn edition(
    id: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let id = id.parse().map_err(|_| ProblemType::EditionUnknown)?;
    let edition = edition_of(id, platform).await?;
    let standing = if in_force(platform).await?.edition.id() == id {
        Standing::InForce
    } else {
        Standing::Former
    };
    // That the text can be read must not hang on the log.
    let proof = log::proof_of_edition(id, platform).await;
    let proof = proof.ok().flatten();
    page(call, &edition, standing, proof.as_ref(), platform).await
}

async fn page(
    call: &Call<'_, impl Body>,
    edition: &Rc<Edition>,
    standing: Standing,
    proof: Option<&LogProof>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let changes = match edition.manifest().change.succession() {
        None => None,
        Some(succession) => {
            let before = edition_of(succession.supersedes, platform).await?;
            Some(platform.diff(&before, edition))
        }
    };
    let html = pages::policy(
        edition,
        standing,
        changes.as_deref(),
        proof,
        call.language(),
    );
    let reply = reply::html(html);
    Ok(reply::with_etag(reply, call.headers))
}
