//! Too many requests, for one person or from one address.

use anyhow::{Context, Result};
use kelisim_shared::problem::ProblemType as P;
use kelisim_tests::{Answer, Edge};

/// Sends requests from eight threads until one is refused, or so many are sent.
fn flood(most: usize, send: impl Fn() -> Result<Answer> + Sync) -> Option<Answer> {
    let refused = std::sync::Mutex::new(None);
    let is_over = || refused.lock().is_ok_and(|refused| refused.is_some());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..most / 8 {
                    if is_over() {
                        return;
                    }
                    if let Ok(answer) = send()
                        && answer.status == 429
                        && let Ok(mut refused) = refused.lock()
                    {
                        *refused = Some(answer);
                    }
                }
            });
        }
    });
    refused.into_inner().ok().flatten()
}

/// The preview allows 300 requests in ten seconds; a window may end meanwhile.
#[test]
fn one_person_is_slowed_down_and_nobody_else() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.token("sub=aigerim")?;
    let refused = flood(3_000, || edge.get_as(&token, "/v1/receipts"));
    let refused = refused.expect("a limit");
    assert_eq!(refused.problem()?, P::RateLimited);
    assert_eq!(refused.header("retry-after"), "60");
    let other = edge.token("sub=berik")?;
    assert_eq!(edge.get_as(&other, "/v1/receipts")?.status, 200);
    assert!(
        !edge.has_on_disk("aigerim")?,
        "the limit is kept by the pseudonym"
    );
    Ok(())
}

/// A form speaks of the person as a token does.
#[test]
fn one_person_is_slowed_down_by_the_form_too() -> Result<()> {
    let edge = Edge::start()?;
    let page = edge.get_as(&edge.token("sub=aigerim")?, "/consent")?;
    let ticket = page.ticket()?;
    let refused = flood(3_000, || {
        let request = edge
            .request("POST", "/consent/accept")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", edge.url());
        edge.send(request, format!("ticket={ticket}").as_bytes())
    });
    assert_eq!(refused.context("a limit")?.problem()?, P::RateLimited);
    Ok(())
}

/// The preview allows 600.
#[test]
fn one_address_is_slowed_down_whatever_it_asks_and_is_never_stored() -> Result<()> {
    let edge = Edge::start()?;
    let from = |address: &str| {
        let request = edge.request("GET", "/v1/receipts");
        edge.send(request.header("CF-Connecting-IP", address), &[])
    };
    let refused = flood(6_000, || from("203.0.113.77"));
    assert_eq!(refused.expect("a limit").problem()?, P::RateLimited);
    assert_eq!(from("203.0.113.78")?.problem()?, P::TokenMissing);
    let person = edge
        .request("GET", "/consent")
        .header("Accept", "text/html,application/xhtml+xml")
        .header("CF-Connecting-IP", "203.0.113.77");
    let page = edge.send(person, &[])?;
    assert_eq!(page.status, 429);
    assert!(page.text()?.contains("/problems#rate-limited"));
    assert!(!edge.has_on_disk("203.0.113.77")?);
    Ok(())
}
