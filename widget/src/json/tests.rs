use kelisim_shared::{
    api::{EditionSummary, StatementReply, Status},
    canonical,
    digest::Sha256Digest,
    edition::{Change, Channel, Draft, DraftText, Edition as Published, Operator},
    jwk::Thumbprint,
    language::Language,
    problem::Problem,
    receipt::Issuer,
    record::{self, Acceptance, Assurance, Basis, Record, RecordId, RecordType, SubjectId},
    software::SoftwareSigner,
    statement::Control,
    subject::State,
};
use serde_json::Value;

use super::*;

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.get(name).cloned()
    }

    fn elements(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn timestamp(&self) -> Option<Timestamp> {
        self.as_str()?.parse().ok()
    }

    fn canonical(&self) -> Option<String> {
        String::from_utf8(canonical::encode(self).ok()?).ok()
    }
}

#[test]
fn reads_an_edition_as_shared_writes_it() {
    let published = published();
    let read = edition::<Value>(published.id(), &document(&published)).unwrap();
    let manifest = published.manifest();
    assert_eq!(read.id(), published.id());
    assert_eq!(read.published_at(), manifest.published_at);
    assert_eq!(*read.operator(), manifest.operator.name);
    for language in Language::ALL {
        let (entry, policy) = published.text(language);
        let text = read.text(language);
        assert_eq!(text.language, entry.language);
        assert_eq!(text.sha256, entry.sha256);
        assert_eq!(text.purposes, entry.purposes);
        assert_eq!(text.data_categories, entry.data_categories);
        assert_eq!(text.policy, *policy);
    }
    assert_eq!(read.authoritative().language, manifest.authoritative);
}

