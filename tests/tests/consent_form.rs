//! The form of consent: a browser with neither JavaScript nor WebAssembly, and those who would abuse it.

use anyhow::Result;
use kelisim_shared::{
    problem::ProblemType as P,
    record::{Ground, Source},
    statement::Control,
};
use kelisim_tests::{Answer, Browser, Edge, Person, Screen, steps::verified};
use serde_json::json;
use thirtyfour::prelude::*;
use xtask::seed;

/// Opens the page as an app's webview does.
fn open(edge: &Edge, user: &str, language: &str) -> Result<Answer> {
    let token = edge.token(&format!("sub={user}"))?;
    edge.get_as(&token, &format!("/consent?lang={language}"))
}

/// Sends a form as a page of that origin would.
fn send(edge: &Edge, path: &str, origin: Option<&str>, fields: &[(&str, &str)]) -> Result<Answer> {
    let mut request = edge
        .request("POST", path)
        .header("Content-Type", "application/x-www-form-urlencoded");
    if let Some(origin) = origin {
        request = request.header("Origin", origin);
    }
    // Tickets, tokens and languages need no escaping.
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    edge.send(request, body.join("&").as_bytes())
}

#[test]
fn a_person_without_javascript_accepts_by_a_form() -> Result<()> {
    let edge = Edge::start()?;
    let page = open(&edge, "aigerim", "kk")?;
    assert_eq!(
        (
            page.status,
            page.header("content-type"),
            page.header("cache-control")
        ),
        (200, "text/html; charset=utf-8", "no-store")
    );
    let html = page.text()?;
    assert_eq!(html.matches("<script").count(), 1);
    assert!(
        html.contains("<script type=\"module\" id=\"follow\" data-notice=")
            && !html.contains("checked")
    );
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(
        Person::new(&edge, "aigerim").standing()?,
        "new",
        "looking accepts nothing"
    );
    let head = edge.send(edge.request("HEAD", "/consent"), &[])?;
    assert_eq!(head.status, 405, "nothing is shown by it");

    let sealed = page.ticket()?;
    let fields = [("ticket", sealed.as_str())];
    let done = send(&edge, "/consent/accept", Some(edge.url()), &fields)?;
    assert_eq!(done.status, 201);
    let again = send(&edge, "/consent/accept", Some(edge.url()), &fields)?;
    assert_eq!(again.status, 200, "sent twice, recorded once");
    let [receipt] = edge
        .receipts(&edge.token("sub=aigerim")?)?
        .try_into()
        .unwrap();
    assert!(done.text()?.contains(&receipt) && again.text()?.contains(&receipt));

    let (_, acceptance) = pollster::block_on(verified(&edge, &receipt))?;
    assert!(matches!(acceptance.source, Source::Session { .. }));
    let Ground::Explicit { shown, control } = &acceptance.ground else {
        panic!("{acceptance:?}");
    };
    assert_eq!(
        (
            control,
            shown.interface_language.code(),
            shown.language.code()
        ),
        (&Control::FormAccept, "kk", "ru")
    );
    let settled = open(&edge, "aigerim", "ru")?;
    assert!(
        !settled.text()?.contains("name=\"ticket\""),
        "there is nothing to accept"
    );
    Ok(())
}

