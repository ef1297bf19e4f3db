//! A stage for the loader alone: a stand-in for the edge, which serves the scripts as they were built and a widget that only
//! remembers how it was mounted, and a page of a host whose policy allows what the README says and no more.

use std::{
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use anyhow::{Context, Result};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use xtask::{environment::Environment, scripts};

use crate::site::{Asked, Page, Site};

/// Edge and host.
pub struct Stage {
    /// The edge's stand-in.
    pub edge: Site,
    /// The host's site.
    pub host: Site,
    set: Arc<Mutex<Set>>,
}

/// What the two of them answer.
#[derive(Clone, Debug)]
pub struct Set {
    /// What stands in the parentheses behind the loader: an edition's first digits, in quotes.
    pub edition: String,
    /// The notice that the loader carries.
    pub notice: Option<Value>,
    /// The state of whoever asks.
    pub state: Value,
    /// The problem that the edge answers with to `GET /v1/status`, instead.
    pub problem: Option<&'static str>,
    /// The attributes of the host's tag.
    pub attributes: String,
    /// The attributes of the page's `<html>`.
    pub html: &'static str,
    /// What else is on the page.
    pub body: String,
    /// What the host's token endpoint answers; without it, nothing, for as long as anybody waits.
    pub token: Option<Page>,
    /// Whether the edge has the widget, by the path that it is asked for.
    pub has_widget: fn(&str) -> bool,
    /// The Content-Security-Policy of the host's page, `EDGE` standing for the edge.
    pub policy: String,
}

/// The edition in force.
pub const EDITION: &str = "5b0c7db0a8a83b2f9d1e64f7a20c91e35d7788ac13f04be269d15ca7e3f6b284";

/// The edition before it.
pub const EARLIER: &str = "0d7f4cbe2a95d3f1084c6f7c1b5a0e2968d3c7a4f1e05b9d82736a4c5e6f1d20";

/// The deadline of the edition in force.
pub const DEADLINE: &str = "2026-12-02T19:00:00.000Z";

impl Set {
    /// A quiet time, somebody who has accepted, and a host that says whom its token is about.
    #[must_use]
    pub fn settled() -> Self {
        Self {
            edition: EDITION[..12].to_owned(),
            notice: None,
            state: json!({
                "name": "accepted", "edition": EDITION, "basis": "explicit", "record": EDITION,
                "recorded_at": "2026-11-01T00:00:00.000Z",
            }),
            problem: None,
            attributes: r#"data-token-url="/kelisim/token" data-subject="4711""#.to_owned(),
            html: r#"lang="ru""#,
            body: String::new(),
            token: Some(Page::new(
                "application/json",
                json!({ "token": token("4711") }).to_string(),
            )),
            has_widget: |_| true,
            policy: "default-src 'none'; script-src EDGE 'wasm-unsafe-eval'; connect-src 'self' EDGE; form-action EDGE; \
                     require-trusted-types-for 'script'; trusted-types kelisim"
                .to_owned(),
        }
    }

    /// While the clock of a change runs, and somebody who has not accepted it.
    #[must_use]
    pub fn pending() -> Self {
        Self {
            notice: Some(
                json!({ "language": "ru", "style": STYLE, "html": notice("short", "section") }),
            ),
            state: json!({ "name": "pending", "accepted": EARLIER, "deadline": DEADLINE }),
            ..Self::settled()
        }
    }

    /// Somebody new, whose status the page hands in, with a tag that says so.
    #[must_use]
    pub fn handed_in() -> Self {
        let html = notice("short", "dialog");
        let state = Self::new().state;
        Self {
            notice: Some(json!({ "language": "ru", "style": STYLE, "html": html, "is_new": true })),
            attributes: format!(
                "data-token='{}' data-status='{}'",
                token("4711"),
                status(&state)
            ),
            ..Self::new()
        }
    }

    /// Somebody new.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: json!({ "name": "new" }),
            ..Self::settled()
        }
    }
}

impl Default for Set {
    fn default() -> Self {
        Self::settled()
    }
}

impl Stage {
    /// Serves both.
    ///
    /// # Errors
    /// There is no free port, or the scripts have not been built.
    pub fn start(set: Set) -> Result<Self> {
        let set = Arc::new(Mutex::new(set));
        let scripts = Scripts::read()?;
        let shared = Arc::clone(&set);
        let edge = Site::serve(move |asked| at_edge(asked, &lock(&shared).clone(), &scripts))?;
        let shared = Arc::clone(&set);
        let origin = edge.url().to_owned();
        let host = Site::serve(move |asked| at_host(asked, &lock(&shared).clone(), &origin))?;
        Ok(Self { edge, host, set })
    }

    /// What they answer, to be changed.
    pub fn set(&self) -> MutexGuard<'_, Set> {
        lock(&self.set)
    }

    /// Paths of the edge that were asked for besides the loader.
    #[must_use]
    pub fn beyond_the_loader(&self) -> Vec<String> {
        let lines = self.edge.lines().into_iter();
        lines.filter(|line| line != "GET /kelisim.js").collect()
    }
}

/// A token that looks like one: nobody verifies it here.
#[must_use]
pub fn token(subject: &str) -> String {
    // What is not ASCII, and `~~?`, give the two characters in which base64url differs from base64.
    let claims =
        json!({ "iss": "https://host.kz", "sub": subject, "name": "Айгерім ~~? ~~~" }).to_string();
    ["{}", &claims, "signature"]
        .map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()))
        .join(".")
}

