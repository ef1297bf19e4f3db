//! JSON, read by the browser's own parser.

use js_sys::{Date, JSON, Reflect};
use kelisim_shared::time::{ClaimedSeconds, Timestamp};
use wasm_bindgen::JsValue;

use crate::json::Json;

impl Json for JsValue {
    fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok()
    }

    fn member(&self, name: &str) -> Option<Self> {
        let member = Reflect::get(self, &JsValue::from_str(name)).ok()?;
        (!member.is_undefined()).then_some(member)
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn timestamp(&self) -> Option<Timestamp> {
        instant(Date::parse(&self.as_string()?))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and what is no such number is refused"
    )]
    fn seconds(&self) -> Option<ClaimedSeconds> {
        (self.as_f64()? as u64).try_into().ok()
    }

    /// `JSON.stringify` spells strings as RFC 8785 wants them.
    fn quoted(text: &str) -> String {
        // There is no string that it fails for.
        JSON::stringify(&Self::from_str(text))
            .map(String::from)
            .unwrap_or_default()
    }
}

/// The instant that many milliseconds after 1970-01-01T00:00:00Z, if there is one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and what is no instant is refused"
)]
pub(super) fn instant(milliseconds: f64) -> Option<Timestamp> {
    if milliseconds.is_nan() {
        return None;
    }
    Timestamp::from_unix_milliseconds(milliseconds as i64).ok()
}
