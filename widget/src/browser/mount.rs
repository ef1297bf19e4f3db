//! Where the loader calls in.

use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{CssStyleSheet, Document, HtmlElement, ShadowRoot};
use yew::Renderer;

use super::{dom::window, session::Session};
use crate::{
    app::{App, Properties},
    json,
};

#[wasm_bindgen]
extern "C" {
    /// What the loader hands over: a plain object.
    #[derive(Clone, Debug)]
    pub type Options;

    /// The element `<kelisim-consent>`.
    #[wasm_bindgen(method, getter)]
    pub fn host(this: &Options) -> HtmlElement;

    /// Its shadow root.
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

    /// Asks the host's backend for a fresh token.
    #[wasm_bindgen(method, catch)]
    pub fn refresh(this: &Options) -> Result<js_sys::Promise, JsValue>;

    /// The person's languages, the best first, joined by commas.
    #[wasm_bindgen(method, getter)]
    pub fn languages(this: &Options) -> String;
}

/// Shows the edition in force to a person who has something to do. Gives back a function that takes everything out
/// of the page again.
///
/// # Errors
/// The status is not what the contract says, or the browser has no shadow roots.
#[wasm_bindgen]
pub fn mount(options: Options) -> Result<JsValue, JsValue> {
    let access = json::access::<JsValue>(options.token(), &options.status())
        .ok_or("the status is not readable")?;
    let document = window().document().ok_or(JsValue::NULL)?;
    let root = options.root();
    style(&root, &document)?;
    let place = document.create_element("div")?;
    root.append_child(&place)?;
    let properties = Properties {
        access,
        languages: options.languages().into(),
        session: Rc::new(Session::new(options)),
    };
    let app = Renderer::<App>::with_root_and_props(place.clone(), properties).render();
    Ok(Closure::once_into_js(move || {
        app.destroy();
        place.remove();
    }))
}

/// Gives the shadow root its style, and the page the rule that it does not scroll behind the dialog.
///
/// Constructed sheets are what no `style-src` forbids: it governs the parsing of `<style>` and `style=""` only (CSP 3,
/// section 6.7.3). Where they cannot be constructed (Safari before 16.4) an element has to do, and the page scrolls.
fn style(root: &ShadowRoot, document: &Document) -> Result<(), JsValue> {
    if Reflect::has(root, &ADOPTED.into())? {
        Reflect::set(root, &ADOPTED.into(), &Array::of1(&sheet(STYLE)?.into()))?;
        let adopted = Array::from(&Reflect::get(document, &ADOPTED.into())?);
        adopted.push(&sheet(PAGE_STYLE)?.into());
        Reflect::set(document, &ADOPTED.into(), &adopted)?;
    } else {
        let element = document.create_element("style")?;
        element.set_text_content(Some(STYLE));
        root.append_child(&element)?;
    }
    Ok(())
}

fn sheet(text: &str) -> Result<CssStyleSheet, JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(text)?;
    Ok(sheet)
}

const ADOPTED: &str = "adoptedStyleSheets";

const STYLE: &str = include_str!("../style.css");

/// It undoes itself when the dialog closes, and when the element is taken out of the page.
const PAGE_STYLE: &str = "html:has(kelisim-consent[open]){overflow:hidden}";
