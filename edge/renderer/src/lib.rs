//! The renderer: what `kelisim-widget` renders, as a WebAssembly module of its own beside the Worker's. Yew does not compile for
//! code that unwinds, as the Worker does. What traps here fails one rendering, and the next begins afresh: see
//! `xtask/src/worker/shim.js`.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use wasm_bindgen::prelude::wasm_bindgen;

/// Renders what the JSON of a [`Rendering`](kelisim_shared::notice::Rendering) says; nothing where it is none, or its edition
/// does not hold together.
#[wasm_bindgen]
#[must_use]
pub fn render(rendering: &str) -> Option<String> {
    let rendering = serde_json::from_str(rendering).ok()?;
    let rendered = pin!(kelisim_widget::render::render(rendering));
    // Nothing in it waits for anything.
    match rendered.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(html) => html.ok(),
        Poll::Pending => None,
    }
}
