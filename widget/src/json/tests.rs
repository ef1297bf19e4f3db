use kelisim_shared::{
    api::{EditionSummary, MessageReply, NoticeDocument, Status},
    canonical,
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    edition::{Change, EditionId, Operator},
    jwk::Thumbprint,
    jws,
    language::Language,
    problem::{Problem, ProblemType},
    receipt::Issuer,
    record::{
        self, Acceptance, Basis, Event, Place, Record, RecordId, RecordType, Source, SubjectId,
    },
    software::SoftwareSigner,
    statement::{Control, Shown},
    subject::State,
    token::TokenHash,
};
use serde_json::{Value, json};

use super::*;

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.get(name).cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn timestamp(&self) -> Option<Timestamp> {
        self.as_str()?.parse().ok()
    }

    fn seconds(&self) -> Option<ClaimedSeconds> {
        self.as_u64()?.try_into().ok()
    }

    fn quoted(text: &str) -> String {
        canonical_of(&text.into())
    }
}

#[test]
fn writes_statements_as_shared_reads_them() {
    use kelisim_shared::{api::StatementRequest, statement::Event};
    let signer = SoftwareSigner::from_scalar(&[4; 32]).unwrap();
    let edition = older();
    let shown = shown();
    let accepted = |control| Event::Accepted {
        edition,
        shown,
        control,
    };
    for event in [
        Event::Presented { edition, shown },
        accepted(Control::DialogAccept),
        accepted(Control::FormAccept),
        Event::Used { edition },
    ] {
        let claims = claims_of(event);
        let [header, written] = statement::<Value>(&claims, &signer.public_key());
        assert_eq!(serde_json::from_str::<Claims>(&written).unwrap(), claims);
        assert_eq!(written, canonical_of(&json!(claims)));
        let expected =
            json!({ "alg": "ES256", "typ": "kelisim-statement+jwt", "jwk": signer.public_key() });
        assert_eq!(header, canonical_of(&expected));
    }
    let statement = "a.b.c".to_owned();
    let written = request(&statement);
    assert_eq!(
        written,
        canonical_of(&json!(StatementRequest { statement }))
    );
}

#[test]
fn reads_a_status_as_shared_writes_it() {
    let new = Standing::Asked(Ask::New);
    let withdrawn = Standing::Asked(Ask::Withdrawn);
    let terminated = Standing::Asked(Ask::Terminated);
    let due = Standing::Asked(Ask::Due {
        deadline: deadline().instant(),
    });
    for (state, standing, accepted) in [
        (State::New {}, new, None),
        (accepted(), Standing::Settled { edition: older() }, None),
        (
            State::Pending {
                accepted: older(),
                deadline: deadline(),
            },
            due,
            Some(older()),
        ),
        (
            State::Withdrawn {
                accepted: None,
                effective_at: at("2026-11-23T06:00:00.000Z"),
            },
            withdrawn,
            None,
        ),
        (
            State::Withdrawn {
                accepted: Some(older()),
                effective_at: at("2026-11-23T06:00:00.000Z"),
            },
            withdrawn,
            Some(older()),
        ),
        (
            State::Terminated {
                accepted: None,
                erase_at: at("2029-11-23T06:00:00.000Z"),
            },
            terminated,
            None,
        ),
        (
            State::Terminated {
                accepted: Some(older()),
                erase_at: at("2029-11-23T06:00:00.000Z"),
            },
            terminated,
            Some(older()),
        ),
        (
            State::Erased {
                erased_at: at("2026-11-23T06:00:00.000Z"),
            },
            Standing::Erased,
            None,
        ),
    ] {
        assert_eq!(
            state.is_settled(),
            matches!(standing, Standing::Settled { .. })
        );
        let written = status_of(state, deadline().instant());
        let expected = Access {
            token: "a.b.c".to_owned(),
            edition: written.edition.id,
            published_at: written.edition.published_at,
            standing,
            accepted,
            audience: written.audience.clone(),
            nonce: written.nonce.clone(),
        };
        assert_eq!(read_status(&written), Some((expected, written.as_of)));
    }
}

#[test]
fn a_deadline_has_come_when_it_has_by_the_edges_clock() {
    let state = State::Pending {
        accepted: older(),
        deadline: deadline(),
    };
    let deadline = deadline().instant();
    for (milliseconds, expected) in [
        (-1, Ask::Pending { deadline }),
        (0, Ask::Due { deadline }),
        (1, Ask::Due { deadline }),
    ] {
        let as_of = deadline.unix_milliseconds() + milliseconds;
        let as_of = Timestamp::from_unix_milliseconds(as_of).unwrap();
        let (access, read) = read_status(&status_of(state, as_of)).unwrap();
        assert_eq!(access.standing, Standing::Asked(expected));
        assert_eq!(read, as_of, "{milliseconds} ms");
    }
}

