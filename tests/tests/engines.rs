//! The way of a person through the product, from the first notice to going on after a deadline: in three engines, on a
//! phone in light colours and on a desktop in dark ones, in the page of a host on an origin of its own.

use anyhow::{Result, ensure};
use kelisim_shared::record::Ground;
use kelisim_tests::{
    Browser, Edge, Engine, HostPage, Screen,
    steps::{accepted, publish_change},
};
use serde_json::json;
use thirtyfour::prelude::*;

macro_rules! journeys {
    ($($name:ident: $engine:ident, $screen:expr;)*) => {$(
        #[tokio::test]
        async fn $name() -> Result<()> {
            journey(stringify!($name), Engine::$engine, $screen).await
        }
    )*};
}

journeys! {
    chromium_on_a_phone: Chromium, Screen::PHONE;
    chromium_on_a_desktop: Chromium, Screen::DESKTOP.dark();
    firefox_on_a_phone: Firefox, Screen::PHONE;
    firefox_on_a_desktop: Firefox, Screen::DESKTOP.dark();
    webkit_on_a_phone: WebKit, Screen::PHONE;
    webkit_on_a_desktop: WebKit, Screen::DESKTOP.dark();
}

async fn journey(name: &str, engine: Engine, screen: Screen) -> Result<()> {
    if engine != Engine::Chromium && engine.is_out_of_reach() {
        eprintln!("skipped: {engine} is not installed, and cannot be without apt-get");
        return Ok(());
    }
    let (site, edge) = HostPage::with_edge("aigerim")?;
    let visit = Visit {
        browser: Browser::start_in(engine, screen).await?,
        screen,
        name,
        site: &site,
    };
    let browser = &visit.browser;

    visit.begin("accept").await?;
    visit.is_on_its_screen().await?;
    visit.is_fit_to_be_seen("new").await?;
    visit.press("accept").await?;
    let (record, acceptance) = accepted(&edge, browser, "explicit").await?;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    assert_eq!(acceptance.presentation, record.previous);
    let keys = browser.stored_keys().await?;
    assert_eq!(keys, json!([{ "type": "private", "extractable": false }]));
    visit.press("close").await?;
    assert!(!browser.shows_dialog().await?);
    visit.hears("kelisim:accepted").await?;
    visit.is_not_asked(&edge).await?;

    let deadline = publish_change(&edge).await?;
    let postponed = json!({ "edition": edge.edition()?.id(), "deadline": deadline });
    visit.begin("leave").await?;
    visit.is_fit_to_be_seen("change").await?;
    visit.press("leave").await?;
    assert_eq!(browser.event("kelisim:postponed").await?, postponed);
    assert!(!browser.shows_dialog().await?);
    visit.hears("kelisim:postponed").await?;
    visit.begin("leave").await?;

    edge.set_clock(&deadline.instant().to_string())?;
    visit.begin("leave").await?;
    visit.is_fit_to_be_seen("due").await?;
    visit.press("leave").await?;
    let (_, acceptance) = accepted(&edge, browser, "implied").await?;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    assert!(matches!(acceptance.ground, Ground::Implied { .. }));
    visit.hears("kelisim:accepted").await?;
    visit.is_not_asked(&edge).await?;
    Ok(())
}

/// A person with a browser, at the site of a host.
struct Visit<'a> {
    browser: Browser,
    screen: Screen,
    name: &'a str,
    site: &'a HostPage,
}

impl Visit<'_> {
    /// Opens the page and waits until the widget has that button.
    async fn begin(&self, button: &str) -> Result<()> {
        self.browser.driver.goto(self.site.url()).await?;
        self.browser.part("[part=title]").await?;
        let button = self.browser.part(&format!("button[part={button}]")).await?;
        ensure!(button.is_displayed().await?, "it is out of sight");
        Ok(())
    }

    /// Every engine has its own way to such a window.
    async fn is_on_its_screen(&self) -> Result<()> {
        let script =
            "return [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]";
        let seen = self.browser.run(script).await?;
        let Screen {
            width,
            height,
            is_dark,
            ..
        } = self.screen;
        assert_eq!(seen, json!([width, height, is_dark]));
        Ok(())
    }

    /// Presses a button of the widget: with a finger on a phone, with the keyboard alone on a desktop.
    async fn press(&self, part: &str) -> Result<()> {
        let button = self.browser.part(&format!("button[part={part}]")).await?;
        if self.screen.is_phone {
            return Ok(button.click().await?);
        }
        self.browser.tab_to(part).await?;
        self.browser.press(Key::Enter).await
    }

    /// Nothing reaches over the edge of the window, nor keeps anyone out.
    async fn is_fit_to_be_seen(&self, state: &str) -> Result<()> {
        let name = format!("{}-{state}", self.name);
        self.browser.screenshot(&name).await?;
        assert_eq!(self.browser.overflow().await?, [""; 0], "{name}");
        assert_eq!(self.browser.violations().await?, [""; 0], "{name}");
        Ok(())
    }

    /// Nothing else happened on this page: no error, and nothing that the page's policy forbids.
    async fn hears(&self, event: &str) -> Result<()> {
        let events = self.browser.events().await?;
        assert!(
            events.len() == 1 && events[0]["name"] == event,
            "{event}, only: {events:?}"
        );
        Ok(())
    }

    async fn is_not_asked(&self, edge: &Edge) -> Result<()> {
        self.browser.driver.refresh().await?;
        let settled = self.browser.event("kelisim:settled").await?;
        assert_eq!(settled["edition"], json!(edge.edition()?.id()));
        assert!(!self.browser.shows_dialog().await?);
        self.hears("kelisim:settled").await
    }
}
