//! Statements against a real edge: what is recorded, and what is refused with nothing stored.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use anyhow::Result;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use kelisim_shared::{
    api::Status,
    problem::ProblemType as P,
    record::{Basis, Source, verify_chain},
    subject::State,
};
use kelisim_tests::{Answer, Device, Edge, Host, log::recorded, steps::verified};
use serde_json::{Value, json};
use sha2::Sha256;

#[test]
fn an_acceptance_is_recorded_once_and_answered_with_a_receipt() -> Result<()> {
    let edge = Edge::start()?;
    let (device, token) = (Device::new(1), edge.host()?.token("aigerim"));
    assert_eq!(edge.status(&token)?.state, State::New {});

    let statement = device.acceptance(&edge, &token, "jti-1")?;
    let first = edge.submit(&token, &statement)?.accepted(201)?;
    let again = edge.submit(&token, &statement)?.accepted(200)?;
    assert_eq!(
        again, first,
        "the same statement gives the same record and receipt"
    );
    let pressed_again = device.acceptance(&edge, &token, "jti-2")?;
    let second = edge.submit(&token, &pressed_again)?.accepted(200)?;
    assert_eq!(second, first, "a second press adds nothing");
    assert_eq!(edge.receipts(&token)?, std::slice::from_ref(&first.receipt));

    let (record, acceptance) = pollster::block_on(verified(&edge, &first.receipt))?;
    assert_eq!(record.id(), first.record);
    assert!(verify_chain(std::slice::from_ref(&record)).is_ok());
    assert_eq!(acceptance.ground.basis(), Basis::Explicit);
    assert_eq!(acceptance.edition, edge.edition()?.id());
    assert_eq!(acceptance.agreement.as_str(), "2026-01");
    let Source::Device { key, .. } = &acceptance.source else {
        panic!("{acceptance:?}");
    };
    assert_eq!(*key, device.public_key().thumbprint());

    let status: Status = edge.status(&token)?;
    assert!(status.state.is_settled());
    let other = edge.host()?.token("berik");
    assert_eq!(
        edge.status(&other)?.state,
        State::New {},
        "another subject is another"
    );
    Ok(())
}

