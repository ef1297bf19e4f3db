//! The loader in a real Chromium, by itself: what it asks for, shows, keeps and tells, in a page with a strict policy.

use anyhow::Result;
use kelisim_shared::host::{Command, Message, StatusSnapshot};
use kelisim_tests::{
    Browser, Screen, Set, Stage,
    site::Page,
    stage::{DEADLINE, EARLIER, EDITION, status, token},
};
use serde_json::{Value, from_str, from_value, json};
use thirtyfour::prelude::*;

#[tokio::test]
async fn who_has_accepted_costs_no_request_besides_the_loader() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::PHONE).await?;
    let somebody = format!("data-token='{}'", token("4711"));
    for (name, attributes, subject) in [
        (
            "named by the page",
            r#"data-token-url="/kelisim/token" data-subject="4711""#,
            "4711",
        ),
        ("named by the token", &somebody, "https://host.kz 4711"),
    ] {
        stage.set().attributes = attributes.to_owned();
        keep(
            &browser,
            &stage,
            &json!({ "subject": subject, "edition": EDITION }),
            "0",
        )
        .await?;
        visit(&browser, &stage).await?;
        let settled = browser.event("kelisim:settled").await?;
        assert_eq!(settled, json!({ "edition": EDITION }), "{name}");
        assert_eq!(stage.edge.lines(), ["GET /kelisim.js"], "{name}");
        assert_eq!(stage.host.lines(), ["GET /"], "{name}");
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn what_is_kept_is_believed_of_the_same_person_for_a_day_and_of_the_edition_in_force()
-> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::PHONE).await?;
    let of = |subject: &str, edition: &str| json!({ "subject": subject, "edition": edition });
    for (name, kept, age, is_believed) in [
        ("a moment ago", of("4711", EDITION), "0", true),
        ("23 hours ago", of("4711", EDITION), "23 * 36e5", true),
        ("25 hours ago", of("4711", EDITION), "25 * 36e5", false),
        ("an hour from now", of("4711", EDITION), "-36e5", false),
        ("another's", of("4712", EDITION), "0", false),
        ("of another edition", of("4711", EARLIER), "0", false),
        ("nothing", json!(null), "0", false),
        ("something else", json!("[]"), "0", false),
    ] {
        keep(&browser, &stage, &kept, age).await?;
        visit(&browser, &stage).await?;
        browser.event("kelisim:settled").await?;
        let asked = stage.beyond_the_loader();
        let expected: &[&str] = if is_believed {
            &[]
        } else {
            &["GET /v1/status"]
        };
        assert_eq!(asked, expected, "{name}");
        if !is_believed {
            // What the edge said is kept, and believed in its turn.
            visit(&browser, &stage).await?;
            browser.event("kelisim:settled").await?;
            assert_eq!(stage.beyond_the_loader(), [""; 0], "{name}");
        }
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn what_came_with_the_page_is_not_asked_for() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::PHONE).await?;
    let told = status(&stage.set().state).to_string();
    stage.set().attributes = format!("data-token='{}' data-status='{told}'", token("4711"));
    visit(&browser, &stage).await?;
    browser.event("kelisim:settled").await?;
    assert_eq!(stage.beyond_the_loader(), [""; 0]);
    assert_eq!(stage.host.lines(), ["GET /"]);
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_carried_notice_is_shown_before_anything_is_asked_for() -> Result<()> {
    let stage = Stage::start(Set::pending())?;
    let browser = Browser::start(Screen::PHONE).await?;
    accepted_earlier(&browser, &stage).await?;
    // Neither token nor status comes.
    stage.set().token = None;
    visit(&browser, &stage).await?;
    let accept = browser.part("section [part=accept]").await?;
    let later = browser
        .run(
            "const [{ startTime }] = performance.getEntriesByName('kelisim:pressable');
             return performance.getEntriesByType('resource').filter((entry) => entry.startTime < startTime).map((entry) => entry.name)",
        )
        .await?;
    assert_eq!(later, json!([format!("{}/kelisim.js", stage.edge.url())]));
    let border = browser
        .run("return getComputedStyle(document.querySelector('kelisim-consent').shadowRoot.querySelector('section')).borderTopColor")
        .await?;
    assert_eq!(border, "rgb(1, 2, 3)", "it has its style");
    accept.click().await?;
    assert_eq!(accept.attr("aria-busy").await?.as_deref(), Some("true"));
    has_no_violation(&browser).await
}

