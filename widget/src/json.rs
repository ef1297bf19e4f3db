//! The edge's answers and the widget's statements, in JSON that the browser parses and writes.
//!
//! The types of `kelisim-shared` can read and write themselves, by serde; that would double the size of the module. So the
//! few members that the widget needs are read and written by hand here, over the port [`Json`]. The tests hold this module
//! against serde both ways, so the two cannot part.
//!
//! Members that the widget does not know are passed over: a widget from a cache may be older than the edge.

use base64ct::{Base64UrlUnpadded, Encoding};
use kelisim_shared::{
    diff::SpanKind,
    digest::Sha256Digest,
    edition::EditionId,
    jwk::P256PublicKey,
    policy::Policy,
    problem::ProblemType,
    statement::{self, Claims, Event},
    text::Line,
    time::{ClaimedSeconds, Timestamp},
};

use crate::model::{
    Access, Change, Changes, Edition, Fate, Ground, Part, Receipt, Reply, Standing, Text,
};

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
    /// A string.
    fn of_text(text: &str) -> Self;
    /// A whole number.
    fn of_seconds(seconds: ClaimedSeconds) -> Self;
    /// An object with these members.
    fn of_members(members: &[(&str, Self)]) -> Self;
}

/// Writes the header and the claims of a statement that `key` is to sign.
#[must_use]
pub fn statement<J: Json>(claims: &Claims, key: &P256PublicKey) -> Option<[String; 2]> {
    let [x, y] = [key.x, key.y].map(|bytes| J::of_text(&Base64UrlUnpadded::encode_string(&bytes)));
    let jwk = J::of_members(&[
        ("kty", J::of_text("EC")),
        ("crv", J::of_text("P-256")),
        ("x", x),
        ("y", y),
    ]);
    let header = J::of_members(&[
        ("alg", J::of_text("ES256")),
        ("typ", J::of_text(statement::TYP)),
        ("jwk", jwk),
    ]);
    let claims = J::of_members(&[
        ("aud", J::of_text(claims.aud.as_str())),
        ("iat", J::of_seconds(claims.iat)),
        ("jti", J::of_text(claims.jti.as_str())),
        ("nonce", J::of_text(claims.nonce.as_str())),
        ("ath", J::of_text(claims.ath.as_str())),
        ("event", event(&claims.event)),
    ]);
    Some([header.canonical()?, claims.canonical()?])
}

/// Writes [`StatementRequest`](kelisim_shared::api::StatementRequest).
#[must_use]
pub fn request<J: Json>(statement: &str) -> Option<String> {
    J::of_members(&[("statement", J::of_text(statement))]).canonical()
}

fn event<J: Json>(event: &Event) -> J {
    let (kind, shown, control) = match event {
        Event::Presented { shown, .. } => ("presented", Some(shown), None),
        Event::Accepted { shown, control, .. } => ("accepted", Some(shown), Some(control)),
        Event::Used { .. } => ("used", None, None),
    };
    let mut members = vec![
        ("kind", J::of_text(kind)),
        ("edition", J::of_text(&event.edition().to_string())),
    ];
    if let Some(shown) = shown {
        let shown = J::of_members(&[
            ("language", J::of_text(shown.language.code())),
            ("text_sha256", J::of_text(&shown.text_sha256.to_string())),
            (
                "interface_language",
                J::of_text(shown.interface_language.code()),
            ),
        ]);
        members.push(("shown", shown));
    }
    if let Some(control) = control {
        members.push(("control", J::of_text(control.name())));
    }
    J::of_members(&members)
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

/// Reads the differences in a [`Notice`](kelisim_shared::api::Notice); `None` also where it has none.
#[must_use]
pub fn changes<J: Json>(text: &str) -> Option<Changes> {
    let diff = J::parse(text)?.member("diff")?;
    let texts = diff.member("texts")?.elements()?;
    let compared = texts.iter().filter(|text| text.member("changes").is_some());
    Some(Changes {
        to: parsed(&diff, "to")?,
        texts: compared
            .map(|text| Some((parsed(text, "language")?, text_changes(text)?)))
            .collect::<Option<_>>()?,
    })
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

/// Reads [`TextDiff::Compared`](kelisim_shared::diff::TextDiff::Compared).
fn text_changes<J: Json>(text: &J) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    for (name, part) in [
        ("purposes", Part::Purposes),
        ("data_categories", Part::DataCategories),
    ] {
        let lists = text.member(name)?;
        for (name, fate, kind) in [
            ("added", Fate::Added, SpanKind::Inserted),
            ("removed", Fate::Removed, SpanKind::Deleted),
        ] {
            for line in lists.member(name)?.elements()? {
                changes.push(Change {
                    part: part.clone(),
                    fate: fate.clone(),
                    spans: vec![(kind, line.text()?)],
                });
            }
        }
    }
    for entry in text.member("changes")?.elements()? {
        changes.push(change(&entry)?);
    }
    Some(changes)
}

/// Reads [`Change`](kelisim_shared::diff::Change).
fn change<J: Json>(entry: &J) -> Option<Change> {
    // Numbers of clauses are strings, those of sections are not.
    let number = |name| {
        let number: J = entry.member(name)?;
        number.text().or_else(|| number.canonical())
    };
    let whole = |kind| Some(vec![(kind, entry.member("text")?.text()?)]);
    let part = entry.member("part")?.text()?;
    if part == "title" {
        return Some(Change {
            part: Part::Title,
            fate: Fate::Changed,
            spans: spans(entry)?,
        });
    }
    let (fate, place, spans) = match &*entry.member("change")?.text()? {
        "added" => (Fate::Added, "number", whole(SpanKind::Inserted)?),
        "removed" => (Fate::Removed, "number", whole(SpanKind::Deleted)?),
        "changed" => (Fate::Changed, "number", spans(entry)?),
        "moved" => {
            let spans = spans(entry).unwrap_or_default();
            (Fate::Moved(number("from")?), "to", spans)
        }
        _ => return None,
    };
    let number = number(place)?;
    Some(Change {
        part: match &*part {
            "section" => Part::Section(number),
            "clause" => Part::Clause(number),
            _ => return None,
        },
        fate,
        spans,
    })
}

fn spans<J: Json>(entry: &J) -> Option<Vec<(SpanKind, String)>> {
    let spans = entry.member("spans")?.elements()?;
    let span = |span: &J| {
        let kind = match &*span.member("kind")?.text()? {
            "kept" => SpanKind::Kept,
            "inserted" => SpanKind::Inserted,
            "deleted" => SpanKind::Deleted,
            _ => return None,
        };
        Some((kind, span.member("text")?.text()?))
    };
    spans.iter().map(span).collect()
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
