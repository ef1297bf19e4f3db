//! The loader in a real Chromium, by itself: what it asks for, shows and keeps, in a page with a strict policy.

use std::time::Duration;

use anyhow::Result;
use kelisim_tests::{
    Browser, Screen, Set, Stage,
    site::Page,
    stage::{DEADLINE, EARLIER, EDITION, status, token},
    visit::{accepted_earlier, has_no_violation, keep, shown, variable, visit, visit_and_press},
};
use serde_json::{Value, from_str, json};

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
    // A tag that is there twice changes nothing.
    let again = format!(
        "<script async src='{}/kelisim.js' {}></script>",
        stage.edge.url(),
        stage.set().attributes
    );
    stage.set().body = again;
    visit(&browser, &stage).await?;
    browser.event("kelisim:settled").await?;
    assert_eq!(stage.beyond_the_loader(), [""; 0]);
    assert_eq!(stage.host.lines(), ["GET /"]);
    assert_eq!(browser.events().await?.len(), 1);
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
        assert_eq!(mounted["parsed"], "parsed", "{name}");
        let told: Value = from_str(mounted["status"].as_str().unwrap_or_default())?;
        assert_eq!(told, status(&stage.set().state), "{name}");
        assert_eq!(mounted["title"], "full", "{name}");
    }
    has_no_violation(&browser).await
}

/// A loader that was kept while another edition came into force carries the notice of the one before.
#[tokio::test]
async fn what_was_pressed_on_the_notice_of_another_edition_is_not_handed_over() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    let mut set = Set::pending();
    set.edition = "0".repeat(12);
    let stage = Stage::start(set)?;
    accepted_earlier(&browser, &stage).await?;
    visit_and_press(&browser, &stage, "accept").await?;
    let mounted = variable(&browser, "mounted").await?;
    assert_eq!(browser.run("return window.pressed").await?, true);
    assert_eq!(
        (&mounted["title"], &mounted["press"]),
        (&json!("full"), &json!(null))
    );
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
async fn the_carried_notice_is_shown_to_whom_it_fits_and_the_whole_one_follows() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    browser.at_start(NOTE_THE_FIRST).await?;
    let known = json!({ "subject": "4711", "edition": EARLIER });
    let pending = Set::pending().state;
    let withdrawn = json!({ "name": "withdrawn", "accepted": EARLIER, "effective_at": DEADLINE });
    for (name, html, tag, kept, state, address, first) in [
        (
            "it fits",
            r#"lang="ru""#,
            "",
            &known,
            &pending,
            "pending&lang=ru",
            "short",
        ),
        (
            "no language is named",
            "",
            "",
            &known,
            &pending,
            "pending&lang=undefined",
            "short",
        ),
        (
            "in another language",
            r#"lang="kk""#,
            "",
            &known,
            &pending,
            "pending&lang=kk",
            "full",
        ),
        (
            "said by the tag",
            r#"lang="ru""#,
            "data-lang=kk",
            &known,
            &pending,
            "pending&lang=kk",
            "full",
        ),
        (
            "not known here",
            r#"lang="ru""#,
            "",
            &json!(null),
            &pending,
            "pending&lang=ru",
            "full",
        ),
        (
            "withdrawn since",
            r#"lang="ru""#,
            "",
            &known,
            &withdrawn,
            "withdrawn&lang=ru",
            "short",
        ),
    ] {
        let mut set = Set::pending();
        (set.html, set.state) = (html, state.clone());
        set.attributes = [&set.attributes, tag].join(" ");
        let stage = Stage::start(set)?;
        keep(&browser, &stage, kept, "0").await?;
        visit(&browser, &stage).await?;
        let mounted = variable(&browser, "mounted").await?;
        assert_eq!(browser.run("return first").await?, first, "{name}");
        let asked = stage.beyond_the_loader();
        let expected = format!("GET /v1/editions/{EDITION}/notice?standing={address}");
        assert!(asked.contains(&expected), "{name}: {asked:?}");
        assert_eq!(
            (&mounted["title"], &mounted["press"]),
            (&json!("full"), &json!(null)),
            "{name}"
        );
        let element = if state == &pending {
            "section"
        } else {
            "dialog"
        };
        browser.part(element).await?;
    }
    has_no_violation(&browser).await
}

