//! The commands that set up, build, run, test and measure Kelisim, and the server harness that its tests share.
//!
//! Each module is one concern; the binary only parses the command line.
//!
//! - set-up: [`setup`] is the whole of it; [`npm`], [`toolchain`] and, for the tests, [`python`] and [`browsers`] are its
//!   parts, [`debian`] installs packages
//! - builds: [`build`] orders the steps; [`wasm`], [`worker`], [`scripts`], [`assets`] and [`package`] do them, [`stamp`]
//!   skips the needless ones, [`lock`] keeps two processes apart
//! - running: [`server`] starts real workerd through wrangler, [`secrets`] makes its keys, [`seed`] publishes an edition;
//!   [`group`] ends what was started
//! - commands: [`dev`], [`mod@test`], [`fuzz`], [`openapi`], [`contract`], [`sizes`], [`mod@bench`]
//!
//! It is not part of the product: nothing that ships depends on it.

pub mod assets;
pub mod bench;
pub mod browsers;
pub mod build;
pub mod contract;
pub mod debian;
pub mod dev;
pub mod environment;
pub mod fuzz;
pub mod group;
pub mod lock;
pub mod npm;
pub mod openapi;
pub mod package;
pub mod process;
pub mod progress;
pub mod python;
pub mod scripts;
pub mod secrets;
pub mod seed;
pub mod server;
pub mod setup;
pub mod sizes;
pub mod stamp;
pub mod test;
pub mod toolchain;
pub mod wasm;
pub mod worker;

use std::path::{Path, PathBuf};

/// The top of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or_else(|| Path::new("."))
}

/// The folder for everything that a build makes.
#[must_use]
pub fn target() -> PathBuf {
    root().join("target")
}
