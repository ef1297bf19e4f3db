//! The edge's answers, read from JSON that the browser has parsed.
//!
//! The types of `kelisim-shared` can read themselves, by serde; that would double the size of the module. So the few
//! members that the widget needs are read by hand here, over the port [`Json`]. The tests write those types by serde
//! and read them back by this module, so the two cannot part.
//!
//! Members that the widget does not know are passed over: a widget from a cache may be older than the edge.

use base64ct::{Base64UrlUnpadded, Encoding};
use kelisim_shared::{
    digest::Sha256Digest, edition::EditionId, policy::Policy, problem::ProblemType, text::Line,
    time::Timestamp,
};

use crate::model::{Access, Edition, Ground, Receipt, Reply, Standing, Text};

/// A value of JSON.
pub trait Json: Sized {
    /// Reads a text.
    fn parse(text: &str) -> Option<Self>;
    /// The member of that name, of an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// The elements of an array.
    fn elements(&self) -> Option<Vec<Self>>;
    /// The text of a string.
    fn text(&self) -> Option<String>;
    /// The instant that a string names, written as [`Timestamp`] is.
    fn timestamp(&self) -> Option<Timestamp>;
    /// The instant that a number names, in seconds since 1970-01-01T00:00:00Z (RFC 7519, `NumericDate`).
    fn numeric_date(&self) -> Option<Timestamp>;
    /// The canonical spelling (RFC 8785).
    fn canonical(&self) -> Option<String>;
}

/// Reads [`Status`](kelisim_shared::api::Status), as the answer to a request with `token`.
#[must_use]
pub fn access<J: Json>(token: String, text: &str) -> Option<Access> {
    let status = J::parse(text)?;
    let edition = status.member("edition")?;
    let issued_at = claims::<J>(&token)?.member("iat")?.numeric_date()?;
    Some(Access {
        edition: parsed(&edition, "id")?,
        standing: standing(&status.member("state")?, issued_at)?,
        authoritative: parsed(&edition, "authoritative")?,
        audience: parsed(&status, "audience")?,
        nonce: parsed(&status, "nonce")?,
        token,
    })
}

/// Reads [`EditionDocument`](kelisim_shared::edition::EditionDocument), and holds it together: the texts match the
/// hashes in the manifest, and the manifest matches `id`.
#[must_use]
pub fn edition<J: Json>(id: EditionId, text: &str) -> Option<Edition> {
    let document = J::parse(text)?;
    let manifest = document.member("manifest")?;
    if Sha256Digest::of(manifest.canonical()?.as_bytes()) != *id.digest() {
        return None;
    }
    let entries = manifest.member("texts")?.elements()?;
    let sources = document.member("texts")?.elements()?;
    if entries.len() != sources.len() {
        return None;
    }
    let texts = entries.iter().zip(&sources);
    Edition::new(
        id,
        manifest.member("published_at")?.timestamp()?,
        parsed(&manifest.member("operator")?, "name")?,
        parsed(&manifest, "authoritative")?,
        texts
            .map(|(entry, source)| edition_text(entry, source))
            .collect::<Option<_>>()?,
    )
}

/// Reads [`MessageReply`](kelisim_shared::api::MessageReply), as the answer to a press, and the claims of the receipt
/// in it. Its signature is not checked: the answer came from the edge by TLS, and so would the key. It is there for
/// whoever is shown the receipt later.
#[must_use]
pub fn reply<J: Json>(text: &str) -> Option<Reply> {
    let reply = J::parse(text)?;
    match &*reply.member("outcome")?.text()? {
        "accepted" => receipt(&reply).map(Reply::Accepted),
        "unchanged" => {
            let state = reply.member("state")?;
            Some(if state.member("name")?.text()? == "accepted" {
                Reply::Settled(parsed(&state, "edition")?)
            } else {
                Reply::Unchanged
            })
        }
        _ => None,
    }
}

/// Whether two tokens speak of the same subject of the same issuer. False when either cannot be read.
#[must_use]
pub fn have_same_subject<J: Json>(token: &str, other: &str) -> bool {
    let subject = |token| {
        let claims: J = claims(token)?;
        Some([claims.member("iss")?.text()?, claims.member("sub")?.text()?])
    };
    subject(token).is_some_and(|subject_of_token| subject(other) == Some(subject_of_token))
}

/// Reads the type of a [`Problem`](kelisim_shared::problem::Problem).
#[must_use]
pub fn problem<J: Json>(text: &str) -> Option<ProblemType> {
    let uri = J::parse(text)?.member("type")?.text()?;
    let mut all = ProblemType::ALL.iter().copied();
    all.find(|problem| problem.uri() == uri)
}

/// Reads [`State`](kelisim_shared::subject::State), as of `now`.
fn standing<J: Json>(state: &J, now: Timestamp) -> Option<Standing> {
    Some(match &*state.member("name")?.text()? {
        "new" => Standing::New,
        "pending" => {
            let deadline = state.member("deadline")?.timestamp()?;
            if deadline <= now {
                Standing::Due { deadline }
            } else {
                Standing::Pending { deadline }
            }
        }
        "accepted" => Standing::Settled {
            edition: parsed(state, "edition")?,
        },
        "withdrawn" => Standing::Withdrawn,
        "terminated" => Standing::Terminated,
        "erased" => Standing::Erased,
        _ => return None,
    })
}

fn receipt<J: Json>(reply: &J) -> Option<Receipt> {
    let jws = reply.member("receipt")?.text()?;
    let record = claims::<J>(&jws)?.member("record")?;
    let event = record.member("event")?;
    let ground = event.member("ground")?;
    Some(Receipt {
        edition: parsed(&event, "edition")?,
        ground: match &*ground.member("basis")?.text()? {
            "explicit" => Ground::Explicit {
                language: parsed(&ground.member("shown")?, "language")?,
            },
            "implied" => Ground::Implied {
                deadline: ground.member("deadline")?.timestamp()?,
            },
            _ => return None,
        },
        record: parsed(reply, "record")?,
        recorded_at: record.member("recorded_at")?.timestamp()?,
        jws,
    })
}

/// The claims of a JWS, whose signature is not checked.
fn claims<J: Json>(jws: &str) -> Option<J> {
    let payload = Base64UrlUnpadded::decode_vec(jws.split('.').nth(1)?).ok()?;
    J::parse(&String::from_utf8(payload).ok()?)
}

fn edition_text<J: Json>(entry: &J, source: &J) -> Option<Text> {
    let source = source.text()?;
    let sha256 = parsed(entry, "sha256")?;
    if Sha256Digest::of(source.as_bytes()) != sha256 {
        return None;
    }
    Some(Text {
        language: parsed(entry, "language")?,
        sha256,
        purposes: lines(entry, "purposes")?,
        data_categories: lines(entry, "data_categories")?,
        summary: match entry.member("summary") {
            Some(summary) => Some(summary.text()?.parse().ok()?),
            None => None,
        },
        policy: Policy::parse(&source).ok()?,
    })
}

fn lines<J: Json>(entry: &J, name: &str) -> Option<Vec<Line<300>>> {
    let lines = entry.member(name)?.elements()?;
    lines.iter().map(|line| line.text()?.parse().ok()).collect()
}

fn parsed<T: std::str::FromStr>(object: &impl Json, name: &str) -> Option<T> {
    object.member(name)?.text()?.parse().ok()
}

#[cfg(test)]
mod tests;
