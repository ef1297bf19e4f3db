//! The log, as C2SP tlog-tiles lays it out, and proofs by it, for everybody.

use std::str::FromStr;

use http::StatusCode;
use kelisim_shared::{
    edition::EditionId,
    evidence::LogKeys,
    log::{Salt, proof::LogProof, tile::Tile},
    problem::{Problem, ProblemType},
    text::Line,
};

use super::{edition_of, unavailable};
use crate::{
    config::{self, Config},
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// `GET /log/checkpoint`
pub(super) async fn checkpoint(
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    log_of(config)?;
    match platform.checkpoint().await.map_err(unavailable)? {
        Ok(Some(note)) => Ok(reply::text(note, Caching::Revalidate)),
        Ok(None) => Err(ProblemType::NotLogged.into()),
        Err(_) => Err(ProblemType::LogContradiction.into()),
    }
}

/// `GET /log/tile/…`
pub(super) async fn tile(path: &str, platform: &impl Platform) -> Result<Reply, Problem> {
    let tile = Tile::from_str(path).map_err(|_| ProblemType::TileUnknown)?;
    match platform.tile(tile).await.map_err(unavailable)? {
        Some(bytes) => Ok(reply::bytes(bytes)),
        None => Err(ProblemType::TileUnknown.into()),
    }
}

/// `GET /v1/log`
pub(super) fn keys(call: &Call<'_, impl Body>, config: &Config) -> Result<Reply, Problem> {
    let keys = keys_of(log_of(config)?)?;
    let reply = reply::json(StatusCode::OK, &keys, Caching::Revalidate);
    Ok(reply::with_etag(reply, call.headers))
}

/// `GET /v1/editions/{id}/proof`
pub(super) async fn edition_proof(id: &str, platform: &impl Platform) -> Result<Reply, Problem> {
    let id = id.parse().map_err(|_| ProblemType::EditionUnknown)?;
    edition_of(id, platform).await?;
    match proof_of_edition(id, platform).await? {
        Some(proof) => Ok(reply::text(proof.to_string(), Caching::Revalidate)),
        None => Err(ProblemType::NotLogged.into()),
    }
}

/// The proof that an edition is in the log, if it is there.
pub(super) async fn proof_of_edition(
    id: EditionId,
    platform: &impl Platform,
) -> Result<Option<LogProof>, Problem> {
    let index = platform.log_index(id).await.map_err(unavailable)?;
    proof(index, None, platform).await
}

/// The proof that the entry of that index is in the log, if it is there.
pub(super) async fn proof(
    index: Option<u64>,
    salt: Option<Salt>,
    platform: &impl Platform,
) -> Result<Option<LogProof>, Problem> {
    let Some(index) = index else {
        return Ok(None);
    };
    let proof = platform.proof(index).await.map_err(unavailable)?;
    let with_salt = |proof: String| {
        let mut proof = LogProof::parse(&proof).map_err(|_| ProblemType::Internal)?;
        proof.extra = salt.map(|salt| salt.as_bytes().to_vec());
        Ok(proof)
    };
    proof.map(with_salt).transpose()
}

/// Who signs the log's checkpoints.
pub(super) fn keys_of(log: &config::Log) -> Result<LogKeys, Problem> {
    let line = |key: &dyn ToString| -> Result<Line<300>, Problem> {
        let line = key.to_string().parse();
        line.map_err(|_| ProblemType::Internal.into())
    };
    let witnesses = log.witnesses.iter().map(|witness| line(&witness.key));
    Ok(LogKeys {
        key: line(&log.key)?,
        witnesses: witnesses.collect::<Result<_, _>>()?,
    })
}

fn log_of(config: &Config) -> Result<&config::Log, Problem> {
    config
        .log
        .as_ref()
        .ok_or_else(|| ProblemType::NotLogged.into())
}
