//! The table of operations.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    operation::{Caller, Link, Method, NOTHING, Operation, Query, Reply, RequestBody, Tag},
    schemas::{AcceptanceForm, ConsentForm, PublishedKeys},
};
use crate::{
    api::{
        EditionSummary, Editions, Health, MessageReply, Notice, NoticeDocument, Receipts,
        StatementRequest, Status, UseReport,
        staff::{
            Found, HoldOrder, Lookup, OrderReply, ScheduledEdition, ScheduledEditions, SubjectFile,
            TerminationOrder, WithdrawalOrder,
        },
    },
    counts::EditionCounts,
    diff::EditionDiff,
    edition::{Draft, EditionDocument},
    evidence::LogKeys,
    export::Format,
    problem::ProblemType as P,
    token::Role,
};

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getRoot",
        method: Method::Get,
        path: "/",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Go on to the policy in force",
        replies: &[Reply::empty(302, "The policy is elsewhere.")],
        ..NOTHING
    },
    Operation {
        id: "getLoader",
        method: Method::Get,
        path: "/kelisim.js",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Load the widget",
        description: "It knows which edition is in force, and carries the notice of a change while that is news; or, for a page \
                      that hands the status of somebody new in, the notice for those.",
        queries: &[Query {
            name: "standing",
            description: "Whose status the page hands in, if it is that of somebody new.",
            required: false,
            values: &["new"],
        }],
        replies: &[Reply::script(200, "The script.").with_etag(), NOT_MODIFIED],
        problems: &[P::QueryInvalid, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getPolicyPage",
        method: Method::Get,
        path: "/privacy",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Read the policy in force",
        replies: &[Reply::html(200, "The page.").with_etag(), NOT_MODIFIED],
        problems: &[P::NoEdition, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getPolicyHistoryPage",
        method: Method::Get,
        path: "/privacy/editions",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "See which editions there were",
        replies: &[Reply::html(200, "The page.").with_etag(), NOT_MODIFIED],
        problems: &[P::NoEdition, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getPolicyEditionPage",
        method: Method::Get,
        path: "/privacy/editions/{edition}",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Read an edition of the policy",
        replies: &[Reply::html(200, "The page.").with_etag(), NOT_MODIFIED],
        problems: &[P::EditionUnknown, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "openConsentPage",
        method: Method::Get,
        path: "/consent",
        tag: Tag::Pages,
        caller: Caller::Subject,
        summary: "Open the form of consent in an app's webview",
        description: "That the notice was given out is recorded, so there is no `HEAD`.",
        is_for_people: true,
        replies: &[Reply::html(
            200,
            "The page: with the form, if there is something to accept.",
        )],
        problems: &[P::TokenBound, P::NoEdition],
        ..NOTHING
    },
    Operation {
        id: "openConsentPageByForm",
        method: Method::Post,
        path: "/consent",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Open the form of consent from a page",
        description: "A host's page sends `token`, a subject token: there is no `Authorization` header. The edge's own page sends \
                      `ticket` for another language. Where there are both, `ticket` counts.",
        body: Some(RequestBody::form::<ConsentForm>(
            20 * 1024,
            || json!({ "token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyLTQ3MTEifQ.c2lnbmF0dXJl", "lang": "kk" }),
        )),
        is_for_people: true,
        replies: &[Reply::html(
            200,
            "The page: with the form, if there is something to accept.",
        )],
        problems: &[
            P::TokenBound,
            P::TokenMissing,
            P::TokenMalformed,
            P::TokenAlgorithm,
            P::TokenIssuer,
            P::TokenKey,
            P::TokenSignature,
            P::TokenAudience,
            P::TokenExpired,
            P::TokenNotYetValid,
            P::TokenLifetime,
            P::NoEdition,
            P::FormInvalid,
            P::FormExpired,
            P::Unavailable,
        ],
        ..NOTHING
    },
    Operation {
        id: "acceptByForm",
        method: Method::Post,
        path: "/consent/accept",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Accept the edition that the form shows",
        description: "The form's ticket says who accepts, and what was shown. Sent again, it leads to the same record.",
        body: Some(RequestBody::form::<AcceptanceForm>(
            20 * 1024,
            || json!({ "ticket": "eyJhZ3JlZW1lbnQiOiIyMDI2LTAxIn0.c2lnbmF0dXJl" }),
        )),
        queries: &[],
        own_page_only: true,
        is_for_people: true,
        replies: &[
            Reply::html(
                200,
                "It was recorded before; or another edition came into force since, and the page has its form.",
            ),
            Reply::html(201, "It is recorded, and the page has the receipt."),
        ],
        problems: &[
            P::NoEdition,
            P::SubjectErased,
            P::FormInvalid,
            P::FormExpired,
            P::Unavailable,
        ],
    },
    Operation {
        id: "getProblemsPage",
        method: Method::Get,
        path: "/problems",
        tag: Tag::Pages,
        caller: Caller::Anyone,
        summary: "Read which problems there are",
        replies: &[Reply::html(200, "The page.").with_etag(), NOT_MODIFIED],
        ..NOTHING
    },
    Operation {
        id: "listEditions",
        method: Method::Get,
        path: "/v1/editions",
        tag: Tag::Editions,
        caller: Caller::Anyone,
        summary: "List every edition that was ever in force",
        replies: &[
            Reply::json::<Editions>(
                200,
                "The editions, oldest first; none before the first is published.",
            )
            .with_etag()
            .linked(&[
                Link {
                    operation: "getEdition",
                    parameter: "edition",
                    value: "$response.body#/editions/0/id",
                },
                Link {
                    operation: "getPolicyEditionPage",
                    parameter: "edition",
                    value: "$response.body#/editions/0/id",
                },
                Link {
                    operation: "countAcceptances",
                    parameter: "edition",
                    value: "$response.body#/editions/0/id",
                },
            ]),
            NOT_MODIFIED,
        ],
        problems: &[P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getCurrentEdition",
        method: Method::Get,
        path: "/v1/editions/current",
        tag: Tag::Editions,
        caller: Caller::Anyone,
        summary: "Fetch the edition in force",
        replies: &[
            Reply::json::<EditionDocument>(200, "Manifest and texts.")
                .with_etag()
                .linked(&[Link {
                    operation: "getEdition",
                    parameter: "edition",
                    value: "$response.body#/id",
                }]),
            NOT_MODIFIED,
        ],
        problems: &[P::NoEdition, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getEdition",
        method: Method::Get,
        path: "/v1/editions/{edition}",
        tag: Tag::Editions,
        caller: Caller::Anyone,
        summary: "Fetch an edition",
        description: "Whoever fetches it can check it: the id is the SHA-256 of the manifest in canonical JSON (RFC 8785), which \
                      holds that of each text.",
        replies: &[
            Reply::json::<EditionDocument>(200, "Manifest and texts.").with_etag(),
            NOT_MODIFIED,
        ],
        problems: &[P::EditionUnknown, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "compareEditions",
        method: Method::Get,
        path: "/v1/editions/{from}/diff/{to}",
        tag: Tag::Editions,
        caller: Caller::Anyone,
        summary: "See what changed between two editions",
        replies: &[
            Reply::json::<EditionDiff>(200, "Clause by clause, word by word.").with_etag(),
            NOT_MODIFIED,
        ],
        problems: &[P::EditionUnknown, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "renderNotice",
        method: Method::Get,
        path: "/v1/editions/{edition}/notice",
        tag: Tag::Editions,
        caller: Caller::Anyone,
        summary: "Get the notice of an edition as the widget shows it",
        queries: &[
            Query {
                name: "standing",
                description: "What the person is asked. `pending` and `due` are asked about a change only.",
                required: true,
                values: &["new", "pending", "due", "withdrawn", "terminated"],
            },
            Query {
                name: "since",
                description: "The id of the edition that the person accepted last, with which it is compared.",
                required: false,
                values: &[],
            },
        ],
        replies: &[
            Reply::json::<NoticeDocument>(200, "Style and elements.")
                .in_language()
                .with_etag(),
            NOT_MODIFIED,
        ],
        problems: &[P::QueryInvalid, P::EditionUnknown, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getStatus",
        method: Method::Get,
        path: "/v1/status",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "See where the subject stands, and what a statement needs",
        description: "A subject who has nothing to accept is answered with an `ETag` of state and edition, so that a browser need \
                      not fetch the same again.",
        replies: &[
            Reply::json::<Status>(200, "The state, the edition in force, and a nonce."),
            NOT_MODIFIED,
        ],
        problems: &[P::NoEdition],
        ..NOTHING
    },
    Operation {
        id: "getNotice",
        method: Method::Get,
        path: "/v1/notice",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "Get what the subject is to be shown",
        replies: &[Reply::json::<Notice>(
            200,
            "The state, the edition in force, and what has changed for the subject.",
        )],
        problems: &[P::NoEdition],
        ..NOTHING
    },
    Operation {
        id: "submitStatement",
        method: Method::Post,
        path: "/v1/statements",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "State that the notice was shown, that it is accepted, or that the app is used",
        description: "Sent again, the same statement gets the same record and receipt. Use is taken from pages of configured \
                      origins only.",
        body: Some(RequestBody::json::<StatementRequest>(20 * 1024, || {
            example::<StatementRequest>(
                r#"{"statement":"eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiI2ZjJiIn0.c2lnbmF0dXJl"}"#,
            )
        })),
        replies: MESSAGE_REPLIES,
        problems: &[
            P::UseOutOfScope,
            P::EditionUnknown,
            P::NoEdition,
            P::EditionNotInForce,
            P::ConsentRequired,
            P::JtiReused,
            P::SubjectErased,
            P::StatementMalformed,
            P::StatementType,
            P::StatementAlgorithm,
            P::StatementSignature,
            P::StatementKey,
            P::StatementAudience,
            P::StatementToken,
            P::StatementText,
            P::NonceInvalid,
            P::NonceExpired,
        ],
        ..NOTHING
    },
    Operation {
        id: "listReceipts",
        method: Method::Get,
        path: "/v1/receipts",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "Fetch the subject's receipts",
        replies: &[Reply::json::<Receipts>(200, "The receipts, oldest first.")],
        ..NOTHING
    },
    Operation {
        id: "getReceipt",
        method: Method::Get,
        path: "/v1/receipts/{record}",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "Fetch everything that proves an acceptance, as a file",
        description: "With `format`, what the acceptance is in a format of others, unsigned: `iso27560` is a consent record of ISO/IEC TS \
                      27560:2023 in JSON-LD with terms of the Data Privacy Vocabulary, `kantara` a consent receipt of the Kantara \
                      Initiative, version 1.1.0.",
        queries: &[Query {
            name: "format",
            description: "Another format.",
            required: false,
            values: &[Format::Iso27560.name(), Format::Kantara.name()],
        }],
        replies: &[Reply::receipt(200, "The file, or the export.")],
        problems: &[P::QueryInvalid, P::ReceiptUnknown, P::NotExportable],
        ..NOTHING
    },
    Operation {
        id: "renderAcceptances",
        method: Method::Get,
        path: "/v1/acceptances",
        tag: Tag::Subjects,
        caller: Caller::Subject,
        summary: "Get what the subject has accepted as the widget shows it",
        replies: &[Reply::json::<NoticeDocument>(200, "Style and elements.").in_language()],
        problems: &[P::NoEdition],
        ..NOTHING
    },
    Operation {
        id: "reportUse",
        method: Method::Post,
        path: "/v1/uses",
        tag: Tag::Hosts,
        caller: Caller::Service,
        summary: "Report that a user goes on using a native app",
        description: "To be sent when that happens. Sent again, the same report gets the same answer.",
        body: Some(RequestBody::json::<UseReport>(4 * 1024, || {
            example::<UseReport>(
                r#"{"report":"9d41","subject":"user-4711","agreement":"2026-01",
                "used_at":"2026-12-10T05:00:00.000Z","app":"kz.example.app"}"#,
            )
        })),
        replies: MESSAGE_REPLIES,
        problems: &[
            P::UseOutOfScope,
            P::UseOutdated,
            P::NoEdition,
            P::EditionNotInForce,
            P::ConsentRequired,
            P::JtiReused,
            P::SubjectErased,
        ],
        ..NOTHING
    },
    Operation {
        id: "publishEdition",
        method: Method::Post,
        path: "/v1/admin/editions",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::PUBLISHERS),
        summary: "Publish an edition, now or later",
        description: "The edge sets the instant, and computes the deadline by the calendar of working days.",
        body: Some(RequestBody::json::<Draft>(1024 * 1024, || {
            example::<Draft>(
                r#"{"authoritative":"ru","channels":["site"],"change":{"class":"initial"},"texts":[{"language":"ru",
                "body":"Политика\n\n1. Общие положения\n\n1.1. Текст пункта.\n","purposes":["регистрация"],
                "data_categories":["номер телефона"]}]}"#,
            )
        })),
        replies: &[
            Reply::json::<EditionSummary>(201, "It is in force.").linked(&[Link {
                operation: "getEdition",
                parameter: "edition",
                value: "$response.body#/id",
            }]),
            Reply::json::<ScheduledEdition>(202, "It is scheduled.").linked(&[Link {
                operation: "cancelScheduledEdition",
                parameter: "schedule",
                value: "$response.body#/id",
            }]),
        ],
        problems: &[
            P::EditionSuperseded,
            P::EditionScheduled,
            P::EditionInvalid,
            P::PublicationInPast,
        ],
        ..NOTHING
    },
    Operation {
        id: "listScheduledEditions",
        method: Method::Get,
        path: "/v1/admin/editions/scheduled",
        tag: Tag::Staff,
        caller: Caller::Staff(&Role::ALL),
        summary: "See which edition is scheduled",
        replies: &[
            Reply::json::<ScheduledEditions>(200, "None or one.").linked(&[Link {
                operation: "cancelScheduledEdition",
                parameter: "schedule",
                value: "$response.body#/scheduled/0/id",
            }]),
        ],
        problems: &[],
        ..NOTHING
    },
    Operation {
        id: "cancelScheduledEdition",
        method: Method::Delete,
        path: "/v1/admin/editions/scheduled/{schedule}",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::PUBLISHERS),
        summary: "Cancel a scheduled edition",
        replies: &[Reply::empty(204, "It will not be published.")],
        problems: &[P::ScheduleUnknown],
        ..NOTHING
    },
    Operation {
        id: "countAcceptances",
        method: Method::Get,
        path: "/v1/admin/editions/{edition}/counts",
        tag: Tag::Staff,
        caller: Caller::Staff(&Role::ALL),
        summary: "Count who has accepted an edition, by ground and by day",
        replies: &[Reply::json::<EditionCounts>(
            200,
            "The counts, which are some seconds old.",
        )],
        problems: &[P::EditionUnknown, P::NoEdition],
        ..NOTHING
    },
    Operation {
        id: "lookUpSubject",
        method: Method::Post,
        path: "/v1/admin/subjects/lookup",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::READERS),
        summary: "Get the pseudonym of a host's user",
        body: Some(RequestBody::json::<Lookup>(4 * 1024, || {
            example::<Lookup>(r#"{"issuer":"https://id.example","subject":"user-4711"}"#)
        })),
        replies: &[Reply::json::<Found>(
            200,
            "The pseudonym. It does not tell whether there are records.",
        )
        .linked(&[
            of_subject("getSubjectFile"),
            of_subject("eraseSubject"),
            of_subject("recordWithdrawal"),
            of_subject("recordTermination"),
            of_subject("holdRecords"),
            of_subject("releaseRecords"),
        ])],
        problems: &[P::IssuerUnknown],
        ..NOTHING
    },
    Operation {
        id: "getSubjectFile",
        method: Method::Get,
        path: "/v1/admin/subjects/{subject}",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::READERS),
        summary: "Read everything that is held about a subject",
        description: "The look is recorded before it is granted, so there is no `HEAD`.",
        replies: &[Reply::json::<SubjectFile>(
            200,
            "The records; of an erased subject, that it was erased.",
        )],
        problems: &[P::SubjectUnknown],
        ..NOTHING
    },
    Operation {
        id: "eraseSubject",
        method: Method::Delete,
        path: "/v1/admin/subjects/{subject}",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::OFFICERS),
        summary: "Erase everything about a subject",
        replies: &[Reply::json::<OrderReply>(
            200,
            "Nothing is left but that it was erased, when, and by whose order.",
        )],
        problems: &[P::SubjectUnknown, P::LegalHold],
        ..NOTHING
    },
    Operation {
        id: "recordWithdrawal",
        method: Method::Post,
        path: "/v1/admin/subjects/{subject}/withdrawals",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::OFFICERS),
        summary: "Record a written application of withdrawal",
        description: "Sent again, the same application changes nothing.",
        body: Some(RequestBody::json::<WithdrawalOrder>(4 * 1024, || {
            example::<WithdrawalOrder>(
                r#"{"application":"2026/117","channel":"office",
                "document_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "received_at":"2026-11-20T05:00:00.000Z","effective_at":"2026-11-21T05:00:00.000Z"}"#,
            )
        })),
        replies: ORDER_REPLIES,
        problems: &[
            P::SubjectUnknown,
            P::ApplicationReused,
            P::TimeInFuture,
            P::EffectiveTooEarly,
        ],
        ..NOTHING
    },
    Operation {
        id: "recordTermination",
        method: Method::Post,
        path: "/v1/admin/subjects/{subject}/terminations",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::OFFICERS),
        summary: "Record the end of the user agreement",
        description: "Three years later the records are erased (policy, clause 2.4).",
        body: Some(RequestBody::json::<TerminationOrder>(4 * 1024, || {
            example::<TerminationOrder>(r#"{"ended_on":"2026-11-20"}"#)
        })),
        replies: ORDER_REPLIES,
        problems: &[
            P::SubjectUnknown,
            P::SubjectErased,
            P::TimeInFuture,
            P::EndedTooEarly,
            P::RetentionLapsed,
        ],
        ..NOTHING
    },
    Operation {
        id: "holdRecords",
        method: Method::Post,
        path: "/v1/admin/subjects/{subject}/holds",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::OFFICERS),
        summary: "Keep a subject's records from being erased",
        body: Some(RequestBody::json::<HoldOrder>(4 * 1024, || {
            example::<HoldOrder>(r#"{"case":"7140-26-00-2/55"}"#)
        })),
        replies: ORDER_REPLIES,
        problems: &[P::SubjectUnknown, P::SubjectErased],
        ..NOTHING
    },
    Operation {
        id: "releaseRecords",
        method: Method::Post,
        path: "/v1/admin/subjects/{subject}/releases",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::OFFICERS),
        summary: "Lift the hold for a case",
        body: Some(RequestBody::json::<HoldOrder>(4 * 1024, || {
            example::<HoldOrder>(r#"{"case":"7140-26-00-2/55"}"#)
        })),
        replies: ORDER_REPLIES,
        problems: &[P::SubjectUnknown, P::SubjectErased],
        ..NOTHING
    },
    Operation {
        id: "getEvidence",
        method: Method::Get,
        path: "/v1/admin/subjects/{subject}/evidence",
        tag: Tag::Staff,
        caller: Caller::Staff(Role::READERS),
        summary: "Fetch everything about a subject as an archive, for a dispute",
        description: "The look is recorded first. `kelisim verify` verifies the archive without a network.",
        replies: &[Reply::zip(200, "The archive.")],
        problems: &[P::SubjectUnknown, P::SubjectErased],
        ..NOTHING
    },
    Operation {
        id: "getEditionProof",
        method: Method::Get,
        path: "/v1/editions/{edition}/proof",
        tag: Tag::Log,
        caller: Caller::Anyone,
        summary: "Fetch the proof that an edition is in the log",
        description: "A file of C2SP tlog-proof. Its entry is the canonical JSON (RFC 8785) of the edition's manifest.",
        replies: &[Reply::text(200, "The proof.")],
        problems: &[P::EditionUnknown, P::NotLogged, P::Unavailable],
        ..NOTHING
    },
    Operation {
        id: "getLog",
        method: Method::Get,
        path: "/v1/log",
        tag: Tag::Log,
        caller: Caller::Anyone,
        summary: "Fetch the keys that the log's checkpoints verify with",
        replies: &[
            Reply::json::<LogKeys>(200, "The keys.").with_etag(),
            NOT_MODIFIED,
        ],
        problems: &[P::NotLogged],
        ..NOTHING
    },
    Operation {
        id: "getCheckpoint",
        method: Method::Get,
        path: "/log/checkpoint",
        tag: Tag::Log,
        caller: Caller::Anyone,
        summary: "Fetch the log's checkpoint",
        description: "A signed note (C2SP tlog-checkpoint). The tiles of its tree are at `/log/tile/{level}/{number}` and \
                      `/log/tile/entries/{number}`, with `.p/{width}` behind where they are not full (C2SP tlog-tiles); \
                      `tile-unknown` answers for those that there are not.",
        replies: &[Reply::text(200, "The checkpoint.")],
        problems: &[
            P::NotLogged,
            P::TileUnknown,
            P::LogContradiction,
            P::Unavailable,
        ],
        ..NOTHING
    },
    Operation {
        id: "getKeys",
        method: Method::Get,
        path: "/.well-known/jwks.json",
        tag: Tag::Edge,
        caller: Caller::Anyone,
        summary: "Fetch the keys that receipts verify with",
        replies: &[
            Reply::json::<PublishedKeys>(200, "The keys.").with_etag(),
            NOT_MODIFIED,
        ],
        ..NOTHING
    },
    Operation {
        id: "getOpenApi",
        method: Method::Get,
        path: "/openapi.json",
        tag: Tag::Edge,
        caller: Caller::Anyone,
        summary: "Fetch this document",
        replies: &[
            Reply::json::<serde_json::Map<String, Value>>(200, "The document.").with_etag(),
            NOT_MODIFIED,
        ],
        ..NOTHING
    },
    Operation {
        id: "getHealth",
        method: Method::Get,
        path: "/healthz",
        tag: Tag::Edge,
        caller: Caller::Anyone,
        summary: "See whether the edge answers",
        replies: &[Reply::json::<Health>(200, "It does.")],
        ..NOTHING
    },
];

const NOT_MODIFIED: Reply = Reply::empty(304, "The client has it already.").with_etag();

const MESSAGE_REPLIES: &[Reply] = &[
    Reply::json::<MessageReply>(200, "It was recorded before, or nothing had to be."),
    Reply::json::<MessageReply>(201, "It is recorded."),
];

const ORDER_REPLIES: &[Reply] = &[
    Reply::json::<OrderReply>(200, "It is so already, or noted without personal data."),
    Reply::json::<OrderReply>(201, "It is recorded."),
];

const fn of_subject(operation: &'static str) -> Link {
    Link {
        operation,
        parameter: "subject",
        value: "$response.body#/subject",
    }
}

/// JSON by way of its type, which refuses what it would not read.
fn example<T: Serialize + DeserializeOwned>(json: &str) -> Value {
    serde_json::from_str::<T>(json)
        .and_then(serde_json::to_value)
        .expect("a test makes the document, and so reads every example")
}
