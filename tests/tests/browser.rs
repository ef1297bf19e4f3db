//! The product as a person meets it: the demo page in a real Chromium, against a real edge.

use anyhow::{Context, Result};
use kelisim_shared::{
    jwk::JwkSet, receipt::VerifiedReceipt, record::Event, software::SoftwareVerifier,
};
use kelisim_tests::{Browser, Edge, HostPage, Screen};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use xtask::seed;

#[tokio::test]
async fn a_person_reads_accepts_and_is_not_asked_again() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;

    let dialog = browser.part("dialog[open]").await?;
    assert_eq!(dialog.attr("aria-modal").await?.as_deref(), Some("true"));
    let text = dialog.text().await?;
    for words in [
        "номер мобильного телефона",
        "ТОО «BTS Digital»",
        "7 (семи) календарных дней",
    ] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    let numbers = all_texts(&browser, ".clause > .number").await?;
    assert_eq!(numbers.len(), 18);
    assert_eq!(numbers[9], "2.6.");
    let first_list = text
        .find("номер мобильного телефона")
        .context("data categories")?;
    assert!(
        first_list < text.find("1.1.").context("clause 1.1")?,
        "purposes and data come first"
    );
    let accept = browser.part("button[part=accept]").await?;
    assert!(
        accept.is_clickable().await?,
        "it can be pressed at once, without scrolling"
    );

    accept.click().await?;
    let accepted = browser.event("kelisim:accepted").await?;
    let receipt = accepted["receipt"].as_str().context("a receipt")?;
    let keys = JwkSet::parse(&edge.get("/.well-known/jwks.json")?.body)?;
    let receipt = VerifiedReceipt::verify(receipt, &keys, &SoftwareVerifier).await?;
    let record = &receipt.claims().record;
    let Event::Accepted(acceptance) = &record.event;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    assert_eq!(
        (
            acceptance.language.code(),
            acceptance.interface_language.code()
        ),
        ("ru", "ru")
    );
    let shown = browser.part("dialog[open] .receipt").await?.text().await?;
    assert!(shown.contains(&record.id().to_string()), "{shown}");

    browser.part("button[part=close]").await?.click().await?;
    assert!(!browser.shows_dialog().await?);
    browser.driver.refresh().await?;
    let settled = browser.event("kelisim:settled").await?;
    assert_eq!(settled["edition"], json!(edge.edition()?.id()));
    assert!(!browser.shows_dialog().await?);
    let requests = browser.requests().await?;
    assert!(
        !requests.iter().any(|request| request.contains("wasm")),
        "{requests:?}"
    );

    browser
        .driver
        .find(By::Id("sign-out"))
        .await?
        .click()
        .await?;
    browser.part("dialog[open]").await?;
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    browser
        .driver
        .goto(format!("{}/demo/?lang=en", edge.url()))
        .await?;
    browser.part("dialog[open]").await?;

    press(&browser, Key::Escape).await?;
    press(&browser, Key::Escape).await?;
    assert!(browser.shows_dialog().await?, "Escape is no answer");
    let mut focused = Vec::new();
    for _ in 0..40 {
        press(&browser, Key::Tab).await?;
        focused.push(focus(&browser).await?);
    }
    let outside: Vec<_> = focused.iter().filter(|place| *place == "outside").collect();
    assert!(outside.is_empty(), "focus leaves the dialog: {focused:?}");
    assert!(focused.iter().any(|place| place == "accept"), "{focused:?}");
    while focus(&browser).await? != "accept" {
        press(&browser, Key::Tab).await?;
    }
    press(&browser, Key::Enter).await?;
    browser.event("kelisim:accepted").await?;
    browser.part("button[part=close]").await?;
    while focus(&browser).await? != "close" {
        press(&browser, Key::Tab).await?;
    }
    press(&browser, Key::Enter).await?;
    assert!(!browser.shows_dialog().await?);
    Ok(())
}

