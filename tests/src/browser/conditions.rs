//! What a browser is made to live with. Only Chromium can be.

use anyhow::Result;
use serde_json::{Value, json};

use super::Browser;

impl Browser {
    /// Runs a script at the start of every document from now on.
    ///
    /// # Errors
    /// As [`Browser::cdp`].
    pub async fn at_start(&self, script: &str) -> Result<()> {
        let parameters = json!({ "source": script });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", parameters)
            .await?;
        Ok(())
    }

    /// Has timers of every page from now on wait for a hundredth of their time.
    ///
    /// # Errors
    /// As [`Browser::cdp`].
    pub async fn hurry(&self) -> Result<()> {
        let script = "{
            const { setTimeout } = window;
            window.setTimeout = (action, time, ...rest) => setTimeout(action, time / 100, ...rest);
        }";
        self.at_start(script).await
    }

    /// Takes the network away, or gives it back.
    ///
    /// # Errors
    /// As [`Browser::cdp`].
    pub async fn set_offline(&self, is_offline: bool) -> Result<()> {
        let conditions = json!({
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.network("emulateNetworkConditions", conditions).await
    }

    /// Sends a token with every request, as the webview of an app does; or none any more.
    ///
    /// # Errors
    /// As [`Browser::cdp`].
    pub async fn set_token(&self, token: Option<&str>) -> Result<()> {
        let headers = match token {
            Some(token) => json!({ "Authorization": format!("Bearer {token}") }),
            None => json!({}),
        };
        self.network("setExtraHTTPHeaders", json!({ "headers": headers }))
            .await
    }

    async fn network(&self, method: &str, parameters: Value) -> Result<()> {
        self.cdp("Network.enable", json!({})).await?;
        self.cdp(&format!("Network.{method}"), parameters).await?;
        Ok(())
    }
}
