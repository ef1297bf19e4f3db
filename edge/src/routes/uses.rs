//! Use of native apps, as hosts' backends report it.

use kelisim_shared::{
    api::UseReport,
    canonical,
    digest::Sha256Digest,
    problem::{Problem, ProblemType},
    record::{Place, Source},
    subject::{Message, Occurrence},
};

use super::{in_force_for_use, status, submit};
use crate::{
    auth,
    config::Config,
    limits,
    nonce::Verdict,
    ports::Platform,
    pseudonym,
    reply::{self, Caching, Reply},
    router::{Body, Call},
    subject::Submission,
};

/// `POST /v1/uses`
pub(super) async fn report(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let service = auth::service(call.headers, config, platform).await?;
    let report: UseReport = call.json(MAX_REQUEST_BYTES).await?;
    if !config.allowed_apps.contains(&report.app) {
        return Err(ProblemType::UseOutOfScope.into());
    }
    let subject = pseudonym::of(&config.pseudonym_key, service.issuer(), &report.subject);
    limits::by_subject(subject, platform).await?;
    let now = platform.now().unix_milliseconds();
    if now.abs_diff(report.used_at.unix_milliseconds()) > MAX_AGE_MILLISECONDS {
        return Err(ProblemType::UseOutdated.into());
    }
    let in_force = in_force_for_use(subject, platform).await?;
    // The user's id goes no further than this, and not even hashed: short ids are found by trying.
    let content = UseReport {
        subject: subject
            .to_string()
            .parse()
            .map_err(|_| ProblemType::Internal)?,
        ..report.clone()
    };
    let content = canonical::encode(&content).map_err(|_| ProblemType::Internal)?;
    let submission = Submission {
        subject,
        message: Message {
            agreement: report.agreement,
            source: Source::Service {
                issuer: service.issuer().clone(),
                service: service.service().clone(),
                report: report.report,
                content: Sha256Digest::of(&content),
            },
            occurrence: Occurrence::Used {
                edition: None,
                place: Place::App { app: report.app },
            },
        },
        text: None,
        terms: in_force.terms.clone(),
        nonce: Verdict::Fresh {
            issued_at: report.used_at,
        },
    };
    let outcome = submit(&submission, platform).await?;
    Ok(reply::json(
        status(&outcome),
        &outcome.reply,
        Caching::NoStore,
    ))
}

/// How far the use may lie from the edge's clock, in milliseconds: 10 minutes, as with the nonce of a statement.
const MAX_AGE_MILLISECONDS: u64 = 600_000;

/// The longest report, in bytes.
const MAX_REQUEST_BYTES: usize = 4 * 1024;
