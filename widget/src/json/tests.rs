use kelisim_shared::{
    api::{EditionSummary, MessageReply, Notice, Status},
    canonical,
    deadline::{Calendar, Deadline, Rule},
    diff::{Change as TextChange, Edit, EditionDiff, LinesDiff, Span, TextDiff},
    digest::Sha256Digest,
    edition::{
        Channel, Draft, DraftChange, DraftSuccession, DraftText, Edition as Published, Operator,
    },
    jwk::Thumbprint,
    language::Language,
    problem::Problem,
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

    fn elements(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn timestamp(&self) -> Option<Timestamp> {
        self.as_str()?.parse().ok()
    }

    fn numeric_date(&self) -> Option<Timestamp> {
        Timestamp::from_unix_milliseconds(self.as_i64()? * 1000).ok()
    }

    fn canonical(&self) -> Option<String> {
        String::from_utf8(canonical::encode(self).ok()?).ok()
    }

    fn of_text(text: &str) -> Self {
        text.into()
    }

    fn of_seconds(seconds: ClaimedSeconds) -> Self {
        u64::from(seconds).into()
    }

    fn of_members(members: &[(&str, Self)]) -> Self {
        let members = members.iter().cloned();
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

#[test]
fn writes_statements_as_shared_reads_them() {
    use kelisim_shared::{api::StatementRequest, statement::Event};
    let shown = Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language: Language::Kk,
    };
    let signer = SoftwareSigner::from_scalar(&[4; 32]).unwrap();
    let edition = older();
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
        let claims = Claims {
            aud: r#"https://consent.example/"б\"#.parse().unwrap(),
            iat: 1_795_410_000.try_into().unwrap(),
            jti: "jti".parse().unwrap(),
            nonce: "nonce".parse().unwrap(),
            ath: TokenHash::of("token"),
            event,
        };
        let [header, written] = statement::<Value>(&claims, &signer.public_key()).unwrap();
        assert_eq!(serde_json::from_str::<Claims>(&written).unwrap(), claims);
        assert_eq!(
            serde_json::from_str::<Value>(&header).unwrap(),
            json!({ "alg": "ES256", "typ": "kelisim-statement+jwt", "jwk": signer.public_key() })
        );
    }
    let written = request::<Value>("a.b.c").unwrap();
    let read: StatementRequest = serde_json::from_str(&written).unwrap();
    assert_eq!(read.statement, "a.b.c");
}

#[test]
fn reads_an_edition_as_shared_writes_it() {
    for published in [published(), changed()] {
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
            assert_eq!(text.summary, entry.summary);
            assert_eq!(text.policy, *policy);
        }
        assert_eq!(read.authoritative().language, manifest.authoritative);
    }
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
    let token = token("a", "b", 1_795_410_000);
    for (state, standing) in [
        (State::New {}, Standing::New),
        (accepted(), Standing::Settled { edition: older() }),
        (
            State::Withdrawn {
                accepted: None,
                effective_at: at("2026-11-23T06:00:00.000Z"),
            },
            Standing::Withdrawn,
        ),
        (
            State::Terminated {
                accepted: None,
                erase_at: at("2029-11-23T06:00:00.000Z"),
            },
            Standing::Terminated,
        ),
        (
            State::Erased {
                erased_at: at("2026-11-23T06:00:00.000Z"),
            },
            Standing::Erased,
        ),
    ] {
        assert_eq!(
            state.is_settled(),
            matches!(standing, Standing::Settled { .. })
        );
        let status = Status {
            state,
            edition: edition.clone(),
            audience: "https://consent.example".parse().unwrap(),
            nonce: "n-1".parse().unwrap(),
        };
        let json = serde_json::to_string(&status).unwrap();
        let expected = Access {
            token: token.clone(),
            edition: edition.id,
            standing,
            authoritative: edition.authoritative,
            audience: status.audience,
            nonce: status.nonce,
        };
        assert_eq!(access::<Value>(token.clone(), &json), Some(expected));
    }
}

#[test]
fn a_deadline_has_come_when_the_token_was_issued_at_it() {
    let state = State::Pending {
        accepted: older(),
        deadline: deadline(),
    };
    let status = Status {
        state,
        edition: EditionSummary::from(published().manifest()),
        audience: "https://consent.example".parse().unwrap(),
        nonce: "n-1".parse().unwrap(),
    };
    let json = serde_json::to_string(&status).unwrap();
    let deadline = deadline().instant();
    for (seconds, expected) in [
        (-1, Standing::Pending { deadline }),
        (0, Standing::Due { deadline }),
        (1, Standing::Due { deadline }),
    ] {
        let token = token("a", "b", deadline.unix_seconds() + seconds);
        let read = access::<Value>(token, &json).unwrap();
        assert_eq!(read.standing, expected, "{seconds} s");
    }
    assert_eq!(access::<Value>("no token".to_owned(), &json), None);
}

