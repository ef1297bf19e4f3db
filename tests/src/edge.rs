//! A real edge: workerd through wrangler, with its state in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use kelisim_shared::{
    api::{MessageReply, Status, TokenReply, staff::Found},
    edition::Edition,
    problem::ProblemType,
    record::RecordId,
};
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;
use ureq::{Agent, http};
use xtask::{
    environment::Environment,
    secrets::Secrets,
    seed,
    server::{Options, Ready, Server},
};

use crate::{Host, host::now};

/// A preview server with the first edition published.
pub struct Edge {
    /// The running server; none between its end and a restart.
    server: Mutex<Option<Server>>,
    url: String,
    options: Options,
    secrets: Secrets,
    agent: Agent,
    /// Removed with the edge.
    _folder: TempDir,
}

/// What a preview edge calls itself, in `edge/wrangler.toml`.
pub const AUDIENCE: &str = "https://kelisim-preview.invalid";

impl Edge {
    /// Starts a server and publishes the first edition.
    ///
    /// # Errors
    /// The server does not start, or refuses the edition.
    pub fn start() -> Result<Self> {
        let edge = Self::start_empty(&[])?;
        seed::publish_if_missing(edge.url(), &seed::first_edition())?;
        Ok(edge)
    }

    /// Starts a server without an edition, with these variables in place of those of its configuration.
    ///
    /// # Errors
    /// The server does not start.
    pub fn start_empty(variables: &[(&str, String)]) -> Result<Self> {
        let secrets = Secrets::for_preview()?;
        Self::run(Environment::Preview, &secrets, variables, Ready::Healthy)
    }

    /// Starts a server of any environment, which need not be healthy.
    ///
    /// # Errors
    /// It does not answer at all.
    pub fn start_as(
        environment: Environment,
        secrets: &Secrets,
        variables: &[(&str, String)],
    ) -> Result<Self> {
        Self::run(environment, secrets, variables, Ready::Answering)
    }

