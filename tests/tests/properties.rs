//! Properties that hold for every message, checked on random ones.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use kelisim_shared::{
    canonical,
    digest::Sha256Digest,
    edition::{EditionId, Operator},
    jwk::{JwkSet, NamedKey, PublicKey, Thumbprint},
    jws,
    language::Language,
    policy::Policy,
    receipt::{Issuer, VerifiedReceipt},
    record::{
        Acceptance, Basis, Event, Ground, Place, Record, RecordId, RecordType, Source, SubjectId,
        verify_chain,
    },
    software::{SoftwareSigner, SoftwareVerifier},
    statement::{self, Control, Shown, VerifiedStatement},
    subject::Facts,
    text::Line,
    time::{ClaimedSeconds, Timestamp},
    token::{Keys, SubjectToken, TokenHash},
};
use kelisim_tests::{Host, edge::AUDIENCE};
use pollster::block_on;
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn canonical_json_reads_back_and_has_one_spelling(record in record()) {
        let bytes = record.to_canonical_json();
        prop_assert_eq!(canonical::decode::<Record>(&bytes), Ok(record.clone()));
        prop_assert_eq!(canonical::encode(&record), Ok(bytes));
        let pretty = serde_json::to_vec_pretty(&record).unwrap();
        prop_assert!(canonical::decode::<Record>(&pretty).is_err());
    }

    #[test]
    fn any_flipped_bit_of_canonical_json_is_refused_or_changes_the_hash(
        record in record(), place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let mut bytes = record.to_canonical_json();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(changed) = canonical::decode::<Record>(&bytes) {
            prop_assert_ne!(changed.id(), record.id());
        }
    }

    #[test]
    fn any_flipped_bit_of_a_statement_is_refused(
        claims in claims(), place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let token = token();
        let statement = statement(claims, &token);
        let verify = |statement: &str| {
            block_on(VerifiedStatement::verify(statement, &token, AUDIENCE, &SoftwareVerifier))
        };
        prop_assert!(verify(&statement).is_ok());
        if let Some(flipped) = flip(&statement, place, bit) {
            prop_assert!(verify(&flipped).is_err(), "{}", flipped);
        }
    }

    #[test]
    fn any_flipped_bit_of_a_receipt_is_refused(
        record in record(), place in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let signer = SoftwareSigner::from_scalar(&[5; 32]).unwrap();
        let key = PublicKey::P256(signer.public_key());
        let keys = JwkSet::new(vec![NamedKey { kid: Some("k".into()), key }]);
        let issuer = Issuer {
            issuer: "https://edge.example".parse().unwrap(),
            operator: Operator { name: "T".parse().unwrap(), bin: None, address: None },
            policy_url: "https://example.kz/privacy".parse().unwrap(),
            kid: "k".into(),
        };
        let receipt = block_on(issuer.issue(record.clone(), &signer)).unwrap();
        let verify =
            |receipt: &str| block_on(VerifiedReceipt::verify(receipt, &keys, &SoftwareVerifier));
        let verified = verify(&receipt).unwrap();
        prop_assert_eq!(&verified.claims().record, &record);
        if let Some(flipped) = flip(&receipt, place, bit) {
            prop_assert!(verify(&flipped).is_err(), "{}", flipped);
        }
    }

    #[test]
    fn a_chain_verifies_whole_and_in_order_only(
        events in prop::collection::vec(acceptance(), 2..8), place in any::<prop::sample::Index>(),
    ) {
        let records = chain(events);
        let head = verify_chain(&records).unwrap().unwrap();
        prop_assert_eq!(head.record, records.last().unwrap().id());
        prop_assert_eq!(
            Facts::of(&records).holding(),
            records.last().map(holding_of)
        );
        let place = place.index(records.len() - 1);
        let mut dropped = records.clone();
        dropped.remove(place);
        prop_assert!(verify_chain(&dropped).is_err());
        let mut swapped = records.clone();
        swapped.swap(place, place + 1);
        prop_assert!(verify_chain(&swapped).is_err());
        let mut changed = records;
        changed[place].recorded_at = Timestamp::from_unix_milliseconds(1).unwrap();
        prop_assert!(verify_chain(&changed).is_err());
    }

    #[test]
    fn the_policy_parser_never_panics_and_keeps_every_clause(source in policy_source()) {
        if let Ok(policy) = Policy::parse(&source) {
            let clauses: usize =
                policy.sections().iter().map(|section| section.clauses().len()).sum();
            let blocks = source.lines().filter(|line| !line.trim().is_empty()).count();
            prop_assert_eq!(1 + policy.sections().len() + clauses, blocks);
        }
    }
}

/// The text with one bit flipped, unless that leaves no text.
fn flip(text: &str, place: prop::sample::Index, bit: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let place = place.index(bytes.len());
    bytes[place] ^= 1 << bit;
    String::from_utf8(bytes).ok()
}

fn token() -> SubjectToken {
    let signer = SoftwareSigner::from_scalar(&[3; 32]).unwrap();
    let host = Host::new(&signer.to_private_jwk("h")).unwrap();
    let key = PublicKey::P256(signer.public_key());
    let issuer = kelisim_shared::token::Issuer {
        issuer: "https://preview.kelisim.invalid".parse().unwrap(),
        audience: AUDIENCE.into(),
        keys: Keys::Configured(JwkSet::new(vec![NamedKey {
            kid: Some("h".into()),
            key,
        }])),
    };
    let now = Timestamp::from_unix_milliseconds(kelisim_tests::host::now() * 1000).unwrap();
    let token = host.token("aigerim");
    block_on(SubjectToken::verify(
        &token,
        &[issuer],
        now,
        &SoftwareVerifier,
    ))
    .unwrap()
}