#[test]
fn refuses_an_edition_that_does_not_hold_together() {
    let published = published();
    let document = document(&published);
    let other = EditionId::new(Sha256Digest::of(b"other"));
    assert_eq!(edition::<Value>(other, &document), None, "another id");
    for (from, to) in [
        ("трех лет", "двух лет"),
        ("обработка запросов", "обработка платежей"),
        (r#"name":"ТОО «BTS Digital»""#, r#"name":"ТОО «BTS»""#),
        ("2026-11-23", "2026-11-22"),
        (r#""authoritative":"ru""#, r#""authoritative":"kk""#),
        (r#""texts":["#, r#""texts":["","#),
    ] {
        let changed = document.replacen(from, to, 1);
        assert!(changed != document, "{from}");
        assert_eq!(edition::<Value>(published.id(), &changed), None, "{to}");
    }
}

#[test]
fn reads_a_status_as_shared_writes_it() {
    let edition = EditionSummary::from(published().manifest());
    let record = RecordId::new(Sha256Digest::of(b"record"));
    let accepted = |edition| State::Accepted {
        edition,
        basis: Basis::Explicit,
        record,
        recorded_at: "2026-11-23T06:00:00.000Z".parse().unwrap(),
    };
    let older = EditionId::new(Sha256Digest::of(b"older"));
    for state in [State::New {}, accepted(older), accepted(edition.id)] {
        let status = Status {
            state,
            edition: edition.clone(),
            audience: "https://consent.example".parse().unwrap(),
            nonce: "n-1".parse().unwrap(),
        };
        let json = serde_json::to_string(&status).unwrap();
        let read = access::<Value>("t".to_owned(), &json).unwrap();
        let expected = Access {
            token: "t".to_owned(),
            edition: edition.id,
            settled: status.is_settled(),
            authoritative: edition.authoritative,
            audience: status.audience,
            nonce: status.nonce,
        };
        assert_eq!(read, expected);
    }
}

#[test]
fn reads_a_receipt_as_shared_issues_it() {
    let record = record();
    let jws = pollster::block_on(issuer().issue(record.clone(), &signer())).unwrap();
    let reply = StatementReply {
        record: record.id(),
        receipt: jws.clone(),
    };
    let json = serde_json::to_string(&reply).unwrap();
    let read = receipt::<Value>(&json).unwrap();
    let record::Event::Accepted(acceptance) = record.event.clone();
    assert_eq!(
        read,
        Receipt {
            edition: acceptance.edition,
            language: acceptance.language,
            record: record.id(),
            recorded_at: record.recorded_at,
            jws,
        }
    );
    let id = record.id().to_string();
    let name = format!("kelisim-receipt-{}.jws", &id[..12]);
    assert_eq!(read.file_name(), name);
}

#[test]
fn refuses_what_is_no_receipt() {
    for json in [
        "",
        "{}",
        r#"{"record":"x","receipt":"a.b.c"}"#,
        &format!(r#"{{"record":"{}","receipt":"a.e30.c"}}"#, "0".repeat(64)),
    ] {
        assert_eq!(receipt::<Value>(json), None, "{json}");
    }
}

#[test]
fn reads_every_problem_as_shared_writes_it() {
    for &kind in ProblemType::ALL {
        let json = serde_json::to_string(&Problem::from(kind)).unwrap();
        assert_eq!(problem::<Value>(&json), Some(kind));
    }
    for json in ["", "<h1>502</h1>", "{}", r#"{"type":"about:blank"}"#] {
        assert_eq!(problem::<Value>(json), None, "{json}");
    }
}

fn published() -> Published {
    let line = |text: &str| text.parse().unwrap();
    let draft = Draft {
        authoritative: Language::Ru,
        channels: vec![Channel::Site],
        change: Change::Initial {},
        texts: vec![DraftText {
            language: Language::Ru,
            body: include_str!("../../../www/editions/first/privacy.ru.txt").to_owned(),
            purposes: vec![line("исполнение соглашения"), line("обработка запросов")],
            data_categories: vec![line("номер телефона")],
        }],
    };
    let published_at = "2026-11-23T05:00:00.000Z".parse().unwrap();
    let Issuer {
        operator,
        policy_url,
        ..
    } = issuer();
    draft.publish(published_at, operator, policy_url).unwrap()
}

fn document(published: &Published) -> String {
    serde_json::to_string(published.document()).unwrap()
}

fn issuer() -> Issuer {
    Issuer {
        issuer: "https://consent.example".parse().unwrap(),
        operator: Operator {
            name: "ТОО «BTS Digital»".parse().unwrap(),
            bin: None,
            address: None,
        },
        policy_url: "https://smartaqkol.chat/privacy".parse().unwrap(),
        kid: "k".to_owned(),
    }
}

fn signer() -> SoftwareSigner {
    SoftwareSigner::from_scalar(&[7; 32]).unwrap()
}

fn record() -> Record {
    let digest = Sha256Digest::of;
    Record {
        r#type: RecordType::V1,
        sequence: 1,
        previous: None,
        subject: SubjectId::new(digest(b"subject")),
        recorded_at: "2026-11-23T06:00:00.000Z".parse().unwrap(),
        agreement: "2026-01".parse().unwrap(),
        event: record::Event::Accepted(Acceptance {
            basis: Basis::Explicit,
            assurance: Assurance::Device,
            edition: EditionId::new(digest(b"edition")),
            language: Language::Ru,
            text_sha256: digest(b"text"),
            interface_language: Language::Kk,
            control: Control::DialogAccept,
            key: Thumbprint::new(digest(b"key")),
            statement: digest(b"statement"),
            jti: "j".parse().unwrap(),
            claimed_at: 1.try_into().unwrap(),
        }),
    }
}

#[test]
fn knows_whether_two_tokens_speak_of_the_same_subject() {
    let token = |iss: &str, sub: &str, exp: u32| {
        let claims = serde_json::json!({ "iss": iss, "sub": sub, "exp": exp }).to_string();
        format!(
            "e30.{}.AA",
            Base64UrlUnpadded::encode_string(claims.as_bytes())
        )
    };
    let first = token("a", "b", 1);
    for (other, expected) in [
        (token("a", "b", 2), true),
        (token("a", "c", 1), false),
        (token("c", "b", 1), false),
        ("e30.e30.AA".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(
            have_same_subject::<Value>(&first, &other),
            expected,
            "{other}"
        );
    }
    assert!(!have_same_subject::<Value>("", ""));
}
