//! The product as a person meets it: the demo page in a real Chromium, against a real edge.

use anyhow::{Context, Result};
use kelisim_shared::{
    date,
    deadline::Deadline,
    language::Language,
    record::{Ground, Place},
};
use kelisim_tests::{
    Browser, Edge, HostPage, Screen,
    steps::{SUMMARY, accepted, publish_change},
};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

#[tokio::test]
async fn a_person_reads_accepts_and_is_not_asked_again() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;

    let dialog = browser.part("[part=dialog]").await?;
    assert_eq!(dialog.attr("aria-modal").await?.as_deref(), Some("true"));
    let text = dialog.text().await?;
    for words in [
        "номер мобильного телефона",
        "ТОО «BTS Digital»",
        "7 (семи) календарных дней",
    ] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    let numbers = all_texts(&browser, ".clause > .number").await?;
    assert_eq!(numbers.len(), 18);
    assert_eq!(numbers[9], "2.6.");
    let first_list = text
        .find("номер мобильного телефона")
        .context("data categories")?;
    assert!(
        first_list < text.find("1.1.").context("clause 1.1")?,
        "purposes and data come first"
    );
    let accept = browser.part("button[part=accept]").await?;
    assert!(
        accept.is_clickable().await?,
        "it can be pressed at once, without scrolling"
    );

    accept.click().await?;
    let (record, acceptance) = accepted(&edge, &browser, "explicit").await?;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    let Ground::Explicit { shown, .. } = &acceptance.ground else {
        anyhow::bail!("{acceptance:?}");
    };
    assert_eq!(
        (shown.language, shown.interface_language),
        (Language::Ru, Language::Ru)
    );
    assert_eq!(record.sequence, 2, "the showing of the notice came first");
    assert!(acceptance.presentation.is_some(), "it names the showing");
    assert_eq!(acceptance.presentation, record.previous);
    let shown = browser.part("[part=dialog] .receipt").await?.text().await?;
    assert!(shown.contains(&record.id().to_string()), "{shown}");

    browser.part("button[part=close]").await?.click().await?;
    assert!(!browser.shows_dialog().await?);
    browser.driver.refresh().await?;
    let settled = browser.event("kelisim:settled").await?;
    assert_eq!(settled["edition"], json!(edge.edition()?.id()));
    assert!(!browser.shows_dialog().await?);
    let requests = browser.requests().await?;
    assert!(
        !requests.iter().any(|request| request.contains("wasm")),
        "{requests:?}"
    );

    browser
        .driver
        .find(By::Id("sign-out"))
        .await?
        .click()
        .await?;
    browser.part("[part=dialog]").await?;
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    browser
        .driver
        .goto(format!("{}/demo/?lang=en", edge.url()))
        .await?;
    browser.part("[part=dialog]").await?;

    browser.press(Key::Escape).await?;
    browser.press(Key::Escape).await?;
    assert!(browser.shows_dialog().await?, "Escape is no answer");
    let mut focused = Vec::new();
    for _ in 0..40 {
        browser.press(Key::Tab).await?;
        focused.push(browser.focus().await?);
    }
    let outside: Vec<_> = focused.iter().filter(|place| *place == "outside").collect();
    assert!(outside.is_empty(), "focus leaves the dialog: {focused:?}");
    assert!(focused.iter().any(|place| place == "accept"), "{focused:?}");
    browser.tab_to("accept").await?;
    browser.press(Key::Enter).await?;
    browser.event("kelisim:accepted").await?;
    browser.part("button[part=close]").await?;
    browser.tab_to("close").await?;
    browser.press(Key::Enter).await?;
    assert!(!browser.shows_dialog().await?);
    Ok(())
}

