//! The widget: shows a person the edition in force, takes the press of the button, and shows the receipt.
//!
//! It is *not* what decides: the edge validates and records, and its clock counts. Nor does it begin by itself: the edge
//! renders the notice, the loader `www/loader/kelisim.js` shows it at once to people who have something to do, and then has
//! the app take it over:
//!
//! ```js
//! const unmount = mount({ root, edge, status, token, refresh, press, parse, tell });
//! ```
//!
//! | module | what it holds | where it runs |
//! |---|---|---|
//! | `render` | the notice as HTML: what there is to read, and the buttons | edge |
//! | [`view`] | the buttons and the receipt; policy text is shown as nodes, never as HTML | edge and browser |
//! | [`model`] | state, actions and effects: pure, and tested natively | browser |
//! | `json` | the edge's answers, read, and statements, written | browser |
//! | [`i18n`] | every sentence of the live part, in Kazakh, Russian and English | edge and browser |
//! | `app` | the Yew component that runs effects | browser |
//! | `browser` | the thin layer over WebCrypto, IndexedDB, `fetch` and the DOM | browser |
//!
//! No message is ever translated by machine, and nothing is requested from anyone but the edge and the
//! host's token endpoint.

#[cfg(feature = "browser")]
pub mod app;
#[cfg(feature = "browser")]
pub mod browser;
pub mod i18n;
#[cfg(any(feature = "browser", test))]
pub mod json;
pub mod model;
#[cfg(feature = "render")]
pub mod render;
pub mod view;

#[cfg(feature = "browser")]
pub use browser::mount::mount;

/// Smaller than the one of the standard library.
#[cfg(all(feature = "browser", target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