    fn run(
        environment: Environment,
        secrets: &Secrets,
        variables: &[(&str, String)],
        ready: Ready,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let env_file = folder.path().join("secrets.env");
        secrets.write(&env_file)?;
        let mut options = Options::new(environment, folder.path().join("state"), env_file);
        options.ready = ready;
        options.vars = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let server = Server::start(&options)?;
        let url = server.url().to_owned();
        let server = Mutex::new(Some(server));
        Ok(Self {
            server,
            url,
            options,
            secrets: secrets.clone(),
            agent: agent(),
            _folder: folder,
        })
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills the server as a power failure would.
    pub fn kill(&self) {
        if let Some(server) = self.running().take() {
            server.kill();
        }
    }

    /// Stops the server in good order.
    ///
    /// # Errors
    /// It does not stop.
    pub fn stop(&self) -> Result<()> {
        self.running().take().map_or(Ok(()), Server::stop)
    }

    /// Starts the server on the state that it left.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&mut self) -> Result<()> {
        let server = Server::start(&self.options)?;
        server.url().clone_into(&mut self.url);
        *self.running() = Some(server);
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Option<Server>> {
        self.server
            .lock()
            .expect("nothing panics while it holds the server")
    }

    /// The host that this edge trusts.
    ///
    /// # Errors
    /// The secrets hold no key of one.
    pub fn host(&self) -> Result<Host> {
        Host::new(
            self.secrets
                .preview_issuer_key
                .as_deref()
                .context("no preview issuer")?,
        )
    }

    /// Sends a request.
    ///
    /// # Errors
    /// No answer; an answer of any status is none.
    pub fn send(&self, request: http::request::Builder, body: &[u8]) -> Result<Answer> {
        answer(self.agent.run(request.body(body)?)?)
    }

    /// A nonce for a user of the preview's host that this edge would have given out so many seconds ago, made by the
    /// format that `edge/src/nonce.rs` documents.
    ///
    /// # Errors
    /// The secrets are malformed.
    pub fn nonce(&self, user: &str, age_seconds: i64) -> Result<String> {
        let key = |text: &str| Base64UrlUnpadded::decode_vec(text).context("a key in base64url");
        let mac = |key: &[u8], parts: &[&[u8]]| -> Result<Vec<u8>> {
            let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
            for part in parts {
                mac.update(part);
            }
            Ok(mac.finalize().into_bytes().to_vec())
        };
        let issuer = "https://preview.kelisim.invalid";
        let length = u32::try_from(issuer.len())?.to_be_bytes();
        let subject = mac(
            &key(&self.secrets.pseudonym_key)?,
            &[
                b"kelisim-subject/v1",
                &length,
                issuer.as_bytes(),
                user.as_bytes(),
            ],
        )?;
        let instant = ((now() - age_seconds) * 1000).to_be_bytes();
        let nonce_key = key(&self.secrets.nonce_key)?;
        let tag = mac(&nonce_key, &[b"kelisim-nonce/v1", &subject, &instant])?;
        Ok(Base64UrlUnpadded::encode_string(
            &[&instant, tag.as_slice()].concat(),
        ))
    }

    /// A request to be sent to a path of this edge.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> http::request::Builder {
        http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url()))
    }

    /// `GET` without a token.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.request("GET", path), &[])
    }

    /// `GET` with a token.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn get_as(&self, token: &str, path: &str) -> Result<Answer> {
        self.send(
            self.request("GET", path)
                .header("Authorization", format!("Bearer {token}")),
            &[],
        )
    }

    /// `POST` of JSON with a token.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn post_as(&self, token: &str, path: &str, body: &[u8]) -> Result<Answer> {
        let request = self
            .request("POST", path)
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json");
        self.send(request, body)
    }

    /// `POST /v1/statements`, as a page of the edge's own would.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn submit(&self, token: &str, statement: &str) -> Result<Answer> {
        let request = self
            .request("POST", "/v1/statements")
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .header("Origin", self.url());
        let body = serde_json::json!({ "statement": statement });
        self.send(request, body.to_string().as_bytes())
    }

    /// Publishes the first edition's text with these replacements in it, as the publisher.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn publish_changed(&self, class: &str, replacements: &[(&str, &str)]) -> Result<Answer> {
        let draft = self.changed_draft(class, replacements)?;
        self.order("publisher", "POST", "/v1/admin/editions", &draft)
    }

    /// A draft of the text in force with these replacements in it, in the place of the edition in force.
    ///
    /// # Errors
    /// There is no edition in force.
    pub fn changed_draft(&self, class: &str, replacements: &[(&str, &str)]) -> Result<Value> {
        let in_force = self.edition()?;
        let mut draft = seed::publish_request(&seed::first_edition())?;
        let mut body = in_force.document().texts[0].clone();
        for (from, to) in replacements {
            ensure!(body.contains(from), "{from} is not in the text");
            body = body.replace(from, to);
        }
        draft["change"] = serde_json::json!({ "class": class, "supersedes": in_force.id() });
        draft["texts"][0]["body"] = body.into();
        draft["texts"][0]["summary"] = "Изменены сроки.".into();
        Ok(draft)
    }

    /// The folder with the files of the objects of that class, as it is when the server is stopped.
    #[must_use]
    pub fn disk(&self, class: &str) -> PathBuf {
        self.options
            .state
            .join("v3/do")
            .join(format!("kelisim-preview-{class}"))
    }

    /// Whether these bytes are anywhere in the files that the server keeps. What wrangler prints of requests is none of them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn has_on_disk(&self, needle: &str) -> Result<bool> {
        holds(&self.options.state, needle.as_bytes())
    }

    /// `GET /v1/status`, which has to succeed.
    ///
    /// # Errors
    /// It does not.
    pub fn status(&self, token: &str) -> Result<Status> {
        self.get_as(token, "/v1/status")?.parsed(200)
    }

    /// The receipts of the token's subject.
    ///
    /// # Errors
    /// It has none to give.
    pub fn receipts(&self, token: &str) -> Result<Vec<String>> {
        let receipts: kelisim_shared::api::Receipts =
            self.get_as(token, "/v1/receipts")?.parsed(200)?;
        Ok(receipts.receipts)
    }

    /// A token by the preview's issuer, whose clock is the server's. The query says for whom: `sub=aigerim`,
    /// `role=officer`, `service=backend`.
    ///
    /// # Errors
    /// The edge gives none.
    pub fn token(&self, query: &str) -> Result<String> {
        self.issuer(query)()
    }

    /// What gives such tokens, wherever it is taken.
    pub fn issuer(&self, query: &str) -> impl Fn() -> Result<String> + Send + use<> {
        let agent = self.agent.clone();
        let url = format!("{}/preview/token?{query}", self.url());
        move || {
            let reply: TokenReply = answer(agent.post(&url).send_empty()?)?.parsed(200)?;
            Ok(reply.token)
        }
    }

    /// Moves the server's clock, which runs on from there.
    ///
    /// # Errors
    /// The edge refuses.
    pub fn set_clock(&self, now: &str) -> Result<()> {
        let request = self
            .request("PUT", "/preview/clock")
            .header("Content-Type", "application/json");
        let body = serde_json::json!({ "now": now }).to_string();
        let answer = self.send(request, body.as_bytes())?;
        ensure!(answer.status == 204, "{answer:?}");
        Ok(())
    }

    /// Sends JSON as a member of staff with that role.
    ///
    /// # Errors
    /// As [`Edge::send`].
    pub fn order(&self, role: &str, method: &str, path: &str, body: &Value) -> Result<Answer> {
        let request = self
            .request(method, path)
            .header(
                "Authorization",
                format!("Bearer {}", self.token(&format!("role={role}"))?),
            )
            .header("Content-Type", "application/json");
        self.send(request, body.to_string().as_bytes())
    }

    /// The address of a user's records for staff.
    ///
    /// # Errors
    /// The look-up fails.
    pub fn subject_path(&self, user: &str) -> Result<String> {
        let lookup =
            serde_json::json!({ "issuer": "https://preview.kelisim.invalid", "subject": user });
        let path = "/v1/admin/subjects/lookup";
        let found: Found = self.order("officer", "POST", path, &lookup)?.parsed(200)?;
        Ok(format!("/v1/admin/subjects/{}", found.subject))
    }

    /// The edition in force.
    ///
    /// # Errors
    /// There is none, or it is none.
    pub fn edition(&self) -> Result<Edition> {
        let document = self.get("/v1/editions/current")?.parsed(200)?;
        Ok(Edition::from_document(document)?)
    }
}

