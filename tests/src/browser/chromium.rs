//! Chromium without a window: the size and what the person prefers are emulated, and can change at any time.

use std::{path::Path, process::Command};

use anyhow::Result;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{Launch, Screen, events::LISTENERS};

pub(super) fn launch(driver: Command, profile: &Path) -> Result<Launch> {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in ARGUMENTS {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    Ok(Launch {
        driver,
        capabilities: capabilities.into(),
        display: None,
    })
}

/// Has every page listen to the widget from its very start.
pub(super) async fn listen(driver: &WebDriver) -> Result<()> {
    let listeners = json!({ "source": LISTENERS });
    cdp(driver, "Page.addScriptToEvaluateOnNewDocument", listeners).await?;
    Ok(())
}

pub(super) async fn resize(driver: &WebDriver, screen: Screen) -> Result<()> {
    let metrics = json!({
        "width": screen.width,
        "height": screen.height,
        "deviceScaleFactor": screen.scale(),
        "mobile": screen.is_phone,
    });
    cdp(driver, "Emulation.setDeviceMetricsOverride", metrics).await?;
    let scheme = if screen.is_dark { "dark" } else { "light" };
    let features = json!([
        { "name": "prefers-color-scheme", "value": scheme },
        { "name": "prefers-reduced-motion", "value": "reduce" }, // what moves cannot be compared
    ]);
    let media = json!({ "features": features });
    cdp(driver, "Emulation.setEmulatedMedia", media).await?;
    Ok(())
}

pub(super) async fn cdp(driver: &WebDriver, method: &str, parameters: Value) -> Result<Value> {
    Ok(driver.cdp().send_raw(method, parameters).await?)
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
