//! A person with a device, who is shown notices, presses buttons and uses the app.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use serde_json::{Value, json};

use crate::{Answer, Device, Edge};

/// A person. Every statement gets an id of its own.
pub struct Person<'a> {
    edge: &'a Edge,
    name: &'a str,
    device: Device,
}

impl<'a> Person<'a> {
    /// The user of that name.
    #[must_use]
    pub fn new(edge: &'a Edge, name: &'a str) -> Self {
        Self {
            edge,
            name,
            device: Device::new(1),
        }
    }

    /// A fresh token.
    ///
    /// # Errors
    /// The edge gives none.
    pub fn token(&self) -> Result<String> {
        self.edge.token(&format!("sub={}", self.name))
    }

    /// Where the person stands, by name: `new`, `pending`, `accepted` and so on.
    ///
    /// # Errors
    /// The edge does not say.
    pub fn standing(&self) -> Result<String> {
        let status: Value = self
            .edge
            .get_as(&self.token()?, "/v1/status")?
            .parsed(200)?;
        Ok(status["state"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Is shown the notice.
    ///
    /// # Errors
    /// No answer.
    pub fn is_shown_the_notice(&self) -> Result<Answer> {
        self.state("presented", |event, shown| event["shown"] = shown)
    }

    /// Presses the button.
    ///
    /// # Errors
    /// No answer.
    pub fn accepts(&self) -> Result<Answer> {
        self.state("accepted", |event, shown| {
            event["shown"] = shown;
            event["control"] = json!("dialog-accept");
        })
    }

    /// Goes on using the app.
    ///
    /// # Errors
    /// No answer.
    pub fn uses_the_app(&self) -> Result<Answer> {
        self.state("used", |_, _| ())
    }

    fn state(&self, kind: &str, complete: impl Fn(&mut Value, Value)) -> Result<Answer> {
        let token = self.token()?;
        let number = STATEMENTS.fetch_add(1, Ordering::Relaxed);
        let jti = format!("{}-{number}", self.name);
        let statement = self.device.statement(self.edge, &token, &jti, |edition| {
            let mut event = json!({ "kind": kind, "edition": edition.id() });
            complete(&mut event, Device::shown(edition));
            event
        })?;
        self.edge.submit(&token, &statement)
    }
}

/// How many statements were made, by whomever.
static STATEMENTS: AtomicU32 = AtomicU32::new(1);
