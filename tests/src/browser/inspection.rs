//! What there is to see of a page, and behind it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Browser;

impl Browser {
    /// Whether the widget shows anything.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn shows_dialog(&self) -> Result<bool> {
        let found = self
            .run("return !!document.querySelector('kelisim-consent')?.shadowRoot?.querySelector('[part=dialog]')?.checkVisibility()")
            .await?;
        Ok(found == json!(true))
    }

    /// The part of the widget that has the focus; `outside` when the page has it, and `inside` for parts without a name.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn focus(&self) -> Result<String> {
        let part = self.run(FOCUS).await?;
        Ok(part.as_str().context("a string")?.to_owned())
    }

    /// The addresses that this page has asked for, besides its own.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn requests(&self) -> Result<Vec<String>> {
        let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        Ok(serde_json::from_value(self.run(script).await?)?)
    }

    /// The elements of page and widget that reach over the right edge of the window, each by the beginning of its HTML.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn overflow(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.run(OVERFLOW).await?)?)
    }

    /// What breaks WCAG 2.2 AA on this page, the widget included, as far as axe-core can tell.
    ///
    /// # Errors
    /// axe-core is not installed, or fails.
    pub async fn violations(&self) -> Result<Vec<String>> {
        if self.run("return typeof axe").await? == "undefined" {
            let axe = xtask::root().join("node_modules/axe-core/axe.min.js");
            let axe = std::fs::read_to_string(axe).context("axe-core is not installed")?;
            // As a function's body it would keep its name to itself.
            self.run(&format!("{axe}; window.axe = axe")).await?;
        }
        let answer = self.driver.execute_async(FIND_VIOLATIONS, Vec::new());
        Ok(serde_json::from_value(answer.await?.json().clone())?)
    }

    /// The private keys in every database of this origin, each with its `type` and whether it is `extractable`.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn stored_keys(&self) -> Result<Value> {
        let answer = self.driver.execute_async(STORED_KEYS, Vec::new());
        Ok(answer.await?.json().clone())
    }

    /// Keeps a picture of the window in `target/screenshots`.
    ///
    /// # Errors
    /// It cannot be taken or written.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let folder: PathBuf = xtask::target().join("screenshots");
        std::fs::create_dir_all(&folder)?;
        Ok(self
            .driver
            .screenshot(&folder.join(format!("{name}.png")))
            .await?)
    }
}

const FOCUS: &str = "
    const host = document.activeElement;
    if (!host || host === document.body) return 'browser';
    if (host.localName !== 'kelisim-consent') return 'outside';
    return host.shadowRoot.activeElement?.getAttribute('part') || 'inside';
";

const OVERFLOW: &str = "
    const root = document.querySelector('kelisim-consent')?.shadowRoot?.querySelector('[part=dialog]') ?? document.body;
    return [root, ...root.querySelectorAll('*')]
      .filter((element) => element.scrollWidth > document.documentElement.clientWidth
        || element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 120));
";

/// Colours count once nothing moves any more.
const FIND_VIOLATIONS: &str = r#"
const done = arguments[0];
const root = document.querySelector("kelisim-consent")?.shadowRoot;
for (const animation of [...document.getAnimations(), ...(root?.getAnimations() ?? [])]) animation.finish();
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
axe.run(document, { runOnly: standards }).then(
  ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id} at ${node.target.flat().join(" ")}: ${node.failureSummary}`))),
  (error) => done([String(error)]),
);
"#;

const STORED_KEYS: &str = "
    const done = arguments[0];
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    (async () => {
      const keys = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await settled(indexedDB.open(name));
        for (const store of database.objectStoreNames)
          for (const value of await settled(database.transaction(store).objectStore(store).getAll()))
            keys.push(value.privateKey ?? value);
        database.close();
      }
      done(keys.map(({ type, extractable }) => ({ type, extractable })));
    })().catch((error) => done(String(error)));
";