#[test]
fn refuses_a_status_that_lacks_a_member_and_passes_over_others() {
    let state = State::Pending {
        accepted: older(),
        deadline: deadline(),
    };
    let whole = json!(status_of(state, deadline().instant()));
    for (object, name) in [
        ("", "state"),
        ("", "edition"),
        ("", "as_of"),
        ("", "audience"),
        ("", "nonce"),
        ("/state", "name"),
        ("/state", "deadline"),
        ("/edition", "id"),
        ("/edition", "published_at"),
    ] {
        let mut lacking = whole.clone();
        let members = lacking.pointer_mut(object).unwrap().as_object_mut();
        assert!(members.unwrap().remove(name).is_some(), "{name}");
        let read = status::<Value>(String::new(), &lacking.to_string());
        assert_eq!(read, None, "{object}/{name}");
    }
    let mut newer = whole.clone();
    newer["later"] = json!({ "than": "the widget" });
    newer["edition"]["later"] = json!([]);
    let [read, expected] =
        [newer, whole].map(|json| status::<Value>(String::new(), &json.to_string()));
    assert!(read.is_some());
    assert_eq!(read, expected);
    for text in ["", "null", "{}", r#"{"state":{"name":"later"}}"#] {
        assert_eq!(status::<Value>(String::new(), text), None, "{text}");
    }
}

#[test]
fn reads_a_notice_as_shared_writes_it() {
    let document = NoticeDocument {
        style: ".frame{}".to_owned(),
        html: "<section lang=\"ru\">«\u{2028}»</section>".to_owned(),
    };
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(notice::<Value>(&json), Some(document.html));
    for json in ["", "{}", r#"{"style":""}"#, r#"{"html":1}"#] {
        assert_eq!(notice::<Value>(json), None, "{json}");
    }
}

#[test]
fn reads_a_press_that_was_kept_as_it_was_written() {
    let signer = SoftwareSigner::from_scalar(&[4; 32]).unwrap();
    let sign = |claims: &Claims| {
        let [header, claims] = statement::<Value>(claims, &signer.public_key());
        let statement = jws::sign_json(header.as_bytes(), claims.as_bytes(), &signer);
        pollster::block_on(statement).unwrap()
    };
    for seconds in [0, 1_795_410_000, (1 << 53) - 1] {
        let mut claims = claims_of(pressed());
        claims.iat = seconds.try_into().unwrap();
        let expected = Kept {
            edition: older(),
            shown: shown(),
            claimed: claims.iat,
        };
        let statement = sign(&claims);
        assert_eq!(kept::<Value>(&statement), Some(expected), "{seconds} s");
        let by_serde = jws_of(&json!(claims));
        assert_eq!(kept::<Value>(&by_serde), Some(expected), "{seconds} s");
    }
    let used = statement::Event::Used { edition: older() };
    assert_eq!(kept::<Value>(&sign(&claims_of(used))), None);
    let mut late = json!(claims_of(pressed()));
    late["iat"] = json!(1_u64 << 53);
    for statement in ["", "a", "a.b.c", "e30.e30.AA", &jws_of(&late)] {
        assert_eq!(kept::<Value>(statement), None, "{statement}");
    }
}

#[test]
fn reads_a_receipt_as_shared_issues_it() {
    let place = Place::Web {
        origin: "https://smartaqkol.chat".parse().unwrap(),
    };
    for (written, expected) in [
        (
            record::Ground::Explicit {
                shown: shown(),
                control: Control::DialogAccept,
            },
            Ground::Explicit {
                language: Language::Ru,
            },
        ),
        (
            record::Ground::Implied {
                deadline: deadline(),
                place,
            },
            Ground::Implied {
                deadline: deadline().instant(),
            },
        ),
    ] {
        assert_eq!(json!(expected.basis()), json!(written.basis()));
        let record = record(written);
        let jws = pollster::block_on(issuer().issue(record.clone(), &signer())).unwrap();
        let answer = MessageReply::Accepted {
            record: record.id(),
            receipt: jws.clone(),
            state: accepted(),
        };
        let Some(Reply::Accepted(receipt)) = read_reply(&answer) else {
            panic!("{answer:?}");
        };
        let id = record.id().to_string();
        let name = format!("kelisim-receipt-{}.jws", &id[..12]);
        assert_eq!(receipt.file_name(), name);
        assert_eq!(
            receipt,
            Receipt {
                edition: older(),
                ground: expected,
                record: record.id(),
                recorded_at: record.recorded_at,
                jws,
            }
        );
    }
}

#[test]
fn reads_that_nothing_had_to_be_recorded() {
    let pending = State::Pending {
        accepted: older(),
        deadline: deadline(),
    };
    for (state, expected) in [
        (accepted(), Reply::Settled(older())),
        (pending, Reply::Unchanged),
    ] {
        let answer = MessageReply::Unchanged { state };
        assert_eq!(read_reply(&answer), Some(expected));
    }
}

