//! Steps of the way through the product that several tests take, in whatever browser.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use kelisim_shared::{
    deadline::Deadline,
    jwk::JwkSet,
    receipt::VerifiedReceipt,
    record::{Acceptance, Event, Record},
    software::SoftwareVerifier,
};
use serde_json::json;
use xtask::seed;

use crate::{Browser, Edge};

/// What was recorded by the receipt that the page is told of, which has to be on that ground.
///
/// # Errors
/// The page is told of none, or of another one, or the receipt does not verify.
pub async fn accepted(edge: &Edge, browser: &Browser, basis: &str) -> Result<(Record, Acceptance)> {
    let event = browser.event("kelisim:accepted").await?;
    ensure!(event["basis"] == basis, "{event}");
    let receipt = event["receipt"].as_str().context("a receipt")?;
    let (record, acceptance) = verified(edge, receipt).await?;
    ensure!(event["record"] == json!(record.id()), "{event}");
    Ok((record, acceptance))
}

/// What a receipt of the edge says of an acceptance.
///
/// # Errors
/// It does not verify, or is of something else.
pub async fn verified(edge: &Edge, receipt: &str) -> Result<(Record, Acceptance)> {
    let keys = JwkSet::parse(&edge.get("/.well-known/jwks.json")?.body)?;
    let receipt = VerifiedReceipt::verify(receipt, &keys, &SoftwareVerifier).await?;
    let record = receipt.claims().record.clone();
    match record.event.clone() {
        Event::Accepted(acceptance) => Ok((record, acceptance)),
        other => bail!("{other:?}"),
    }
}

/// Waits until the edge knows that the notice is shown.
///
/// # Errors
/// It is not told in ten seconds; the error says what happened instead.
pub async fn presented(browser: &Browser) -> Result<()> {
    let script = "return performance.getEntriesByType('resource')
        .some(({ name, responseEnd }) => name.endsWith('/v1/statements') && responseEnd > 0)";
    for _ in 0..200 {
        if browser.run(script).await? == json!(true) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let events = browser.events().await?;
    bail!("the edge is not told that the notice is shown: {events:?}")
}

/// Has the demo show itself to this user from now on, in place of a new one in each browser.
///
/// # Errors
/// As [`Browser::at_start`].
pub async fn visit_as(browser: &Browser, user: &str) -> Result<()> {
    browser.at_start(&DEMO_USER.replace("USER", user)).await
}

/// Publishes a change of the first edition, waits until it is in force, and gives its deadline.
///
/// # Errors
/// The edge refuses it.
pub async fn publish_change(edge: &Edge) -> Result<Deadline> {
    let before = edge.edition()?.id();
    let mut request = seed::publish_request(&seed::first_edition())?;
    request["change"] = json!({ "class": "material", "supersedes": before });
    for text in request["texts"].as_array_mut().context("texts")? {
        let body = text["body"].as_str().context("a body")?;
        text["body"] = json!(body.replace("трех лет", "3 (трех) лет"));
        text["summary"] = json!(SUMMARY);
    }
    let publisher = edge.host()?.staff_token("publisher");
    let body = request.to_string();
    let answer = edge.post_as(&publisher, "/v1/admin/editions", body.as_bytes())?;
    ensure!(answer.status == 201, "{answer:?}");
    // For two seconds the edge may not know yet.
    while edge.edition()?.id() == before {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let edition = edge.edition()?;
    let succession = edition.manifest().change.succession();
    Ok(succession.context("a change")?.deadline)
}

/// What the operator says of the change.
pub const SUMMARY: &str = "Срок хранения данных указан точнее (пункт 2.4).";

const DEMO_USER: &str = "{
    const { fetch } = window;
    window.fetch = (url, options) => fetch(String(url) == '/preview/token' ? '/preview/token?sub=USER' : url, options);
}";
