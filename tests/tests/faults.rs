//! What goes wrong on a person's device, in a real Chromium against a real edge.

use std::time::Duration;

use anyhow::{Result, ensure};
use kelisim_shared::record::Source;
use kelisim_tests::{
    Browser, Edge, Screen,
    steps::{accepted, presented, publish_change, verified, visit_as},
};
use serde_json::json;
use thirtyfour::prelude::*;

#[tokio::test]
async fn a_press_without_network_is_kept_and_sent_once_when_there_is_one() -> Result<()> {
    let (edge, browser) = begin().await?;
    // The page does not hear of the network, as one that is left meanwhile.
    browser
        .at_start(
            "{ const { addEventListener } = window; window.addEventListener = (type, ...rest) => type == 'online' || addEventListener(type, ...rest) }",
        )
        .await?;
    press_without_network(&edge, &browser).await?;
    let note = browser.part("footer .note").await?.text().await?;
    assert!(note.contains("сервер его ещё не записал"), "{note}");
    assert_eq!(browser.violations().await?, [""; 0]);
    browser.screenshot("kept-ru-phone-light").await?;
    assert_eq!(edge.receipts(&edge.token("sub=kept")?)?.len(), 0);

    // The page is left, and opened again another time.
    browser.part("button[part=leave]").await?.click().await?;
    assert!(!browser.shows_dialog().await?);
    browser.set_offline(false).await?;
    browser.driver.refresh().await?;
    let (record, _) = accepted(&edge, &browser, "explicit").await?;
    assert_eq!(edge.receipts(&edge.token("sub=kept")?)?.len(), 1);
    browser.driver.refresh().await?;
    browser.event("kelisim:settled").await?;
    assert_eq!(record.sequence, 2, "the showing, and the one press");
    Ok(())
}

#[tokio::test]
async fn a_kept_press_is_sent_by_itself_when_the_network_is_back() -> Result<()> {
    let (edge, browser) = begin().await?;
    press_without_network(&edge, &browser).await?;
    browser.set_offline(false).await?;
    accepted(&edge, &browser, "explicit").await?;
    browser.part(".receipt").await?;
    Ok(())
}

#[tokio::test]
async fn a_kept_press_is_sent_by_itself_though_its_notice_was_closed() -> Result<()> {
    let (edge, browser) = begin().await?;
    press_without_network(&edge, &browser).await?;
    browser.part("button[part=leave]").await?.click().await?;
    assert!(!browser.shows_dialog().await?);
    browser.set_offline(false).await?;
    accepted(&edge, &browser, "explicit").await?;
    assert!(!browser.shows_dialog().await?, "nobody is disturbed");
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_a_year_and_no_storage_change_nothing() -> Result<()> {
    let (edge, browser) = begin().await?;
    browser.at_start(WRONG).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    let (_, acceptance) = accepted(&edge, &browser, "explicit").await?;
    ensure!(
        matches!(acceptance.source, Source::Device { .. }),
        "{acceptance:?}"
    );
    Ok(())
}

#[tokio::test]
async fn where_nothing_can_sign_the_person_is_told() -> Result<()> {
    let (edge, browser) = begin().await?;
    browser
        .at_start("crypto.subtle.generateKey = async () => { throw new DOMException('', 'OperationError') }")
        .await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    let failure = browser.part(".failure:not(:empty)").await?.text().await?;
    assert!(failure.contains("ничего не записано"), "{failure}");
    assert!(browser.shows_dialog().await?);
    Ok(())
}

#[tokio::test]
async fn what_was_closed_before_the_widget_was_there_comes_back() -> Result<()> {
    let (edge, browser) = begin().await?;
    // As Escape does where a browser does not know `closedby`.
    let close = "{
        const { mark } = performance;
        performance.mark = (name) => {
            mark.call(performance, name);
            document.querySelector('kelisim-consent').shadowRoot.querySelector('dialog').close();
        };
    }";
    browser.at_start(close).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser
        .part("dialog[open] .live button[part=accept]")
        .await?;
    Ok(())
}

