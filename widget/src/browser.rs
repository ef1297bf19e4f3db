//! The thin layer over what a browser offers. Decisions are made in [`crate::model`].

pub mod clock;
pub mod crypto;
pub mod database;
pub mod dom;
pub mod edge;
pub mod frame;
mod json;
pub mod keys;
pub mod mount;
pub mod session;
