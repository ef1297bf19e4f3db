//! What a person's browser does on the [`Stage`], and what can be seen there.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::{Browser, Stage, stage::EARLIER};

/// Keeps something in the browser as of so many milliseconds ago, in an expression.
///
/// # Errors
/// The browser does not answer.
pub async fn keep(browser: &Browser, stage: &Stage, kept: &Value, age: &str) -> Result<()> {
    browser
        .driver
        .goto(format!("{}/nothing", stage.host.url()))
        .await?;
    let at = if kept.is_object() {
        format!("kept.at = Date.now() - {age};")
    } else {
        String::new()
    };
    browser
        .run(&format!(
            "const kept = {kept}; {at} localStorage.kelisim = JSON.stringify(kept)"
        ))
        .await?;
    Ok(())
}

/// Keeps that the person accepted the edition before the one in force.
///
/// # Errors
/// The browser does not answer.
pub async fn accepted_earlier(browser: &Browser, stage: &Stage) -> Result<()> {
    let kept = json!({ "subject": "4711", "edition": EARLIER });
    keep(browser, stage, &kept, "36e5").await
}

/// Goes to the host's page anew.
///
/// # Errors
/// The browser does not answer.
pub async fn visit(browser: &Browser, stage: &Stage) -> Result<()> {
    stage.edge.forget();
    stage.host.forget();
    Ok(browser.driver.goto(stage.host.url()).await?)
}

/// The same, with a press as soon as there is something to press.
///
/// # Errors
/// The browser does not answer.
pub async fn visit_and_press(browser: &Browser, stage: &Stage, part: &str) -> Result<()> {
    let script = format!(
        "{{ const {{ mark }} = performance; performance.mark = (name) => {{ mark.call(performance, name); if (!window.pressed) {{ window.pressed = true;
           document.querySelector('kelisim-consent').shadowRoot.querySelector('[part={part}]').click() }} }} }}"
    );
    browser.at_start(&script).await?;
    visit(browser, stage).await
}

/// A variable of the page, once it has a value.
///
/// # Errors
/// It has none in five seconds; the error says what happened instead.
pub async fn variable(browser: &Browser, name: &str) -> Result<Value> {
    for _ in 0..100 {
        let value = browser
            .run(&format!("return window.{name} ?? null"))
            .await?;
        if value != json!(null) {
            return Ok(value);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no {name}, but {:?}", browser.events().await?)
}

/// The HTML in the element.
///
/// # Errors
/// The browser does not answer.
pub async fn shown(browser: &Browser) -> Result<Value> {
    browser
        .run("return document.querySelector('kelisim-consent').shadowRoot.innerHTML")
        .await
}

/// Waits until there is nothing in the element: a dialog tells that it was closed a moment after it was (HTML, "close the
/// dialog").
///
/// # Errors
/// In five seconds there is something still, which the error shows.
pub async fn nothing_is_shown(browser: &Browser) -> Result<()> {
    for _ in 0..100 {
        if shown(browser).await? == json!("") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("there is {}", shown(browser).await?)
}

/// Fails where something broke the page's policy, or a script failed.
///
/// # Errors
/// The browser does not answer.
///
/// # Panics
/// Something did.
pub async fn has_no_violation(browser: &Browser) -> Result<()> {
    let events = browser.events().await?;
    let wrong = events
        .iter()
        .find(|event| event["name"] == "violation" || event["name"] == "uncaught");
    assert_eq!(wrong, None, "{events:?}");
    Ok(())
}