/// Notes whether anything that is kept was looked at before there was something to press.
const NOTE_LOOKS: &str = "{
    const { localStorage } = window;
    window.hasLookedBefore = false;
    Object.defineProperty(window, 'localStorage', { get() {
      window.hasLookedBefore ||= !performance.getEntriesByName('kelisim:pressable').length;
      return localStorage;
    } });
}";

/// Notes the title of what is shown first.
const NOTE_THE_FIRST: &str = "
    const { mark } = performance;
    performance.mark = (name) => {
      mark.call(performance, name);
      window.first ??= document.querySelector('kelisim-consent').shadowRoot.querySelector('h2').textContent;
    };
";

#[tokio::test]
async fn somebody_new_whose_status_is_handed_in_is_shown_the_carried_notice_first() -> Result<()> {
    let browser = Browser::start(Screen::PHONE).await?;
    browser.at_start(NOTE_THE_FIRST).await?;
    browser.at_start(NOTE_LOOKS).await?;
    let nothing_handed_in = Set {
        attributes: Set::new().attributes,
        ..Set::handed_in()
    };
    for (name, set, first) in [
        ("handed in", Set::handed_in(), "short"),
        ("nothing handed in", nothing_handed_in, "full"),
    ] {
        let stage = Stage::start(set)?;
        visit(&browser, &stage).await?;
        let mounted = variable(&browser, "mounted").await?;
        assert_eq!(browser.run("return first").await?, first, "{name}");
        let has_looked = browser.run("return hasLookedBefore").await?;
        assert_eq!(
            has_looked,
            json!(first == "full"),
            "{name}: at what is kept"
        );
        assert_eq!(mounted["title"], "full", "{name}");
        let notice = format!("GET /v1/editions/{EDITION}/notice?standing=new&lang=ru");
        assert!(stage.beyond_the_loader().contains(&notice), "{name}");
        let moves = if first == "full" {
            "dialog[open]:not(.still)"
        } else {
            "dialog[open].still"
        };
        browser.part(moves).await?;
    }
    let stage = Stage::start(Set::handed_in())?;
    visit_and_press(&browser, &stage, "accept").await?;
    assert_eq!(variable(&browser, "mounted").await?["press"], "accept");
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_widget_that_does_not_arrive_is_asked_for_again() -> Result<()> {
    let mut set = Set::pending();
    // The first address stays without an answer, as browsers remember it.
    set.has_widget = |path| path.contains('?');
    let stage = Stage::start(set)?;
    let browser = Browser::start(Screen::PHONE).await?;
    accepted_earlier(&browser, &stage).await?;
    visit_and_press(&browser, &stage, "accept").await?;
    assert_eq!(variable(&browser, "mounted").await?["press"], "accept");
    let asked = stage.beyond_the_loader();
    let glue = asked.iter().filter(|line| line.contains("widget.js"));
    assert_eq!(glue.count(), 2, "{asked:?}");
    has_no_violation(&browser).await
}

#[tokio::test]
async fn where_the_widget_cannot_run_the_page_of_the_notice_takes_over() -> Result<()> {
    for (name, script, is_there) in [
        ("no WebAssembly", "delete window.WebAssembly", true),
        (
            "no WebCrypto",
            "Object.defineProperty(crypto, 'subtle', { value: undefined })",
            true,
        ),
        ("no widget", "", false),
    ] {
        let mut set = Set::new();
        if !is_there {
            set.has_widget = |_| false;
        }
        let stage = Stage::start(set)?;
        let browser = Browser::start(Screen::PHONE).await?;
        browser.hurry().await?;
        browser.at_start(script).await?;
        visit(&browser, &stage).await?;
        browser.part("[part=accept]").await?.click().await?;
        let form = the_form(&browser, &stage).await?;
        assert_eq!(form, format!("token={}&lang=ru", token("4711")), "{name}");
    }
    Ok(())
}

/// What was sent to the page of the notice, once the browser is there.
async fn the_form(browser: &Browser, stage: &Stage) -> Result<String> {
    for _ in 0..100 {
        if browser.driver.title().await? == "The page of the notice" {
            let sent = stage
                .edge
                .asked()
                .into_iter()
                .find(|asked| asked.path == "/consent");
            return Ok(sent.map(|asked| asked.body).unwrap_or_default());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
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
    browser.hurry().await?;
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
async fn a_press_outlives_a_token_that_has_expired() -> Result<()> {
    let stage = Stage::start(Set::pending())?;
    let browser = Browser::start(Screen::PHONE).await?;
    let kept = json!({ "subject": "https://host.kz 4711", "edition": EARLIER });
    keep(&browser, &stage, &kept, "36e5").await?;
    browser.at_start(LATER).await?;
    stage.set().attributes = format!("data-token='{}'", token("4711"));
    stage.set().problem = Some("urn:kelisim:problem:token-expired");
    visit_and_press(&browser, &stage, "accept").await?;
    browser.event("kelisim:error").await?;
    assert_eq!(browser.run("return later.size").await?, json!(1));
    stage.set().problem = None;
    let identify = format!("return kelisim.identify('{}')", token("4711"));
    browser.run(&identify).await?;
    assert_eq!(variable(&browser, "mounted").await?["press"], "accept");

    // What was to try again in half a minute is not needed any more.
    assert_eq!(browser.run("return later.size").await?, json!(0));
    has_no_violation(&browser).await
}

/// What is to be done in half a minute or later is noted, and not done.
const LATER: &str = "{
    const { setTimeout, clearTimeout } = window;
    window.later = new Map();
    window.setTimeout = (action, time, ...rest) => {
      if (!(time >= 3e4)) return setTimeout(action, time, ...rest);
      const id = 'later-' + later.size;
      later.set(id, action);
      return id;
    };
    window.clearTimeout = (id) => later.delete(id) || clearTimeout(id);
}";

#[tokio::test]
async fn what_is_newer_counts_more_than_what_is_kept() -> Result<()> {
    let stage = Stage::start(Set::settled())?;
    let browser = Browser::start(Screen::PHONE).await?;
    visit(&browser, &stage).await?;
    browser.event("kelisim:settled").await?;
    stage.set().state = Set::new().state;
    // A backend has been told so, or a person has withdrawn: the page says that the notice is wanted.
    browser.run("return kelisim.open('notice')").await?;
    variable(&browser, "mounted").await?;

    let kept = json!({ "subject": "https://host.kz 4711", "edition": EDITION });
    keep(&browser, &stage, &kept, "0").await?;
    let told = status(&Set::new().state).to_string();
    stage.set().attributes = format!("data-token='{}' data-status='{told}'", token("4711"));
    visit(&browser, &stage).await?;
    variable(&browser, "mounted").await?;
    has_no_violation(&browser).await
}

#[tokio::test]
async fn a_notice_that_came_with_the_page_is_taken_over() -> Result<()> {
    let stage = Stage::start(Set::new())?;
    let browser = Browser::start(Screen::PHONE).await?;
    stage.set().body = "<kelisim-consent><template shadowrootmode='open'><form part='dialog'><h2>declared</h2></form></template></kelisim-consent>".to_owned();
    visit(&browser, &stage).await?;
    assert_eq!(variable(&browser, "mounted").await?["title"], "declared");
    browser
        .run("document.querySelector('kelisim-consent').remove()")
        .await?;
    assert_eq!(browser.run("return mounted").await?, json!(null));
    has_no_violation(&browser).await
}
