//! The browsers of the end-to-end tests: three engines, each with its driver.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::lock::Lock;
use crate::{debian, process, progress, setup};

/// An engine, which browsers and webviews are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium: Chrome, Edge, Android's webviews. The tests cannot do without it.
    Chromium,
    /// Firefox, in its extended support release.
    Firefox,
    /// `WebKit` as GTK has it, which is the nearest thing to Safari and iOS's webviews that Linux has.
    WebKit,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The program that drives it by the WebDriver protocol, wherever it is.
    #[must_use]
    pub fn driver(self) -> PathBuf {
        let name = match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => return geckodriver(),
            Self::WebKit => "WebKitWebDriver",
        };
        name.into()
    }

    /// Whether there is no such engine on this machine, nor a way to install it here.
    #[must_use]
    pub fn is_out_of_reach(self) -> bool {
        !self.is_installed() && !debian::can_install()
    }

    fn is_installed(self) -> bool {
        self.missing_packages().is_empty() && (self != Self::Firefox || geckodriver().is_file())
    }

    /// The packages of Debian that bring what is not there.
    fn missing_packages(self) -> Vec<&'static str> {
        let programs: &[(&[&str], &str)] = match self {
            Self::Chromium => &[
                (&["chromium", "google-chrome"], "chromium"),
                (&["chromedriver"], "chromium-driver"),
            ],
            Self::Firefox => &[(&["firefox-esr", "firefox"], "firefox-esr")],
            Self::WebKit => &[
                (&["WebKitWebDriver"], "webkit2gtk-driver"),
                (&["Xvfb"], "xvfb"),
            ],
        };
        let is_missing = |names: &[&str]| {
            let mut paths = names.iter().map(|name| process::find_on_path(name));
            paths.all(|path| path.is_none())
        };
        let missing = programs.iter().filter(|(names, _)| is_missing(names));
        missing.map(|(_, package)| *package).collect()
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKitGTK",
        })
    }
}

/// Installs what is missing of the browsers and their drivers. Returns the engines that this machine has to do without.
///
/// # Errors
/// When an installation fails, or Chromium is missing and cannot be installed.
pub fn install() -> Result<Vec<Engine>> {
    let _lock = Lock::acquire()?;
    let missing = Engine::ALL.map(Engine::missing_packages).concat();
    if !missing.is_empty() && debian::can_install() {
        debian::install(&missing, "for the tests in real browsers")?;
    }
    if Engine::Chromium.is_out_of_reach() {
        bail!(
            "the end-to-end tests need `chromium` (or `google-chrome`) and its `chromedriver` on PATH: install them"
        );
    }
    if Engine::Firefox.missing_packages().is_empty() && !geckodriver().is_file() {
        setup::tool(GECKODRIVER, "which drives Firefox in the tests")?;
    }
    let mut absent = Engine::ALL.to_vec();
    absent.retain(|engine| engine.is_out_of_reach());
    for engine in &absent {
        progress::note(&format!(
            "{engine} is not installed, and cannot be without apt-get: the tests in it are skipped"
        ));
    }
    Ok(absent)
}

/// The machine's own `geckodriver`, or the one in `target/tools`, which need not be there.
fn geckodriver() -> PathBuf {
    process::find_on_path("geckodriver").unwrap_or_else(|| setup::tool_path("geckodriver"))
}

/// What drives Firefox, as `cargo install` takes it. Debian has none for its extended support release.
const GECKODRIVER: &str = "geckodriver@0.37.1";
