//! The contract with the page and the app that a person meets the notice in.
//!
//! A page is told what happens by DOM events of the element `<kelisim-consent>`, which bubble out of shadow trees: their
//! name is `kelisim:` and the [`Event`]'s, their `detail` is its content. It asks and says things by the methods of
//! `window.kelisim`. An app is told the same by [`Message`]s, each one text of JSON, over whichever of these bridges it
//! has put into its web view, and says and asks things by [`Command`]s to `kelisim.receive`:
//!
//! | app | bridge |
//! |---|---|
//! | Swift, `WKWebView` | `webkit.messageHandlers.kelisim.postMessage(text)` |
//! | Kotlin, `WebView` | `KelisimAndroid.postMessage(text)` |
//! | React Native | `ReactNativeWebView.postMessage(text)` |
//! | Flutter | `flutter_inappwebview.callHandler("kelisim", text)` |
//!
//! ```json
//! {"kelisim":1,"type":"postponed","detail":{"edition":"9a5c…","deadline":"2026-12-02T19:00:00.000Z"}}
//! {"type":"open","view":"withdrawal","fields":{"name":"Айгерім Сәрсен"}}
//! ```
//!
//! [`declarations`] and [`schema`] are what TypeScript and JSON Schema say of it: `cargo xtask contract` writes them into
//! the npm package, and a test fails while they are not what the types here say. The scripts in `www/loader` keep it.

#[cfg(feature = "contract")]
mod contract;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    deadline::Deadline,
    edition::EditionId,
    record::{Basis, RecordId},
};

#[cfg(feature = "contract")]
pub use contract::{declarations, schema};

/// What happens, as a page is told by a DOM event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[cfg_attr(feature = "contract", ts(rename = "KelisimEvent"))]
#[serde(tag = "type", content = "detail", rename_all = "kebab-case")]
pub enum Event {
    /// An acceptance is on record.
    Accepted(Accepted),
    /// The notice of a change was left before its deadline. It is shown again at the next visit.
    Postponed(Postponed),
    /// There is nothing to ask the person.
    Settled(Settled),
    /// A press is signed and kept on the device, and will be sent when that is possible: it is not on record yet.
    Kept(Kept),
    /// Nothing can be shown, or nothing more.
    Error(Failed),
    /// A token is wanted: nobody has said who the person is, or the token that was given has expired. To be answered by
    /// `identify`.
    TokenWanted,
}

/// The detail of `kelisim:accepted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The edition.
    #[cfg_attr(feature = "contract", ts(type = "EditionId"))]
    pub edition: EditionId,
    /// `explicit`, or `implied` for going on to use the app after the deadline.
    #[cfg_attr(feature = "contract", ts(type = "\"explicit\" | \"implied\""))]
    pub basis: Basis,
    /// The record, which is the SHA-256 of its content.
    #[cfg_attr(feature = "contract", ts(type = "string"))]
    pub record: RecordId,
    /// The edge's receipt: a compact JWS (RFC 7515).
    pub receipt: String,
}

/// The detail of `kelisim:postponed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Postponed {
    /// The edition.
    #[cfg_attr(feature = "contract", ts(type = "EditionId"))]
    pub edition: EditionId,
    /// From when continued use counts as acceptance of it.
    #[cfg_attr(feature = "contract", ts(type = "Instant"))]
    pub deadline: Deadline,
}

/// The detail of `kelisim:settled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The edition in force.
    #[cfg_attr(feature = "contract", ts(type = "EditionId"))]
    pub edition: EditionId,
}

/// The detail of `kelisim:kept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The edition.
    #[cfg_attr(feature = "contract", ts(type = "EditionId"))]
    pub edition: EditionId,
}

/// The detail of `kelisim:error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Failed {
    /// `unreachable` where the edge or the host's backend did not answer, or not as it should; `unreadable` where an answer
    /// is not what it claims to be; `insecure` where the edge is addressed by plain HTTP; `token-refused` where the host's
    /// backend refused; or the `type` of a problem document of the edge.
    pub reason: String,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Has accepted nothing yet.
    New,
    /// Has accepted an earlier edition, and the deadline of the one in force is to come.
    Pending,
    /// Has accepted an earlier edition, and the deadline has come: continued use counts as acceptance.
    Due,
    /// Has accepted the edition in force, or one that it changes in wording only.
    Accepted,
    /// Has withdrawn.
    Withdrawn,
    /// The user agreement has ended.
    Terminated,
    /// Everything personal has been erased.
    Erased,
}

/// Where a person stands, as `kelisim.status()` answers and `kelisim.onChange()` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StatusSnapshot {
    /// Where they stand.
    pub state: Standing,
    /// The edition in force.
    #[cfg_attr(feature = "contract", ts(type = "EditionId"))]
    pub edition: EditionId,
    /// The edition that they accepted last, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "contract", ts(optional, type = "EditionId"))]
    pub accepted: Option<EditionId>,
    /// From when continued use counts as acceptance of the edition in force, with `pending` and `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "contract", ts(optional, type = "Instant"))]
    pub deadline: Option<Deadline>,
}