fn statement(mut claims: statement::Claims, token: &SubjectToken) -> String {
    let signer = SoftwareSigner::from_scalar(&[4; 32]).unwrap();
    claims.ath = token.hash().clone();
    let header = json!({ "alg": "ES256", "typ": statement::TYP, "jwk": signer.public_key() });
    block_on(jws::sign(&header, &claims, &signer)).unwrap()
}

fn chain(events: Vec<Acceptance>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for (sequence, event) in (1..).zip(events) {
        let previous = records.last().map(Record::id);
        records.push(Record {
            sequence,
            previous,
            ..single(event)
        });
    }
    records
}

fn holding_of(record: &Record) -> (EditionId, Basis) {
    match &record.event {
        Event::Accepted(acceptance) => (acceptance.edition, acceptance.ground.basis()),
        other => panic!("{other:?}"),
    }
}

fn single(acceptance: Acceptance) -> Record {
    Record {
        r#type: RecordType::V1,
        sequence: 1,
        previous: None,
        subject: SubjectId::new(Sha256Digest::of(b"subject")),
        recorded_at: Timestamp::from_unix_milliseconds(1_795_410_000_000).unwrap(),
        event: Event::Accepted(acceptance),
    }
}

fn digest() -> impl Strategy<Value = Sha256Digest> {
    any::<[u8; 32]>().prop_map(Sha256Digest::from_bytes)
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL.to_vec())
}

prop_compose! {
    fn shown()(
        language in language(), text_sha256 in digest(), interface_language in language(),
    ) -> Shown {
        Shown { language, text_sha256, interface_language }
    }
}

fn jti() -> impl Strategy<Value = Line<64>> {
    "[!-~]([ -~ёәқ]{0,10}[!-~])?".prop_map(|text| text.parse().unwrap())
}

fn claimed_at() -> impl Strategy<Value = ClaimedSeconds> {
    (0..(1_u64 << 53)).prop_map(|seconds| seconds.try_into().unwrap())
}

prop_compose! {
    fn claims()(
        edition in digest(), shown in shown(), jti in jti(), iat in claimed_at(), kind in 0..3,
    ) -> statement::Claims {
        let edition = EditionId::new(edition);
        statement::Claims {
            aud: AUDIENCE.parse().unwrap(),
            iat,
            jti,
            nonce: "nonce".parse().unwrap(),
            ath: TokenHash::of(""),
            event: match kind {
                0 => statement::Event::Presented { edition, shown },
                1 => statement::Event::Accepted { edition, shown, control: Control::DialogAccept },
                _ => statement::Event::Used { edition },
            },
        }
    }
}

fn ground() -> impl Strategy<Value = Ground> {
    let explicit = shown().prop_map(|shown| Ground::Explicit {
        shown,
        control: Control::FormAccept,
    });
    let implied = (milliseconds(), "[!-~]{1,20}").prop_map(|(deadline, origin)| Ground::Implied {
        deadline: serde_json::from_value(json!(deadline)).unwrap(),
        place: Place::Web {
            origin: origin.parse().unwrap(),
        },
    });
    prop_oneof![explicit, implied]
}

fn source() -> impl Strategy<Value = Source> {
    let device = (digest(), digest(), jti(), claimed_at());
    let device = device.prop_map(|(key, statement, jti, claimed_at)| Source::Device {
        key: Thumbprint::new(key),
        statement,
        jti,
        claimed_at,
    });
    let session = (digest(), milliseconds())
        .prop_map(|(ticket, issued_at)| Source::Session { ticket, issued_at });
    prop_oneof![device, session]
}

fn milliseconds() -> impl Strategy<Value = Timestamp> {
    (0..253_402_300_800_000_i64)
        .prop_map(|milliseconds| Timestamp::from_unix_milliseconds(milliseconds).unwrap())
}

prop_compose! {
    fn acceptance()(
        edition in digest(),
        agreement in "[!-~әғқ]{1,20}",
        presentation in prop::option::of(digest()),
        ground in ground(),
        source in source(),
    ) -> Acceptance {
        Acceptance {
            edition: EditionId::new(edition),
            agreement: agreement.parse().unwrap(),
            presentation: presentation.map(RecordId::new),
            ground,
            source,
        }
    }
}

prop_compose! {
    fn record()(
        acceptance in acceptance(),
        sequence in 1..=u32::MAX,
        previous in prop::option::of(digest()),
        subject in digest(),
        recorded_at in milliseconds(),
    ) -> Record {
        Record {
            sequence,
            previous: previous.map(RecordId::new),
            subject: SubjectId::new(subject),
            recorded_at,
            ..single(acceptance)
        }
    }
}

/// Lines that look like a policy's, some of them wrong.
fn policy_source() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        8 => (1..4_u16, 1..5_u16).prop_map(|(section, clause)| format!("{section}.{clause}. text")),
        3 => (1..4_u16, 0..3_usize).prop_map(|(section, marks)| {
            format!("{}{section}. HEADING", ["", "# ", "## "][marks])
        }),
        1 => Just(String::new()),
        1 => r"[1-3]\.[1-3]\. [a\[\]()\\ ]{1,12}",
        1 => any::<String>(),
    ];
    prop::collection::vec(line, 0..8).prop_map(|lines| format!("Title\n{}", lines.join("\n")))
}
