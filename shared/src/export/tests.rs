use serde_json::Value;

use super::*;
use crate::{
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    edition::{Channel, Draft, DraftChange, DraftSuccession, DraftText, Operator},
    jwk::Thumbprint,
    language::Language,
    record::{Channel as ApplicationChannel, Head, Staff, SubjectId, Withdrawal},
    statement::Shown,
    text::Line,
    time::{ClaimedSeconds, Timestamp},
};

/// Read before they are accepted; the tests across crates hold the same files against schemas and expand them.
#[test]
fn an_acceptance_reads_as_it_did_in_each_format() {
    let (first, second) = editions();
    let imprint = imprint();
    for (name, claims, edition) in [
        ("explicit", explicit(&first), &first),
        ("implied", implied(&second), &second),
    ] {
        let exportable = Exportable::of(&claims, edition).unwrap();
        let record = iso27560::Record::of(&exportable, Some(&imprint));
        let receipt = kantara::ConsentReceipt::of(&exportable, Some(&imprint)).unwrap();
        for (format, pretty) in [
            (Format::Iso27560, serde_json::to_string_pretty(&record)),
            (Format::Kantara, serde_json::to_string_pretty(&receipt)),
        ] {
            let pretty = pretty.unwrap() + "\n";
            let golden = golden(name, format);
            assert!(
                pretty == golden,
                "{name}.{}.json is now\n{pretty}",
                format.name()
            );
            let exported = exportable.export(format, Some(&imprint)).unwrap();
            let exported: Value = serde_json::from_slice(&exported).unwrap();
            assert_eq!(exported, serde_json::from_str::<Value>(golden).unwrap());
        }
    }
}

#[test]
fn an_implied_acceptance_is_nowhere_called_consent() {
    let (_, second) = editions();
    let claims = implied(&second);
    let exportable = Exportable::of(&claims, &second).unwrap();
    let record = exportable.export(Format::Iso27560, Some(&imprint()));
    let record = String::from_utf8(record.unwrap()).unwrap();
    assert!(!record.to_lowercase().contains("consent"), "{record}");

    let receipt = json(&exportable, Format::Kantara);
    let kind = receipt["services"][0]["purposes"][0]["consentType"].as_str();
    let kind = kind.unwrap();
    assert!(kind.starts_with("NOT CONSENT"), "{kind}");
    let Succession { deadline, rule, .. } = second.manifest().change.succession().unwrap();
    assert!(kind.contains(&deadline.instant().to_string()), "{kind}");
    assert!(kind.contains(rule.name()), "{kind}");
}

#[test]
fn says_how_the_edge_knows_and_names_no_more_of_the_device() {
    let (first, _) = editions();
    let mut claims = explicit(&first);
    for (source, ending) in [
        (device(), "stated with a key of the device."),
        (session(), "without a key of the device."),
        (service(), "reported by the backend of the host."),
    ] {
        acceptance(&mut claims).source = source;
        let exportable = Exportable::of(&claims, &first).unwrap();
        for format in Format::ALL {
            let export = exportable.export(format, Some(&imprint())).unwrap();
            let export = String::from_utf8(export).unwrap();
            assert!(export.contains(ending), "{export}");
            for detail in ["jti-1", "report-1", "https://host.example", "1795410000"] {
                assert!(!export.contains(detail), "{detail}: {export}");
            }
        }
    }
}

#[test]
fn claims_conformance_only_where_no_mandatory_field_is_missing() {
    let (first, second) = editions();
    let mut claims = explicit(&first);
    let conforms_to = |claims: &Claims, edition: &Edition, imprint: Option<&Imprint>| {
        let exportable = Exportable::of(claims, edition).unwrap();
        let record = exportable.export(Format::Iso27560, imprint).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        record.get("dct:conformsTo").cloned()
    };
    let profile = Some("https://w3id.org/dpv/schema/dpv-27560#record".into());
    assert_eq!(conforms_to(&claims, &first, Some(&imprint())), profile);
    assert_eq!(conforms_to(&claims, &first, None), profile);
    assert_eq!(conforms_to(&implied(&second), &second, None), None);
    claims.operator.address = None;
    assert_eq!(conforms_to(&claims, &first, Some(&imprint())), None);
}

