//! The log, as C2SP tlog-tiles lays it out, and proofs by it.

use std::{collections::BTreeMap, str::FromStr};

use http::StatusCode;
use kelisim_shared::{
    api::staff::SubjectFile,
    edition::{Edition, EditionId},
    evidence::{self, Evidence, LogKeys, ReceiptFile, ReceiptFileType, SealError},
    export::{Exportable, Format, NotExportable},
    log::{Salt, proof::LogProof, tile::Tile},
    problem::{Problem, ProblemType},
    receipt::VerifiedReceipt,
    record::{Event, RecordId, SubjectId, View},
    text::Line,
    token::Role,
};

use super::{edition_of, unavailable};
use crate::{
    auth,
    config::{self, Config},
    pages,
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

/// `GET /v1/receipts/{id}?format=`
pub(super) async fn receipt(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let id: RecordId = id.parse().map_err(|_| ProblemType::ReceiptUnknown)?;
    let receipted = platform.receipt(subject.id, id).await;
    let receipted = receipted
        .map_err(unavailable)?
        .ok_or(ProblemType::ReceiptUnknown)?;
    let edition = match receipted.event {
        Event::Accepted(acceptance) => Some(edition_of(acceptance.edition, platform).await?),
        _ => None,
    };
    if let Some(format) = call.query("format") {
        let format = format
            .parse()
            .map_err(|_| Problem::from(ProblemType::QueryInvalid).with_detail("format"))?;
        return export(
            &receipted.receipt,
            edition.as_deref(),
            format,
            config,
            platform,
        )
        .await;
    }
    let file = ReceiptFile {
        r#type: ReceiptFileType::V1,
        receipt: receipted.receipt,
        message: receipted.message,
        proof: proof(receipted.log_index, Some(receipted.salt), platform)
            .await?
            .map(|proof| proof.to_string()),
        edition: edition.map(|edition| edition.document().clone()),
        keys: config.published_keys.clone(),
        log: config.log.as_ref().map(keys_of).transpose()?,
    };
    Ok(reply::json(StatusCode::OK, &file, Caching::NoStore))
}

/// A receipt in a format of others.
async fn export(
    receipt: &str,
    edition: Option<&Edition>,
    format: Format,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let not_exportable = |reason: &dyn ToString| {
        Problem::from(ProblemType::NotExportable).with_detail(reason.to_string())
    };
    let edition = edition.ok_or_else(|| not_exportable(&NotExportable::NotAnAcceptance))?;
    let verified = VerifiedReceipt::verify(receipt, &config.receipt_keys, platform).await;
    let verified = verified.map_err(|_| ProblemType::Internal)?;
    let exportable = Exportable::of(verified.claims(), edition);
    let exportable = exportable.map_err(|_| ProblemType::Internal)?;
    let json = exportable.export(format, config.imprint.as_ref());
    let json = json.map_err(|reason| not_exportable(&reason))?;
    Ok(reply::export(json, format.media_type()))
}

/// `GET /v1/admin/subjects/{id}/evidence`
pub(super) async fn evidence(
    id: &str,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let reader = auth::staff(call.headers, Role::READERS, config, platform).await?;
    let subject: SubjectId = id.parse().map_err(|_| ProblemType::SubjectUnknown)?;
    let file = platform.file(subject, &View { reader }, None).await;
    let entries = match file.map_err(unavailable)? {
        SubjectFile::Kept { entries, .. } if entries.is_empty() => {
            return Err(ProblemType::SubjectUnknown.into());
        }
        SubjectFile::Kept { entries, .. } => entries,
        SubjectFile::Erased { .. } => return Err(ProblemType::SubjectErased.into()),
    };
    let mut proofs = BTreeMap::new();
    for entry in &entries {
        if let Some(proof) = proof(entry.log_index, Some(entry.salt), platform).await? {
            proofs.insert(entry.id, proof.to_string());
        }
    }
    let mut editions = Vec::new();
    let mut edition_proofs = BTreeMap::new();
    for id in evidence::editions_named(entries.iter().map(|entry| &entry.record)) {
        editions.push(edition_of(id, platform).await?.document().clone());
        if let Some(proof) = proof_of_edition(id, platform).await? {
            edition_proofs.insert(id, proof.to_string());
        }
    }
    let mut evidence = Evidence {
        subject,
        entries,
        proofs,
        editions,
        edition_proofs,
        keys: config.published_keys.clone(),
        log: config.log.as_ref().map(keys_of).transpose()?,
        explanation: String::new(),
    };
    let now = platform.now();
    evidence.explanation = pages::evidence(&evidence, &config.operator, now);
    let signer = platform.signer(&config.receipt_key);
    let archive = evidence.seal(&config.receipt_issuer(), now, &signer).await;
    match archive {
        Ok(archive) => Ok(reply::archive(archive)),
        Err(SealError::Unavailable(_)) => Err(ProblemType::Unavailable.into()),
        Err(SealError::TooLarge) => Err(ProblemType::Internal.into()),
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
async fn proof(
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
fn keys_of(log: &config::Log) -> Result<LogKeys, Problem> {
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