#[test]
fn two_devices_at_once_make_one_record() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.host()?.token("aigerim");
    let statements: Vec<String> = (1..=8)
        .map(|number| Device::new(number).acceptance(&edge, &token, &format!("jti-{number}")))
        .collect::<Result<_>>()?;
    let answers: Vec<Result<Answer>> = std::thread::scope(|scope| {
        let send = |statement: &String| edge.submit(&token, statement);
        let running: Vec<_> = statements
            .iter()
            .map(|statement| scope.spawn(move || send(statement)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut statuses = Vec::new();
    let mut receipts = Vec::new();
    for answer in answers {
        let answer = answer?;
        statuses.push(answer.status);
        receipts.push(answer.accepted(answer.status)?.receipt);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    receipts.dedup();
    assert_eq!(edge.receipts(&token)?, receipts);
    Ok(())
}

/// Everything that a hostile client might send in place of a good statement.
#[test]
fn what_is_refused_is_named_and_leaves_nothing_stored() -> Result<()> {
    let edge = Edge::start()?;
    let world = World::new(&edge)?;

    world.refuses_statements()?;
    world.refuses_tokens()?;
    world.refuses_bodies()?;
    assert_eq!(world.status()?.state, State::New {});

    let recorded = world.statement(|_, claims| {
        claims["nonce"] = json!(edge.nonce("aigerim", 590).unwrap());
        claims["iat"] = json!((1_u64 << 53) - 1);
    });
    edge.submit(&world.token, &recorded)?.accepted(201)?;
    let reused = world.statement(|_, claims| claims["iat"] = json!(1));
    assert_eq!(edge.submit(&world.token, &reused)?.problem()?, P::JtiReused);
    assert_eq!(edge.receipts(&world.token)?.len(), 1);
    Ok(())
}

struct World<'a> {
    edge: &'a Edge,
    host: Host,
    device: Device,
    token: String,
    nonce: String,
}

impl<'a> World<'a> {
    fn new(edge: &'a Edge) -> Result<Self> {
        let host = edge.host()?;
        let token = host.token("aigerim");
        let nonce = edge.status(&token)?.nonce.to_string();
        Ok(Self {
            edge,
            host,
            device: Device::new(1),
            token,
            nonce,
        })
    }

    fn status(&self) -> Result<Status> {
        self.edge.status(&self.token)
    }

    /// A good statement, spoilt before it is signed.
    fn statement(&self, spoil: impl Fn(&mut Value, &mut Value)) -> String {
        let edition = self.edge.edition().unwrap();
        let mut header = self.device.header();
        let mut claims = Device::claims(&self.token, &edition, &self.nonce, "jti-1");
        spoil(&mut header, &mut claims);
        self.device.sign(&header, &claims)
    }

    fn refuses(&self, name: &str, statement: &str, expected: P) -> Result<()> {
        let answer = self.edge.submit(&self.token, statement)?;
        assert_eq!(answer.problem()?, expected, "{name}");
        assert_eq!(self.status()?.state, State::New {}, "{name}");
        assert!(self.edge.receipts(&self.token)?.is_empty(), "{name}");
        Ok(())
    }

    fn refuses_statements(&self) -> Result<()> {
        let header = |name: &'static str, value: Value, expected| {
            let statement = self.statement(|header, _| header[name] = value.clone());
            self.refuses(&format!("header {name} {value}"), &statement, expected)
        };
        header("alg", json!("none"), P::StatementAlgorithm)?;
        header("alg", json!("HS256"), P::StatementAlgorithm)?;
        header("alg", json!("RS256"), P::StatementAlgorithm)?;
        header("typ", json!("JWT"), P::StatementType)?;
        header("typ", json!("kelisim-receipt+jwt"), P::StatementType)?;
        header("kid", json!("x"), P::StatementMalformed)?;
        header("crit", json!(["b64"]), P::StatementMalformed)?;
        header(
            "jwk",
            json!(Device::new(2).public_key()),
            P::StatementSignature,
        )?;
        let mut private = json!(self.device.public_key());
        private["d"] = json!("AQ");
        header("jwk", private, P::StatementMalformed)?;
        let mut off_the_curve = json!(self.device.public_key());
        off_the_curve["y"] = off_the_curve["x"].clone();
        header("jwk", off_the_curve, P::StatementSignature)?;

        let claim = |pointer: &'static str, value: Value, expected| {
            let statement = self.statement(|_, claims| {
                let (parent, member) = pointer.rsplit_once('/').unwrap();
                claims.pointer_mut(parent).unwrap()[member] = value.clone();
            });
            self.refuses(&format!("claim {pointer} {value}"), &statement, expected)
        };
        let zeros = json!("0".repeat(64));
        claim(
            "/aud",
            json!("https://elsewhere.example"),
            P::StatementAudience,
        )?;
        claim("/ath", json!("A".repeat(43)), P::StatementToken)?;
        claim("/nonce", json!("A".repeat(54)), P::NonceInvalid)?;
        claim("/nonce", json!("?"), P::NonceInvalid)?;
        let nonce = |user, age| Ok::<_, anyhow::Error>(json!(self.edge.nonce(user, age)?));
        claim("/nonce", nonce("aigerim", 601)?, P::NonceExpired)?;
        claim("/nonce", nonce("berik", 0)?, P::NonceInvalid)?;
        claim("/jti", json!(""), P::StatementMalformed)?;
        claim("/jti", json!("x".repeat(65)), P::StatementMalformed)?;
        claim("/iat", json!(-1), P::StatementMalformed)?;
        claim("/iat", json!(1.5), P::StatementMalformed)?;
        claim("/iat", json!(1_u64 << 53), P::StatementMalformed)?;
        claim("/iat", json!(u64::MAX), P::StatementMalformed)?;
        claim("/unknown", json!(1), P::StatementMalformed)?;
        claim("/event/unknown", json!(1), P::StatementMalformed)?;
        claim("/event/kind", json!("withdrawn"), P::StatementMalformed)?;
        claim("/event/shown/language", json!("kk"), P::StatementText)?;
        claim("/event/shown/text_sha256", zeros.clone(), P::StatementText)?;
        claim("/event/edition", zeros, P::EditionUnknown)?;

        let good = self.statement(|_, _| ());
        let (signed, signature) = good.rsplit_once('.').unwrap();
        self.refuses("no signature", &format!("{signed}."), P::StatementSignature)?;
        self.refuses("two parts", signed, P::StatementMalformed)?;
        self.refuses("four parts", &format!("{good}.x"), P::StatementMalformed)?;
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let flipped = format!("{signed}.{flipped}{}", &signature[1..]);
        self.refuses("flipped signature", &flipped, P::StatementSignature)?;
        self.refuses("padding", &format!("{good}="), P::StatementMalformed)?;
        self.refuses("nothing", "", P::StatementMalformed)?;
        let too_long = self.statement(|_, claims| claims["x"] = json!("x".repeat(13_000)));
        self.refuses("too long a JWS", &too_long, P::StatementMalformed)?;

        let other_token = self.host.token("berik");
        let answer = self.edge.submit(&other_token, &good)?;
        assert_eq!(
            answer.problem()?,
            P::StatementToken,
            "sent with another's token"
        );
        let bound = self.host.sign(&self.host.header(), &{
            let mut claims = Host::claims("aigerim");
            claims["cnf"] = json!({ "jkt": Device::new(2).public_key().thumbprint().to_jkt() });
            claims
        });
        let edition = self.edge.edition()?;
        let claims = Device::claims(&bound, &edition, &self.nonce, "jti-1");
        let by_another_key = self.device.sign(&self.device.header(), &claims);
        let answer = self.edge.submit(&bound, &by_another_key)?;
        assert_eq!(
            answer.problem()?,
            P::StatementKey,
            "not the key that the token names"
        );
        Ok(())
    }

    fn refuses_tokens(&self) -> Result<()> {
        let statement = self.statement(|_, _| ());
        let refuses = |name: &str, token: &str, expected| -> Result<()> {
            assert_eq!(
                self.edge.submit(token, &statement)?.problem()?,
                expected,
                "{name}"
            );
            assert_eq!(
                self.edge.get_as(token, "/v1/status")?.problem()?,
                expected,
                "{name}"
            );
            Ok(())
        };
        let claim = |name: &'static str, value: Value, expected| {
            let mut claims = Host::claims("aigerim");
            claims[name] = value.clone();
            let token = self.host.sign(&self.host.header(), &claims);
            refuses(&format!("claim {name} {value}"), &token, expected)
        };
        let now = kelisim_tests::host::now();
        claim("iss", json!("https://elsewhere.example"), P::TokenIssuer)?;
        claim("aud", json!("https://elsewhere.example"), P::TokenAudience)?;
        claim("aud", json!([]), P::TokenAudience)?;
        claim("exp", json!(now - 1), P::TokenExpired)?;
        claim("exp", json!(now + 960), P::TokenLifetime)?;
        claim("exp", json!(i64::MAX), P::TokenLifetime)?;
        claim("exp", json!("never"), P::TokenMalformed)?;
        claim("iat", json!(now + 120), P::TokenNotYetValid)?;
        claim("iat", json!(i64::MIN), P::TokenLifetime)?;
        claim("nbf", json!(now + 120), P::TokenNotYetValid)?;
        claim("sub", json!(""), P::TokenMalformed)?;
        claim("sub", json!("x".repeat(256)), P::TokenMalformed)?;
        claim("agreement", Value::Null, P::TokenMalformed)?;

        let header = |name: &'static str, value: Value, expected| {
            let mut header = self.host.header();
            header[name] = value.clone();
            let token = self.host.sign(&header, &Host::claims("aigerim"));
            refuses(&format!("header {name} {value}"), &token, expected)
        };
        header("alg", json!("none"), P::TokenAlgorithm)?;
        header("alg", json!("HS256"), P::TokenAlgorithm)?;
        header("alg", json!("RS256"), P::TokenAlgorithm)?;
        header("kid", json!("another"), P::TokenKey)?;
        header("crit", json!(["exp"]), P::TokenMalformed)?;

        let impostor = Host::new(
            &kelisim_shared::software::SoftwareSigner::from_scalar(&[9; 32])?
                .to_private_jwk(self.host.header()["kid"].as_str().unwrap()),
        )?;
        refuses(
            "another's key",
            &impostor.token("aigerim"),
            P::TokenSignature,
        )?;
        refuses(
            "HMAC with the public key",
            &self.hmac_token()?,
            P::TokenAlgorithm,
        )?;
        refuses("no token", "x", P::TokenMalformed)?;
        let answer = self.edge.get("/v1/status")?;
        assert_eq!(answer.problem()?, P::TokenMissing);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        Ok(())
    }

    /// The classic confusion: an HMAC keyed with the public key (RFC 8725, section 2.1).
    fn hmac_token(&self) -> Result<String> {
        let [header, claims] = [json!({ "alg": "HS256" }), Host::claims("aigerim")]
            .map(|part| Base64UrlUnpadded::encode_string(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let key = self.edge.get("/.well-known/jwks.json")?.body;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key)?;
        mac.update(signed.as_bytes());
        let tag = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
        Ok(format!("{signed}.{tag}"))
    }

    fn refuses_bodies(&self) -> Result<()> {
        let statement = self.statement(|_, _| ());
        let refuses = |name: &str, body: &str, expected| -> Result<()> {
            let answer = self
                .edge
                .post_as(&self.token, "/v1/statements", body.as_bytes())?;
            assert_eq!(answer.problem()?, expected, "{name}");
            Ok(())
        };
        refuses("nothing", "", P::MalformedBody)?;
        refuses("no JSON", "{", P::MalformedBody)?;
        refuses("a list", "[]", P::MalformedBody)?;
        refuses("no member", "{}", P::MalformedBody)?;
        refuses("another type", r#"{"statement":1}"#, P::MalformedBody)?;
        refuses(
            "an unknown member",
            &json!({ "statement": statement, "x": 1 }).to_string(),
            P::MalformedBody,
        )?;
        refuses(
            "a member twice",
            &format!(r#"{{"statement":"{statement}","statement":"{statement}"}}"#),
            P::MalformedBody,
        )?;
        refuses(
            "something after it",
            &format!(r#"{{"statement":"{statement}"}}{{}}"#),
            P::MalformedBody,
        )?;
        refuses("deep", &"[".repeat(20_000), P::MalformedBody)?;
        refuses("oversize", &" ".repeat(20 * 1024 + 1), P::BodyTooLarge)?;

        let typed = |media_type: &str| {
            let request = self
                .edge
                .request("POST", "/v1/statements")
                .header("Authorization", format!("Bearer {}", self.token))
                .header("Content-Type", media_type);
            self.edge.send(
                request,
                json!({ "statement": statement }).to_string().as_bytes(),
            )
        };
        assert_eq!(typed("text/plain")?.problem()?, P::UnsupportedMediaType);
        Ok(())
    }
}

#[test]
fn who_has_accepted_is_told_no_more_than_what_is_new() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.token("sub=aigerim")?;
    let unsettled = edge.get_as(&token, "/v1/status")?;
    assert_eq!(
        (unsettled.header("etag"), unsettled.header("cache-control")),
        ("", "no-store"),
        "a nonce is fresh each time"
    );
    let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
    assert_eq!(edge.submit(&token, &statement)?.status, 201);
    let settled = edge.get_as(&token, "/v1/status")?;
    let etag = settled.header("etag").to_owned();
    assert_eq!(settled.header("cache-control"), "private, no-cache");
    let ask = |user: &str| -> Result<u16> {
        let token = edge.token(&format!("sub={user}"))?;
        let request = edge
            .request("GET", "/v1/status")
            .header("Authorization", format!("Bearer {token}"))
            .header("If-None-Match", &etag);
        Ok(edge.send(request, &[])?.status)
    };
    assert_eq!(ask("aigerim")?, 304);
    assert_eq!(ask("daniyar")?, 200, "it is one person's");
    edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?;
    std::thread::sleep(std::time::Duration::from_millis(2_100)); // the edge may not know for two seconds
    assert_eq!(ask("aigerim")?, 200);
    Ok(())
}

#[test]
fn a_notice_is_rendered_for_anybody_and_acceptances_for_one() -> Result<()> {
    use kelisim_shared::{api::NoticeDocument, problem::ProblemType as P};
    let edge = Edge::start()?;
    let token = edge.token("sub=aigerim")?;
    let notice = edge
        .status(&token)?
        .notice
        .expect("there is something to accept");
    let answer = edge.get(&format!("{notice}kk"))?;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let document: NoticeDocument = answer.parsed(200)?;
    assert!(document.html.contains("lang=\"kk\"") && document.html.contains("<dialog"));
    assert!(document.style.contains(".frame") && !document.style.contains("/*"));
    let id = edge.edition()?.id();
    for (path, expected) in [
        (format!("/v1/editions/{id}/notice"), P::QueryInvalid),
        (
            format!("/v1/editions/{id}/notice?standing=x"),
            P::QueryInvalid,
        ),
        (
            format!("/v1/editions/{id}/notice?standing=due"),
            P::QueryInvalid,
        ),
        (
            format!("/v1/editions/{id}/notice?standing=new&since=x"),
            P::QueryInvalid,
        ),
        (
            "/v1/editions/x/notice?standing=new".to_owned(),
            P::EditionUnknown,
        ),
    ] {
        assert_eq!(edge.get(&path)?.problem()?, expected, "{path}");
    }

    let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
    assert_eq!(edge.submit(&token, &statement)?.status, 201);
    assert_eq!(edge.status(&token)?.notice, None);
    let [receipt] = &edge.receipts(&token)?[..] else {
        panic!("one acceptance");
    };
    let record = recorded(receipt)?.id();
    let mine: NoticeDocument = edge
        .get_as(&token, "/v1/acceptances?lang=ru")?
        .parsed(200)?;
    for expected in [
        &*format!("data-record=\"{record}\""),
        "Мои принятия",
        "data-field=\"name\"",
    ] {
        assert!(mine.html.contains(expected), "{expected} in {}", mine.html);
    }
    assert_eq!(edge.get("/v1/acceptances")?.problem()?, P::TokenMissing);
    Ok(())
}
