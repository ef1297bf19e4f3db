//! Everything that the widget can show, in each language, in a real Chromium against a real edge: pictures of it for people to
//! look at. Those that somebody has looked at are kept in `tests/screenshots`, and there is one of each.

use std::path::Path;

use anyhow::{Result, ensure};
use kelisim_tests::{
    Browser, Edge, Screen,
    steps::{accepted, presented, publish_change, visit_as},
};
use serde_json::json;

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

const STATES: [&str; 11] = [
    "dialog",
    "kept",
    "receipt",
    "acceptances",
    "withdrawal",
    "page",
    "change",
    "due",
    "receipt-implied",
    "withdrawn",
    "terminated",
];

#[tokio::test]
async fn every_state_in_every_language_holds_together_and_has_its_picture() -> Result<()> {
    let edge = Edge::start()?;
    let mut walks = Vec::new();
    for language in LANGUAGES {
        let walk = Walk::begin(&edge, language).await?;
        walk.before_a_change().await?;
        walks.push(walk);
    }
    let deadline = publish_change(&edge).await?;
    for walk in &walks {
        walk.visit("").await?;
        walk.picture("change").await?;
    }
    edge.set_clock(&deadline.instant().to_string())?;
    for walk in &walks {
        walk.after_the_deadline().await?;
    }
    for language in LANGUAGES {
        for state in STATES {
            let kept = format!("screenshots/{state}-{language}-phone-light.png");
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(kept);
            ensure!(kept.is_file(), "nobody has looked at {}", kept.display());
        }
    }
    Ok(())
}

/// One person's way through all of it.
struct Walk<'a> {
    edge: &'a Edge,
    browser: Browser,
    language: &'static str,
}

impl<'a> Walk<'a> {
    async fn begin(edge: &'a Edge, language: &'static str) -> Result<Self> {
        let browser = Browser::start(Screen::PHONE).await?;
        let walk = Self {
            edge,
            browser,
            language,
        };
        visit_as(&walk.browser, &walk.user()).await?;
        Ok(walk)
    }

    fn user(&self) -> String {
        format!("person-{}", self.language)
    }

    async fn before_a_change(&self) -> Result<()> {
        self.visit("").await?;
        self.picture("dialog").await?;
        self.browser.set_offline(true).await?;
        self.press("accept").await?;
        self.browser.event("kelisim:kept").await?;
        self.picture("kept").await?;
        self.browser.set_offline(false).await?;
        accepted(self.edge, &self.browser, "explicit").await?;
        self.browser.part(".receipt").await?;
        self.picture("receipt").await?;
        self.press("close").await?;
        for view in ["acceptances", "withdrawal"] {
            let fields = "{ name: 'Айгерим Сапарова', phone: '+7 700 000 00 00' }";
            let open = format!("return kelisim.open('{view}', {fields})");
            self.browser.run(&open).await?;
            self.browser
                .part(&format!("dialog[data-account={view}]"))
                .await?;
            self.picture(view).await?;
        }
        self.page().await
    }

    /// The notice as a page of its own, for somebody new.
    async fn page(&self) -> Result<()> {
        let token = self.edge.token(&format!("sub=new-{}", self.language))?;
        self.browser.set_token(Some(&token)).await?;
        let page = format!("{}/consent?lang={}", self.edge.url(), self.language);
        self.browser.driver.goto(page).await?;
        self.browser.part("main button[part=accept]").await?;
        self.picture("page").await?;
        self.browser.set_token(None).await
    }

    async fn after_the_deadline(&self) -> Result<()> {
        self.visit("").await?;
        self.picture("due").await?;
        self.press("leave").await?;
        accepted(self.edge, &self.browser, "implied").await?;
        self.browser.part(".receipt").await?;
        self.picture("receipt-implied").await?;

        let path = self.edge.subject_path(&self.user())?;
        let now = self
            .edge
            .status(&self.edge.token(&format!("sub={}", self.user()))?)?
            .as_of;
        let withdrawal = json!({
            "application": "7", "document_sha256": "0".repeat(64), "channel": "post",
            "received_at": now, "effective_at": now,
        });
        let order = |what: &str, body| {
            let answer = self
                .edge
                .order("officer", "POST", &format!("{path}/{what}"), &body)?;
            ensure!(answer.status == 201, "{answer:?}");
            Ok(())
        };
        order("withdrawals", withdrawal)?;
        self.visit("").await?;
        self.picture("withdrawn").await?;
        let today = now.to_almaty().date_naive().to_string();
        order("terminations", json!({ "ended_on": today }))?;
        self.visit("").await?;
        self.picture("terminated").await
    }

    async fn visit(&self, query: &str) -> Result<()> {
        let address = format!("{}/demo/?lang={}{query}", self.edge.url(), self.language);
        // What the page remembers of the person is a day old at most.
        self.browser.driver.goto(&address).await?;
        self.browser
            .run("localStorage.removeItem('kelisim')")
            .await?;
        self.browser.driver.goto(&address).await?;
        self.browser.part("button[part=accept]").await?;
        presented(&self.browser).await
    }

    async fn press(&self, part: &str) -> Result<()> {
        let button = format!("button[part={part}]");
        Ok(self.browser.part(&button).await?.click().await?)
    }

    async fn picture(&self, state: &str) -> Result<()> {
        let name = format!("{state}-{}-phone-light", self.language);
        assert_eq!(self.browser.overflow().await?, [""; 0], "{name}");
        assert_eq!(self.browser.violations().await?, [""; 0], "{name}");
        self.browser.screenshot(&name).await
    }
}