#[test]
fn refuses_what_is_no_reply_to_a_press() {
    let presented = MessageReply::Presented {
        record: RecordId::new(Sha256Digest::of(b"record")),
        state: State::New {},
    };
    assert_eq!(read_reply(&presented), None);
    let record = "0".repeat(64);
    for json in [
        "",
        "{}",
        r#"{"outcome":"unchanged"}"#,
        r#"{"outcome":"accepted","record":"x","receipt":"a.b.c"}"#,
        &format!(r#"{{"outcome":"accepted","record":"{record}","receipt":"a.e30.c"}}"#),
    ] {
        assert_eq!(reply::<Value>(json), None, "{json}");
    }
}

#[test]
fn reads_every_problem_as_shared_writes_it() {
    for &kind in ProblemType::ALL {
        let json = serde_json::to_string(&Problem::from(kind)).unwrap();
        let expected = Failure::Problem {
            uri: kind.uri().to_owned(),
            status: kind.status().into(),
        };
        assert_eq!(problem::<Value>(&json), Some(expected));
    }
    for json in [
        "",
        "<h1>502</h1>",
        "{}",
        r#"{"type":"about:blank"}"#,
        r#"{"status":502}"#,
        r#"{"type":"about:blank","status":"502"}"#,
    ] {
        assert_eq!(problem::<Value>(json), None, "{json}");
    }
}

#[test]
fn knows_of_whom_a_token_speaks() {
    let whole = token("https://id.example", "user-4711", 1);
    let expected = "https://id.example user-4711".to_owned();
    assert_eq!(subject::<Value>(&whole), Some(expected));
    for claims in [
        json!({}),
        json!({ "iss": "a" }),
        json!({ "sub": "b" }),
        json!({ "iss": "a", "sub": 1 }),
    ] {
        assert_eq!(subject::<Value>(&jws_of(&claims)), None, "{claims}");
    }
    for token in ["", "a", "a.b.c", "a..c"] {
        assert_eq!(subject::<Value>(token), None, "{token}");
    }
}

#[test]
fn knows_whether_two_tokens_speak_of_the_same_subject() {
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

fn status_of(state: State, as_of: Timestamp) -> Status {
    Status {
        state,
        edition: EditionSummary {
            id: EditionId::new(Sha256Digest::of(b"in force")),
            published_at: at("2026-11-23T05:00:00.000Z"),
            change: Change::Initial {},
            authoritative: Language::Ru,
            languages: vec![Language::Ru],
        },
        as_of,
        notice: Some("/v1/editions/0/notice?lang=".to_owned()),
        audience: "https://consent.example".parse().unwrap(),
        nonce: "n-1".parse().unwrap(),
    }
}

fn read_status(written: &Status) -> Option<(Access, Timestamp)> {
    let json = serde_json::to_string(written).unwrap();
    status::<Value>("a.b.c".to_owned(), &json)
}

fn claims_of(event: statement::Event) -> Claims {
    Claims {
        aud: r#"https://consent.example/"б\"#.parse().unwrap(),
        iat: 1_795_410_000.try_into().unwrap(),
        jti: "jti".parse().unwrap(),
        nonce: "nonce".parse().unwrap(),
        ath: TokenHash::of("token"),
        event,
    }
}

fn pressed() -> statement::Event {
    statement::Event::Accepted {
        edition: older(),
        shown: shown(),
        control: Control::DialogAccept,
    }
}

fn shown() -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language: Language::Kk,
    }
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

fn record(ground: record::Ground) -> Record {
    let digest = Sha256Digest::of;
    Record {
        r#type: RecordType::V1,
        sequence: 1,
        previous: None,
        subject: SubjectId::new(digest(b"subject")),
        recorded_at: at("2026-12-05T06:00:00.000Z"),
        event: Event::Accepted(Acceptance {
            edition: older(),
            agreement: "2026-01".parse().unwrap(),
            presentation: None,
            ground,
            source: Source::Device {
                key: Thumbprint::new(digest(b"key")),
                statement: digest(b"statement"),
                jti: "j".parse().unwrap(),
                claimed_at: 1.try_into().unwrap(),
            },
        }),
    }
}

fn accepted() -> State {
    State::Accepted {
        edition: older(),
        basis: Basis::Explicit,
        record: RecordId::new(Sha256Digest::of(b"record")),
        recorded_at: at("2026-11-23T06:00:00.000Z"),
    }
}

fn older() -> EditionId {
    EditionId::new(Sha256Digest::of(b"older"))
}

fn deadline() -> Deadline {
    let published_at = at("2026-11-23T05:00:00.000Z");
    Deadline::of(published_at, Rule::default(), Calendar::kazakhstan()).unwrap()
}

fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

fn canonical_of(value: &Value) -> String {
    String::from_utf8(canonical::encode(value).unwrap()).unwrap()
}

fn read_reply(answer: &MessageReply) -> Option<Reply> {
    reply::<Value>(&serde_json::to_string(answer).unwrap())
}

fn token(iss: &str, sub: &str, iat: i64) -> String {
    jws_of(&json!({ "iss": iss, "sub": sub, "iat": iat }))
}

/// With these claims, and no signature that holds.
fn jws_of(claims: &Value) -> String {
    let claims = Base64UrlUnpadded::encode_string(claims.to_string().as_bytes());
    ["e30.", &claims, ".AA"].concat()
}
