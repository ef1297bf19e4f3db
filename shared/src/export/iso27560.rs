//! ISO/IEC TS 27560:2023, "Consent record information structure", as JSON-LD with terms of the Data Privacy Vocabulary (DPV).
//!
//! ```json
//! {"@context":{…},"@id":"https://consent.example/v1/receipts/…","@type":"dpv:ConsentRecord",
//!  "dct:conformsTo":"https://w3id.org/dpv/schema/dpv-27560#record",
//!  "dpv:hasLegalBasis":"dpv:ExpressedConsent",
//!  "dpv:hasNotice":{"@id":"https://consent.example/privacy/editions/…","@type":"dpv:ConsentNotice",…},
//!  "dpv:hasProcess":{"@type":"dpv:Process","dpv:hasPurpose":[…],"dpv:hasPersonalData":[…],…},
//!  "dpv:hasConsentStatus":{"@type":"dpv:ConsentGiven","dpv:isIndicatedAtTime":"2026-11-23T05:00:00.000Z",…},…}
//! ```
//!
//! The shape is that of the guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV" of the W3C Data Privacy
//! Vocabularies and Controls Community Group (final report, 1 August 2024; changes of 15 August 2024), section "DPV-27560
//! Consent Record". It uses DPV 2.0, and every term here is in that release. As in the guide, `https://w3id.org/dpv#` names no
//! version.
//!
//! | field of the guide | member | from |
//! |---|---|---|
//! | Schema Version | `dct:conformsTo` | constant; see [below](#conformance) |
//! | Record Identifier | `dct:identifier` | `jti` of the receipt |
//! | Data Subject | `dpv:hasDataSubject` | `sub` of the receipt, a pseudonym |
//! | Notice, Notice Language | `dpv:hasNotice` | edition, `published_at`, the language of the text that was shown, `supersedes` |
//! | Purpose; Personal Data and its type | `dpv:hasProcess` | `purposes` and `data_categories` of that text |
//! | Storage Condition; Recipients; Rights | `dpv:hasProcess`, `dpv:hasRight` | the text of the edition, which they lead to |
//! | Data Controller; Entity Fields | `dpv:hasDataController`, `dpv:hasEntity` | `operator` and `policy_url` of the receipt; [`Imprint`] |
//! | Legal Basis, Consent Type | `dpv:hasLegalBasis` | `basis` |
//! | Consent Change & Withdrawal | `dpv:hasConsentControl` | the text of the edition, which it leads to |
//! | Jurisdiction | `dpv:hasJurisdiction` | constant: Kazakhstan |
//! | Services | `dpv:hasService` | [`Imprint`] |
//! | Consent State, Event Time, Expression Method, Expression by Entity | `dpv:hasConsentStatus` | `recorded_at`, `control`, `source` |
//! | Event Duration | `dpv:hasDuration` | constant: the events that end an acceptance here ([`crate::subject`]) |
//!
//! # What is consent
//!
//! An explicit acceptance is `dpv:ExpressedConsent`: an action meant to convey it, which may be part of agreeing to a contract.
//! It is not `dpv:ExplicitlyExpressedConsent`, whose action has to be about consent alone: the button accepts a whole policy.
//!
//! An implied acceptance is none. DPV has `dpv:ImpliedConsent`; but nobody consented here, a term of the user agreement says
//! what counts. So it is a `dpv:DataProcessingRecord`, the kind that a consent record is one of; its legal basis is a
//! `dpv:Contract`, with the reason: rule and deadline, as the edition has them. (DPV 2.0 has `dpv:DataSubjectContract` too,
//! which 2.2 deprecates.) The edition is a `dpv:PrivacyNotice`. There is no status of consent, and no control of it: what the
//! person can do is to withdraw an assent (`dpv:WithdrawingFromProcess`). And nobody is said to have indicated anything.
//!
//! # Conformance
//!
//! `dct:conformsTo` stands in the record of an explicit acceptance by an operator whose postal address is configured: without
//! an address a mandatory field is missing. A field that leads to the text of the edition is taken to be there. An implied
//! acceptance never conforms, for it has no type and state of consent.

