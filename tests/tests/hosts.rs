//! What pages and apps say to Kelisim and hear of it, in a real Chromium: methods, events, and the bridges of web views.

use std::time::Duration;

use anyhow::Result;
use kelisim_shared::host::{Command, Message, StatusSnapshot};
use kelisim_tests::{
    Browser, Screen, Set, Stage,
    stage::{EDITION, status, token},
    visit::{has_no_violation, nothing_is_shown, shown, variable, visit},
};
use serde_json::{Value, from_str, from_value, json};
use thirtyfour::prelude::*;

#[tokio::test]
async fn an_app_hears_everything_over_its_bridge_and_is_heard() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    for (name, bridge) in [
        (
            "Swift",
            "webkit = { messageHandlers: { kelisim: { postMessage } } }",
        ),
        ("Kotlin", "KelisimAndroid = { postMessage }"),
        ("React Native", "ReactNativeWebView = { postMessage }"),
        (
            "Flutter",
            "flutter_inappwebview = { async callHandler(name, text) { if (name == 'kelisim') postMessage(text) } }",
        ),
    ] {
        let stage = Stage::start(Set::settled())?;
        stage.set().attributes.clear();
        let script = format!(
            "if (location.origin == '{}') {{ window.heard = []; const postMessage = (text) => {{ heard.push(text) }}; window.{bridge} }}",
            stage.host.url()
        );
        browser.at_start(&script).await?;
        visit(&browser, &stage).await?;
        let mut app = App {
            browser: &browser,
            heard: 0,
        };
        assert_eq!(
            app.hears().await?,
            json!({ "kelisim": 1, "type": "token-wanted" }),
            "{name}"
        );

        app.says(json!({ "type": "identify", "token": token("4711") }))
            .await?;
        assert_eq!(
            app.hears().await?,
            json!({ "kelisim": 1, "type": "settled", "detail": { "edition": EDITION } }),
            "{name}"
        );

        app.says(json!({ "type": "status" })).await?;
        let accepted = json!({ "state": "accepted", "edition": EDITION, "accepted": EDITION });
        assert_eq!(
            app.hears().await?,
            json!({ "kelisim": 1, "type": "status", "detail": accepted }),
            "{name}"
        );

        stage.set().state = Set::new().state;
        app.says(json!({ "type": "identify", "token": token("4712") }))
            .await?;
        variable(&browser, "mounted").await?;
        browser
            .run(&format!("announce('kept', {{ edition: '{EDITION}' }})"))
            .await?;
        assert_eq!(
            app.hears().await?,
            json!({ "kelisim": 1, "type": "kept", "detail": { "edition": EDITION } }),
            "{name}"
        );

        app.says(json!({ "type": "open", "view": "withdrawal", "fields": { "name": "Айгерім" } }))
            .await?;
        browser.part("dialog [part=print]").await?.click().await?;
        let printed = app.hears().await?;
        assert_eq!(
            (&printed["type"], &printed["detail"]["lang"]),
            (&json!("print"), &json!("ru")),
            "{name}"
        );
        let html = printed["detail"]["html"].as_str().unwrap_or_default();
        assert!(
            html.starts_with("<section") && html.contains("Айгерім"),
            "{name}: {html}"
        );

        app.says(json!({ "type": "identify", "token": null }))
            .await?;
        app.says(json!({ "type": "status" })).await?;
        assert_eq!(
            app.hears().await?,
            json!({ "kelisim": 1, "type": "status", "detail": null }),
            "{name}"
        );
        assert_eq!(shown(&browser).await?, json!(""), "{name}");
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_token_that_was_handed_in_at_the_start_is_renewed_by_whoever_did() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::PHONE).await?;
    stage.set().attributes.clear();
    browser
        .at_start(&format!("window.kelisimToken = '{}'", token("4711")))
        .await?;
    visit(&browser, &stage).await?;
    variable(&browser, "mounted").await?;
    assert_eq!(stage.host.lines(), ["GET /"]);

    browser.run("refresh()").await?;
    browser.event("kelisim:token-wanted").await?;
    let again = token("4711");
    browser
        .run(&format!("return kelisim.identify('{again}')"))
        .await?;
    assert_eq!(variable(&browser, "refreshed").await?, json!(again));
    assert_ne!(
        browser.run("return mounted").await?,
        json!(null),
        "what is shown stays"
    );

    stage.set().state = Set::settled().state;
    browser
        .run(&format!("return kelisim.identify('{}')", token("4712")))
        .await?;
    browser.event("kelisim:settled").await?;
    assert_eq!(browser.run("return mounted").await?, json!(null));
    has_no_violation(&browser).await
}

