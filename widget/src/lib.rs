//! The widget: shows a person the edition in force, takes the press of the button, and shows the receipt.
//!
//! It is *not* what decides: the edge validates and records, and its clock counts. Nor does it load itself;
//! the loader `www/public/kelisim.js` does, for people who have something to do, and then calls [`mount()`]:
//!
//! ```js
//! const unmount = mount({ host, root, edge, status, token, refresh, languages });
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | state, actions and effects: pure, and tested natively |
//! | [`json`] | the edge's answers, read and held together, and statements, written |
//! | [`i18n`] | every sentence of the interface in Kazakh, Russian and English |
//! | [`view`] | state to elements; policy text is shown as nodes, never as HTML |
//! | [`app`] | the Yew component that runs effects |
//! | [`browser`] | the thin layer over WebCrypto, IndexedDB, `fetch` and the DOM |
//!
//! No message is ever translated by machine, and nothing is requested from anyone but the edge and the
//! host's token endpoint.

pub mod app;
pub mod browser;
pub mod i18n;
pub mod json;
pub mod model;
pub mod view;

pub use browser::mount::mount;

/// Smaller than the one of the standard library.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
