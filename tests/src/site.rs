//! A web site of a few lines, on an origin of its own, which remembers what it was asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Request, Response, Server};

/// A site that is being served until it is dropped.
pub struct Site {
    server: Arc<Server>,
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// What a site was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path, and what follows `?`.
    pub path: String,
    /// The header `Authorization`, or nothing.
    pub authorization: String,
    /// The body.
    pub body: String,
}

/// What a site answers.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// A page of that media type.
    #[must_use]
    pub fn new(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type", media_type.to_owned())],
            body: body.into(),
        }
    }

    /// The same with another status code.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Site {
    /// Serves what `answer` makes of each request; every one has its own thread, so that it may wait.
    ///
    /// # Errors
    /// There is no free port.
    pub fn serve(answer: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> Result<Self> {
        let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!(error))?;
        let address = server.server_addr().to_ip().context("an IP address")?;
        let site = Self {
            server: Arc::new(server),
            url: format!("http://{address}"),
            asked: Arc::default(),
        };
        let (server, asked) = (Arc::clone(&site.server), Arc::clone(&site.asked));
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for request in server.incoming_requests() {
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                // Who has gone away needs no answer.
                thread::spawn(move || reply(request, &asked, &*answer));
            }
        });
        Ok(site)
    }

    /// The site's address, which is its origin.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it has been asked so far, but for what browsers ask by themselves.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    /// Methods and paths of that.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let asked = self.asked().into_iter();
        asked
            .map(|asked| format!("{} {}", asked.method, asked.path))
            .collect()
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clear();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

fn reply(
    mut request: Request,
    log: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked) -> Page,
) -> std::io::Result<()> {
    let mut body = String::new();
    request.as_reader().read_to_string(&mut body)?;
    let authorization = request
        .headers()
        .iter()
        .find(|header| header.field.equiv("Authorization"));
    let asked = Asked {
        method: request.method().to_string(),
        path: request.url().to_owned(),
        authorization: authorization.map_or_else(String::new, |header| header.value.to_string()),
        body,
    };
    let page = answer(&asked);
    if asked.method != "OPTIONS" && asked.path != "/favicon.ico" {
        log.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(asked);
    }
    let mut response = Response::from_data(page.body).with_status_code(page.status);
    for (name, value) in page.headers {
        let header = Header::from_bytes(name, value).expect("names and values are visible ASCII");
        response.add_header(header);
    }
    request.respond(response)
}
