//! What a subject may ask and state.

use http::StatusCode;
use kelisim_shared::{
    api::{EditionSummary, Receipts, StatementReply, StatementRequest, Status},
    edition::Edition,
    problem::{Problem, ProblemType},
    record::{Acceptance, Assurance, Basis},
    statement::{Event, VerifiedStatement},
};

use super::{edition_in_force, edition_of, unavailable};
use crate::{
    auth,
    config::Config,
    nonce,
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
    subject::{Recorded, Refusal, Submission},
};

/// `GET /v1/status`
pub(super) async fn status(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let edition = edition_in_force(platform).await?;
    let status = Status {
        state: platform.state(subject.id).await.map_err(unavailable)?,
        edition: EditionSummary::from(edition.manifest()),
        audience: config.audience.clone(),
        nonce: nonce::issue(&config.nonce_key, subject.id, platform.now()),
    };
    Ok(reply::json(StatusCode::OK, &status, Caching::NoStore))
}

/// `POST /v1/statements`
pub(super) async fn submit(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let StatementRequest { statement } = call.json(MAX_REQUEST_BYTES).await?;
    let verified = VerifiedStatement::verify(
        &statement,
        &subject.token,
        config.audience.as_str(),
        platform,
    )
    .await
    .map_err(ProblemType::from)?;
    let in_force = edition_in_force(platform).await?;
    let Event::Accepted(accepted) = &verified.claims().event;
    let edition = edition_of(accepted.edition, platform).await?;
    let submission = Submission {
        subject: subject.id,
        agreement: subject.token.agreement().clone(),
        acceptance: acceptance(&verified, &edition)?,
        in_force: in_force.id(),
        nonce: nonce::judge(
            &config.nonce_key,
            subject.id,
            verified.claims().nonce.as_str(),
            platform.now(),
        ),
        statement,
    };
    match platform.accept(&submission).await.map_err(unavailable)? {
        Ok(Recorded {
            record,
            receipt,
            is_new,
        }) => {
            let status = if is_new {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            Ok(reply::json(
                status,
                &StatementReply { record, receipt },
                Caching::NoStore,
            ))
        }
        Err(Refusal::JtiReused) => Err(ProblemType::JtiReused.into()),
        Err(Refusal::NonceInvalid) => Err(ProblemType::NonceInvalid.into()),
        Err(Refusal::NonceExpired) => Err(ProblemType::NonceExpired.into()),
        Err(Refusal::NotInForce) => Err(Problem {
            current: Some(in_force.id()),
            ..ProblemType::EditionNotInForce.into()
        }),
    }
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

/// What is to be recorded of a statement, if the text that it names is the edition's.
fn acceptance(verified: &VerifiedStatement, edition: &Edition) -> Result<Acceptance, ProblemType> {
    let Event::Accepted(accepted) = &verified.claims().event;
    let text = edition.manifest().text(accepted.language);
    if text.is_none_or(|text| text.sha256 != accepted.text_sha256) {
        return Err(ProblemType::StatementText);
    }
    Ok(Acceptance {
        basis: Basis::Explicit,
        assurance: Assurance::Device,
        edition: accepted.edition,
        language: accepted.language,
        text_sha256: accepted.text_sha256,
        interface_language: accepted.interface_language,
        control: accepted.control,
        key: verified.key(),
        statement: verified.digest(),
        jti: verified.claims().jti.clone(),
        claimed_at: verified.claims().iat,
    })
}

/// The longest request, in bytes: a JWS of 16 KiB, and the JSON around it.
const MAX_REQUEST_BYTES: usize = 20 * 1024;
