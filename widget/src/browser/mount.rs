//! Where the loader calls in.

use std::rc::Rc;

use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, ShadowRoot};
use yew::Renderer;

use super::{frame::Frame, session::Session};
use crate::{
    app::{App, Properties},
    json,
    model::Pressed,
};

#[wasm_bindgen]
extern "C" {
    /// What the loader hands over: a plain object.
    #[derive(Clone, Debug)]
    pub type Options;

    /// The shadow root of `<kelisim-consent>`, with a notice in it.
    #[wasm_bindgen(method, getter)]
    pub fn root(this: &Options) -> ShadowRoot;

    /// The edge's address, without a slash at its end.
    #[wasm_bindgen(method, getter)]
    pub fn edge(this: &Options) -> String;

    /// The body of the answer to `GET /v1/status`.
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Options) -> String;

    /// The subject token that it was asked with.
    #[wasm_bindgen(method, getter)]
    pub fn token(this: &Options) -> String;

    /// What was pressed already: `accept`, `leave`, or nothing.
    #[wasm_bindgen(method, getter)]
    pub fn press(this: &Options) -> Option<String>;

    /// Asks the host's backend for a fresh token.
    #[wasm_bindgen(method, catch)]
    pub fn refresh(this: &Options) -> Result<js_sys::Promise, JsValue>;

    /// Tells the host: the type of an event, and its detail as JSON; or the loader, that the notice was `closed`.
    #[wasm_bindgen(method)]
    pub fn tell(this: &Options, kind: &str, detail: &str);

    /// Makes an element of the HTML of a notice.
    #[wasm_bindgen(method, catch)]
    pub fn parse(this: &Options, html: &str) -> Result<Element, JsValue>;
}

/// Takes over the notice that is in the shadow root. Gives back a function that takes everything out of the page again.
///
/// # Errors
/// There is no notice, or the status is not what the contract says.
#[wasm_bindgen]
pub fn mount(options: Options) -> Result<JsValue, JsValue> {
    let (access, as_of) = json::status::<JsValue>(options.token(), &options.status())
        .ok_or("the status is not readable")?;
    let frame = Rc::new(Frame::adopt(options.root())?);
    let content = frame.content().ok_or("the notice is not readable")?;
    let pressed = match options.press().as_deref() {
        Some("accept") => Some(Pressed::Accept),
        Some("leave") => Some(Pressed::Leave),
        _ => None,
    };
    let place = frame.place().clone();
    let properties = Properties {
        access,
        content,
        pressed,
        session: Rc::new(Session::new(options, Rc::clone(&frame), as_of)),
    };
    let app = Renderer::<App>::with_root_and_props(place, properties).render();
    Ok(Closure::once_into_js(move || {
        app.destroy();
        frame.close();
    }))
}
