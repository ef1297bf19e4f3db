//! The pure domain of Kelisim, compiled natively and to WebAssembly: what an edition of a policy is,
//! what a person states about it, what is recorded of that, and what is proven by a receipt.
//!
//! It is *not* a place for I/O, a clock, randomness, a browser or Workers types. Functions take an
//! instant or bytes; signatures are checked through the port [`jws::SignatureVerifier`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`policy`] | the text of a policy as sections and clauses |
//! | [`edition`] | one published text: its manifest, and the id that is the manifest's hash |
//! | [`deadline`] | from when going on to use the app counts as accepting an edition |
//! | [`statement`] | what the widget says happened, signed by a device key |
//! | [`record`] | what the edge writes after validating a statement; one hash chain per subject |
//! | [`receipt`] | the edge's signed answer |
//! | [`subject`] | a subject's state and its transitions |
//! | [`api`] | bodies of the HTTP interface that widget and edge share |
//! | [`problem`] | every problem type of that interface (RFC 9457) |
//! | [`jws`], [`jwk`], [`token`] | compact JWS with pinned algorithms (RFC 7515), keys (RFC 7517), JWTs of hosts and staff (RFC 7519) |
//! | [`canonical`], [`digest`], [`time`], [`date`], [`language`] | RFC 8785 JSON, SHA-256, instants and how people write them, languages |
//!
//! Every signed or hashed message carries its own `typ` or `type`, so that none can pass for another:
//!
//! ```text
//! kelisim-edition/v1       manifest of an edition, hashed
//! kelisim-record/v1        record of a subject, hashed and chained
//! kelisim-statement+jwt    statement of a device, signed
//! kelisim-receipt+jwt      receipt of the edge, signed
//! ```

pub mod api;
pub mod canonical;
pub mod date;
pub mod deadline;
pub mod digest;
pub mod edition;
pub mod jwk;
pub mod jws;
pub mod language;
pub mod policy;
pub mod problem;
pub mod receipt;
pub mod record;
#[cfg(feature = "software-crypto")]
pub mod software;
pub mod statement;
pub mod subject;
pub mod text;
pub mod time;
pub mod token;
