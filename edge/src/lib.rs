//! The edge of Kelisim: a Cloudflare Worker that serves the policy, and validates and records
//! acceptances of it.
//!
//! ```text
//! request ──► worker ──► router ──► routes ──► subject object (one per subject: decides and records) ──► tally objects
//!            (Workers)                  └────► registry object (editions)
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`router`] | one request to one response: transport rules, origins, routes |
//! | [`routes`] | what each route does |
//! | [`auth`], [`nonce`], [`ticket`], [`pseudonym`] | who asks, when, and under which name they are kept |
//! | [`keys`], [`limits`] | keys that issuers publish; how often one may ask |
//! | [`pages`] | the policy and the form of consent as HTML that needs no JavaScript |
//! | [`subject`] | the subject object: the only place where records are written |
//! | [`registry`] | the registry object, and a cache of what it says |
//! | [`tally`] | the tally objects, which count |
//! | [`ports`] | what all of them need of the world, as traits with contracts |
//! | [`config`] | the configuration, parsed once and refused whole when anything is wrong |
//! | `worker` | the thin layer over Workers that implements the ports; WebAssembly only |
//! | `preview` | issuer and clock of the preview environment; feature `preview` only |
//!
//! Everything but `worker` compiles and is tested natively. Nothing here asks for the time or for
//! randomness except through a port.

pub mod auth;
pub mod config;
pub mod keys;
pub mod limits;
pub mod log;
pub mod nonce;
pub mod pages;
pub mod ports;
#[cfg(feature = "preview")]
pub mod preview;
pub mod pseudonym;
pub mod registry;
pub mod reply;
pub mod router;
pub mod routes;
pub mod subject;
pub mod tally;
pub mod ticket;
#[cfg(target_arch = "wasm32")]
mod worker;
