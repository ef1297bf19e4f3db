//! What is fetched, and from where.

use std::{fmt, thread, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use kelisim_shared::problem::{Problem, ProblemType};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, header::RETRY_AFTER},
};

use super::entries::AT_ONCE;

/// The edge that is audited.
pub(super) struct Site {
    agent: Agent,
    base: String,
}

/// What the site answers.
pub(super) enum Answer {
    Found(Vec<u8>),
    /// There is no such thing.
    Missing,
    /// It says of itself that its log contradicts itself.
    Contradiction(String),
}

impl Site {
    pub(super) fn new(url: &str) -> Result<Self> {
        let base = url.trim_end_matches('/');
        let is_http = base.starts_with("https://") || base.starts_with("http://");
        ensure!(is_http, "{url} is no address of the form https://…");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(3)
            .max_idle_connections_per_host(AT_ONCE)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_mins(1)))
            .user_agent(concat!("kelisim/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: agent.into(),
            base: base.to_owned(),
        })
    }

    /// Fetches what is at a path, at most `limit` bytes.
    pub(super) fn get(&self, path: &str, limit: u64) -> Result<Answer> {
        let address = format!("{}{path}", self.base);
        let mut answer = self.ask(&address)?;
        let status = answer.status().as_u16();
        let is_problem = answer.body().mime_type() == Some("application/problem+json");
        let limit = if status == 200 {
            limit
        } else {
            MAX_PROBLEM_BYTES
        };
        let body = answer.body_mut().with_config().limit(limit).read_to_vec();
        let body = body.with_context(|| format!("cannot fetch {address}"))?;
        if status == 200 {
            return Ok(Answer::Found(body));
        }
        let problem = Some(body).filter(|_| is_problem);
        let problem = problem.and_then(|body| serde_json::from_slice::<Problem>(&body).ok());
        match problem {
            Some(problem) if problem.r#type == ProblemType::LogContradiction => {
                let reason = format!(
                    "the site says: {}. {}",
                    problem.title,
                    problem.r#type.cause()
                );
                Ok(Answer::Contradiction(reason))
            }
            _ if status == 404 => Ok(Answer::Missing),
            Some(problem) => bail!("{address} answers {status}: {}", problem.title),
            None => bail!("{address} answers {status}"),
        }
    }

    /// Asks, and again after as long as a site says that was asked too much.
    fn ask(&self, address: &str) -> Result<Response<Body>> {
        let mut patience = MOST_WAITS;
        loop {
            let answer = self.agent.get(address).call();
            let answer = answer.with_context(|| format!("cannot fetch {address}"))?;
            match wait(&answer).filter(|_| patience > 0) {
                Some(wait) => thread::sleep(wait),
                None => return Ok(answer),
            }
            patience -= 1;
        }
    }
}

/// How long a site that refuses (RFC 6585, section 4) wants to be left alone (RFC 9110, section 10.2.3), in seconds; none where it
/// refuses nothing, does not say, or wants more than is waited for.
fn wait(answer: &Response<Body>) -> Option<Duration> {
    if answer.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let wait = Duration::from_secs(seconds.parse().ok()?);
    (wait <= LONGEST_WAIT).then_some(wait)
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// The longest wait. The edge counts requests by the minute.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How often one request is waited for: others from this address may be first.
const MOST_WAITS: u32 = 5;

/// The longest problem document that is read, in bytes.
const MAX_PROBLEM_BYTES: u64 = 64 * 1024;
