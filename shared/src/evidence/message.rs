//! The messages that led to records: what can be told of them once they are kept.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

use super::finding::{Check, Report, Verdict};
use crate::{
    canonical,
    digest::Sha256Digest,
    edition::EditionId,
    jws::SignatureVerifier,
    record::{Event, Ground, Record, Source, SubjectId},
    statement::{self, Control, Shown, SignedStatement, StatementError},
    text::Line,
    time::Timestamp,
};

/// Checks the message that led to a record.
pub(super) async fn examine(
    report: &mut Report,
    about: &str,
    record: &Record,
    message: Option<&str>,
    verifier: &impl SignatureVerifier,
) {
    let Some(source) = record.event.source() else {
        if message.is_some() {
            report.add(
                Check::Message,
                about,
                Verdict::Refuted,
                "no message leads to such a record",
            );
        }
        return;
    };
    match (source, message) {
        (Source::Service { .. }, None) => report.add(
            Check::Message,
            about,
            Verdict::Beyond,
            "the backend's report is not kept, because it names the user as the host does: only its hash is",
        ),
        (_, None) => report.add(Check::Message, about, Verdict::Unproven, "it is not at hand"),
        (Source::Device { .. }, Some(message)) => {
            statement(report, about, record, source, message, verifier).await;
        }
        (Source::Session { ticket, .. }, Some(message)) => {
            form(report, about, record, source, (message, ticket));
        }
        (Source::Service { content, .. }, Some(message)) => {
            report.add_result(Check::Message, about, hashes_to(message.as_bytes(), content));
            report.add(
                Check::Freshness,
                about,
                Verdict::Beyond,
                "that the backend sent it then, with a token of its own, the edge has checked: the token is not kept",
            );
        }
    }
}

/// A statement of a device.
async fn statement(
    report: &mut Report,
    about: &str,
    record: &Record,
    source: &Source,
    message: &str,
    verifier: &impl SignatureVerifier,
) {
    let Source::Device {
        key,
        statement,
        jti,
        claimed_at,
    } = source
    else {
        return;
    };
    let signed = match SignedStatement::verify(message, verifier).await {
        Ok(signed) => signed,
        Err(error) => {
            let verdict = match error {
                StatementError::Unavailable(_) => Verdict::Unproven,
                _ => Verdict::Refuted,
            };
            report.add(Check::Message, about, verdict, error.to_string());
            return;
        }
    };
    let result = if signed.digest() != *statement {
        Err("its hash is another".to_owned())
    } else if signed.key() == *key {
        Ok(format!("signed by the device key {}", key.to_jkt()))
    } else {
        Err("it was signed by another key".to_owned())
    };
    report.add_result(Check::Message, about, result);

    let claims = signed.claims();
    let says =
        claims.jti == *jti && claims.iat == *claimed_at && states(&claims.event, &record.event);
    report.add_result(Check::MessageContent, about, is_so(says));
    report.add(
        Check::Freshness,
        about,
        Verdict::Beyond,
        "that the statement was new, and came with a token of this person, the edge has checked: neither nonce nor token can be \
         checked any more. That the key cannot leave its device is the widget's doing, and not attested",
    );
}

/// The form of `/consent`.
fn form(
    report: &mut Report,
    about: &str,
    record: &Record,
    source: &Source,
    (message, digest): (&str, &Sha256Digest),
) {
    let payload = message
        .split_once('.')
        .map(|(payload, _)| Base64UrlUnpadded::decode_vec(payload));
    let Some(Ok(payload)) = payload else {
        report.add(
            Check::Message,
            about,
            Verdict::Refuted,
            "it is not a ticket of the form",
        );
        return;
    };
    report.add_result(Check::Message, about, hashes_to(&payload, digest));
    let ticket: Result<Ticket, _> = canonical::decode(&payload);
    let says = ticket.is_ok_and(|ticket| ticket.says(record, source));
    report.add_result(Check::MessageContent, about, is_so(says));
    report.add(
        Check::Freshness,
        about,
        Verdict::Beyond,
        "that the edge made the form, and for this person, is told by its seal, which nobody but the edge can check",
    );
}

/// What the form of `/consent` carries, sealed by a secret of the edge.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticket {
    subject: SubjectId,
    agreement: Line<64>,
    edition: EditionId,
    shown: Shown,
    issued_at: Timestamp,
}

impl Ticket {
    /// Whether it says what a record says.
    fn says(&self, record: &Record, source: &Source) -> bool {
        let says_of = |edition: EditionId, agreement: &Line<64>, shown: &Shown| {
            self.edition == edition && self.agreement == *agreement && self.shown == *shown
        };
        let is_of =
            matches!(source, Source::Session { issued_at, .. } if *issued_at == self.issued_at);
        let is_said = match &record.event {
            Event::Presented(told) => says_of(told.edition, &told.agreement, &told.shown),
            Event::Accepted(told) => match &told.ground {
                Ground::Explicit { shown, control } => {
                    *control == Control::FormAccept && says_of(told.edition, &told.agreement, shown)
                }
                Ground::Implied { .. } => false,
            },
            _ => false,
        };
        is_of && is_said && self.subject == record.subject
    }
}

/// Whether what a statement tells of is what was recorded.
fn states(stated: &statement::Event, recorded: &Event) -> bool {
    match (stated, recorded) {
        (statement::Event::Presented { edition, shown }, Event::Presented(told)) => {
            *edition == told.edition && *shown == told.shown
        }
        (
            statement::Event::Accepted {
                edition,
                shown,
                control,
            },
            Event::Accepted(told),
        ) => {
            let ground = Ground::Explicit {
                shown: *shown,
                control: *control,
            };
            *edition == told.edition && ground == told.ground
        }
        (statement::Event::Used { edition }, Event::Accepted(told)) => {
            *edition == told.edition && matches!(told.ground, Ground::Implied { .. })
        }
        _ => false,
    }
}

fn hashes_to(bytes: &[u8], digest: &Sha256Digest) -> Result<String, String> {
    if Sha256Digest::of(bytes) == *digest {
        Ok(String::new())
    } else {
        Err("its hash is another".to_owned())
    }
}

fn is_so(says: bool) -> Result<String, String> {
    if says {
        Ok(String::new())
    } else {
        Err("it says something else".to_owned())
    }
}
