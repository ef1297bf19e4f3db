//! What staff may do, and what is kept of it.

use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use kelisim_shared::{
    api::staff::{OrderReply, SubjectFile},
    problem::ProblemType as P,
    record::{Event, verify_chain},
    software::SoftwareSigner,
    time::Timestamp,
};
use kelisim_tests::{Answer, Edge, Host, Person};
use serde_json::{Value, json};

/// Who may do what: of publisher, officer and auditor.
#[test]
fn every_role_is_granted_what_it_needs_and_nothing_more() -> Result<()> {
    let edge = Edge::start()?;
    let edition = edge.edition()?.id();
    let subject = edge.subject_path("aigerim")?;
    let none = json!(null);
    let lookup = json!({ "issuer": "https://preview.kelisim.invalid", "subject": "aigerim" });
    let scheduled = format!("/v1/admin/editions/scheduled/{}", "0".repeat(64));
    let withdrawal = json!({
        "application": "1", "document_sha256": "0".repeat(64), "channel": "post",
        "received_at": "2026-01-01T00:00:00.000Z", "effective_at": "2026-01-01T00:00:00.000Z",
    });
    for (method, path, body, allowed) in [
        (
            "POST",
            "/v1/admin/editions",
            &json!({}),
            [true, false, false],
        ),
        (
            "GET",
            "/v1/admin/editions/scheduled",
            &none,
            [true, true, true],
        ),
        ("DELETE", &scheduled, &none, [true, false, false]),
        (
            "GET",
            &format!("/v1/admin/editions/{edition}/counts"),
            &none,
            [true, true, true],
        ),
        (
            "POST",
            "/v1/admin/subjects/lookup",
            &lookup,
            [false, true, true],
        ),
        ("GET", &subject, &none, [false, true, true]),
        (
            "POST",
            &format!("{subject}/withdrawals"),
            &withdrawal,
            [false, true, false],
        ),
        (
            "POST",
            &format!("{subject}/terminations"),
            &json!({ "ended_on": "2026-01-01" }),
            [false, true, false],
        ),
        (
            "POST",
            &format!("{subject}/holds"),
            &json!({ "case": "7" }),
            [false, true, false],
        ),
        (
            "POST",
            &format!("{subject}/releases"),
            &json!({ "case": "7" }),
            [false, true, false],
        ),
        ("DELETE", &subject, &none, [false, true, false]),
    ] {
        for (role, allowed) in ["publisher", "officer", "auditor"].into_iter().zip(allowed) {
            let answer = edge.order(role, method, path, body)?;
            let is_refused = answer.status == 403;
            assert_eq!(is_refused, !allowed, "{role} {method} {path}: {answer:?}");
            if is_refused {
                assert_eq!(answer.problem()?, P::RoleMissing);
            }
        }
        for (who, expected) in [
            ("role=janitor", P::RoleMissing),
            ("sub=aigerim", P::RoleMissing),
            ("service=backend", P::TokenAudience),
        ] {
            let request = edge
                .request(method, path)
                .header("Authorization", format!("Bearer {}", edge.token(who)?));
            assert_eq!(
                edge.send(request, &[])?.problem()?,
                expected,
                "{who} {method} {path}"
            );
        }
        let without = edge.send(edge.request(method, path), &[])?;
        assert_eq!(without.problem()?, P::TokenMissing, "{method} {path}");
    }
    Ok(())
}

#[test]
fn whoever_looks_is_on_record() -> Result<()> {
    let edge = Edge::start()?;
    let path = edge.subject_path("aigerim")?;
    let look = |role: &str| -> Result<SubjectFile> {
        edge.order(role, "GET", &path, &json!(null))?.parsed(200)
    };
    let SubjectFile::Kept { entries, .. } = look("auditor")? else {
        panic!("nobody was erased");
    };
    assert!(entries.is_empty(), "there is nothing to look at");

    Person::new(&edge, "aigerim").accepts()?.accepted(201)?;
    look("auditor")?;
    let SubjectFile::Kept { entries, holds, .. } = look("officer")? else {
        panic!("nobody was erased");
    };
    assert!(holds.is_empty());
    assert!(entries[0].message.as_deref().unwrap().starts_with("ey"));
    let records: Vec<_> = entries.into_iter().map(|entry| entry.record).collect();
    verify_chain(&records)?;
    let looks = records
        .iter()
        .filter(|record| matches!(record.event, Event::Viewed(_)));
    assert_eq!(looks.count(), 2);
    Ok(())
}