#[test]
fn a_host_opens_the_form_with_a_form_and_the_person_changes_the_language() -> Result<()> {
    let origins = (
        "ALLOWED_ORIGINS",
        r#"["https://smartaqkol.chat"]"#.to_owned(),
    );
    let edge = Edge::start_empty(&[origins])?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    let host = Some("https://smartaqkol.chat");
    let token = edge.token("sub=aigerim")?;
    let fields = [("token", token.as_str()), ("lang", "ru")];
    let page = send(&edge, "/consent", host, &fields)?;
    assert!(page.text()?.contains(r#"<html lang="ru">"#));
    let sealed = page.ticket()?;
    let fields = [("ticket", sealed.as_str()), ("lang", "kk")];
    let in_kazakh = send(&edge, "/consent", Some(edge.url()), &fields)?;
    assert!(in_kazakh.text()?.contains(r#"<html lang="kk">"#));
    let sealed = in_kazakh.ticket()?;
    let done = send(
        &edge,
        "/consent/accept",
        Some(edge.url()),
        &[("ticket", &sealed)],
    )?;
    assert!(done.text()?.contains(r#"<html lang="kk">"#));
    Ok(())
}

#[test]
fn a_form_is_taken_from_no_other_page_and_only_as_it_was_made() -> Result<()> {
    let origins = (
        "ALLOWED_ORIGINS",
        r#"["https://smartaqkol.chat"]"#.to_owned(),
    );
    let edge = Edge::start_empty(&[origins])?;
    edge.set_clock("2026-11-23T05:00:00.000Z")?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    let sealed = open(&edge, "aigerim", "ru")?.ticket()?;
    let own = Some(edge.url());
    let accept = |origin: Option<&str>, ticket: &str| {
        send(&edge, "/consent/accept", origin, &[("ticket", ticket)])
    };
    for origin in [
        None,
        Some("null"),
        Some("https://elsewhere.example"),
        Some("https://smartaqkol.chat"),
    ] {
        assert_eq!(
            accept(origin, &sealed)?.problem()?,
            P::OriginNotAllowed,
            "{origin:?}"
        );
    }
    let changed = sealed.replacen('a', "b", 1);
    for forged in ["", "x", "x.y", &changed] {
        assert_eq!(accept(own, forged)?.problem()?, P::FormInvalid, "{forged}");
    }
    let nothing = send(&edge, "/consent/accept", own, &[])?;
    assert_eq!(nothing.problem()?, P::FormInvalid);
    let json = edge
        .request("POST", "/consent/accept")
        .header("Content-Type", "application/json")
        .header("Origin", edge.url());
    assert_eq!(edge.send(json, b"{}")?.problem()?, P::UnsupportedMediaType);
    assert_eq!(edge.get("/consent")?.problem()?, P::TokenMissing);
    assert_eq!(
        send(&edge, "/consent", own, &[("token", "x")])?.problem()?,
        P::TokenMalformed
    );

    edge.set_clock("2026-11-23T05:50:00.000Z")?;
    let in_kazakh = send(
        &edge,
        "/consent",
        own,
        &[("ticket", &sealed), ("lang", "kk")],
    )?;
    let renewed = in_kazakh.ticket()?;
    edge.set_clock("2026-11-23T06:05:00.000Z")?;
    for sealed in [&sealed, &renewed] {
        let late = accept(own, sealed)?.problem()?;
        assert_eq!(late, P::FormExpired, "no form makes another last longer");
    }
    let in_a_browser = edge
        .request("POST", "/consent/accept")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "text/html,application/xhtml+xml")
        .header("Accept-Language", "kk")
        .header("Origin", edge.url());
    let page = edge.send(in_a_browser, format!("ticket={sealed}").as_bytes())?;
    assert_eq!(page.status, 422);
    assert!(page.text()?.contains("/problems#form-expired"));
    let sealed = open(&edge, "aigerim", "ru")?.ticket()?;
    edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
        .parsed::<serde_json::Value>(201)?;
    let replaced = accept(own, &sealed)?;
    assert!(replaced.text()?.contains(&edge.edition()?.id().to_string()));
    assert_ne!(replaced.ticket()?, sealed, "the new one waits for a press");
    assert_eq!(Person::new(&edge, "aigerim").standing()?, "new");
    Ok(())
}

/// In a real browser, which names the origin of a form as the policies of its page let it.
#[tokio::test]
async fn a_browser_with_javascript_off_sends_the_form() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.token("sub=aigerim")?;
    let browser = Browser::start(Screen::PHONE).await?;
    let turn_scripts_off = async |off: bool| {
        let off = json!({ "value": off });
        browser
            .cdp("Emulation.setScriptExecutionDisabled", off)
            .await
    };
    turn_scripts_off(true).await?;
    // As the webview of an app sends it.
    browser.set_token(Some(&token)).await?;
    let look = async |name| -> Result<()> {
        browser.screenshot(name).await?;
        turn_scripts_off(false).await?;
        assert_eq!(browser.violations().await?, [""; 0], "{name}");
        turn_scripts_off(true).await?;
        Ok(())
    };
    let page = format!("{}/consent?lang=ru", edge.url());
    browser.driver.goto(&page).await?;
    look("form-ru-phone-light").await?;
    let element = browser.driver.find(By::Css("kelisim-consent")).await?;
    let root = element.get_shadow_root().await?;
    let frame = root.find(By::Css("noscript iframe")).await?;
    frame.enter_frame().await?;
    let text = browser
        .driver
        .find(By::Css("article"))
        .await?
        .text()
        .await?;
    assert!(text.contains("1.2. ") && text.contains("4.3. "), "{text}");
    // What its links lead to takes the place of the form, not of the text beside the form.
    let link = By::Css("footer a[href^='/privacy/editions?']");
    browser
        .driver
        .find(link)
        .await?
        .send_keys(Key::Enter)
        .await?;
    browser.driver.enter_default_frame().await?;
    browser
        .driver
        .query(By::Css("link[href='/page.css']"))
        .first()
        .await?;
    let history = format!("{}/privacy/editions?lang=ru", edge.url());
    assert_eq!(browser.driver.current_url().await?.as_str(), history);
    browser.driver.goto(&page).await?;
    // With scripts off, a click is over before the page that it leads to is there.
    let press = async |selector, then| -> Result<()> {
        let element = browser.driver.find(By::Css("kelisim-consent")).await?;
        let root = element.get_shadow_root().await?;
        root.find(By::Css(selector)).await?.click().await?;
        browser.driver.query(By::Css(then)).first().await?;
        Ok(())
    };
    press("[part=languages] button[lang=kk]", "html[lang=kk]").await?;
    look("form-kk-phone-light").await?;
    assert_eq!(edge.receipts(&token)?, Vec::<String>::new());
    press("form [part=accept]", "textarea[readonly]").await?;
    let [receipt] = edge.receipts(&token)?.try_into().unwrap();
    let html = browser.driver.source().await?;
    assert!(
        html.contains(&receipt) && html.contains(r#"<html lang="kk">"#),
        "{html}"
    );
    look("form-accepted-kk-phone-light").await?;
    Ok(())
}
