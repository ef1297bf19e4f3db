//! A real browser, driven by the WebDriver protocol of the W3C: Chromium, Firefox or `WebKitGTK`.

mod chromium;
mod conditions;
mod events;
mod firefox;
mod inspection;
mod screen;
mod webkit;
mod window;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, prelude::*};
use xtask::{browsers::Engine, group::Group};

pub(crate) use events::LISTENERS;
pub use screen::Screen;

/// A browser with one window and a profile of its own.
pub struct Browser {
    /// What drives it.
    pub driver: WebDriver,
    engine: Engine,
    /// The screen that it was started with.
    screen: Screen,
    /// The driver's process and the browser's.
    _group: Group,
    _display: Option<webkit::Display>,
    /// Removed with the browser.
    _profile: TempDir,
}

/// What an engine takes to be driven.
struct Launch {
    driver: Command,
    capabilities: Capabilities,
    display: Option<webkit::Display>,
}

impl Browser {
    /// Starts Chromium with such a window.
    ///
    /// # Errors
    /// As [`Browser::start_in`].
    pub async fn start(screen: Screen) -> Result<Self> {
        Self::start_in(Engine::Chromium, screen).await
    }

    /// Starts a browser of that engine with such a window.
    ///
    /// # Errors
    /// The browser or its driver is missing or does not start.
    pub async fn start_in(engine: Engine, screen: Screen) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut driver = Command::new(engine.driver());
        driver.arg(format!("--port={port}"));
        let launch = match engine {
            Engine::Chromium => chromium::launch(driver, profile.path()),
            Engine::Firefox => firefox::launch(driver, profile.path(), screen),
            Engine::WebKit => webkit::launch(driver, profile.path(), screen),
        }?;
        let mut group = Group::start(&launch.driver, Stdio::null(), Stdio::null())?;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = group.ended()?;
            ensure!(
                ended.is_none(),
                "the driver of {engine} is missing or does not start: run `cargo xtask test` once"
            );
            tokio::time::sleep(POLL).await;
        }
        let url = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::new(&url, launch.capabilities)
            .await
            .with_context(|| format!("{engine} does not start"))?;
        // Ending the process group ends the session; a goodbye hangs when a test panics.
        driver.clone().leak()?;
        let browser = Self {
            driver,
            engine,
            screen,
            _group: group,
            _display: launch.display,
            _profile: profile,
        };
        browser.set_up().await?;
        Ok(browser)
    }

    async fn set_up(&self) -> Result<()> {
        self.driver
            .set_implicit_wait_timeout(Duration::ZERO)
            .await?;
        self.resize(self.screen).await?;
        if self.engine == Engine::Chromium {
            chromium::listen(&self.driver).await?;
        }
        Ok(())
    }

    /// Makes the window another. Only Chromium can go from a phone to a desktop, or from light to dark.
    ///
    /// # Errors
    /// The browser cannot do that, or does not answer.
    pub async fn resize(&self, screen: Screen) -> Result<()> {
        if self.engine == Engine::Chromium {
            return chromium::resize(&self.driver, screen).await;
        }
        let kind = |screen: Screen| (screen.is_phone, screen.is_dark);
        ensure!(
            kind(screen) == kind(self.screen),
            "{} was started as {:?}",
            self.engine,
            self.screen
        );
        window::resize(&self.driver, screen).await
    }

    /// Sends a command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// The browser is not Chromium, or refuses it.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        ensure!(self.engine == Engine::Chromium, "{}", self.engine);
        chromium::cdp(&self.driver, method, parameters).await
    }

    /// Runs a script, which may `return` something.
    ///
    /// # Errors
    /// It throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self
            .driver
            .execute(script, Vec::new())
            .await?
            .json()
            .clone())
    }

    /// Presses a key, wherever the focus is.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(key).perform().await?)
    }

    /// Goes to a part of the widget with the Tab key.
    ///
    /// # Errors
    /// It is not reached by a hundred presses.
    pub async fn tab_to(&self, part: &str) -> Result<()> {
        for _ in 0..100 {
            if self.focus().await? == part {
                return Ok(());
            }
            self.press(Key::Tab).await?;
        }
        bail!("the focus does not come to {part}")
    }

    /// The widget's element that matches, once it is there.
    ///
    /// # Errors
    /// It does not come in ten seconds; the error says what happened instead.
    pub async fn part(&self, selector: &str) -> Result<WebElement> {
        for _ in 0..ATTEMPTS {
            // Firefox has shadow roots at addresses of their own, which thirtyfour does not know.
            let found = self.driver.execute(FIND_PART, vec![json!(selector)]).await;
            if let Ok(Ok(element)) = found.map(ScriptRet::element) {
                return Ok(element);
            }
            tokio::time::sleep(POLL).await;
        }
        let events = self.events().await?;
        bail!("there is no {selector} in the widget; its events: {events:?}")
    }

    /// The detail of the widget's first event of that name on this page, once it comes.
    ///
    /// # Errors
    /// It does not come in ten seconds; the error says what happened instead.
    pub async fn event(&self, name: &str) -> Result<Value> {
        for _ in 0..ATTEMPTS {
            let events = self.events().await?;
            if let Some(event) = events.iter().find(|event| event["name"] == name) {
                return Ok(event["detail"].clone());
            }
            tokio::time::sleep(POLL).await;
        }
        let events = self.events().await?;
        bail!("no event {name}, only {events:?}")
    }

    /// The widget's events on this page, and what broke its content security policy.
    ///
    /// # Errors
    /// The browser does not answer, or the page does not listen.
    pub async fn events(&self) -> Result<Vec<Value>> {
        let events = self.run("return window.kelisimEvents").await?;
        serde_json::from_value(events).context("the page does not listen to the widget")
    }
}

/// Buttons that the edge has rendered are about to be replaced by the widget's.
const FIND_PART: &str = "
    const found = document.querySelector('kelisim-consent')?.shadowRoot?.querySelector(arguments[0]);
    const footer = found?.closest('[part=dialog] > footer');
    return footer?.parentElement.querySelector(':scope > [data-messages]') ? null : found;
";

const POLL: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 200;