#[tokio::test]
async fn what_is_looked_up_beside_a_notice_is_no_answer_to_it() -> Result<()> {
    let (edge, browser) = begin().await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    accepted(&edge, &browser, "explicit").await?;
    let deadline = publish_change(&edge).await?;
    for is_due in [false, true] {
        if is_due {
            edge.set_clock(&deadline.instant().to_string())?;
        }
        browser.driver.goto(format!("{}/demo/", edge.url())).await?;
        browser.part(".live button[part=leave]").await?;
        browser.run("return kelisim.open('withdrawal')").await?;
        let dialog = browser.part("dialog[data-account]").await?;
        let close = dialog.find(By::Css("[part=close]")).await?;
        close.click().await?;
        browser.run("return kelisim.open('acceptances')").await?;
        browser.part("dialog[data-account]").await?;
        browser.press(Key::Escape).await?;
        let notice = if is_due {
            ["frame modal"]
        } else {
            ["frame region"]
        };
        // A dialog tells a moment later that it was closed, as does one to whom that would be news.
        for _ in 0..100 {
            if browser.run(SHOWN).await? == json!(notice) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(browser.run(SHOWN).await?, json!(notice));
        browser
            .part(".live button[part=leave]:not([aria-busy])")
            .await?;
        assert_eq!(browser.events().await?, [json!(null); 0]);
        assert_eq!(edge.receipts(&edge.token("sub=kept")?)?.len(), 1);
    }
    Ok(())
}

/// The page of the notice is taken over where scripts run: the press is signed by a key of the device.
#[tokio::test]
async fn the_page_of_the_notice_is_signed_where_scripts_run() -> Result<()> {
    let (edge, browser) = begin().await?;
    let token = edge.token("sub=aigerim")?;
    browser.set_token(Some(&token)).await?;
    let page = format!("{}/consent?lang=kk", edge.url());
    browser.driver.goto(page).await?;
    browser.part("main button[part=accept]").await?;
    // The text comes later, but is before the button.
    browser
        .part("[part=content]:has(article #clause-4\\.3) ~ .live button[part=accept]")
        .await?;
    assert_eq!(browser.violations().await?, [""; 0]);
    assert_eq!(browser.overflow().await?, [""; 0]);
    browser.screenshot("page-kk-phone-light").await?;
    browser.part("[name=lang][value=ru]").await?.click().await?;
    browser.part(".live footer a[href$='lang=ru']").await?;
    browser
        .part("main button[part=accept]")
        .await?
        .click()
        .await?;
    let (_, acceptance) = accepted(&edge, &browser, "explicit").await?;
    ensure!(
        matches!(acceptance.source, Source::Device { .. }),
        "{acceptance:?}"
    );
    let events = browser.events().await?;
    assert_eq!(events.len(), 1, "no violation of the policy: {events:?}");
    Ok(())
}

#[tokio::test]
async fn the_text_of_the_page_is_asked_for_again_until_it_comes() -> Result<()> {
    let (edge, browser) = begin().await?;
    browser.set_token(Some(&edge.token("sub=aigerim")?)).await?;
    let block = async |urls: &[&str]| {
        let urls = json!({ "urls": urls });
        browser.cdp("Network.setBlockedURLs", urls).await
    };
    browser.cdp("Network.enable", json!({})).await?;
    block(&["*/notice?*", "*/kelisim.js?*"]).await?;
    browser.hurry().await?;
    let page = format!("{}/consent?lang=kk", edge.url());
    browser.driver.goto(page).await?;
    // Until it does, there is the edition's page, and nothing that would sign that the text was shown.
    browser
        .part("main iframe[src*='/privacy/editions/']")
        .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let parts = "return ['article', 'iframe', '.live', 'form [part=accept]']
        .filter((part) => document.querySelector('kelisim-consent').shadowRoot.querySelector(part))";
    assert_eq!(
        browser.run(parts).await?,
        json!(["iframe", "form [part=accept]"])
    );
    block(&["*/kelisim.js?*"]).await?;
    browser.part("main article #clause-4\\.3").await?;
    let jump = "const root = document.querySelector('kelisim-consent').shadowRoot;
        const button = root.querySelector('[part=summary] [data-jump]');
        const clause = root.getElementById(button.dataset.jump);
        const isInView = () => clause.getBoundingClientRect().top < innerHeight;
        return [isInView(), button.click(), isInView()]";
    let jumped = browser.run(jump).await?;
    assert_eq!(jumped, json!([false, null, true]), "without the widget");

    block(&[]).await?;
    browser.driver.refresh().await?;
    browser.part("main .live button[part=accept]").await?;
    assert_eq!(browser.run(parts).await?, json!(["article", ".live"]));
    Ok(())
}

#[tokio::test]
async fn the_page_of_the_notice_is_there_again_at_the_next_visit_and_leads_on() -> Result<()> {
    let (edge, browser) = begin().await?;
    let token = edge.token("sub=aigerim")?;
    browser.set_token(Some(&token)).await?;
    let page = format!("{}/consent?lang=ru", edge.url());
    browser.driver.goto(&page).await?;
    browser
        .part(".live button[part=accept]")
        .await?
        .click()
        .await?;
    accepted(&edge, &browser, "explicit").await?;
    publish_change(&edge).await?;
    for _ in 0..2 {
        // Where the person stands is kept, and the loader carries the notice in its short form.
        browser.driver.goto(&page).await?;
        browser.part("main article #clause-4\\.3").await?;
        browser.part("main .live button[part=accept]").await?;
    }
    browser
        .part("main .live button[part=leave]")
        .await?
        .click()
        .await?;
    browser
        .driver
        .query(By::Css("article a.number"))
        .first()
        .await?;
    let policy = format!("{}/privacy?lang=ru", edge.url());
    assert_eq!(browser.driver.current_url().await?.as_str(), policy);
    Ok(())
}

#[tokio::test]
async fn who_reads_for_longer_than_a_token_lasts_accepts_by_the_form() -> Result<()> {
    let (edge, browser) = begin().await?;
    edge.set_clock("2026-11-24T05:00:00.000Z")?;
    let token = edge.token("sub=aigerim")?;
    browser.set_token(Some(&token)).await?;
    browser.hurry().await?;
    let page = format!("{}/consent?lang=ru", edge.url());
    browser.driver.goto(page).await?;
    let accept = browser.part("main .live button[part=accept]").await?;
    edge.set_clock("2026-11-24T05:20:00.000Z")?;
    accept.click().await?;
    browser
        .driver
        .query(By::Css("textarea[readonly]"))
        .first()
        .await?;
    let now = edge.token("sub=aigerim")?;
    let [receipt] = edge.receipts(&now)?.try_into().unwrap();
    let (_, acceptance) = verified(&edge, &receipt).await?;
    ensure!(
        matches!(acceptance.source, Source::Session { .. }),
        "{acceptance:?}"
    );
    Ok(())
}

#[tokio::test]
async fn the_page_of_the_notice_is_taken_over_where_no_shadow_can_be_declared() -> Result<()> {
    let (edge, browser) = begin().await?;
    let token = edge.token("sub=aigerim")?;
    // Its own policy would let no page be written into another one.
    let bypass = json!({ "enabled": true });
    browser.cdp("Page.setBypassCSP", bypass).await?;
    let elsewhere = format!("{}/privacy", edge.url());
    browser.driver.goto(elsewhere).await?;
    let write = format!(
        "return fetch('/consent?lang=kk', {{ headers: {{ authorization: 'Bearer {token}' }} }})
           .then((answer) => answer.text())
           .then((html) => {{
             document.open();
             document.write(html.replace('shadowrootmode', 'unknown'));
             document.close();
           }})"
    );
    browser.run(&write).await?;
    browser.part("main article #clause-4\\.3").await?;
    let accept = browser.part("main .live button[part=accept]").await?;
    accept.click().await?;
    // The widget's own receipt: the form would have left for another page.
    browser.part("button[part=close]").await?;
    assert_eq!(edge.receipts(&token)?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_accepted_can_be_looked_up_and_withdrawn_on_paper() -> Result<()> {
    let (edge, browser) = begin().await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    accepted(&edge, &browser, "explicit").await?;
    browser.part("button[part=close]").await?.click().await?;
    for (language, view) in [
        ("ru", "acceptances"),
        ("kk", "withdrawal"),
        ("ru", "withdrawal"),
    ] {
        browser
            .driver
            .goto(format!("{}/demo/?lang={language}", edge.url()))
            .await?;
        browser.event("kelisim:settled").await?;
        let open = format!(
            "kelisim.open('{view}', {{ name: 'Айгерим Сапарова', phone: '+7 700 000 00 00' }})"
        );
        browser.run(&open).await?;
        let dialog = browser.part("dialog[data-account]").await?;
        let text = dialog.text().await?;
        assert_eq!(
            text.contains("Айгерим Сапарова"),
            view == "withdrawal",
            "{text}"
        );
        assert_eq!(browser.violations().await?, [""; 0], "{language} {view}");
        browser
            .screenshot(&format!("{view}-{language}-phone-light"))
            .await?;
    }
    let requests = browser.requests().await?;
    assert!(
        !requests.iter().any(|request| request.contains("wasm")),
        "{requests:?}"
    );
    Ok(())
}

/// Accepts at the demo when the network has just gone, and hears that this is kept.
async fn press_without_network(edge: &Edge, browser: &Browser) -> Result<()> {
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?;
    presented(browser).await?;
    browser.set_offline(true).await?;
    browser.part("button[part=accept]").await?.click().await?;
    let kept = browser.event("kelisim:kept").await?;
    assert_eq!(kept["edition"], json!(edge.edition()?.id()));
    Ok(())
}

async fn begin() -> Result<(Edge, Browser)> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    visit_as(&browser, "kept").await?;
    Ok((edge, browser))
}

/// The classes of what is on the screen.
const SHOWN: &str = "return [...document.querySelector('kelisim-consent').shadowRoot.children].map((element) => element.className)";

/// The device's clock is a year ahead, and nothing can be kept.
const WRONG: &str = "{
    const { now } = Date;
    Date.now = () => now() + 365 * 24 * 60 * 60 * 1000;
    Object.defineProperty(window, 'indexedDB', { value: undefined });
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });
}";
