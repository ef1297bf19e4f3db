//! A real Chromium, driven through `chromedriver` (W3C, "WebDriver").

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

/// A browser with one window and a profile of its own.
pub struct Browser {
    /// What drives it.
    pub driver: WebDriver,
    _chromedriver: Chromedriver,
    /// Removed with the browser.
    _profile: TempDir,
}

/// What the browser's window is like.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Width of the viewport, in CSS pixels.
    pub width: u32,
    /// Height of the viewport, in CSS pixels.
    pub height: u32,
    /// Whether it is a telephone's.
    pub is_phone: bool,
    /// Whether the person prefers dark colours.
    pub is_dark: bool,
}

impl Screen {
    /// A telephone of 360 by 740.
    pub const PHONE: Self = Self {
        width: 360,
        height: 740,
        is_phone: true,
        is_dark: false,
    };
    /// A desktop window of 1280 by 800.
    pub const DESKTOP: Self = Self {
        width: 1280,
        height: 800,
        is_phone: false,
        is_dark: false,
    };

    /// The same in dark colours.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            is_dark: true,
            ..self
        }
    }
}

impl Browser {
    /// Starts a browser with such a window.
    ///
    /// # Errors
    /// Chromium or its driver is missing or does not start.
    pub async fn start(screen: Screen) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let chromedriver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("chromedriver is missing")?;
        let chromedriver = Chromedriver(chromedriver);
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument)?;
        }
        let profile = tempfile::tempdir()?;
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        let url = format!("http://127.0.0.1:{port}");
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            tokio::time::sleep(POLL).await;
        }
        let driver = WebDriver::new(&url, capabilities).await?;
        // Ending the process group ends the session; a goodbye hangs when a test panics.
        driver.clone().leak()?;
        let browser = Self {
            driver,
            _chromedriver: chromedriver,
            _profile: profile,
        };
        browser.set_up(screen).await?;
        Ok(browser)
    }

    async fn set_up(&self, screen: Screen) -> Result<()> {
        self.driver
            .set_implicit_wait_timeout(Duration::ZERO)
            .await?;
        self.resize(screen).await?;
        let listeners = json!({ "source": LISTENERS });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", listeners)
            .await?;
        Ok(())
    }

    /// Makes the window another.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn resize(&self, screen: Screen) -> Result<()> {
        let Screen {
            width,
            height,
            is_phone,
            is_dark,
        } = screen;
        let scale = if is_phone { 2 } else { 1 };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone,
        });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" }, // what moves cannot be compared
        ]);
        self.cdp(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await?;
        Ok(())
    }

    /// Sends a command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// The browser refuses it.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
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

    /// The widget's element that matches, once it is there.
    ///
    /// # Errors
    /// It does not come in ten seconds; the error says what happened instead.
    pub async fn part(&self, selector: &str) -> Result<WebElement> {
        for _ in 0..ATTEMPTS {
            if let Ok(host) = self.driver.find(By::Css("kelisim-consent")).await
                && let Ok(root) = host.get_shadow_root().await
                && let Ok(element) = root.find(By::Css(selector)).await
            {
                return Ok(element);
            }
            tokio::time::sleep(POLL).await;
        }
        let events = self.events().await?;
        anyhow::bail!("there is no {selector} in the widget; its events: {events:?}")
    }

    /// Whether the widget shows anything.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn shows_dialog(&self) -> Result<bool> {
        let found = self
            .run("return !!document.querySelector('kelisim-consent')?.shadowRoot?.querySelector('dialog[open]')")
            .await?;
        Ok(found == json!(true))
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
        anyhow::bail!("no event {name}, only {events:?}")
    }

    /// The widget's events on this page, and what broke its content security policy.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn events(&self) -> Result<Vec<Value>> {
        Ok(serde_json::from_value(
            self.run("return window.kelisimEvents").await?,
        )?)
    }

    /// The addresses that this page has asked for, besides its own.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn requests(&self) -> Result<Vec<String>> {
        let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        Ok(serde_json::from_value(self.run(script).await?)?)
    }

    /// What breaks WCAG 2.2 AA on this page, the widget included, as far as axe-core can tell.
    ///
    /// # Errors
    /// axe-core is not installed, or fails.
    pub async fn violations(&self) -> Result<Vec<String>> {
        if self.run("return typeof axe").await? == "undefined" {
            let axe = xtask::root().join("node_modules/axe-core/axe.min.js");
            let axe = std::fs::read_to_string(axe).context("axe-core is not installed")?;
            // As a function's body it would keep its name to itself.
            self.run(&format!("{axe}; window.axe = axe")).await?;
        }
        let answer = self.driver.execute_async(FIND_VIOLATIONS, Vec::new());
        Ok(serde_json::from_value(answer.await?.json().clone())?)
    }

    /// Keeps a picture of the window in `target/screenshots`.
    ///
    /// # Errors
    /// It cannot be taken or written.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let folder: PathBuf = xtask::target().join("screenshots");
        std::fs::create_dir_all(&folder)?;
        Ok(self
            .driver
            .screenshot(&folder.join(format!("{name}.png")))
            .await?)
    }
}

/// Colours count once nothing moves any more.
const FIND_VIOLATIONS: &str = r#"
const done = arguments[0];
const root = document.querySelector("kelisim-consent")?.shadowRoot;
for (const animation of [...document.getAnimations(), ...(root?.getAnimations() ?? [])]) animation.finish();
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
axe.run(document, { runOnly: standards }).then(
  ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id} at ${node.target.flat().join(" ")}: ${node.failureSummary}`))),
  (error) => done([String(error)]),
);
"#;

/// A running `chromedriver` with its browsers, which are one process group.
struct Chromedriver(Child);

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // That it may have ended already is no error.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// Keeps what happens on a page from its very start.
const LISTENERS: &str = r"
    window.kelisimEvents = [];
    for (const name of ['accepted', 'postponed', 'settled', 'kept', 'error', 'token-wanted'].map((name) => 'kelisim:' + name))
      addEventListener(name, ({ detail }) => kelisimEvents.push({ name, detail }));
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      kelisimEvents.push({ name: 'violation', detail: { violatedDirective, blockedURI } }));
    addEventListener('error', ({ message }) => kelisimEvents.push({ name: 'uncaught', detail: message }));
";

const POLL: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 200;
