//! A host's own site, on an origin of its own: a page that embeds the widget with one tag, the token endpoint that the tag
//! names, and a page whose backend hands token and status in, for people whom it knows to be new.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use tiny_http::{Header, Method, Request, Response, Server};
use xtask::seed;

use crate::{Edge, browser::LISTENERS};

/// The site: bound to its address before it serves, for the edge has to know its origin first.
pub struct HostPage {
    server: Arc<Server>,
    url: String,
}

impl HostPage {
    /// A site where that user is signed in, and the edge that it embeds, which has the first edition in force.
    ///
    /// # Errors
    /// One of them cannot be started.
    pub fn with_edge(user: &str) -> Result<(Self, Edge)> {
        let site = Self::bind()?;
        let origins = json!([site.url()]).to_string();
        let edge = Edge::start_empty(&[("ALLOWED_ORIGINS", origins)])?;
        seed::publish_if_missing(edge.url(), &seed::first_edition())?;
        site.serve(edge.url(), edge.issuer(&format!("sub={user}")));
        Ok((site, edge))
    }

    fn bind() -> Result<Self> {
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

    /// Serves the page and tokens until it is dropped. The page's policy allows no more than the README says, and what is
    /// the site's own: a script that listens to the widget, and an icon.
    fn serve(&self, edge: &str, token: impl Fn() -> Result<String> + Send + 'static) {
        let (server, edge) = (Arc::clone(&self.server), edge.to_owned());
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                // Who has gone away needs no answer.
                let _ = answer(request, &edge, &token);
            }
        });
    }
}

impl Drop for HostPage {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

fn answer(request: Request, edge: &str, token: impl Fn() -> Result<String>) -> Result<()> {
    let (media_type, body) = match (request.method(), request.url()) {
        (Method::Post, "/kelisim/token") => {
            let body = json!({ "token": token()? });
            ("application/json", body.to_string())
        }
        (_, "/listeners.js") => ("text/javascript", LISTENERS.to_owned()),
        (_, "/new") => (
            "text/html; charset=utf-8",
            page(&handing_in(edge, &token()?)?),
        ),
        _ => {
            let tag = format!(r#"src="{edge}/kelisim.js" data-token-url="/kelisim/token""#);
            ("text/html; charset=utf-8", page(&tag))
        }
    };
    let policy = format!(
        "default-src 'none'; img-src 'self'; script-src 'self' {edge} 'wasm-unsafe-eval'; connect-src 'self' {edge}"
    );
    let mut response = Response::from_string(body);
    for (name, value) in [
        ("Content-Type", media_type),
        ("Content-Security-Policy", &policy),
    ] {
        let header = Header::from_bytes(name, value).expect("names and values are visible ASCII");
        response.add_header(header);
    }
    Ok(request.respond(response)?)
}

/// The attributes of a tag for somebody new.
fn handing_in(edge: &str, token: &str) -> Result<String> {
    let asked = ureq::get(format!("{edge}/v1/status"));
    let mut answer = asked
        .header("Authorization", format!("Bearer {token}"))
        .call()?;
    let status = answer
        .body_mut()
        .read_to_string()?
        .replace('&', "&amp;")
        .replace('"', "&quot;");
    Ok(format!(
        r#"src="{edge}/kelisim.js?standing=new&lang=kk" data-token="{token}" data-status="{status}""#
    ))
}

fn page(tag: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="kk">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SmartAqkol</title>
<script src="/listeners.js"></script>
<script async {tag}></script>
<h1>SmartAqkol</h1>
"#
    )
}
