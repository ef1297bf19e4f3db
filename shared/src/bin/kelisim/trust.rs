//! Keys that whoever verifies has from elsewhere.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use kelisim_shared::{
    evidence::Trust,
    jwk::JwkSet,
    log::note::{Kind, NoteError, VerifierKey},
};

use crate::files;

/// Keys to trust. Without them it is told which keys would have to be compared with the published ones.
#[derive(Args)]
pub(crate) struct TrustArguments {
    /// A file with the keys that the operator published: its /.well-known/jwks.json.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// The log's key, `<name>+<id>+<key>`, as its operator published it.
    #[arg(long, value_name = "KEY", value_parser = log_key)]
    pub(crate) log: Option<VerifierKey>,
    /// The key of a witness of the log, likewise. May be given several times.
    #[arg(long, value_name = "KEY", requires = "log", value_parser = witness_key)]
    pub(crate) witness: Vec<VerifierKey>,
}

impl TrustArguments {
    /// Reads the keys.
    pub(crate) fn read(&self) -> Result<Trust> {
        let parse = |path: &PathBuf| {
            let keys = JwkSet::parse(&files::read(path)?);
            keys.with_context(|| format!("{} is not a set of keys (RFC 7517)", path.display()))
        };
        Ok(Trust {
            keys: self.keys.as_ref().map(parse).transpose()?,
            log: self.log.clone(),
            witnesses: self.witness.clone(),
        })
    }
}

fn log_key(text: &str) -> Result<VerifierKey> {
    of_kind(text, Kind::Log)
}

fn witness_key(text: &str) -> Result<VerifierKey> {
    of_kind(text, Kind::Witness)
}

fn of_kind(text: &str, kind: Kind) -> Result<VerifierKey> {
    let key: VerifierKey = text.parse().map_err(|error: NoteError| anyhow!(error))?;
    if key.kind == kind {
        Ok(key)
    } else {
        Err(anyhow!("it is a key of the other kind"))
    }
}