#[test]
fn reads_a_receipt_as_shared_issues_it() {
    let shown = Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language: Language::Kk,
    };
    let place = Place::Web {
        origin: "https://smartaqkol.chat".parse().unwrap(),
    };
    for (written, expected) in [
        (
            record::Ground::Explicit {
                shown,
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
        assert_eq!(problem::<Value>(&json), Some(kind));
    }
    for json in ["", "<h1>502</h1>", "{}", r#"{"type":"about:blank"}"#] {
        assert_eq!(problem::<Value>(json), None, "{json}");
    }
}

#[test]
fn reads_what_has_changed_as_shared_writes_it() {
    let state = State::Pending {
        accepted: published().id(),
        deadline: deadline(),
    };
    let mut notice = Notice {
        state,
        edition: EditionSummary::from(changed().manifest()),
        deadline: Some(deadline()),
        diff: Some(difference()),
    };
    let read = |notice: &Notice| changes::<Value>(&serde_json::to_string(notice).unwrap());
    let of = |part, fate, spans: &[(SpanKind, &str)]| {
        let spans = spans.iter().map(|&(kind, text)| (kind, text.to_owned()));
        Change {
            part,
            fate,
            spans: spans.collect(),
        }
    };
    let clause = |number: &str| Part::Clause(number.to_owned());
    let words = [
        (SpanKind::Kept, "в течение "),
        (SpanKind::Deleted, "трех"),
        (SpanKind::Inserted, "пяти"),
    ];
    let was = |number: &str| Fate::Moved(number.to_owned());
    let expected = [
        of(
            Part::Purposes,
            Fate::Added,
            &[(SpanKind::Inserted, "исследования")],
        ),
        of(
            Part::DataCategories,
            Fate::Removed,
            &[(SpanKind::Deleted, "адрес")],
        ),
        of(Part::Title, Fate::Changed, &words),
        of(Part::Section("3".to_owned()), was("2"), &[]),
        of(clause("2.1"), Fate::Removed, &[(SpanKind::Deleted, "было")]),
        of(clause("3.1"), Fate::Added, &[(SpanKind::Inserted, "стало")]),
        of(clause("3.3"), was("2.3"), &words),
        of(clause("4.1"), Fate::Changed, &words),
    ];
    let changes = read(&notice).unwrap();
    assert_eq!(changes.to, changed().id());
    assert_eq!(changes.text(Language::Ru), Some(&expected[..]));
    assert_eq!(changes.text(Language::Kk), None);
    notice.diff = None;
    assert_eq!(read(&notice), None);
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

/// Every kind of change.
fn difference() -> EditionDiff {
    let span = |kind, text: &str| Span {
        kind,
        text: text.to_owned(),
    };
    let spans = vec![
        span(SpanKind::Kept, "в течение "),
        span(SpanKind::Deleted, "трех"),
        span(SpanKind::Inserted, "пяти"),
    ];
    let number = |number: &str| number.parse().unwrap();
    let line = |text: &str| text.parse().unwrap();
    EditionDiff {
        from: published().id(),
        to: changed().id(),
        dropped: vec![Language::En],
        texts: vec![
            TextDiff::New {
                language: Language::Kk,
            },
            TextDiff::Compared {
                language: Language::Ru,
                purposes: LinesDiff {
                    added: vec![line("исследования")],
                    removed: vec![],
                },
                data_categories: LinesDiff {
                    added: vec![],
                    removed: vec![line("адрес")],
                },
                changes: vec![
                    TextChange::Title {
                        spans: spans.clone(),
                    },
                    TextChange::Section(Edit::Moved {
                        from: 2,
                        to: 3,
                        spans: vec![],
                    }),
                    TextChange::Clause(Edit::Removed {
                        number: number("2.1"),
                        text: "было".to_owned(),
                    }),
                    TextChange::Clause(Edit::Added {
                        number: number("3.1"),
                        text: "стало".to_owned(),
                    }),
                    TextChange::Clause(Edit::Moved {
                        from: number("2.3"),
                        to: number("3.3"),
                        spans: spans.clone(),
                    }),
                    TextChange::Clause(Edit::Changed {
                        number: number("4.1"),
                        spans,
                    }),
                ],
            },
        ],
    }
}

fn published() -> Published {
    publish(DraftChange::Initial {}, None)
}

fn changed() -> Published {
    let succession = DraftSuccession {
        supersedes: published().id(),
        rule: Rule::default(),
    };
    publish(
        DraftChange::Material(succession),
        Some("Новый пункт о сроках."),
    )
}

fn publish(change: DraftChange, summary: Option<&str>) -> Published {
    let line = |text: &str| text.parse().unwrap();
    let draft = Draft {
        authoritative: Language::Ru,
        channels: vec![Channel::Site],
        change,
        publish_at: None,
        texts: vec![DraftText {
            language: Language::Ru,
            body: include_str!("../../../www/editions/first/privacy.ru.txt").to_owned(),
            purposes: vec![line("исполнение соглашения"), line("обработка запросов")],
            data_categories: vec![line("номер телефона")],
            summary: summary.map(|summary| summary.parse().unwrap()),
        }],
    };
    let published_at = at("2026-11-23T05:00:00.000Z");
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

fn read_reply(answer: &MessageReply) -> Option<Reply> {
    reply::<Value>(&serde_json::to_string(answer).unwrap())
}

fn token(iss: &str, sub: &str, iat: i64) -> String {
    let claims = json!({ "iss": iss, "sub": sub, "iat": iat }).to_string();
    let claims = Base64UrlUnpadded::encode_string(claims.as_bytes());
    ["e30.", &claims, ".AA"].concat()
}
