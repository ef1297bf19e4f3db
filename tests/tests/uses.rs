//! Use of the app: who may report it, and from where.

use anyhow::{Context, Result};
use kelisim_shared::{canonical, digest::Sha256Digest, problem::ProblemType as P};
use kelisim_tests::{Answer, Device, Edge, Host, Person};
use serde_json::{Value, json};
use xtask::seed;

/// A morning after the deadline.
const NOW: &str = "2026-12-01T05:00:00.000Z";

/// A person with a deadline behind them: accepted the first edition, a week and more ago the second came.
fn start() -> Result<Edge> {
    let edge = Edge::start_empty(&[(
        "ALLOWED_ORIGINS",
        r#"["https://smartaqkol.chat"]"#.to_owned(),
    )])?;
    edge.set_clock("2026-11-02T05:00:00.000Z")?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    Person::new(&edge, "aigerim").accepts()?.accepted(201)?;
    edge.set_clock("2026-11-23T05:00:00.000Z")?;
    assert_eq!(
        edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
            .status,
        201
    );
    edge.set_clock(NOW)?;
    Ok(edge)
}

/// The first report, of the user of that id.
fn report_of(subject: &str) -> Value {
    json!({
        "report": "r-1", "subject": subject, "agreement": "2026-01", "used_at": NOW, "app": "chat.smartaqkol.preview",
    })
}

fn report(edge: &Edge, change: impl Fn(&mut Value)) -> Result<Answer> {
    let mut report = report_of("aigerim");
    change(&mut report);
    let token = edge.token("service=backend")?;
    edge.post_as(&token, "/v1/uses", report.to_string().as_bytes())
}

#[test]
fn a_backend_reports_use_of_its_native_app_once() -> Result<()> {
    let edge = start()?;
    let first = report(&edge, |_| ())?.accepted(201)?;
    assert_eq!(report(&edge, |_| ())?.accepted(200)?, first);
    assert_eq!(
        report(&edge, |report| report["agreement"] = json!("2026-02"))?.problem()?,
        P::JtiReused
    );
    let again: Value = report(&edge, |report| report["report"] = json!("r-2"))?.parsed(200)?;
    assert_eq!(again["outcome"], "unchanged");
    let token = edge.token("sub=aigerim")?;
    assert_eq!(edge.receipts(&token)?.last(), Some(&first.receipt));
    assert!(
        !edge.has_on_disk("\"subject\":\"aigerim\"")?,
        "the host's id of the user stays at the host"
    );
    let hash_of = |subject| anyhow::Ok(Sha256Digest::of(&canonical::encode(&report_of(subject))?));
    let path = edge.subject_path("aigerim")?;
    let pseudonym = path.rsplit('/').next().context("a path")?;
    assert!(edge.has_on_disk(&hash_of(pseudonym)?.to_string())?);
    assert!(
        !edge.has_on_disk(&hash_of("aigerim")?.to_string())?,
        "it could be found by trying ids"
    );
    Ok(())
}

#[test]
fn use_outside_the_app_and_the_companys_sites_is_refused() -> Result<()> {
    let edge = start()?;
    let elsewhere = report(&edge, |report| report["app"] = json!("com.example.other"))?;
    assert_eq!(elsewhere.problem()?, P::UseOutOfScope);

    let token = edge.token("sub=aigerim")?;
    let statement = Device::new(1).statement(
        &edge,
        &token,
        "jti",
        |edition| json!({ "kind": "used", "edition": edition.id() }),
    )?;
    let from = |origin: Option<&str>| {
        let mut request = edge
            .request("POST", "/v1/statements")
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json");
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        let body = json!({ "statement": statement }).to_string();
        edge.send(request, body.as_bytes())
    };
    assert_eq!(from(None)?.problem()?, P::UseOutOfScope);
    assert_eq!(
        from(Some("https://elsewhere.example"))?.problem()?,
        P::OriginNotAllowed
    );
    assert_eq!(edge.receipts(&token)?.len(), 1, "nothing was recorded");
    from(Some("https://smartaqkol.chat"))?.accepted(201)?;
    Ok(())
}