#[test]
fn makes_no_receipt_of_kantara_without_what_it_requires() {
    let (first, _) = editions();
    let mut claims = explicit(&first);
    let export = |claims: &Claims, imprint: Option<&Imprint>| {
        let exportable = Exportable::of(claims, &first).unwrap();
        exportable.export(Format::Kantara, imprint).map(drop)
    };
    assert_eq!(export(&claims, Some(&imprint())), Ok(()));
    assert_eq!(export(&claims, None), Err(Incomplete::Imprint));
    claims.operator.address = None;
    assert_eq!(export(&claims, Some(&imprint())), Err(Incomplete::Address));
}

#[test]
fn refuses_what_is_no_acceptance_of_that_edition() {
    let (first, second) = editions();
    let refused = |claims: &Claims, edition| Exportable::of(claims, edition).unwrap_err();

    assert_eq!(
        refused(&claims(withdrawal()), &first),
        NotExportable::NotAnAcceptance
    );
    assert_eq!(
        refused(&explicit(&first), &second),
        NotExportable::OtherEdition
    );
    assert_eq!(
        refused(&implied(&second), &first),
        NotExportable::OtherEdition
    );

    let mut other_text = explicit(&first);
    let mut no_such_text = explicit(&first);
    for (claims, language, text) in [
        (&mut other_text, Language::Ru, "another text"),
        (&mut no_such_text, Language::Kk, SEED),
    ] {
        acceptance(claims).ground = explicit_ground(language, text);
        assert_eq!(refused(claims, &first), NotExportable::Contradiction);
    }

    let mut other_deadline = implied(&second);
    acceptance(&mut other_deadline).ground = record::Ground::Implied {
        deadline: deadline_of(1),
        place: app(),
    };
    assert_eq!(
        refused(&other_deadline, &second),
        NotExportable::Contradiction
    );
    let mut without_change = explicit(&first);
    acceptance(&mut without_change).ground = record::Ground::Implied {
        deadline: deadline_of(0),
        place: app(),
    };
    assert_eq!(
        refused(&without_change, &first),
        NotExportable::Contradiction
    );
}

#[test]
fn finds_a_format_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    for name in ["", "ISO27560", "kantara ", "jws"] {
        assert_eq!(name.parse::<Format>(), Err(UnknownFormat), "{name}");
    }
}

#[cfg(feature = "openapi")]
#[test]
fn leads_to_a_page_that_the_edge_has() {
    let (first, _) = editions();
    let id = first.id().to_string();
    let claims = explicit(&first);
    let address = Exportable::of(&claims, &first).unwrap().edition_address();
    let path = address.strip_prefix(ISSUER).unwrap();
    let path = path.replace(&id, "{edition}");
    assert!(crate::openapi::operations().any(|operation| operation == ("GET", &path)));
}

fn json(exportable: &Exportable<'_>, format: Format) -> Value {
    let export = exportable.export(format, Some(&imprint())).unwrap();
    serde_json::from_slice(&export).unwrap()
}

fn golden(name: &str, format: Format) -> &'static str {
    match (name, format) {
        ("explicit", Format::Iso27560) => {
            include_str!("../../../tests/vectors/exports/explicit.iso27560.json")
        }
        ("explicit", Format::Kantara) => {
            include_str!("../../../tests/vectors/exports/explicit.kantara.json")
        }
        (_, Format::Iso27560) => {
            include_str!("../../../tests/vectors/exports/implied.iso27560.json")
        }
        (_, Format::Kantara) => {
            include_str!("../../../tests/vectors/exports/implied.kantara.json")
        }
    }
}

/// The first edition, and one that changes it.
fn editions() -> (Edition, Edition) {
    let publish = |change, body: String, summary: Option<&str>, days| {
        let draft = Draft {
            authoritative: Language::Ru,
            channels: vec![Channel::Site],
            change,
            publish_at: None,
            texts: vec![DraftText {
                language: Language::Ru,
                body,
                purposes: vec![
                    line("исполнение Пользовательского соглашения"),
                    line("обработка запросов Пользователя"),
                ],
                data_categories: vec![line("номер мобильного телефона"), line("IP-адрес")],
                summary: summary.map(line),
            }],
        };
        let policy_url = line("https://smartaqkol.chat/privacy");
        draft.publish(at(days), operator(), policy_url).unwrap()
    };
    let first = publish(DraftChange::Initial {}, SEED.to_owned(), None, -90);
    let change = DraftChange::Material(DraftSuccession {
        supersedes: first.id(),
        rule: Rule::NextWorkingDay,
    });
    let changed = SEED.replace("TLS v1.2", "TLS v1.3");
    let second = publish(change, changed, Some("Новый протокол"), 0);
    (first, second)
}

