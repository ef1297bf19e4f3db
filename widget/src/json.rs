//! The edge's answers and the widget's statements, in JSON that the browser parses and writes.
//!
//! The types of `kelisim-shared` can read and write themselves, by serde; that would double the size of the module. So the
//! few members that the widget needs are read and written by hand here, over the port [`Json`]. The tests hold this module
//! against serde both ways, so the two cannot part.
//!
//! Members that the widget does not know are passed over: a widget from a cache may be older than the edge.

use base64ct::{Base64UrlUnpadded, Encoding};
use kelisim_shared::{
    jwk::P256PublicKey,
    statement::{self, Claims, Event, Shown},
    time::{ClaimedSeconds, Timestamp},
};

use crate::model::{Access, Ask, Failure, Ground, Kept, Receipt, Reply, Standing};

/// A value of JSON.
pub trait Json: Sized {
    /// Reads a text.
    fn parse(text: &str) -> Option<Self>;
    /// The member of that name, of an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// The text of a string.
    fn text(&self) -> Option<String>;
    /// The instant that a string names, written as [`Timestamp`] is.
    fn timestamp(&self) -> Option<Timestamp>;
    /// A whole number of seconds (RFC 7519, `NumericDate`).
    fn seconds(&self) -> Option<ClaimedSeconds>;
    /// A text as JSON spells it (RFC 8785, section 3.2.2.2).
    fn quoted(text: &str) -> String;
}

/// Writes the header and the claims of a statement that `key` is to sign, in canonical JSON (RFC 8785): its members are sorted
/// by name. Texts but `aud` and `nonce` have nothing in them that JSON would escape.
#[must_use]
pub fn statement<J: Json>(claims: &Claims, key: &P256PublicKey) -> [String; 2] {
    let [x, y] = [key.x, key.y].map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
    let jwk = [r#"{"crv":"P-256","kty":"EC","x":""#, &x, r#"","y":""#, &y];
    let header = [
        r#"{"alg":"ES256","jwk":"#,
        &jwk.concat(),
        r#""},"typ":""#,
        statement::TYP,
        r#""}"#,
    ];
    let claims = [
        r#"{"ath":""#,
        claims.ath.as_str(),
        r#"","aud":"#,
        &J::quoted(claims.aud.as_str()),
        r#","event":"#,
        &event(&claims.event),
        r#","iat":"#,
        &u64::from(claims.iat).to_string(),
        r#","jti":""#,
        claims.jti.as_str(),
        r#"","nonce":"#,
        &J::quoted(claims.nonce.as_str()),
        "}",
    ];
    [header.concat(), claims.concat()]
}

/// Writes [`StatementRequest`](kelisim_shared::api::StatementRequest).
#[must_use]
pub fn request(statement: &str) -> String {
    [r#"{"statement":""#, statement, r#""}"#].concat()
}

fn event(event: &Event) -> String {
    let (kind, shown, control) = match event {
        Event::Presented { shown, .. } => ("presented", Some(shown), None),
        Event::Accepted { shown, control, .. } => ("accepted", Some(shown), Some(control)),
        Event::Used { .. } => ("used", None, None),
    };
    let control = match control {
        Some(control) => [r#""control":""#, control.name(), r#"","#].concat(),
        None => String::new(),
    };
    let shown = match shown {
        Some(shown) => [
            r#","shown":{"interface_language":""#,
            shown.interface_language.code(),
            r#"","language":""#,
            shown.language.code(),
            r#"","text_sha256":""#,
            &shown.text_sha256.to_string(),
            r#""}"#,
        ]
        .concat(),
        None => String::new(),
    };
    let edition = event.edition().to_string();
    [
        "{",
        &control,
        r#""edition":""#,
        &edition,
        r#"","kind":""#,
        kind,
        r#"""#,
        &shown,
        "}",
    ]
    .concat()
}

/// What the edge says to a request with `token`: where the subject stands, and what time it is there. Reads
/// [`Status`](kelisim_shared::api::Status).
#[must_use]
pub fn status<J: Json>(token: String, text: &str) -> Option<(Access, Timestamp)> {
    let status = J::parse(text)?;
    let edition = status.member("edition")?;
    let state = status.member("state")?;
    let as_of = status.member("as_of")?.timestamp()?;
    let access = Access {
        edition: parsed(&edition, "id")?,
        published_at: edition.member("published_at")?.timestamp()?,
        standing: standing(&state, as_of)?,
        accepted: parsed(&state, "accepted"),
        audience: parsed(&status, "audience")?,
        nonce: parsed(&status, "nonce")?,
        token,
    };
    Some((access, as_of))
}

/// The HTML in a [`NoticeDocument`](kelisim_shared::api::NoticeDocument).
#[must_use]
pub fn notice<J: Json>(text: &str) -> Option<String> {
    J::parse(text)?.member("html")?.text()
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
    let subject = subject::<J>(token);
    subject.is_some() && subject == self::subject::<J>(other)
}

/// Of whom a token speaks: issuer and id, which no space is in.
#[must_use]
pub fn subject<J: Json>(token: &str) -> Option<String> {
    let claims: J = claims(token)?;
    let [issuer, id] = [claims.member("iss")?.text()?, claims.member("sub")?.text()?];
    Some([&*issuer, " ", &id].concat())
}

/// Reads a statement of acceptance that was kept, as [`statement`] wrote it.
#[must_use]
pub fn kept<J: Json>(statement: &str) -> Option<Kept> {
    let claims: J = claims(statement)?;
    let event = claims.member("event")?;
    let shown = event.member("shown")?;
    Some(Kept {
        edition: parsed(&event, "edition")?,
        shown: Shown {
            language: parsed(&shown, "language")?,
            text_sha256: parsed(&shown, "text_sha256")?,
            interface_language: parsed(&shown, "interface_language")?,
        },
        claimed: claims.member("iat")?.seconds()?,
    })
}

/// Reads the type of a [`Problem`](kelisim_shared::problem::Problem), and its status.
#[must_use]
pub fn problem<J: Json>(text: &str) -> Option<Failure> {
    let problem = J::parse(text)?;
    Some(Failure::Problem {
        uri: problem.member("type")?.text()?,
        status: problem.member("status")?.seconds()?.into(),
    })
}

/// Reads [`State`](kelisim_shared::subject::State), as of `now`.
fn standing<J: Json>(state: &J, now: Timestamp) -> Option<Standing> {
    Some(match &*state.member("name")?.text()? {
        "accepted" => Standing::Settled {
            edition: parsed(state, "edition")?,
        },
        "erased" => Standing::Erased,
        "new" => Standing::Asked(Ask::New),
        "withdrawn" => Standing::Asked(Ask::Withdrawn),
        "terminated" => Standing::Asked(Ask::Terminated),
        "pending" => {
            let deadline = state.member("deadline")?.timestamp()?;
            Standing::Asked(if deadline <= now {
                Ask::Due { deadline }
            } else {
                Ask::Pending { deadline }
            })
        }
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

fn parsed<T: std::str::FromStr>(object: &impl Json, name: &str) -> Option<T> {
    object.member(name)?.text()?.parse().ok()
}

#[cfg(test)]
mod tests;
