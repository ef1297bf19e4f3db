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
//! | [`diff`] | what differs between two editions, clause by clause |
//! | [`deadline`] | from when going on to use the app counts as accepting an edition |
//! | [`statement`] | what the widget says happened, signed by a device key |
//! | [`record`] | what the edge writes after validating a statement; one hash chain per subject |
//! | [`receipt`] | the edge's signed answer |
//! | [`evidence`] | everything that proves an acceptance, as a file |
//! | [`export`] | an acceptance as a consent record in formats of others |
//! | [`subject`] | a subject's state and its transitions |
//! | [`retention`], [`erasure`] | how long records are kept, and what is left of them |
//! | [`log`] | the append-only tree that records and editions are committed to, and proofs by it |
//! | [`counts`] | how many have accepted an edition, on which ground |
//! | [`host`] | what pages and apps are told, and say: events, messages, commands |
//! | [`api`] | bodies of the HTTP interface that widget and edge share |
//! | [`problem`] | every problem type of that interface (RFC 9457) |
//! | `openapi` | the description of that interface for programs (`OpenAPI` 3.1), made from the types; with the feature `openapi` only |
//! | [`jws`], [`jwk`], [`token`] | compact JWS with pinned algorithms (RFC 7515), keys (RFC 7517), JWTs of hosts and staff (RFC 7519) |
//! | [`canonical`], [`digest`], [`time`], [`date`], [`language`] | RFC 8785 JSON, SHA-256, instants and how people write them, languages |
//!
//! Every signed or hashed message carries its own `typ` or `type`, so that none can pass for another:
//!
//! ```text
//! kelisim-edition/v1       manifest of an edition, hashed
//! kelisim-record/v1        record of a subject, hashed and chained
//! kelisim-commitment/v1    commitment to a record, hashed with its salt
//! kelisim-receipt-file/v1  receipt with what proves it, as a file
//! kelisim-deadlines/v1     how deadlines were computed, in an archive of evidence
//! kelisim-statement+jwt    statement of a device, signed
//! kelisim-receipt+jwt      receipt of the edge, signed
//! kelisim-evidence+jwt     list of the files of an archive of evidence, signed
//! ```

pub mod api;
pub mod canonical;
pub mod counts;
pub mod date;
pub mod deadline;
pub mod diff;
pub mod digest;
pub mod edition;
pub mod erasure;
pub mod evidence;
pub mod export;
pub mod host;
pub mod jwk;
pub mod jws;
pub mod language;
pub mod log;
pub mod notice;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod policy;
pub mod problem;
pub mod receipt;
pub mod record;
pub mod retention;
#[cfg(feature = "software-crypto")]
pub mod software;
pub mod statement;
pub mod subject;
pub mod text;
pub mod time;
pub mod token;
