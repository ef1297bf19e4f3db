//! `cargo xtask bench`: how the product compares with others, measured on this machine in one run.
//!
//! Each bench writes a section of its own into `tests/bench/RESULTS.md` ([`results`]), and fails when a goal is missed.

pub mod comparison;
pub mod edge;
pub mod log;
pub mod postgres;
pub mod ratios;
pub mod results;
pub mod service;
pub mod spread;
pub mod widget;

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use anyhow::Result;

use crate::{npm, root, target};

/// Installs what ours is compared with, and what measures.
fn install_packages() -> Result<()> {
    npm::install(
        &sources(),
        "what the benches compare with, and what they measure with",
    )
}

/// Ports that are free.
fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut listeners = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        // Held until all are known, so that none is given twice.
        listeners.push(listener);
    }
    Ok(ports)
}

/// What the benches run in Node.
fn sources() -> PathBuf {
    root().join("tests/bench")
}

/// For everything that a run makes.
fn folder() -> PathBuf {
    target().join("bench")
}
