//! A host's own site, on an origin of its own: one page that embeds the widget with one tag, and the
//! token endpoint that the tag names.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::Host;

/// A site that is bound to its address, and not serving yet: the edge has to know its origin first.
pub struct HostPage {
    server: Arc<Server>,
    url: String,
}

impl HostPage {
    /// Takes a free port.
    ///
    /// # Errors
    /// There is none.
    pub fn bind() -> Result<Self> {
        let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!(error))?;
        let address = server.server_addr().to_ip().context("an IP address")?;
        let url = format!("http://{address}");
        Ok(Self {
            server: Arc::new(server),
            url,
        })
    }

    /// The site's address, which is its origin.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves the page, whose policy allows no more than the README says, until it is dropped.
    pub fn serve(&self, edge: &str, host: Host, user: &str) {
        let (server, edge, user) = (Arc::clone(&self.server), edge.to_owned(), user.to_owned());
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                // Who has gone away needs no answer.
                let _ = answer(request, &edge, &host, &user);
            }
        });
    }
}

impl Drop for HostPage {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

fn answer(request: Request, edge: &str, host: &Host, user: &str) -> std::io::Result<()> {
    let is_token = (request.method(), request.url()) == (&Method::Post, "/kelisim/token");
    let (media_type, body) = if is_token {
        (
            "application/json",
            serde_json::json!({ "token": host.token(user) }).to_string(),
        )
    } else {
        ("text/html; charset=utf-8", page(edge))
    };
    let policy = format!(
        "default-src 'none'; script-src {edge} 'wasm-unsafe-eval'; connect-src 'self' {edge}"
    );
    let mut response = Response::from_string(body);
    for (name, value) in [
        ("Content-Type", media_type),
        ("Content-Security-Policy", &policy),
    ] {
        let header = Header::from_bytes(name, value).expect("names and values are visible ASCII");
        response.add_header(header);
    }
    request.respond(response)
}

fn page(edge: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="kk">
<title>SmartAqkol</title>
<script async src="{edge}/kelisim.js" data-token-url="/kelisim/token"></script>
<h1>SmartAqkol</h1>
"#
    )
}