mod context;
mod controller;
mod process;

use serde::Serialize;

use self::{context::Context, controller::DataController, process::Process};
use super::{Exportable, Ground, Imprint};
use crate::{
    deadline::Rule,
    edition::EditionId,
    language::Language,
    record::{RecordId, SubjectId},
    text::Line,
    time::Timestamp,
};

/// A record.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    #[serde(rename = "@context")]
    context: Context,
    /// Where the signed receipt is.
    #[serde(rename = "@id")]
    id: String,
    #[serde(flatten)]
    kind: Kind,
    #[serde(rename = "dct:identifier")]
    identifier: RecordId,
    #[serde(rename = "dct:created")]
    created: Timestamp,
    #[serde(rename = "dpv:hasDataSubject")]
    data_subject: DataSubject,
    #[serde(rename = "dpv:hasDataController")]
    data_controller: String,
    #[serde(rename = "dpv:hasJurisdiction")]
    jurisdiction: Country,
    #[serde(rename = "dpv:hasLegalMeasure")]
    user_agreement: LegalAgreement,
    #[serde(rename = "dpv:hasNotice")]
    notice: Notice,
    #[serde(rename = "dpv:hasProcess")]
    process: Process,
    #[serde(rename = "dpv:hasRight")]
    right: DataSubjectRight,
    #[serde(rename = "dpv:hasEntity")]
    operator: DataController,
}

impl Record {
    /// The record of an acceptance.
    #[must_use]
    pub fn of(exportable: &Exportable<'_>, imprint: Option<&Imprint>) -> Self {
        let Exportable {
            claims,
            acceptance,
            manifest,
            ..
        } = exportable;
        let id = exportable.receipt_address();
        let policy = exportable.edition_address();
        let data_subject = DataSubject {
            id: format!("{id}#subject"),
            pseudonym: claims.sub,
        };
        let operator = DataController::of(exportable, imprint);
        let edition = Edition {
            page: policy.clone(),
            id: acceptance.edition,
            published_at: manifest.published_at,
            language: exportable.text.language,
            replaces: exportable.address_before(),
        };
        let (kind, notice) = match &exportable.ground {
            Ground::Explicit { .. } => {
                let kind = Kind::Explicit {
                    conforms_to: operator.address.is_some().then_some(Profile::Record),
                    legal_basis: Consent::Expressed,
                    status: ConsentGiven {
                        at: claims.record.recorded_at,
                        by: data_subject.id.clone(),
                        method: Text::english(exportable.method()),
                        duration: UntilEventDuration {
                            event: Text::english(END.to_owned()),
                        },
                    },
                    control: WithdrawConsent {
                        policy: policy.clone(),
                    },
                };
                (kind, Notice::Consent(edition))
            }
            Ground::Implied { succession, .. } => {
                let kind = Kind::Implied {
                    legal_basis: Contract {
                        at: claims.record.recorded_at,
                        method: Text::english(exportable.method()),
                        justification: Justification {
                            rule: succession.rule,
                            deadline: succession.deadline.instant(),
                            description: Text::english(exportable.reason(succession)),
                            policy: policy.clone(),
                        },
                    },
                    involvement: WithdrawingFromProcess {
                        policy: policy.clone(),
                    },
                };
                (kind, Notice::Privacy(edition))
            }
        };
        Self {
            context: Context,
            id,
            kind,
            identifier: claims.jti,
            created: claims.record.recorded_at,
            data_subject,
            data_controller: operator.id.clone(),
            jurisdiction: Country::Kazakhstan,
            user_agreement: LegalAgreement {
                version: acceptance.agreement.clone(),
            },
            notice,
            process: Process::of(exportable, imprint),
            right: DataSubjectRight { policy },
            operator,
        }
    }
}

