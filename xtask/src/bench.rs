//! `cargo xtask bench`: how the product compares with others, measured on this machine in one run.
//!
//! Each bench writes a section of its own into `tests/bench/RESULTS.md` ([`results`]), and fails when a goal is missed.

pub mod comparison;
pub mod results;
pub mod widget;
