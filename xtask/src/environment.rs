//! The two environments that are built and run, and where their outputs lie.

use std::fmt;
use std::path::PathBuf;

use crate::target;

/// What a build or a server is for.
///
/// The names are those of the environments in `edge/wrangler.toml`, whose top level is production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// For users: no preview issuer is compiled in.
    Production,
    /// For developers and tests: a preview issuer hands out tokens, and the preview page is among the assets.
    Preview,
}

impl Environment {
    /// The environment's name in paths and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Preview => "preview",
        }
    }

    /// The folder of the worker: `index.js` and `index_bg.wasm`.
    #[must_use]
    pub fn worker_folder(self) -> PathBuf {
        self.folder().join("worker")
    }

    /// The folder of the static assets: `www/public`, `widget/`, and in preview `demo/` and `preview/`.
    #[must_use]
    pub fn assets_folder(self) -> PathBuf {
        self.folder().join("assets")
    }

    fn folder(self) -> PathBuf {
        target().join("dist").join(self.name())
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