#[tokio::test]
async fn it_speaks_three_languages_and_fits_every_screen() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    let narrow = Screen {
        width: 320,
        ..Screen::PHONE
    };
    for (language, words) in [
        ("kk", "қазақ тілінде"),
        ("ru", "Прочитайте"),
        ("en", "has not been published in English"),
    ] {
        browser
            .driver
            .goto(format!("{}/demo/?lang={language}", edge.url()))
            .await?;
        let dialog = browser.part("dialog[open]").await?;
        assert_eq!(dialog.attr("lang").await?.as_deref(), Some(language));
        let text = dialog.text().await?;
        assert!(text.contains(words), "{words} is missing in {text}");
        assert_eq!(
            browser
                .part(".policy")
                .await?
                .attr("lang")
                .await?
                .as_deref(),
            Some("ru")
        );
        for (name, screen) in [
            ("phone-light", Screen::PHONE),
            ("phone-dark", Screen::PHONE.dark()),
            ("narrow-light", narrow),
            ("desktop-light", Screen::DESKTOP),
            ("desktop-dark", Screen::DESKTOP.dark()),
        ] {
            browser.resize(screen).await?;
            let overflow = browser.run(OVERFLOW).await?;
            assert_eq!(overflow, json!([]), "scrolls sideways: {language} {name}");
            browser
                .screenshot(&format!("dialog-{language}-{name}"))
                .await?;
        }
    }
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;
    browser.part(".receipt").await?;
    for (name, screen) in [
        ("phone-light", Screen::PHONE),
        ("desktop-dark", Screen::DESKTOP.dark()),
    ] {
        browser.resize(screen).await?;
        browser.screenshot(&format!("receipt-en-{name}")).await?;
    }
    for (name, screen) in [
        ("phone-light", Screen::PHONE),
        ("desktop-dark", Screen::DESKTOP.dark()),
    ] {
        browser.resize(screen).await?;
        browser
            .driver
            .goto(format!("{}/privacy?lang=kk", edge.url()))
            .await?;
        assert_eq!(
            browser.run(OVERFLOW).await?,
            json!([]),
            "/privacy scrolls sideways: {name}"
        );
        browser.screenshot(&format!("privacy-kk-{name}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn it_asks_nobody_else_and_keeps_its_key_to_itself() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;

    let elsewhere: Vec<String> = browser
        .requests()
        .await?
        .into_iter()
        .filter(|request| !request.starts_with(edge.url()))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    let events = browser.events().await?;
    assert_eq!(
        events.len(),
        1,
        "no violation of the page's policy, no error: {events:?}"
    );
    let keys: Value = browser
        .driver
        .execute_async(STORED_KEYS, Vec::new())
        .await?
        .json()
        .clone();
    assert_eq!(keys, json!([{ "type": "private", "extractable": false }]));
    Ok(())
}

#[tokio::test]
async fn a_page_of_another_origin_embeds_it_with_one_tag() -> Result<()> {
    let site = HostPage::bind()?;
    let origins = ("ALLOWED_ORIGINS", json!([site.url()]).to_string());
    let edge = Edge::start_empty(&[origins])?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    site.serve(edge.url(), edge.host()?, "aigerim");
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(site.url()).await?;
    assert_eq!(
        browser
            .part("dialog[open]")
            .await?
            .attr("lang")
            .await?
            .as_deref(),
        Some("kk")
    );
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;
    assert_eq!(edge.receipts(&edge.host()?.token("aigerim"))?.len(), 1);
    let events = browser.events().await?;
    assert_eq!(
        events.len(),
        1,
        "no violation of the site's policy, no error: {events:?}"
    );
    Ok(())
}

async fn press(browser: &Browser, key: Key) -> Result<()> {
    Ok(browser
        .driver
        .action_chain()
        .send_keys(key)
        .perform()
        .await?)
}

/// The part of the widget that has the focus; `outside` when the page has it, and `inside` for parts
/// without a name.
async fn focus(browser: &Browser) -> Result<String> {
    let part = browser
        .run(
            "const host = document.activeElement;
             if (host === document.body) return 'browser';
             if (host.localName !== 'kelisim-consent') return 'outside';
             return host.shadowRoot.activeElement?.getAttribute('part') || 'inside';",
        )
        .await?;
    Ok(part.as_str().context("a string")?.to_owned())
}

async fn all_texts(browser: &Browser, selector: &str) -> Result<Vec<String>> {
    let script = format!(
        "const root = document.querySelector('kelisim-consent').shadowRoot;
         return [...root.querySelectorAll('{selector}')].map((element) => element.textContent.trim())"
    );
    Ok(serde_json::from_value(browser.run(&script).await?)?)
}

/// Elements of page and widget that reach over the right edge of the window.
const OVERFLOW: &str = "
    const root = document.querySelector('kelisim-consent')?.shadowRoot?.querySelector('dialog') ?? document.body;
    return [root, ...root.querySelectorAll('*')]
      .filter((element) => element.scrollWidth > document.documentElement.clientWidth
        || element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 120));
";

/// Private keys in every database of this origin.
const STORED_KEYS: &str = "
    const done = arguments[0];
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    (async () => {
      const keys = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await settled(indexedDB.open(name));
        for (const store of database.objectStoreNames)
          for (const value of await settled(database.transaction(store).objectStore(store).getAll()))
            keys.push(value.privateKey ?? value);
        database.close();
      }
      done(keys.map(({ type, extractable }) => ({ type, extractable })));
    })().catch((error) => done(String(error)));
";
