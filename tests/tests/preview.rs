//! The product team's page in a real Chromium, against a real edge.

use std::time::Duration;

use anyhow::{Context, Result};
use kelisim_tests::{Browser, Edge, Screen};
use serde_json::json;
use thirtyfour::prelude::*;

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
        let terms = browser.part("[part=dialog] .term").await?.text().await?;
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
    let dialog = browser.part("[part=dialog][lang=kk]").await?;
    let colour = dialog.css_value("background-color").await?;
    assert_eq!(colour, "rgba(21, 27, 33, 1)");
    assert_eq!(browser.run("return innerWidth").await?, 1280);
    browser.driver.enter_default_frame().await?;
    browser.screenshot("preview-desktop-kk").await?;
    assert_eq!(browser.violations().await?, [""; 0]);
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

/// Presses a button of the page, and waits for what it does.
async fn press(browser: &Browser, selector: &str) -> Result<()> {
    let button = browser.driver.find(By::Css(selector)).await?;
    button.click().await?;
    is_done(browser).await
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