fn explicit(edition: &Edition) -> Claims {
    claims(Event::Accepted(Acceptance {
        edition: edition.id(),
        agreement: line("2026-01"),
        presentation: None,
        ground: explicit_ground(Language::Ru, SEED),
        source: device(),
    }))
}

fn implied(edition: &Edition) -> Claims {
    let succession = edition.manifest().change.succession().unwrap();
    claims(Event::Accepted(Acceptance {
        edition: edition.id(),
        agreement: line("2026-01"),
        presentation: None,
        ground: record::Ground::Implied {
            deadline: succession.deadline,
            place: app(),
        },
        source: service(),
    }))
}

fn claims(event: Event) -> Claims {
    let subject = SubjectId::new(Sha256Digest::of(b"subject"));
    let record = Head::next(None, subject, at(14), event).unwrap();
    Claims {
        iss: line(ISSUER),
        sub: subject,
        jti: record.id(),
        iat: record.recorded_at.unix_seconds(),
        operator: operator(),
        policy_url: line("https://smartaqkol.chat/privacy"),
        record,
    }
}

fn acceptance(claims: &mut Claims) -> &mut Acceptance {
    let Event::Accepted(acceptance) = &mut claims.record.event else {
        panic!("these claims are of an acceptance");
    };
    acceptance
}

fn explicit_ground(language: Language, text: &str) -> record::Ground {
    record::Ground::Explicit {
        shown: Shown {
            language,
            text_sha256: Sha256Digest::of(text.as_bytes()),
            interface_language: Language::Kk,
        },
        control: Control::DialogAccept,
    }
}

fn app() -> Place {
    Place::App {
        app: line("kz.example.smartaqkol"),
    }
}

fn device() -> Source {
    Source::Device {
        key: Thumbprint::new(Sha256Digest::of(b"key")),
        statement: Sha256Digest::of(b"statement"),
        jti: line("jti-1"),
        claimed_at: ClaimedSeconds::try_from(1_795_410_000).unwrap(),
    }
}

fn session() -> Source {
    Source::Session {
        ticket: Sha256Digest::of(b"ticket"),
        issued_at: at(14),
    }
}

fn service() -> Source {
    Source::Service {
        issuer: line("https://host.example"),
        service: line("backend"),
        report: line("report-1"),
        content: Sha256Digest::of(b"report"),
    }
}

fn withdrawal() -> Event {
    Event::Withdrawn(Withdrawal {
        application: line("1"),
        document_sha256: Sha256Digest::of(b"application"),
        channel: ApplicationChannel::Office,
        received_at: at(14),
        effective_at: at(14),
        officer: Staff {
            issuer: line("https://staff.example"),
            subject: line("officer"),
        },
    })
}

fn operator() -> Operator {
    Operator {
        name: line("ТОО «BTS Digital»"),
        bin: Some(line("000000000000")),
        address: Some(line("Республика Казахстан, г. Астана, ул. Примерная, 1")),
    }
}

fn imprint() -> Imprint {
    Imprint {
        service: line("SmartAqkol"),
        contact: line("Отдел по защите персональных данных"),
        email: line("privacy@example.kz").try_into().unwrap(),
        phone: line("tel:+7-717-200-00-00").try_into().unwrap(),
    }
}

fn deadline_of(days: i64) -> Deadline {
    let calendar = Calendar::kazakhstan();
    Deadline::of(at(days), Rule::SeventhDay, calendar).unwrap()
}

/// Days after 2026-11-23T05:00:00Z.
fn at(days: i64) -> Timestamp {
    Timestamp::from_unix_milliseconds(1_795_410_000_000 + days * 86_400_000).unwrap()
}

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    text.parse().unwrap()
}

const ISSUER: &str = "https://edge.example";

const SEED: &str = include_str!("../../../www/editions/first/privacy.ru.txt");