#[test]
fn a_report_is_a_backends_business_and_nobody_elses() -> Result<()> {
    let edge = start()?;
    let body = json!({
        "report": "r-1", "subject": "aigerim", "agreement": "2026-01", "used_at": NOW, "app": "chat.smartaqkol.preview",
    });
    for (query, expected) in [
        ("sub=aigerim", P::TokenAudience),
        ("role=officer", P::TokenAudience),
    ] {
        let answer = edge.post_as(&edge.token(query)?, "/v1/uses", body.to_string().as_bytes())?;
        assert_eq!(answer.problem()?, expected, "{query}");
    }
    let service = edge.token("service=backend")?;
    assert_eq!(
        edge.get_as(&service, "/v1/status")?.problem()?,
        P::TokenAudience,
        "nor is a backend one of its users"
    );
    let unknown = report(&edge, |report| report["subject"] = json!("berik"))?;
    assert_eq!(unknown.problem()?, P::ConsentRequired);
    for (member, value) in [
        ("report", json!("")),
        ("subject", json!("x".repeat(256))),
        ("message", json!("hello")),
    ] {
        let answer = report(&edge, |report| report[member] = value.clone())?;
        assert_eq!(answer.problem()?, P::MalformedBody, "{member}");
    }
    Ok(())
}

#[test]
fn a_clock_that_is_set_back_takes_nothing_back_and_adds_nothing() -> Result<()> {
    let edge = start()?;
    let aigerim = Person::new(&edge, "aigerim");
    let berik = Person::new(&edge, "berik");
    let implied = aigerim.uses_the_app()?.accepted(201)?;
    edge.set_clock("2026-11-24T05:00:00.000Z")?;
    let unchanged: Value = aigerim.uses_the_app()?.parsed(200)?;
    assert_eq!(unchanged["outcome"], "unchanged");
    let explicit = berik.accepts()?.accepted(201)?;
    edge.set_clock("2026-11-22T05:00:00.000Z")?;
    assert_eq!(berik.accepts()?.accepted(200)?, explicit);
    let behind = edge.publish_changed("material", &[("пяти лет после", "шести лет после")])?;
    assert_eq!(
        behind.problem()?,
        P::Unavailable,
        "nothing is published before what is published"
    );
    let receipts = edge.receipts(&aigerim.token()?)?;
    assert_eq!(receipts.last(), Some(&implied.receipt));
    Ok(())
}

/// What was kept back: made before the deadline, sent after it.
#[test]
fn use_before_the_deadline_counts_for_nothing_after_it() -> Result<()> {
    let edge = start()?;
    edge.set_clock("2026-11-30T18:58:00.000Z")?;
    let aigerim = Person::new(&edge, "aigerim");
    let token = aigerim.token()?;
    let statement = Device::new(1).statement(
        &edge,
        &token,
        "jti",
        |edition| json!({ "kind": "used", "edition": edition.id() }),
    )?;
    let reported = |at: &str| report(&edge, |report| report["used_at"] = json!(at));
    let unchanged = |answer: Answer| -> Result<()> {
        let reply: Value = answer.parsed(200)?;
        assert_eq!(
            (&reply["outcome"], &reply["state"]["name"]),
            (&json!("unchanged"), &json!("pending"))
        );
        Ok(())
    };
    unchanged(reported("2026-11-30T18:58:00.000Z")?)?;
    edge.set_clock("2026-11-30T19:02:00.000Z")?;
    unchanged(reported("2026-11-30T18:58:00.000Z")?)?;
    unchanged(edge.submit(&token, &statement)?)?;
    edge.set_clock("2026-12-08T05:00:00.000Z")?;
    for late_or_early in [
        "2026-11-30T18:58:00.000Z",
        "2026-12-08T04:49:00.000Z",
        "2026-12-08T05:11:00.000Z",
    ] {
        assert_eq!(
            reported(late_or_early)?.problem()?,
            P::UseOutdated,
            "{late_or_early}"
        );
    }
    reported("2026-12-08T04:55:00.000Z")?.accepted(201)?;
    Ok(())
}

#[test]
fn use_is_stated_with_a_fresh_nonce_and_by_no_other_clock_than_the_edges() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.host()?.token("aigerim");
    Person::new(&edge, "aigerim").accepts()?.accepted(201)?;
    edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
        .parsed::<Value>(201)?;
    let edition = edge.edition()?;
    let nonce = edge.nonce("aigerim", 601)?;
    let device = Device::new(1);
    let mut claims = Device::claims(&token, &edition, &nonce, "jti-1");
    claims["event"] = json!({ "kind": "used", "edition": edition.id() });
    let stale = device.sign(&device.header(), &claims);
    assert_eq!(edge.submit(&token, &stale)?.problem()?, P::NonceExpired);

    claims["nonce"] = json!(edge.status(&token)?.nonce);
    claims["iat"] = json!(Host::claims("aigerim")["iat"].as_i64().unwrap_or(0) + 31_536_000);
    let a_year_ahead = device.sign(&device.header(), &claims);
    let reply: Value = edge.submit(&token, &a_year_ahead)?.parsed(200)?;
    assert_eq!(
        (&reply["outcome"], &reply["state"]["name"]),
        (&json!("unchanged"), &json!("pending")),
        "the device's clock decides nothing"
    );
    Ok(())
}
