//! The product team's page in a real Chromium, against a real edge.

use std::time::Duration;

use anyhow::{Context, Result};
use kelisim_tests::{Browser, Edge, Screen};
use serde_json::{Value, json};
use thirtyfour::{error::WebDriverErrorInner, prelude::*};

#[tokio::test]
async fn a_change_is_seen_as_a_person_would_beside_what_comes_of_it() -> Result<()> {
    let (_edge, browser) = open().await?;
    says(&browser, "#diff ins", "пяти").await?;
    browser.screenshot("preview-new-light").await?;
    assert_eq!(browser.violations().await?, [""; 0]);

    press(&browser, "[data-state=day-6]").await?;
    in_frame(&browser).await?;
    browser.part("[part=dialog] [part=change]").await?;
    browser.part("button[part=leave]").await?;
    browser.driver.enter_default_frame().await?;
    browser.screenshot("preview-day-6-light").await?;
    assert_eq!(browser.violations().await?, [""; 0]);
    in_frame(&browser).await?;
    browser.part("button[part=accept]").await?.click().await?;
    browser.part(".receipt").await?;
    browser.driver.enter_default_frame().await?;
    says(&browser, "#events", "kelisim:accepted").await?;
    says(&browser, "#requests", "POST /v1/statements: 201").await?;
    press(&browser, "#show-records").await?;
    says(&browser, "#records li:last-child", "Записи просмотрены").await?;
    let records = browser.driver.find(By::Id("records")).await?.text().await?;
    assert_eq!(
        records.matches("Принято, кнопкой").count(),
        2,
        "the edition before, and this one: {records}"
    );
    browser.resize(WINDOW.dark()).await?;
    browser.screenshot("preview-accepted-dark").await?;
    assert_eq!(browser.violations().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn every_state_is_within_reach_in_any_order() -> Result<()> {
    let (edge, browser) = open().await?;
    for (state, standing, shows) in [
        ("day-30", "pending", Some("button[part=leave]")),
        ("withdrawn", "withdrawn", Some("button[part=accept]")),
        ("used", "accepted", None),
        ("last-minute", "pending", Some("button[part=leave]")),
        ("terminated", "terminated", Some("button[part=accept]")),
        ("day-8", "pending", Some("button[part=leave]")),
        ("accepted", "accepted", None),
        ("erased", "erased", None),
        ("new", "new", Some("button[part=accept]")),
    ] {
        press(&browser, &format!("[data-state={state}]")).await?;
        in_frame(&browser).await?;
        if let Some(part) = shows {
            browser.part(&format!("[part=dialog] {part}")).await?;
        }
        let user = browser
            .run("return new URLSearchParams(location.search).get('user')")
            .await?;
        let user = user.as_str().context("a user")?;
        let status = edge.status(&edge.token(&format!("sub={user}"))?)?;
        let status = serde_json::to_value(status.state)?;
        assert_eq!(status["name"], standing, "{state}");
        assert_eq!(browser.shows_dialog().await?, shows.is_some(), "{state}");
        browser.driver.enter_default_frame().await?;
    }
    Ok(())
}

#[tokio::test]
async fn clock_device_language_theme_and_editor_do_what_they_say() -> Result<()> {
    let (edge, browser) = open().await?;
    press(&browser, "[data-state=accepted]").await?;
    says(&browser, "#events", "kelisim:settled").await?;

    let body = browser.driver.find(By::Id("body")).await?;
    body.send_keys("Новые слова.").await?;
    says(&browser, "#diff p:last-child ins", "Новые").await?;
    press(&browser, ".publish").await?;
    assert!(edge.edition()?.document().texts[0].ends_with("Новые слова."));
    for clock in ["day-6", "last-minute", "deadline", "day-30", "next-day"] {
        press(&browser, &format!("[data-clock={clock}]")).await?;
        in_frame(&browser).await?;
        browser.part("[part=dialog] .term").await?;
        let terms = look(&browser, "box.querySelector('.term').textContent").await?;
        let is_due = ["deadline", "day-30", "next-day"].contains(&clock);
        let says_so = terms.contains("это будет записано как принятие");
        assert_eq!(says_so, is_due, "{clock}: {terms}");
        browser.driver.enter_default_frame().await?;
    }

    for (select, option) in [
        ("device", "1280x800"),
        ("language", "kk"),
        ("theme", "dark"),
    ] {
        let css = format!("#{select} [value='{option}']");
        browser.driver.find(By::Css(css)).await?.click().await?;
    }
    // The window's own preference, which is set for tests, would go before the frame's.
    let no_preference = json!({ "features": [] });
    browser
        .cdp("Emulation.setEmulatedMedia", no_preference)
        .await?;
    in_frame(&browser).await?;
    browser.part("[part=dialog][lang=kk]").await?;
    let colour = look(&browser, "getComputedStyle(box).backgroundColor").await?;
    assert_eq!(colour, "rgb(21, 27, 33)");
    assert_eq!(browser.run("return innerWidth").await?, 1280);
    browser.driver.enter_default_frame().await?;
    browser.screenshot("preview-desktop-kk").await?;
    assert_eq!(browser.violations().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn an_app_hears_by_its_bridge_and_is_heard() -> Result<()> {
    let (_edge, browser) = open().await?;
    for app in ["ios", "android", "react-native", "flutter"] {
        press(&browser, &format!("#bridge [value={app}]")).await?;
        press(&browser, "[data-state=accepted]").await?;
        says(&browser, "#messages li:last-child", "settled").await?;
        press(&browser, "[data-command=status]").await?;
        says(&browser, "#messages li:first-child", "status").await?;
        in_frame(&browser).await?;
        let asks = "return document.querySelectorAll('[data-token-url]').length";
        assert_eq!(browser.run(asks).await?, 0, "{app}");
        browser.driver.enter_default_frame().await?;
    }

    press(&browser, "[data-command=acceptances]").await?;
    in_frame(&browser).await?;
    browser
        .part("[data-account=acceptances] [part=save]")
        .await?;
    browser.driver.enter_default_frame().await?;
    browser.screenshot("preview-app-acceptances").await?;
    press(&browser, "[data-command=withdrawal]").await?;
    in_frame(&browser).await?;
    let name = browser.part("[data-account=withdrawal] [data-field=name]");
    let name = name.await?.prop("textContent").await?;
    assert_eq!(name.as_deref(), Some("Айгерім Сәрсен"));
    press_part(&browser, "[data-account=withdrawal] [part=print]").await?;
    browser.driver.enter_default_frame().await?;
    says(&browser, "#messages li:first-child", "print").await?;
    browser.screenshot("preview-app-withdrawal").await?;
    assert_eq!(browser.violations().await?, [""; 0]);

    // The token comes when the page wants one.
    press(&browser, "#early").await?;
    press(&browser, "[data-state=day-6]").await?;
    says(&browser, "#messages li:last-child", "token-wanted").await?;
    in_frame(&browser).await?;
    press_part(&browser, "button[part=accept]").await?;
    browser.driver.enter_default_frame().await?;
    says(&browser, "#messages li:first-child", "accepted").await?;
    browser.screenshot("preview-app-accepted").await?;
    breaks_nothing(&browser).await
}

#[tokio::test]
async fn a_press_without_a_network_is_kept_and_sent_later() -> Result<()> {
    let (_edge, browser) = open().await?;
    press(&browser, "#offline").await?;
    in_frame(&browser).await?;
    press_part(&browser, "button[part=accept]").await?;
    browser.driver.enter_default_frame().await?;
    says(&browser, "#events li:first-child", "kelisim:kept").await?;
    says(&browser, "#requests", "POST /v1/statements: нет сети").await?;
    browser.screenshot("preview-kept").await?;
    assert_eq!(browser.violations().await?, [""; 0]);

    press(&browser, "#offline").await?;
    says(&browser, "#events li:first-child", "kelisim:accepted").await?;
    says(&browser, "#requests", "POST /v1/statements: 201").await?;
    breaks_nothing(&browser).await
}

#[tokio::test]
async fn the_page_of_the_notice_opens_for_the_same_user() -> Result<()> {
    let (_edge, browser) = open().await?;
    browser
        .driver
        .find(By::Css("#language [value=kk]"))
        .await?
        .click()
        .await?;
    is_done(&browser).await?;
    let page = browser.driver.window().await?;
    press(&browser, "#consent button").await?;
    let mut others = browser.driver.windows().await?;
    others.retain(|window| *window != page);
    let [consent] = others.try_into().expect("one more tab");
    browser.driver.switch_to_window(consent).await?;
    browser.part("[lang=kk] button[part=accept]").await?;
    browser.screenshot("preview-consent").await?;
    let path = browser.run("return location.pathname").await?;
    assert_eq!(path, "/consent");
    Ok(())
}

const WINDOW: Screen = Screen {
    height: 900,
    ..Screen::DESKTOP
};

/// The page, once it shows the widget to a new user.
async fn open() -> Result<(Edge, Browser)> {
    let edge = Edge::start()?;
    let browser = Browser::start(WINDOW).await?;
    browser.driver.goto(edge.url()).await?;
    is_done(&browser).await?;
    in_frame(&browser).await?;
    browser.part("[part=dialog]").await?;
    browser.driver.enter_default_frame().await?;
    Ok((edge, browser))
}

async fn in_frame(browser: &Browser) -> Result<()> {
    let frame = browser.driver.find(By::Id("screen")).await?;
    Ok(frame.enter_frame().await?)
}

/// What an expression says of `box`, the notice in the frame. An element would not do: the whole notice takes the place of the first.
async fn look(browser: &Browser, expression: &str) -> Result<String> {
    let find = "const box = document.querySelector('kelisim-consent').shadowRoot.querySelector('[part=dialog]')";
    let seen = browser.run(&format!("{find}; return {expression}")).await?;
    Ok(seen.as_str().context("no words")?.to_owned())
}

/// Neither the page nor the one in its frame has done what its content security policy forbids, or thrown what nothing caught.
async fn breaks_nothing(browser: &Browser) -> Result<()> {
    let is_fault = |event: &Value| {
        ["violation", "uncaught"]
            .map(Value::from)
            .contains(&event["name"])
    };
    let mut events = browser.events().await?;
    in_frame(browser).await?;
    events.append(&mut browser.events().await?);
    browser.driver.enter_default_frame().await?;
    events.retain(is_fault);
    assert_eq!(events, [Value::Null; 0]);
    Ok(())
}

/// Presses a button of the page, and waits for what it does.
async fn press(browser: &Browser, selector: &str) -> Result<()> {
    let button = browser.driver.find(By::Css(selector)).await?;
    button.click().await?;
    is_done(browser).await
}

/// Presses a part of the widget, which may be taken over by another of the same kind meanwhile.
async fn press_part(browser: &Browser, selector: &str) -> Result<()> {
    for _ in 0..20 {
        let pressed = browser.part(selector).await?.click().await;
        let is_stale = |error: &WebDriverError| {
            matches!(
                error.as_inner(),
                WebDriverErrorInner::StaleElementReference(_)
            )
        };
        if !pressed.as_ref().is_err_and(is_stale) {
            return Ok(pressed?);
        }
    }
    anyhow::bail!("{selector} does not stay")
}

async fn is_done(browser: &Browser) -> Result<()> {
    says(browser, "#said:empty", "").await
}

/// Waits until the element has these words.
async fn says(browser: &Browser, selector: &str, words: &str) -> Result<()> {
    for _ in 0..200 {
        if let Ok(element) = browser.driver.find(By::Css(selector)).await
            && element.text().await?.contains(words)
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let page = browser.driver.find(By::Tag("body")).await?.text().await?;
    anyhow::bail!("{selector} does not say {words}: {page}")
}