/// What an acceptance is, by its basis.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type")]
enum Kind {
    #[serde(rename = "dpv:ConsentRecord")]
    Explicit {
        #[serde(rename = "dct:conformsTo", skip_serializing_if = "Option::is_none")]
        conforms_to: Option<Profile>,
        #[serde(rename = "dpv:hasLegalBasis")]
        legal_basis: Consent,
        #[serde(rename = "dpv:hasConsentStatus")]
        status: ConsentGiven,
        #[serde(rename = "dpv:hasConsentControl")]
        control: WithdrawConsent,
    },
    #[serde(rename = "dpv:DataProcessingRecord")]
    Implied {
        #[serde(rename = "dpv:hasLegalBasis")]
        legal_basis: Contract,
        #[serde(rename = "dpv:hasEntityInvolvement")]
        involvement: WithdrawingFromProcess,
    },
}

#[derive(Clone, Copy, Debug, Serialize)]
enum Profile {
    #[serde(rename = "https://w3id.org/dpv/schema/dpv-27560#record")]
    Record,
}

#[derive(Clone, Copy, Debug, Serialize)]
enum Consent {
    #[serde(rename = "dpv:ExpressedConsent")]
    Expressed,
}

#[derive(Clone, Copy, Debug, Serialize)]
enum Country {
    #[serde(rename = "loc:KZ")]
    Kazakhstan,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:ConsentGiven")]
struct ConsentGiven {
    #[serde(rename = "dpv:isIndicatedAtTime")]
    at: Timestamp,
    #[serde(rename = "dpv:isIndicatedBy")]
    by: String,
    #[serde(rename = "dpv:hasIndicationMethod")]
    method: Text,
    #[serde(rename = "dpv:hasDuration")]
    duration: UntilEventDuration,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:UntilEventDuration")]
struct UntilEventDuration {
    #[serde(rename = "rdf:value")]
    event: Text,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:WithdrawConsent")]
struct WithdrawConsent {
    #[serde(rename = "dpv:isExercisedAt")]
    policy: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Contract")]
struct Contract {
    /// When the app was used, by the server's clock.
    #[serde(rename = "dct:date")]
    at: Timestamp,
    #[serde(rename = "dct:description")]
    method: Text,
    #[serde(rename = "dpv:hasJustification")]
    justification: Justification,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Justification")]
struct Justification {
    #[serde(rename = "dct:identifier")]
    rule: Rule,
    /// From when use counts.
    #[serde(rename = "dct:date")]
    deadline: Timestamp,
    #[serde(rename = "dct:description")]
    description: Text,
    #[serde(rename = "dct:source")]
    policy: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:WithdrawingFromProcess")]
struct WithdrawingFromProcess {
    #[serde(rename = "dpv:isExercisedAt")]
    policy: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:DataSubject")]
struct DataSubject {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "dct:identifier")]
    pseudonym: SubjectId,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:LegalAgreement")]
struct LegalAgreement {
    #[serde(rename = "dct:identifier")]
    version: Line<64>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type")]
enum Notice {
    #[serde(rename = "dpv:ConsentNotice")]
    Consent(Edition),
    #[serde(rename = "dpv:PrivacyNotice")]
    Privacy(Edition),
}

#[derive(Clone, Debug, Serialize)]
struct Edition {
    #[serde(rename = "@id")]
    page: String,
    #[serde(rename = "dct:identifier")]
    id: EditionId,
    #[serde(rename = "dct:issued")]
    published_at: Timestamp,
    #[serde(rename = "dct:language")]
    language: Language,
    #[serde(rename = "dct:replaces", skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:DataSubjectRight")]
struct DataSubjectRight {
    #[serde(rename = "dpv:isExercisedAt")]
    policy: String,
}

/// Text for people, with its language.
#[derive(Clone, Debug, Serialize)]
struct Text {
    #[serde(rename = "@value")]
    text: String,
    #[serde(rename = "@language")]
    language: Language,
}

impl Text {
    const fn english(text: String) -> Self {
        Self {
            text,
            language: Language::En,
        }
    }
}

/// What ends an explicit acceptance.
const END: &str = "withdrawal, the end of the user agreement, or a newer edition of the policy that changes what it means";
