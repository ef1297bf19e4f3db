//! JSON, read by the browser's own parser.

use js_sys::{Array, Date, JSON, Object, Reflect};
use kelisim_shared::time::{ClaimedSeconds, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

use super::dom::object;
use crate::json::Json;

impl Json for JsValue {
    fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok()
    }

    fn member(&self, name: &str) -> Option<Self> {
        let member = Reflect::get(self, &JsValue::from_str(name)).ok()?;
        (!member.is_undefined()).then_some(member)
    }

    fn elements(&self) -> Option<Vec<Self>> {
        Some(self.dyn_ref::<Array>()?.iter().collect())
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn timestamp(&self) -> Option<Timestamp> {
        instant(Date::parse(&self.as_string()?))
    }

    fn numeric_date(&self) -> Option<Timestamp> {
        instant(self.as_f64()? * 1000.0)
    }

    /// `JSON.stringify` spells strings and numbers as RFC 8785 wants them (its section 3.2.2), and `sort` compares
    /// UTF-16 code units, as its section 3.2.3 does. So sorting the members is all that is left to do.
    fn canonical(&self) -> Option<String> {
        JSON::stringify(&sorted(self)).ok().map(String::from)
    }

    fn of_text(text: &str) -> Self {
        Self::from_str(text)
    }

    #[expect(clippy::cast_precision_loss, reason = "claimed seconds are below 2^53")]
    fn of_seconds(seconds: ClaimedSeconds) -> Self {
        Self::from_f64(u64::from(seconds) as f64)
    }

    fn of_members(members: &[(&str, Self)]) -> Self {
        object(members).into()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and what is no instant is refused"
)]
fn instant(milliseconds: f64) -> Option<Timestamp> {
    if milliseconds.is_nan() {
        return None;
    }
    Timestamp::from_unix_milliseconds(milliseconds as i64).ok()
}

fn sorted(value: &JsValue) -> JsValue {
    if let Some(array) = value.dyn_ref::<Array>() {
        return array
            .iter()
            .map(|element| sorted(&element))
            .collect::<Array>()
            .into();
    }
    let Some(object) = value.dyn_ref::<Object>() else {
        return value.clone();
    };
    let ordered = Object::new();
    for name in Object::keys(object).sort().iter() {
        if let Ok(member) = Reflect::get(object, &name) {
            // A plain object takes any member.
            let _ = Reflect::set(&ordered, &name, &sorted(&member));
        }
    }
    ordered.into()
}