/// What `kelisim.open()` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The notice, if there is something to accept.
    Notice,
    /// What the person has accepted, with the receipts.
    Acceptances,
    /// The application by which a person withdraws (policy, clause 2.6), to be printed.
    Withdrawal,
}

/// What an app is told: one text of JSON over its bridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Message {
    /// The version of this contract. What has another one, or none, is not meant.
    #[cfg_attr(feature = "contract", ts(type = "1"))]
    pub kelisim: Version,
    /// What there is to tell.
    #[serde(flatten)]
    pub content: Content,
}

/// The version of this contract, which is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

impl TryFrom<u8> for Version {
    type Error = OtherVersion;

    fn try_from(number: u8) -> Result<Self, OtherVersion> {
        (number == 1).then_some(Self).ok_or(OtherVersion)
    }
}

impl From<Version> for u8 {
    fn from(Version: Version) -> Self {
        1
    }
}

/// A message is by another version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not version 1 of the contract with hosts")]
pub struct OtherVersion;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(untagged)]
pub enum Content {
    /// The answer to a command.
    Answer(Answer),
    /// What happens, as a page is told.
    Event(Event),
}

/// What an app is told because it asked, or because a web view cannot do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(tag = "type", content = "detail", rename_all = "kebab-case")]
pub enum Answer {
    /// Where the person stands; `null` where nobody is signed in.
    Status(Option<StatusSnapshot>),
    /// Something to print, which the person has asked for.
    Print(Print),
    /// A file to save, which the person has asked for.
    Save(Save),
}

/// A file to save: everything that proves an acceptance (see [`crate::evidence::ReceiptFile`]). It is not to be sent anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Save {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub json: String,
}

/// A piece of a page to print. It is not to be sent anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Print {
    /// Its language: `kk`, `ru` or `en`.
    pub lang: String,
    /// The element, as HTML.
    pub html: String,
    /// Its style, as CSS.
    pub style: String,
}

/// What an app says: an object, or the same as JSON, given to `kelisim.receive()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "contract", derive(schemars::JsonSchema, ts_rs::TS))]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Command {
    /// Says who is at the device from now on; nobody, where there is no token.
    Identify {
        /// The subject token (a JWT), or `null`.
        token: Option<String>,
        /// A name for the person, which stays the same, by which their status is kept on the device. Without it, the
        /// token's issuer and subject are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "contract", ts(optional))]
        subject: Option<String>,
    },
    /// Asks where the person stands; answered by a message `status`.
    Status,
    /// Shows something.
    Open {
        /// What.
        view: View,
        /// What the application by which a person withdraws is filled in with, by the name of its places. It stays on the
        /// device.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        #[cfg_attr(
            feature = "contract",
            ts(optional, as = "Option<BTreeMap<String, String>>")
        )]
        fields: BTreeMap<String, String>,
    },
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn what_is_written_is_what_the_scripts_write() {
        let edition = "9a".repeat(32);
        let deadline = "2026-12-02T19:00:00.000Z";
        for (name, value) in [
            (
                "an event with a detail",
                json!({ "kelisim": 1, "type": "postponed", "detail": { "edition": edition, "deadline": deadline } }),
            ),
            (
                "an event without",
                json!({ "kelisim": 1, "type": "token-wanted" }),
            ),
            (
                "a status",
                json!({ "kelisim": 1, "type": "status", "detail": { "state": "due", "edition": edition, "accepted": edition, "deadline": deadline } }),
            ),
            (
                "nobody's status",
                json!({ "kelisim": 1, "type": "status", "detail": null }),
            ),
            (
                "a print",
                json!({ "kelisim": 1, "type": "print", "detail": { "lang": "ru", "html": "<section></section>", "style": "" } }),
            ),
            (
                "a file",
                json!({ "kelisim": 1, "type": "save", "detail": { "name": "kelisim-9a9a9a9a.json", "json": "{}" } }),
            ),
        ] {
            let message: Message = from_value(value.clone()).expect(name);
            assert_eq!(to_value(message).expect(name), value, "{name}");
        }
        for (name, value) in [
            ("nobody", json!({ "type": "identify", "token": null })),
            (
                "somebody",
                json!({ "type": "identify", "token": "a.b.c", "subject": "4711" }),
            ),
            ("a question", json!({ "type": "status" })),
            (
                "a view",
                json!({ "type": "open", "view": "withdrawal", "fields": { "name": "A" } }),
            ),
        ] {
            let command: Command = from_value(value.clone()).expect(name);
            assert_eq!(to_value(command).expect(name), value, "{name}");
        }
    }

    #[test]
    fn a_message_of_another_version_is_none() {
        for version in [json!(0), json!(2), json!("1"), json!(null)] {
            let message = json!({ "kelisim": version, "type": "token-wanted" });
            assert!(from_value::<Message>(message).is_err(), "{version}");
        }
    }
}
