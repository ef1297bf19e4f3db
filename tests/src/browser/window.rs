//! The window of a browser that has one, with a frame around the viewport.

use anyhow::{Result, bail};
use thirtyfour::prelude::*;

use super::{ATTEMPTS, POLL, Screen};

/// Gives the window such a size that the viewport is as wide and as high as it shall be.
pub(super) async fn resize(driver: &WebDriver, screen: Screen) -> Result<()> {
    let Sizes { outer, inner } = sizes(driver).await?;
    let frame = (outer.0 - inner.0, outer.1 - inner.1);
    let (width, height) = (screen.width + frame.0, screen.height + frame.1);
    driver.set_window_rect(0, 0, width, height).await?;
    // The page learns of it a moment later.
    for _ in 0..ATTEMPTS {
        if sizes(driver).await?.inner == (screen.width, screen.height) {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    bail!(
        "the viewport is {:?}, not as {screen:?}",
        sizes(driver).await?.inner
    )
}

/// Width and height, in CSS pixels.
struct Sizes {
    outer: (u32, u32),
    inner: (u32, u32),
}

async fn sizes(driver: &WebDriver) -> Result<Sizes> {
    let script = "return [[outerWidth, outerHeight], [innerWidth, innerHeight]]";
    let (outer, inner) = driver.execute(script, Vec::new()).await?.convert()?;
    Ok(Sizes { outer, inner })
}
