//! Firefox without a window: the size is that of the window which it would have, and what the person prefers is set
//! before it starts.

use std::{fs, path::Path, process::Command};

use anyhow::Result;
use serde_json::json;
use thirtyfour::Capabilities;

use super::{Launch, Screen};

pub(super) fn launch(mut driver: Command, profile: &Path, screen: Screen) -> Result<Launch> {
    fs::create_dir(profile.join("chrome"))?;
    fs::write(profile.join("chrome/userChrome.css"), FRAME_STYLE)?;
    driver.env("HOME", profile).env("TMPDIR", profile);
    let mut capabilities = Capabilities::new();
    let options = json!({
        "args": ["-headless", "-profile", profile],
        "prefs": {
            "toolkit.legacyUserProfileCustomizations.stylesheets": true,
            "layout.css.prefers-color-scheme.content-override": u8::from(!screen.is_dark),
            "layout.css.devPixelsPerPx": screen.scale().to_string(),
            "ui.prefersReducedMotion": 1, // what moves cannot be compared
            "ui.useOverlayScrollbars": 1,
            "ui.primaryPointerCapabilities": if screen.is_phone { COARSE } else { FINE },
            "ui.allPointerCapabilities": if screen.is_phone { COARSE } else { FINE },
        },
    });
    capabilities.set("moz:firefoxOptions", options)?;
    Ok(Launch {
        driver,
        capabilities,
        display: None,
    })
}

/// Firefox's own window cannot be as narrow as a telephone.
const FRAME_STYLE: &str = ":root { min-width: 0 !important; }";

/// A finger.
const COARSE: u8 = 1;
/// A mouse, which can hover.
const FINE: u8 = 2 | 4;