/// An acceptance that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The record.
    pub record: RecordId,
    /// Its receipt.
    pub receipt: String,
}

/// An answer of any status.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    ///
    /// # Errors
    /// Not UTF-8.
    pub fn text(&self) -> Result<&str> {
        Ok(std::str::from_utf8(&self.body)?)
    }

    /// A header's value, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as JSON, if the status is this one.
    ///
    /// # Errors
    /// Another status, or not that JSON.
    pub fn parsed<T: serde::de::DeserializeOwned>(&self, status: u16) -> Result<T> {
        ensure!(self.status == status, "{} {}", self.status, self.text()?);
        serde_json::from_slice(&self.body).with_context(|| format!("{:?}", self.text()))
    }

    /// What the answer says is on record, if the status is this one.
    ///
    /// # Errors
    /// Another status, or another outcome.
    pub fn accepted(&self, status: u16) -> Result<Accepted> {
        match self.parsed(status)? {
            MessageReply::Accepted {
                record, receipt, ..
            } => Ok(Accepted { record, receipt }),
            other => bail!("{other:?}"),
        }
    }

    /// The ticket of the form that the answer holds.
    ///
    /// # Errors
    /// It holds none.
    pub fn ticket(&self) -> Result<String> {
        let (_, rest) = self
            .text()?
            .split_once(r#"name="ticket" value=""#)
            .context("no form")?;
        let (ticket, _) = rest.split_once('"').context("a ticket without an end")?;
        Ok(ticket.to_owned())
    }

    /// The type of the problem that the answer is, if it is one in every way that RFC 9457 asks for.
    ///
    /// # Errors
    /// It is not.
    pub fn problem(&self) -> Result<ProblemType> {
        ensure!(
            self.header("content-type") == "application/problem+json",
            "{self:?}"
        );
        let body: Value = serde_json::from_slice(&self.body)?;
        ensure!(body["status"] == self.status, "{body}");
        let kind: ProblemType = serde_json::from_value(body["type"].clone())?;
        ensure!(
            kind.status() == self.status && body["title"] == kind.title(),
            "{body}"
        );
        Ok(kind)
    }
}

fn answer(mut response: http::Response<ureq::Body>) -> Result<Answer> {
    let body = response.body_mut().read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
    })
}

fn holds(folder: &Path, needle: &[u8]) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.ends_with("state/server.log") {
            continue;
        }
        let found = if path.is_dir() {
            holds(&path, needle)?
        } else {
            let bytes = fs::read(&path)?;
            bytes.windows(needle.len()).any(|window| window == needle)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}
