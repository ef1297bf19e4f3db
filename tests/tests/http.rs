//! The HTTP interface against a real edge: pages, editions, keys, transport rules.

use anyhow::{Context, Result};
use kelisim_shared::{
    digest::Sha256Digest,
    edition::{Edition, EditionDocument},
    language::Language,
    problem::ProblemType as P,
};
use kelisim_tests::{Answer, Edge};
use serde_json::{Value, json};
use xtask::seed;

#[test]
fn the_policy_is_a_page_that_needs_no_javascript() -> Result<()> {
    let edge = Edge::start()?;
    let edition = edge.edition()?;
    for (query, languages) in [
        ("", "ru-KZ"),
        ("?lang=kk-KZ", "en"),
        ("?lang=xx", "en, kk;q=0.5"),
    ] {
        let request = edge.request("GET", &format!("/privacy{query}"));
        let page = edge.send(request.header("Accept-Language", languages), &[])?;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, "text/html; charset=utf-8")
        );
        let html = page.text()?;
        assert!(!html.contains("<script") && !html.contains("javascript:"));
        assert!(html.contains(&edition.id().to_string()));
        assert!(html.contains(&format!("datetime=\"{}\"", edition.manifest().published_at)));
        for section in edition.text(Language::Ru).1.sections() {
            for clause in section.clauses() {
                assert!(html.contains(&format!("id=\"c{}\"", clause.number())));
                for piece in clause.body() {
                    assert!(html.contains(&escaped(piece.text())), "{}", piece.text());
                }
            }
        }
        let link = r#"<a href="https://smartaqkol.chat/privacy" rel="noopener">[https://smartaqkol.chat/privacy]</a>"#;
        assert_eq!(html.matches(link).count(), 1);
        assert_eq!(html.matches("https://smartaqkol.chat/privacy").count(), 2);
    }
    let of = |path: &str| edge.get(path).and_then(|page| Ok(page.text()?.to_owned()));
    for language in ["kk", "kk-KZ", "KK-Cyrl-KZ"] {
        let page = of(&format!("/privacy?lang={language}"))?;
        assert!(page.contains(r#"<html lang="kk">"#), "{language}");
    }
    assert!(of("/privacy?lang=kk")?.contains("Бұл редакция қазақ тілінде жарияланбаған."));
    assert!(of("/privacy")?.contains(r#"<html lang="ru">"#));

    let by_id = format!("/privacy/editions/{}", edition.id());
    let (in_force, by_id) = (of("/privacy")?, of(&by_id)?);
    let (content, _) = in_force.split_once("<footer>").context("a footer")?;
    assert!(by_id.starts_with(content));
    assert!(by_id.contains("c2sp.org/tlog-proof@v1"), "its own proof");
    Ok(())
}

#[test]
fn an_edition_can_be_checked_by_whoever_fetches_it() -> Result<()> {
    let edge = Edge::start()?;
    let current = edge.get("/v1/editions/current")?;
    let document: EditionDocument = current.parsed(200)?;
    let path = format!("/v1/editions/{}", document.id);
    let by_id = edge.get(&path)?;
    assert_eq!(by_id.body, current.body);
    assert_eq!(
        by_id.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(current.header("cache-control"), "public, no-cache");
    let source = include_str!("../../www/editions/first/privacy.ru.txt");
    assert_eq!(document.texts, [source], "byte for byte");
    assert_eq!(
        document.manifest.texts[0].sha256,
        Sha256Digest::of(source.as_bytes())
    );
    Edition::from_document(document)?;

    let etag = by_id.header("etag");
    let conditional = edge.send(
        edge.request("GET", &path).header("If-None-Match", etag),
        &[],
    )?;
    assert_eq!((conditional.status, conditional.body.len()), (304, 0));
    Ok(())
}

#[test]
fn only_a_publisher_publishes_and_only_an_edition() -> Result<()> {
    let edge = Edge::start_empty(&[])?;
    let host = edge.host()?;
    let request = seed::publish_request(&seed::first_edition())?;
    let publish = |token: &str, request: &Value| {
        edge.post_as(token, "/v1/admin/editions", request.to_string().as_bytes())
    };
    for path in ["/privacy", "/v1/editions/current"] {
        assert_eq!(edge.get(path)?.problem()?, P::NoEdition, "{path}");
    }
    assert_eq!(
        edge.get_as(&host.token("aigerim"), "/v1/status")?
            .problem()?,
        P::NoEdition
    );
    assert_eq!(
        publish(&host.token("aigerim"), &request)?.problem()?,
        P::RoleMissing
    );
    assert_eq!(
        publish(&host.staff_token("auditor"), &request)?.problem()?,
        P::RoleMissing
    );

    let publisher = host.staff_token("publisher");
    let spoilt = |pointer: &str, value: Value| {
        let mut request = request.clone();
        *request.pointer_mut(pointer).unwrap() = value;
        request
    };
    let invalid = publish(&publisher, &spoilt("/texts/0/body", json!("T\n1. A\n\nb")))?;
    assert_eq!(invalid.problem()?, P::EditionInvalid);
    let detail = "text in ru, line 4: the paragraph is neither a section nor a clause: it starts with no number";
    assert_eq!(invalid.parsed::<Value>(422)?["detail"], detail);
    let back_dated = {
        let mut request = request.clone();
        request["published_at"] = json!("2026-01-01T00:00:00.000Z");
        request
    };
    assert_eq!(
        publish(&publisher, &back_dated)?.problem()?,
        P::MalformedBody
    );
    assert_eq!(
        publish(&publisher, &spoilt("/authoritative", json!("kk")))?.problem()?,
        P::EditionInvalid
    );
    let oversize = spoilt("/texts/0/body", json!("x".repeat(1024 * 1024)));
    assert_eq!(publish(&publisher, &oversize)?.problem()?, P::BodyTooLarge);
    assert_eq!(
        edge.get("/v1/editions/current")?.problem()?,
        P::NoEdition,
        "nothing was published"
    );

    let answer: Value = publish(&publisher, &request)?.parsed(201)?;
    assert_eq!(answer["id"], json!(edge.edition()?.id()));
    assert_eq!(
        publish(&publisher, &request)?.problem()?,
        P::EditionSuperseded
    );
    Ok(())
}

#[test]
fn pages_of_configured_origins_only_may_call() -> Result<()> {
    let origins = (
        "ALLOWED_ORIGINS",
        r#"["https://smartaqkol.chat"]"#.to_owned(),
    );
    let edge = Edge::start_empty(&[origins])?;
    let token = edge.host()?.token("aigerim");
    let from = |method: &str, origin: &str| -> Result<Answer> {
        let request = edge
            .request(method, "/v1/status")
            .header("Origin", origin)
            .header("Authorization", format!("Bearer {token}"));
        edge.send(request, &[])
    };
    let allowed = "access-control-allow-origin";
    for origin in [
        "https://elsewhere.example",
        "https://smartaqkol.chat.example",
        "null",
    ] {
        for method in ["GET", "OPTIONS"] {
            let answer = from(method, origin)?;
            assert_eq!(answer.problem()?, P::OriginNotAllowed, "{method} {origin}");
            assert_eq!(answer.header(allowed), "", "{method} {origin}");
        }
    }
    let preflight = from("OPTIONS", "https://smartaqkol.chat")?;
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        "authorization, content-type"
    );
    assert_eq!(preflight.header(allowed), "https://smartaqkol.chat");
    let answer = from("GET", "https://smartaqkol.chat")?;
    assert_eq!(answer.problem()?, P::NoEdition);
    assert_eq!(answer.header(allowed), "https://smartaqkol.chat");
    let own = from("GET", edge.url())?;
    assert_eq!(
        own.problem()?,
        P::NoEdition,
        "the edge's own pages need no leave"
    );
    assert_eq!(own.header(allowed), "");
    Ok(())
}

#[test]
fn every_answer_is_guarded_and_every_miss_is_named() -> Result<()> {
    let edge = Edge::start()?;
    for (method, path, expected) in [
        ("GET", "/nowhere", P::NotFound),
        ("GET", "/v1/editions/", P::EditionUnknown),
        ("GET", "/v1/editions/xyz", P::EditionUnknown),
        (
            "GET",
            &format!("/v1/editions/{}", "0".repeat(64)),
            P::EditionUnknown,
        ),
        (
            "GET",
            &format!("/privacy/editions/{}", "0".repeat(64)),
            P::EditionUnknown,
        ),
        ("POST", "/v1/status", P::MethodNotAllowed),
        ("DELETE", "/v1/statements", P::MethodNotAllowed),
        ("GET", "/v1/statements", P::MethodNotAllowed),
        ("GET", "/v1/receipts", P::TokenMissing),
    ] {
        let answer = edge.send(edge.request(method, path), &[])?;
        assert_eq!(answer.problem()?, expected, "{method} {path}");
    }
    for path in [
        "/privacy",
        "/v1/editions/current",
        "/.well-known/jwks.json",
        "/healthz",
        "/nowhere",
    ] {
        let answer = edge.get(path)?;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        // `/consent` shows the text in a frame where no script runs.
        let ancestors = if path == "/privacy" { "self" } else { "none" };
        assert!(
            policy.contains(&format!("frame-ancestors '{ancestors}'")),
            "{path}: {policy}"
        );
        assert!(answer.header("set-cookie").is_empty(), "{path}");
        let head = edge.send(edge.request("HEAD", path), &[])?;
        assert_eq!((head.status, head.body.len()), (answer.status, 0), "{path}");
    }
    let health: Value = edge.get("/healthz")?.parsed(200)?;
    assert_eq!(health["status"], "ok");
    let keys: Value = edge.get("/.well-known/jwks.json")?.parsed(200)?;
    assert!(
        keys["keys"][0]["kid"]
            .as_str()
            .unwrap()
            .starts_with("preview-")
    );
    assert_eq!(
        keys["keys"][0].get("d"),
        None,
        "the private half stays private"
    );
    Ok(())
}

/// As the page writes text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
