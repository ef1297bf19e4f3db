//! Small helpers over the DOM's types.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Window;

/// The window. The widget runs in pages only.
#[must_use]
pub fn window() -> Window {
    web_sys::window().expect("the loader runs in a page, never in a worker")
}

/// A plain object with these members.
#[must_use]
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes any member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}