#[tokio::test]
async fn acceptances_and_the_application_open_without_the_widget() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    stage.set().body = "<button id='opener'>Open</button>".to_owned();
    // What would be printed, where printing would stop everything.
    browser.at_start("window.print = () => { top.printed = document.body.innerHTML; dispatchEvent(new Event('afterprint')) }").await?;
    visit(&browser, &stage).await?;
    browser.event("kelisim:settled").await?;
    browser
        .run("document.querySelector('#opener').focus(); return kelisim.open('acceptances')")
        .await?;
    let dialog = browser.part("dialog[open]").await?;
    let text = dialog.text().await?;
    assert!(
        text.contains("My acceptances") && !text.contains("Application"),
        "{text}"
    );
    browser.part("[part=close]").await?.click().await?;
    nothing_is_shown(&browser).await?;
    assert_eq!(
        browser.run("return document.activeElement.id").await?,
        "opener"
    );

    browser
        .run("return kelisim.open('withdrawal', { name: 'Айгерім <b>' })")
        .await?;
    let application = browser.part("dialog[open] [part=application]").await?;
    let text = application.text().await?;
    assert!(text.contains("From Айгерім <b>, ______"), "{text}");
    browser.part("[part=print]").await?.click().await?;
    let printed = variable(&browser, "printed").await?;
    let printed = printed.as_str().unwrap_or_default();
    assert!(
        printed.contains("Айгерім &lt;b&gt;") && !printed.contains("acceptances"),
        "{printed}"
    );
    assert_eq!(
        browser
            .run("return document.querySelectorAll('iframe').length")
            .await?,
        json!(0)
    );
    browser
        .driver
        .action_chain()
        .send_keys(Key::Escape)
        .perform()
        .await?;
    nothing_is_shown(&browser).await?;

    let asked = stage.beyond_the_loader();
    assert!(!asked.iter().any(|line| line.contains("wasm")), "{asked:?}");
    let asked = stage.edge.asked();
    let sent = asked
        .iter()
        .find(|asked| asked.path == "/v1/acceptances?lang=ru");
    assert_eq!(
        sent.map(|asked| asked.authorization.clone()),
        Some(format!("Bearer {}", token("4711")))
    );
    assert!(
        !format!("{asked:?}").contains("Айгерім"),
        "nothing that is filled in is sent"
    );
    has_no_violation(&browser).await
}

#[tokio::test]
async fn listeners_hear_where_the_person_stands_until_they_stop() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::PHONE).await?;
    visit(&browser, &stage).await?;
    variable(&browser, "mounted").await?;
    browser.run("window.told = []; return kelisim.onChange((status) => told.push(status)).then((stop) => { window.stop = stop })").await?;
    browser
        .run(&format!("announce('accepted', {{ edition: '{EDITION}' }})"))
        .await?;
    browser.run("stop()").await?;
    browser
        .run(&format!("announce('settled', {{ edition: '{EDITION}' }})"))
        .await?;
    let told: Vec<StatusSnapshot> = from_value(browser.run("return told").await?)?;
    let states: Vec<Value> = told.iter().map(|snapshot| json!(snapshot.state)).collect();
    assert!(states.ends_with(&[json!("accepted")]), "{states:?}");
    assert!(states.len() <= 2, "{states:?}");
    Ok(())
}

#[tokio::test]
async fn the_package_puts_the_tag_into_a_page_with_trusted_types() -> Result<()> {
    let stage = Stage::start(with_the_package(Set::settled()))?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser
        .at_start(&format!("window.token = '{}'", token("4711")))
        .await?;
    visit(&browser, &stage).await?;
    let standing: StatusSnapshot = from_value(variable(&browser, "standing").await?)?;
    assert_eq!(json!(standing.state), "accepted");
    assert_eq!(browser.run("return isOne").await?, json!(true));
    assert_eq!(
        browser
            .run("return document.querySelectorAll('kelisim-consent').length")
            .await?,
        json!(1)
    );
    has_no_violation(&browser).await
}

#[tokio::test]
async fn the_package_says_that_somebody_is_new_whose_status_it_is_given() -> Result<()> {
    let stage = Stage::start(with_the_package(Set::handed_in()))?;
    let browser = Browser::start(Screen::PHONE).await?;
    let handed_in = json!(status(&stage.set().state).to_string());
    let said = format!(
        "window.token = '{}'; window.handedIn = {handed_in}",
        token("4711")
    );
    browser.at_start(&said).await?;
    visit(&browser, &stage).await?;
    browser.part("dialog[open] [part=accept]").await?;
    let asked = stage.edge.lines();
    assert_eq!(
        asked.first().map(String::as_str),
        Some("GET /kelisim.js?standing=new")
    );
    has_no_violation(&browser).await
}

/// A page that uses the package, and has no tag of ours.
fn with_the_package(set: Set) -> Set {
    let policy = set
        .policy
        .replace("script-src", "script-src 'self'")
        .replace(
            "trusted-types kelisim",
            "trusted-types kelisim kelisim-load",
        );
    Set {
        attributes: "type='none'".to_owned(),
        body: "<script type='module' src='/npm.js'></script>".to_owned(),
        policy,
        ..set
    }
}

/// An app around the page, as the page sees it.
struct App<'a> {
    browser: &'a Browser,
    heard: usize,
}

impl App<'_> {
    /// The next message, which the contract knows.
    async fn hears(&mut self) -> Result<Value> {
        for _ in 0..100 {
            let heard = self.browser.run("return heard").await?;
            if let Some(text) = heard[self.heard].as_str() {
                self.heard += 1;
                let message: Message = from_str(text)?;
                return Ok(serde_json::to_value(message)?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("no message, but {:?}", self.browser.events().await?)
    }

    /// Gives the page a command, which the contract knows.
    async fn says(&self, command: Value) -> Result<()> {
        let _: Command = from_value(command.clone())?;
        let script = format!("return kelisim.receive({:?})", command.to_string());
        self.browser.run(&script).await?;
        Ok(())
    }
}