#[test]
fn orders_are_refused_for_every_reason_by_name() -> Result<()> {
    let edge = Edge::start_empty(&[])?;
    edge.set_clock("2028-02-29T12:00:00.000Z")?;
    let path = edge.subject_path("aigerim")?;
    let order = |method: &str, what: &str, body: &Value| {
        edge.order("officer", method, &format!("{path}{what}"), body)
    };
    let withdrawal = |received: &str, effective: &str| {
        json!({
            "application": "1", "document_sha256": "0".repeat(64), "channel": "electronic",
            "received_at": received, "effective_at": effective,
        })
    };
    let (earlier, now, later) = (
        "2028-02-28T00:00:00.000Z",
        "2028-02-29T00:00:00.000Z",
        "2028-03-01T00:00:00.000Z",
    );
    for (what, body, expected) in [
        (
            "/withdrawals",
            withdrawal(now, earlier),
            P::EffectiveTooEarly,
        ),
        ("/withdrawals", withdrawal(now, later), P::TimeInFuture),
        ("/withdrawals", json!({}), P::MalformedBody),
        (
            "/terminations",
            json!({ "ended_on": "2028-03-01" }),
            P::TimeInFuture,
        ),
        (
            "/terminations",
            json!({ "ended_on": "2025-02-28" }),
            P::RetentionLapsed,
        ),
        (
            "/terminations",
            json!({ "ended_on": "0000-01-01" }),
            P::RetentionLapsed,
        ),
        (
            "/terminations",
            json!({ "ended_on": "9999-12-31" }),
            P::TimeInFuture,
        ),
        (
            "/terminations",
            json!({ "ended_on": "-262143-01-01" }),
            P::MalformedBody,
        ),
        (
            "/terminations",
            json!({ "ended_on": " 2028-2-9" }),
            P::MalformedBody,
        ),
        (
            "/terminations",
            json!({ "ended_on": "2027-02-29" }),
            P::MalformedBody,
        ),
    ] {
        assert_eq!(
            order("POST", what, &body)?.problem()?,
            expected,
            "{what} {body}"
        );
    }
    assert_eq!(
        order("POST", "/withdrawals", &withdrawal(now, now))?.status,
        201
    );
    assert_eq!(
        order("POST", "/withdrawals", &withdrawal(earlier, now))?.problem()?,
        P::ApplicationReused
    );
    let elsewhere = edge.order("officer", "GET", "/v1/admin/subjects/aigerim", &json!(null))?;
    assert_eq!(elsewhere.problem()?, P::SubjectUnknown);
    let lookup = json!({ "issuer": "https://elsewhere.example", "subject": "aigerim" });
    let unknown = edge.order("officer", "POST", "/v1/admin/subjects/lookup", &lookup)?;
    assert_eq!(unknown.problem()?, P::IssuerUnknown);
    Ok(())
}

#[test]
fn what_is_held_outlives_its_term_and_not_a_day_more() -> Result<()> {
    let edge = Edge::start_empty(&[])?;
    edge.set_clock("2028-02-29T12:00:00.000Z")?;
    let path = edge.subject_path("aigerim")?;
    let order = |method: &str, what: &str, body: &Value| {
        edge.order("officer", method, &format!("{path}{what}"), body)
    };
    // A leap day: three years on there is none, so the last day of February it is.
    let ended = order(
        "POST",
        "/terminations",
        &json!({ "ended_on": "2028-02-29" }),
    )?;
    assert_eq!(ended.status, 201);
    let file = |role: &str| edge.order(role, "GET", &path, &json!(null));
    assert_eq!(
        file("officer")?.parsed::<Value>(200)?.get("state"),
        None,
        "no edition yet"
    );
    assert_eq!(
        order("POST", "/holds", &json!({ "case": "7" }))?.status,
        201
    );
    assert_eq!(
        order("POST", "/holds", &json!({ "case": "7" }))?.status,
        200
    );
    assert_eq!(
        order("POST", "/holds", &json!({ "case": "8" }))?.status,
        201
    );
    assert_eq!(order("DELETE", "", &json!(null))?.problem()?, P::LegalHold);
    edge.set_clock("2031-03-01T00:00:00.000Z")?;
    let kept: Value = file("auditor")?.parsed(200)?;
    assert_eq!(
        (&kept["standing"], &kept["holds"]),
        (&json!("kept"), &json!(["7", "8"]))
    );
    assert_eq!(
        order("POST", "/releases", &json!({ "case": "7" }))?.status,
        201
    );
    assert_eq!(
        file("auditor")?.parsed::<Value>(200)?["holds"],
        json!(["8"])
    );
    let released: OrderReply = order("POST", "/releases", &json!({ "case": "8" }))?.parsed(201)?;
    assert!(matches!(
        released,
        OrderReply::Recorded { receipt: None, .. }
    ));
    let erased: Value = file("auditor")?.parsed(200)?;
    assert_eq!(erased["standing"], "erased", "it was overdue");
    assert_eq!(
        order("POST", "/holds", &json!({ "case": "7" }))?.problem()?,
        P::SubjectErased
    );
    Ok(())
}