#[tokio::test]
async fn what_was_pressed_before_the_widget_was_there_is_handed_to_it() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    for (name, state, standing) in [
        ("a change", Set::pending().state, "pending"),
        ("somebody new", Set::new().state, "new"),
    ] {
        let mut set = Set::pending();
        set.state = state;
        let stage = Stage::start(set)?;
        if standing == "pending" {
            accepted_earlier(&browser, &stage).await?;
        }
        visit_and_press(&browser, &stage, "accept").await?;
        let mounted = variable(&browser, "mounted").await?;
        assert_eq!(mounted["press"], "accept", "{name}");
        assert_eq!(mounted["edge"], stage.edge.url(), "{name}");
        assert_eq!(mounted["token"], token("4711"), "{name}");
        assert_eq!(mounted["host"], "kelisim-consent", "{name}");
        let languages = mounted["languages"].as_str().unwrap_or_default();
        assert!(languages.starts_with("ru,"), "{name}: {languages}");
        let told: Value = from_str(mounted["status"].as_str().unwrap_or_default())?;
        assert_eq!(told, status(&stage.set().state), "{name}");
        let title = if standing == "pending" {
            "short"
        } else {
            "full"
        };
        assert_eq!(mounted["title"], title, "{name}");
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_change_that_is_left_goes_at_once_and_the_widget_with_it() -> Result<()> {
    let stage = Stage::start(Set::pending())?;
    let browser = Browser::start(Screen::PHONE).await?;
    accepted_earlier(&browser, &stage).await?;
    visit_and_press(&browser, &stage, "leave").await?;
    let postponed = browser.event("kelisim:postponed").await?;
    assert_eq!(
        postponed,
        json!({ "edition": EDITION, "deadline": DEADLINE })
    );
    assert_eq!(shown(&browser).await?, json!(""));
    assert_eq!(
        browser.run("return window.mounted ?? null").await?,
        json!(null)
    );

    // When its deadline has come, going on counts: so it has to be said first, and nothing that was pressed before it was counts.
    stage.set().state["deadline"] = json!("2026-11-20T19:00:00.000Z");
    visit_and_press(&browser, &stage, "leave").await?;
    let mounted = variable(&browser, "mounted").await?;
    assert_eq!(mounted["title"], "full");
    assert_eq!(mounted["press"], json!(null));
    browser.part("dialog[open]").await?;
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_notice_is_fetched_where_the_carried_one_does_not_fit() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    let known = json!({ "subject": "4711", "edition": EARLIER });
    let withdrawn = json!({ "name": "withdrawn", "accepted": EARLIER, "effective_at": DEADLINE });
    for (name, html, kept, state, address, element) in [
        (
            "in another language",
            r#"lang="kk""#,
            &known,
            Set::pending().state,
            "pending&lang=kk",
            "section",
        ),
        (
            "no language",
            "",
            &known,
            Set::pending().state,
            "",
            "section",
        ),
        (
            "not known here",
            r#"lang="ru""#,
            &json!(null),
            Set::pending().state,
            "pending&lang=ru",
            "section",
        ),
        (
            "withdrawn since",
            r#"lang="ru""#,
            &known,
            withdrawn,
            "withdrawn&lang=ru",
            "dialog",
        ),
    ] {
        let mut set = Set::pending();
        (set.html, set.state) = (html, state);
        let stage = Stage::start(set)?;
        keep(&browser, &stage, kept, "0").await?;
        visit(&browser, &stage).await?;
        let mounted = variable(&browser, "mounted").await?;
        let fetched = stage
            .beyond_the_loader()
            .into_iter()
            .find(|line| line.contains("/notice?"));
        if address.is_empty() {
            assert_eq!(
                (fetched, &mounted["title"]),
                (None, &json!("short")),
                "{name}: what the edge chose fits"
            );
        } else {
            let expected = format!("GET /v1/editions/{EDITION}/notice?standing={address}");
            assert_eq!(
                (fetched, &mounted["title"]),
                (Some(expected), &json!("full")),
                "{name}"
            );
        }
        browser.part(element).await?;
        assert_eq!(mounted["press"], json!(null), "{name}");
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn without_web_assembly_the_page_of_the_notice_takes_over() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::PHONE).await?;
    at_start(&browser, "delete window.WebAssembly").await?;
    visit(&browser, &stage).await?;
    browser.part("[part=accept]").await?.click().await?;
    for _ in 0..100 {
        if browser.driver.title().await? == "The page of the notice" {
            let sent = stage
                .edge
                .asked()
                .into_iter()
                .find(|asked| asked.path == "/consent");
            let sent = sent.map(|asked| asked.body);
            assert_eq!(sent, Some(format!("token={}&lang=ru", token("4711"))));
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!(
        "nothing was sent: {:?}, {:?}",
        stage.edge.lines(),
        browser.events().await?
    )
}

#[tokio::test]
async fn one_tab_hears_what_is_settled_in_another() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    visit(&browser, &stage).await?;
    variable(&browser, "mounted").await?;
    let first = browser.driver.window().await?;
    let second = browser.driver.new_tab().await?;
    browser.driver.switch_to_window(second).await?;
    visit(&browser, &stage).await?;
    variable(&browser, "mounted").await?;
    let accepted =
        json!({ "edition": EDITION, "basis": "explicit", "record": EDITION, "receipt": "a.b.c" });
    browser
        .run(&format!("announce('accepted', {accepted})"))
        .await?;
    browser.driver.switch_to_window(first).await?;
    let settled = browser.event("kelisim:settled").await?;
    assert_eq!(settled, json!({ "edition": EDITION }));
    assert_eq!(shown(&browser).await?, json!(""));
    assert_eq!(browser.run("return mounted").await?, json!(null));

    // And so does the next visit.
    visit(&browser, &stage).await?;
    browser.event("kelisim:settled").await?;
    assert_eq!(stage.beyond_the_loader(), [""; 0]);
    Ok(())
}

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
        at_start(&browser, &script).await?;
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
            html.starts_with("<article") && html.contains("Айгерім"),
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
    at_start(
        &browser,
        &format!("window.kelisimToken = '{}'", token("4711")),
    )
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
async fn the_host_is_told_why_nothing_is_shown() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    let refused = Page::new("text/plain", "no").status(500);
    let nobody = Page::new("text/plain", "").status(204);
    for (name, problem, token, reason) in [
        (
            "a problem",
            Some("urn:kelisim:problem:token-expired"),
            Set::new().token,
            Some("urn:kelisim:problem:token-expired"),
        ),
        ("no token", None, Some(refused), Some("token-refused")),
        ("nobody", None, Some(nobody), None),
    ] {
        let mut set = Set::new();
        (set.problem, set.token) = (problem, token);
        let stage = Stage::start(set)?;
        visit(&browser, &stage).await?;
        if let Some(reason) = reason {
            assert_eq!(
                browser.event("kelisim:error").await?,
                json!({ "reason": reason }),
                "{name}"
            );
        } else {
            assert_eq!(
                browser.run("return kelisim.status()").await?,
                json!(null),
                "{name}"
            );
            assert_eq!(browser.events().await?, [json!(null); 0], "{name}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_press_outlives_an_edge_that_fails_for_a_while() -> Result<()> {
    let stage = Stage::start(Set::pending())?;
    let browser = Browser::start(Screen::PHONE).await?;
    accepted_earlier(&browser, &stage).await?;
    // Half a minute is short here.
    at_start(&browser, "{ const { setTimeout } = window; window.setTimeout = (action, time, ...rest) => setTimeout(action, time / 100, ...rest) }").await?;
    stage.set().problem = Some("urn:kelisim:problem:unavailable");
    visit_and_press(&browser, &stage, "accept").await?;
    browser.event("kelisim:error").await?;
    let accept = browser.part("section [part=accept]").await?;
    assert_eq!(accept.attr("aria-busy").await?.as_deref(), Some("true"));
    stage.set().problem = None;
    assert_eq!(variable(&browser, "mounted").await?["press"], "accept");
    Ok(())
}

#[tokio::test]
async fn acceptances_and_the_application_open_without_the_widget() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::DESKTOP).await?;
    stage.set().body = "<button id='opener'>Open</button>".to_owned();
    // What would be printed, where printing would stop everything.
    at_start(&browser, "window.print = () => { top.printed = document.body.innerHTML; dispatchEvent(new Event('afterprint')) }").await?;
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
    assert_eq!(shown(&browser).await?, json!(""));
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
    assert_eq!(shown(&browser).await?, json!(""));

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
async fn a_notice_that_came_with_the_page_is_taken_over() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::PHONE).await?;
    for attribute in ["shadowrootmode", "shadowrootmode-unknown"] {
        stage.set().body = format!(
            "<kelisim-consent><template {attribute}='open'><form part='dialog'><h2>declared</h2></form></template></kelisim-consent>"
        );
        if attribute == "shadowrootmode-unknown" {
            // As a browser that does not know it leaves it.
            at_start(&browser, "addEventListener('readystatechange', () => document.querySelector('template')?.setAttribute('shadowrootmode', 'open'), true)").await?;
        }
        visit(&browser, &stage).await?;
        assert_eq!(
            variable(&browser, "mounted").await?["title"],
            "declared",
            "{attribute}"
        );
        browser
            .run("document.querySelector('kelisim-consent').remove()")
            .await?;
        assert_eq!(
            browser.run("return mounted").await?,
            json!(null),
            "{attribute}"
        );
    }
    has_no_violation(&browser).await
}

#[tokio::test]
async fn the_package_puts_the_tag_into_a_page_with_trusted_types() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::PHONE).await?;
    {
        let mut set = stage.set();
        set.attributes = "type='none'".to_owned();
        set.body = "<script type='module' src='/npm.js'></script>".to_owned();
        set.policy = set
            .policy
            .replace("script-src", "script-src 'self'")
            .replace(
                "trusted-types kelisim",
                "trusted-types kelisim kelisim-load",
            );
    }
    at_start(&browser, &format!("window.token = '{}'", token("4711"))).await?;
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
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
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

