//! A second opinion: the JOSE library of npm, `jose`, run by Node with the scripts in `tests/jose`.

use std::{io::Write, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use xtask::npm::Packages;

use crate::{edge::AUDIENCE, host::now};

/// Hosts' keys, and a token signed with each.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    /// The value of `SUBJECT_ISSUERS` that trusts all of the hosts.
    pub issuers: String,
    /// Algorithm and token.
    pub tokens: Vec<(String, String)>,
}

/// Tokens of three hosts, each with a fresh key for another algorithm.
///
/// # Errors
/// Node or the script fails.
pub fn tokens() -> Result<Tokens> {
    run(
        "tokens.mjs",
        &serde_json::json!({ "audience": AUDIENCE, "now": now() }),
    )
}

/// Verifies a receipt against a JWK Set, and gives its header and payload.
///
/// # Errors
/// `jose` refuses it, or Node fails.
pub fn verify_receipt(receipt: &str, jwks: &Value, issuer: &str) -> Result<Value> {
    run(
        "verify-receipt.mjs",
        &serde_json::json!({ "receipt": receipt, "jwks": jwks, "issuer": issuer }),
    )
}

/// The thumbprint of a public key (RFC 7638).
///
/// # Errors
/// Node or the script fails.
pub fn thumbprint(jwk: &Value) -> Result<String> {
    run("thumbprint.mjs", jwk)
}

/// Runs a script, which reads JSON from its input and writes JSON to its output.
fn run<T: serde::de::DeserializeOwned>(script: &str, input: &Value) -> Result<T> {
    let script = format!("{}/jose/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut child = Packages::installed()?
        .command(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("the input was piped")?;
    stdin.write_all(input.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