/// An identity provider whose tokens look as those of Cloudflare Access do: an audience of its own, a day's lifetime, and
/// groups within `custom`.
#[test]
fn staff_come_through_their_identity_provider() -> Result<()> {
    let signer = SoftwareSigner::from_scalar(&[11; 32])?;
    let mut key = json!(signer.public_key());
    key["kid"] = json!("access-1");
    let issuer = "https://team.cloudflareaccess.example";
    let configured = json!([{
        "issuer": issuer, "audience": "4714c1358e65fe4b408ad6d432a5f878", "jwks": { "keys": [key] },
        "claim": "/custom/groups", "roles": { "auditor": "kelisim-auditors" },
    }]);
    let edge = Edge::start_empty(&[("STAFF_ISSUERS", configured.to_string())])?;
    let provider = Host::new(&signer.to_private_jwk("access-1"))?;
    let token = |change: &dyn Fn(&mut Value)| {
        let now = kelisim_tests::host::now();
        let mut claims = json!({
            "iss": issuer, "aud": ["4714c1358e65fe4b408ad6d432a5f878"], "sub": "7335d417-61da-459d",
            "email": "auditor@example.kz", "iat": now, "exp": now + 86_400, "type": "app",
            "custom": { "groups": ["everyone", "kelisim-auditors"] },
        });
        change(&mut claims);
        provider.sign(&provider.header(), &claims)
    };
    let look = |header: &str, value: &str| {
        let request = edge.request("GET", "/v1/admin/editions/scheduled");
        edge.send(request.header(header, value), &[])
    };
    let good = token(&|_| ());
    assert_eq!(look("Cf-Access-Jwt-Assertion", &good)?.status, 200);
    assert_eq!(
        look("Authorization", &format!("Bearer {good}"))?.status,
        200
    );
    let refuses = |change: &dyn Fn(&mut Value), expected: P| -> Result<()> {
        let answer = look("Cf-Access-Jwt-Assertion", &token(change))?;
        assert_eq!(answer.problem()?, expected);
        Ok(())
    };
    refuses(
        &|claims| claims["custom"]["groups"] = json!(["auditor"]),
        P::RoleMissing,
    )?;
    refuses(&|claims| claims["custom"] = Value::Null, P::RoleMissing)?;
    refuses(
        &|claims| claims["aud"] = json!("https://kelisim-preview.invalid"),
        P::TokenAudience,
    )?;
    refuses(
        &|claims| claims["exp"] = json!(claims["exp"].as_i64().unwrap() + 1),
        P::TokenLifetime,
    )?;
    Ok(())
}

/// An identity provider that changes its keys, as those of OpenID Connect do.
#[test]
fn keys_that_an_identity_provider_publishes_are_followed() -> Result<()> {
    let signers = [21, 22].map(|number| SoftwareSigner::from_scalar(&[number; 32]));
    let [old, new] = signers;
    let (old, new) = (old?, new?);
    let keys = |signer: &SoftwareSigner, kid: &str| {
        let mut key = json!(signer.public_key());
        key["kid"] = json!(kid);
        json!({ "keys": [key] }).to_string()
    };
    let published = Arc::new(Mutex::new(keys(&old, "old")));
    let server = tiny_http::Server::http("127.0.0.1:0").map_err(|error| anyhow!(error))?;
    let address = format!("http://{}/jwks", server.server_addr());
    let current = Arc::clone(&published);
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let body = current.lock().map(|keys| keys.clone()).unwrap_or_default();
            // Who has gone away needs no answer.
            let _ = request.respond(tiny_http::Response::from_string(body));
        }
    });
    let configured = json!([{ "issuer": "https://id.example", "jwks_uri": address }]);
    let edge = Edge::start_empty(&[("STAFF_ISSUERS", configured.to_string())])?;
    let look = |signer: &SoftwareSigner, kid: &str| -> Result<Answer> {
        let provider = Host::new(&signer.to_private_jwk(kid))?;
        let mut claims = Host::claims("auditor@example.kz");
        claims["iss"] = json!("https://id.example");
        claims["roles"] = json!("auditor");
        let token = provider.sign(&provider.header(), &claims);
        edge.get_as(&token, "/v1/admin/editions/scheduled")
    };
    assert_eq!(look(&old, "old")?.status, 200);
    assert_eq!(look(&new, "new")?.problem()?, P::TokenKey);
    *published.lock().unwrap() = keys(&new, "new");
    assert_eq!(
        look(&new, "new")?.problem()?,
        P::TokenKey,
        "asked a moment ago"
    );
    let in_two_minutes = kelisim_tests::host::now() * 1000 + 120_000;
    edge.set_clock(&Timestamp::from_unix_milliseconds(in_two_minutes)?.to_string())?;
    assert_eq!(look(&new, "new")?.status, 200);
    assert_eq!(look(&old, "old")?.problem()?, P::TokenKey);
    assert_eq!(look(&old, "new")?.problem()?, P::TokenSignature);
    Ok(())
}