#[tokio::test]
async fn it_speaks_three_languages_and_fits_every_screen() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    for (language, words) in [
        ("kk", "қазақ тілінде"),
        ("ru", "Прочитайте"),
        ("en", "has not been published in English"),
    ] {
        browser
            .driver
            .goto(format!("{}/demo/?lang={language}", edge.url()))
            .await?;
        let dialog = browser.part("[part=dialog]").await?;
        assert_eq!(dialog.attr("lang").await?.as_deref(), Some(language));
        let text = dialog.text().await?;
        assert!(text.contains(words), "{words} is missing in {text}");
        assert_eq!(
            browser
                .part(".policy")
                .await?
                .attr("lang")
                .await?
                .as_deref(),
            Some("ru")
        );
        fits_every_screen(&browser, &format!("dialog-{language}")).await?;
    }
    let fade = "document.querySelector('kelisim-consent').shadowRoot.querySelector('.lead').style.opacity = 0.2";
    browser.run(fade).await?;
    let violations = browser.violations().await?;
    assert!(
        matches!(&violations[..], [violation] if violation.contains("color-contrast")),
        "what is checked is the widget too: {violations:?}"
    );
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;
    browser.part(".receipt").await?;
    for (name, screen) in [
        ("phone-light", Screen::PHONE),
        ("desktop-dark", Screen::DESKTOP.dark()),
    ] {
        browser.resize(screen).await?;
        browser.screenshot(&format!("receipt-en-{name}")).await?;
    }
    for (name, screen) in [
        ("phone-light", Screen::PHONE),
        ("desktop-dark", Screen::DESKTOP.dark()),
    ] {
        browser.resize(screen).await?;
        browser
            .driver
            .goto(format!("{}/privacy?lang=kk", edge.url()))
            .await?;
        assert_eq!(
            browser.overflow().await?,
            [""; 0],
            "/privacy scrolls sideways: {name}"
        );
        let violations = browser.violations().await?;
        assert_eq!(violations, [""; 0], "/privacy {name}");
        browser.screenshot(&format!("privacy-kk-{name}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_says_what_it_is_and_until_when_and_can_be_put_off() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    let deadline = change_what_was_accepted(&edge, &browser).await?;
    let postponed = json!({ "edition": edge.edition()?.id(), "deadline": deadline });

    browser.driver.refresh().await?;
    let text = browser.part("[part=dialog]").await?.text().await?;
    let moment = date::moment(Language::Ru, deadline.instant());
    for words in [SUMMARY, &moment, "считается принятием этого изменения"]
    {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    let summary = browser.part("[part=change] [lang=ru]").await?;
    assert_eq!(summary.text().await?, SUMMARY);
    let clause = browser.part("[part=change] h4").await?;
    assert_eq!(clause.text().await?, "Пункт 2.4: изменено");
    let inserted = browser.part("[part=change] ins").await?;
    let inserted = inserted.prop("textContent").await?;
    assert_eq!(
        inserted.as_deref(),
        Some("[добавлено: 3 (]"),
        "for ears, too"
    );
    browser.part("button[part=leave]").await?.click().await?;
    assert_eq!(browser.event("kelisim:postponed").await?, postponed);
    assert!(!browser.shows_dialog().await?);

    browser.driver.refresh().await?;
    let region = browser.part("section[part=dialog]").await?;
    assert_eq!(region.attr("aria-modal").await?, None);
    // The page can be used meanwhile.
    let text = browser.driver.find(By::Id("text")).await?;
    text.send_keys("Сәлем").await?;
    assert_eq!(text.prop("value").await?.as_deref(), Some("Сәлем"));
    browser.part("button[part=leave]").await?.click().await?;
    assert_eq!(browser.event("kelisim:postponed").await?, postponed);
    assert!(!browser.shows_dialog().await?);
    assert_eq!(
        ask(&browser, "/v1/status").await?["state"]["name"],
        "pending"
    );
    let receipts = &ask(&browser, "/v1/receipts").await?["receipts"];
    assert_eq!(receipts.as_array().map(Vec::len), Some(1), "{receipts}");

    for language in Language::ALL {
        let url = format!("{}/demo/?lang={language}", edge.url());
        browser.driver.goto(url).await?;
        browser.part("[part=dialog]").await?;
        fits_every_screen(&browser, &format!("change-{language}")).await?;
    }
    browser.part("button[part=accept]").await?.click().await?;
    let (_, acceptance) = accepted(&edge, &browser, "explicit").await?;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    Ok(())
}

#[tokio::test]
async fn going_on_after_the_deadline_is_recorded_as_what_it_is() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    let deadline = change_what_was_accepted(&edge, &browser).await?;
    edge.set_clock(&deadline.instant().to_string())?;
    for language in Language::ALL {
        let url = format!("{}/demo/?lang={language}", edge.url());
        browser.driver.goto(url).await?;
        browser.part("[part=dialog]").await?;
        fits_every_screen(&browser, &format!("due-{language}")).await?;
    }

    let url = format!("{}/demo/?lang=ru", edge.url());
    browser.driver.goto(url).await?;
    let text = browser.part("[part=dialog]").await?.text().await?;
    let moment = date::moment(Language::Ru, deadline.instant());
    for words in [SUMMARY, &moment, "это будет записано как принятие"] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    browser.part("button[part=leave]").await?.click().await?;
    let (record, acceptance) = accepted(&edge, &browser, "implied").await?;
    assert_eq!(acceptance.edition, edge.edition()?.id());
    let place = Place::Web {
        origin: edge.url().parse()?,
    };
    assert_eq!(acceptance.ground, Ground::Implied { deadline, place });
    assert!(acceptance.presentation.is_some(), "it names the showing");

    fits_every_screen(&browser, "receipt-implied-ru").await?;
    let shown = browser.part("[part=dialog] .receipt").await?.text().await?;
    for words in [
        "Редакция считается принятой",
        &format!("использование приложения после срока: {moment}"),
        &record.id().to_string(),
    ] {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    for word in ["соглас", "подпис"] {
        assert!(!shown.to_lowercase().contains(word), "{word} in {shown}");
    }
    browser.part("button[part=close]").await?.click().await?;
    browser.driver.refresh().await?;
    let settled = browser.event("kelisim:settled").await?;
    assert_eq!(settled["edition"], json!(edge.edition()?.id()));
    Ok(())
}

#[tokio::test]
async fn a_press_is_recorded_though_the_edge_could_not_be_told_of_the_showing() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    browser.at_start(LOSE_THE_FIRST_STATEMENT).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    let (record, acceptance) = accepted(&edge, &browser, "explicit").await?;
    assert_eq!(record.sequence, 1);
    assert_eq!(acceptance.presentation, None);
    let events = browser.events().await?;
    assert_eq!(events.len(), 1, "nobody is disturbed: {events:?}");
    Ok(())
}

#[tokio::test]
async fn it_asks_nobody_else_and_keeps_its_key_to_itself() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;

    let elsewhere: Vec<String> = browser
        .requests()
        .await?
        .into_iter()
        .filter(|request| !request.starts_with(edge.url()))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    let events = browser.events().await?;
    assert_eq!(
        events.len(),
        1,
        "no violation of the page's policy, no error: {events:?}"
    );
    let keys = browser.stored_keys().await?;
    assert_eq!(keys, json!([{ "type": "private", "extractable": false }]));
    Ok(())
}

#[tokio::test]
async fn a_page_of_another_origin_embeds_it_with_one_tag() -> Result<()> {
    let (site, edge) = HostPage::with_edge("aigerim")?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(site.url()).await?;
    assert_eq!(
        browser
            .part("[part=dialog]")
            .await?
            .attr("lang")
            .await?
            .as_deref(),
        Some("kk")
    );
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;
    assert_eq!(edge.receipts(&edge.host()?.token("aigerim"))?.len(), 1);
    let events = browser.events().await?;
    assert_eq!(
        events.len(),
        1,
        "no violation of the site's policy, no error: {events:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_page_that_hands_in_that_somebody_is_new_has_nobody_asked_for_it() -> Result<()> {
    let (site, edge) = HostPage::with_edge("aigerim")?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(format!("{}/new", site.url())).await?;
    browser.part("dialog[open].still article").await?;
    browser.part("button[part=accept]").await?.click().await?;
    browser.event("kelisim:accepted").await?;
    assert_eq!(edge.receipts(&edge.host()?.token("aigerim"))?.len(), 1);
    let asked =
        "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)";
    let asked: Vec<String> = serde_json::from_value(browser.run(asked).await?)?;
    for (path, is_asked) in [
        ("/kelisim.js", true),
        ("/v1/statements", true),
        ("/v1/status", false),
        ("/kelisim/token", false),
    ] {
        assert_eq!(
            asked.iter().any(|other| other == path),
            is_asked,
            "{path} in {asked:?}"
        );
    }
    assert_eq!(browser.events().await?.len(), 1);
    Ok(())
}

/// Accepts the edition in force, publishes a change of it, and gives the deadline of that.
async fn change_what_was_accepted(edge: &Edge, browser: &Browser) -> Result<Deadline> {
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    accepted(edge, browser, "explicit").await?;
    publish_change(edge).await
}

/// What the edge answers to the user of the page.
async fn ask(browser: &Browser, path: &str) -> Result<Value> {
    let answer = browser.driver.execute_async(ASK, vec![json!(path)]).await?;
    Ok(answer.json().clone())
}

/// Takes pictures of the widget, none of which may scroll sideways.
async fn fits_every_screen(browser: &Browser, name: &str) -> Result<()> {
    let narrow = Screen {
        width: 320,
        ..Screen::PHONE
    };
    for (screen_name, screen) in [
        ("narrow-light", narrow),
        ("desktop-light", Screen::DESKTOP),
        ("desktop-dark", Screen::DESKTOP.dark()),
        ("phone-dark", Screen::PHONE.dark()),
        ("phone-light", Screen::PHONE),
    ] {
        browser.resize(screen).await?;
        let overflow = browser.overflow().await?;
        assert_eq!(overflow, [""; 0], "scrolls sideways: {name} {screen_name}");
        let violations = browser.violations().await?;
        assert_eq!(violations, [""; 0], "{name} {screen_name}");
        browser.screenshot(&format!("{name}-{screen_name}")).await?;
    }
    Ok(())
}

async fn all_texts(browser: &Browser, selector: &str) -> Result<Vec<String>> {
    let script = format!(
        "const root = document.querySelector('kelisim-consent').shadowRoot;
         return [...root.querySelectorAll('{selector}')].map((element) => element.textContent.trim())"
    );
    Ok(serde_json::from_value(browser.run(&script).await?)?)
}

/// Asks the edge in the name of the demo's user.
const ASK: &str = "
    const [path, done] = arguments;
    (async () => {
      const { token } = await (await fetch('/preview/token', { method: 'POST' })).json();
      done(await (await fetch(path, { headers: { authorization: `Bearer ${token}` } })).json());
    })().catch((error) => done(String(error)));
";

/// The network fails when a page sends its first statement.
const LOSE_THE_FIRST_STATEMENT: &str = "
    const send = window.fetch;
    let sent = 0;
    window.fetch = (url, options) => String(url).endsWith('/v1/statements') && sent++ == 0
      ? Promise.reject(new TypeError('offline'))
      : send(url, options);
";
