//! What proves a person's acceptances without the edge: the file for the person, and the archive for a dispute.

use std::collections::BTreeMap;

use http::StatusCode;
use kelisim_shared::{
    api::staff::SubjectFile,
    edition::Edition,
    evidence::{self, Evidence, ReceiptFile, ReceiptFileType, SealError},
    export::{Exportable, Format, NotExportable},
    problem::{Problem, ProblemType},
    receipt::VerifiedReceipt,
    record::{Event, RecordId, View},
    token::Role,
};

use super::{edition_of, invalid_query, log, orders::subject_id, unavailable};
use crate::{
    auth,
    config::Config,
    pages,
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

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
        let format = format.parse().map_err(|_| invalid_query("format"))?;
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
        proof: log::proof(receipted.log_index, Some(receipted.salt), platform)
            .await?
            .map(|proof| proof.to_string()),
        edition: edition.map(|edition| edition.document().clone()),
        keys: config.published_keys.clone(),
        log: config.log.as_ref().map(log::keys_of).transpose()?,
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
    let subject = subject_id(id)?;
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
        if let Some(proof) = log::proof(entry.log_index, Some(entry.salt), platform).await? {
            proofs.insert(entry.id, proof.to_string());
        }
    }
    let mut editions = Vec::new();
    let mut edition_proofs = BTreeMap::new();
    for id in evidence::editions_named(entries.iter().map(|entry| &entry.record)) {
        editions.push(edition_of(id, platform).await?.document().clone());
        if let Some(proof) = log::proof_of_edition(id, platform).await? {
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
        log: config.log.as_ref().map(log::keys_of).transpose()?,
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
