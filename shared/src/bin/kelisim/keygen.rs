//! `kelisim keygen`

use anyhow::{Context, Result, anyhow};
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::{Args, ValueEnum};
use kelisim_shared::{
    digest::Sha256Digest,
    log::note::{Kind, Name, NoteError, VerifierKey},
    software::{SoftwareEd25519Signer, SoftwareSigner},
};
use serde_json::{Value, json};

use crate::output::{self, Outcome};

/// Make a key, and print both halves: the private one is a secret
///
/// It is made of the entropy of this machine.
///
/// As JSON: `{"format":"kelisim-cli/v1", "command":"keygen", "private":{…}, "public":{…} or "<name>+<id>+<key>"}`
#[derive(Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES, after_long_help = super::EXIT_CODES)]
pub(crate) struct Arguments {
    /// What the key is for.
    #[arg(long, value_enum, default_value_t = KeyKind::Log)]
    kind: KeyKind,
    /// The name of the log (`LOG_ORIGIN`) or of the witness; receipt keys have none.
    #[arg(long, value_parser = name, required_if_eq_any([("kind", "log"), ("kind", "witness")]))]
    name: Option<Name>,
    /// The id of the key, in place of one made from it.
    #[arg(long)]
    kid: Option<String>,
}

/// What a key is for.
#[derive(Clone, Copy, ValueEnum)]
enum KeyKind {
    /// The edge's secret `LOG_KEY`, which signs checkpoints: Ed25519.
    Log,
    /// The edge's secret `RECEIPT_KEY`, which signs receipts: P-256.
    Receipt,
    /// The key of a witness: Ed25519.
    Witness,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<Outcome> {
    let (private, public) = match arguments.kind {
        KeyKind::Log => ed25519(arguments, "log", Kind::Log)?,
        KeyKind::Witness => ed25519(arguments, "witness", Kind::Witness)?,
        KeyKind::Receipt => p256(arguments)?,
    };
    let private: Value = serde_json::from_str(&private)?;
    if json {
        output::print_json("keygen", json!({ "private": private, "public": public }))?;
    } else {
        println!("Private, a secret:\n{private}\n");
        match public {
            Value::String(key) => println!("Public:\n{key}"),
            key => println!("Public:\n{key}"),
        }
    }
    Ok(Outcome::Proven)
}

/// The private JWK of a signer of notes, and its public key.
fn ed25519(arguments: &Arguments, prefix: &str, kind: Kind) -> Result<(String, Value)> {
    let signer = SoftwareEd25519Signer::from_bytes(&entropy()?);
    let name = arguments.name.clone().context("a name is missing")?;
    let public_key = signer.public_key();
    // RFC 8037, appendix A.3.
    let x = Base64UrlUnpadded::encode_string(&public_key);
    let thumbprint =
        Sha256Digest::of(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes());
    let thumbprint = Base64UrlUnpadded::encode_string(thumbprint.as_bytes());
    let key = VerifierKey {
        name,
        kind,
        public_key,
    };
    Ok((
        signer.to_private_jwk(&kid(arguments, prefix, &thumbprint)),
        key.to_string().into(),
    ))
}

/// The private and the public JWK of an issuer of receipts.
fn p256(arguments: &Arguments) -> Result<(String, Value)> {
    let signer =
        SoftwareSigner::from_scalar(&entropy()?).context("not a scalar of P-256: try again")?;
    let public = signer.public_key();
    let kid = kid(arguments, "receipt", &public.thumbprint().to_jkt());
    let private = signer.to_private_jwk(&kid);
    let mut public = serde_json::to_value(public)?;
    public["kid"] = kid.into();
    public["alg"] = "ES256".into();
    public["use"] = "sig".into();
    Ok((private, public))
}

/// The id that was asked for, or else what the key is for and the beginning of its thumbprint.
fn kid(arguments: &Arguments, prefix: &str, thumbprint: &str) -> String {
    match &arguments.kid {
        Some(kid) => kid.clone(),
        None => format!("{prefix}-{}", &thumbprint[..8]),
    }
}

fn entropy() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the operating system gives no entropy")?;
    Ok(bytes)
}

fn name(text: &str) -> Result<Name> {
    text.parse()
        .map_err(|_: NoteError| anyhow!("a name has 1 to 200 bytes, no space and no +"))
}