/// The HTML of a notice, as the edge makes them.
fn notice(name: &str, element: &str) -> String {
    format!(
        r#"<{element} part="dialog" aria-labelledby="title" lang="ru"><div part="content"><h2 id="title" tabindex="-1">{name}</h2>
<details><summary>More</summary>Text</details></div><footer part="footer"><button type="button" part="accept"><span>Accept</span></button>
<button type="button" part="leave">Later</button></footer></{element}>"#
    )
}

const STYLE: &str = "[part=dialog]{border:3px solid rgb(1,2,3)}";

struct Scripts {
    loader: String,
    show: String,
    host: Vec<u8>,
    account: Vec<u8>,
}

impl Scripts {
    fn read() -> Result<Self> {
        let folder = Environment::Preview.assets_folder();
        let read = |name: &str| {
            fs::read(folder.join(name))
                .with_context(|| format!("{name} is not built: run `cargo xtask build --preview`"))
        };
        Ok(Self {
            loader: String::from_utf8(read(scripts::LOADER)?)?,
            show: String::from_utf8(read(scripts::SHOW)?)?,
            host: read("widget/host.js")?,
            account: read("widget/account.js")?,
        })
    }
}

fn at_edge(asked: &Asked, set: &Set, scripts: &Scripts) -> Page {
    const SCRIPT: &str = "text/javascript";
    let json = |value: &Value| Page::new("application/json", value.to_string());
    let path = asked.path.split('?').next().unwrap_or_default();
    let page = match (asked.method.as_str(), path) {
        ("OPTIONS", _) => Page::new("text/plain", "").status(204),
        (_, "/kelisim.js") => {
            let call = match &set.notice {
                Some(notice) => format!("({:?},{notice},{});", set.edition, scripts.show),
                None => format!("({:?});", set.edition),
            };
            Page::new(SCRIPT, [scripts.loader.as_str(), &call].concat())
        }
        (_, "/widget/host.js") => Page::new(SCRIPT, scripts.host.clone()),
        (_, "/widget/account.js") => Page::new(SCRIPT, scripts.account.clone()),
        (_, "/widget/kelisim_widget.js") if (set.has_widget)(&asked.path) => {
            Page::new(SCRIPT, WIDGET)
        }
        (_, "/widget/kelisim_widget_bg.wasm") => Page::new("application/wasm", *b"\0asm\x01\0\0\0"),
        (_, "/v1/status") => match set.problem {
            Some(problem) => json(&json!({ "type": problem })).status(403),
            None => json(&status(&set.state)),
        },
        (_, "/v1/acceptances") => json(&json!({ "style": STYLE, "html": ACCEPTANCES })),
        ("POST", "/consent") => Page::new("text/html", "<title>The page of the notice</title>"),
        (_, path) if path.starts_with("/v1/editions/") => {
            let element = if asked.path.contains("standing=pending") {
                "section"
            } else {
                "dialog"
            };
            json(&json!({ "style": STYLE, "html": notice("full", element) }))
        }
        _ => json(&json!({ "type": "urn:kelisim:problem:not-found" })).status(404),
    };
    page.header("Access-Control-Allow-Origin", "*")
        .header("Access-Control-Allow-Headers", "authorization")
        .header("Cache-Control", "no-store")
}

/// What the edge answers to `GET /v1/status`.
#[must_use]
pub fn status(state: &Value) -> Value {
    let mut status = json!({
        "state": state, "edition": { "id": EDITION }, "audience": "a", "nonce": "n", "as_of": "2026-11-25T12:00:00.000Z",
    });
    let name = state["name"].as_str().unwrap_or_default();
    if !["accepted", "erased"].contains(&name) {
        let standing =
            if state["deadline"].as_str() <= status["as_of"].as_str() && name == "pending" {
                "due"
            } else {
                name
            };
        status["notice"] =
            format!("/v1/editions/{EDITION}/notice?standing={standing}&lang=").into();
    }
    status
}

fn at_host(asked: &Asked, set: &Set, edge: &str) -> Page {
    let page = match asked.path.as_str() {
        "/kelisim/token" => match &set.token {
            Some(page) => page.clone(),
            None => loop {
                thread::park();
            },
        },
        "/npm/kelisim.js" => match fs::read(xtask::root().join("www/npm/kelisim.js")) {
            Ok(script) => Page::new("text/javascript", script),
            Err(error) => Page::new("text/plain", error.to_string()).status(500),
        },
        "/nothing" => Page::new("text/html", ""),
        "/npm.js" => Page::new(
            "text/javascript",
            include_str!("stage/npm.js").replace("EDGE", edge),
        ),
        _ => Page::new(
            "text/html; charset=utf-8",
            format!(
                "<!doctype html><html {}><title>A host</title><script async src=\"{edge}/kelisim.js\" {}></script>\n<h1>A host</h1>{}",
                set.html, set.attributes, set.body
            ),
        ),
    };
    page.header("Content-Security-Policy", set.policy.replace("EDGE", edge))
}

fn lock(set: &Mutex<Set>) -> MutexGuard<'_, Set> {
    set.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A widget that remembers how it was mounted, and does what the real one does to what is shown: it keeps the content.
const WIDGET: &str = include_str!("stage/widget.js");

const ACCEPTANCES: &str = r#"<dialog part="dialog" aria-labelledby="account" lang="ru"><h2 id="account">Account</h2>
<section part="acceptances"><p>My acceptances</p></section>
<section part="application" hidden><h3>Application</h3><p>From <span data-field="name">______</span>,
<span data-field="phone">______</span></p></section><button type="button" part="print" hidden>Print</button>
<button type="button" part="close">Close</button></dialog>"#;