/// Keeps something in the browser as of so many milliseconds ago, in an expression.
async fn keep(browser: &Browser, stage: &Stage, kept: &Value, age: &str) -> Result<()> {
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
async fn accepted_earlier(browser: &Browser, stage: &Stage) -> Result<()> {
    let kept = json!({ "subject": "4711", "edition": EARLIER });
    keep(browser, stage, &kept, "36e5").await
}

/// Goes to the host's page anew.
async fn visit(browser: &Browser, stage: &Stage) -> Result<()> {
    stage.edge.forget();
    stage.host.forget();
    Ok(browser.driver.goto(stage.host.url()).await?)
}

/// The same, with a press as soon as there is something to press.
async fn visit_and_press(browser: &Browser, stage: &Stage, part: &str) -> Result<()> {
    let script = format!(
        "{{ const {{ mark }} = performance; performance.mark = (name) => {{ mark.call(performance, name); if (!window.pressed) {{ window.pressed = true;
           document.querySelector('kelisim-consent').shadowRoot.querySelector('[part={part}]').click() }} }} }}"
    );
    at_start(browser, &script).await?;
    visit(browser, stage).await
}

/// Runs a script at the start of every document from now on.
async fn at_start(browser: &Browser, script: &str) -> Result<()> {
    let parameters = json!({ "source": script });
    browser
        .cdp("Page.addScriptToEvaluateOnNewDocument", parameters)
        .await?;
    Ok(())
}

/// A variable of the page, once it has a value.
async fn variable(browser: &Browser, name: &str) -> Result<Value> {
    for _ in 0..100 {
        let value = browser
            .run(&format!("return window.{name} ?? null"))
            .await?;
        if value != json!(null) {
            return Ok(value);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("no {name}, but {:?}", browser.events().await?)
}

/// The HTML in the element.
async fn shown(browser: &Browser) -> Result<Value> {
    browser
        .run("return document.querySelector('kelisim-consent').shadowRoot.innerHTML")
        .await
}

/// Nothing broke the page's policy, and no script failed.
async fn has_no_violation(browser: &Browser) -> Result<()> {
    let events = browser.events().await?;
    let wrong = events
        .iter()
        .find(|event| event["name"] == "violation" || event["name"] == "uncaught");
    assert_eq!(wrong, None, "{events:?}");
    Ok(())
}
