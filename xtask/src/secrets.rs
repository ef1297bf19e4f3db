//! The edge's secrets: made on this machine, for a preview or to be handed to Cloudflare.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64UrlUnpadded, Encoding};
use kelisim_shared::software::{SoftwareEd25519Signer, SoftwareSigner};

/// The edge's secrets, as `wrangler secret` would hold them.
#[derive(Clone)]
pub struct Secrets {
    /// `PSEUDONYM_KEY`: 32 bytes in base64url. Keys the pseudonyms of subjects.
    pub pseudonym_key: String,
    /// `NONCE_KEY`: 32 bytes in base64url. Keys the nonces of statements and the tickets of forms.
    pub nonce_key: String,
    /// `RECEIPT_KEY`: a private P-256 key as a JWK with `kid`. Signs receipts.
    pub receipt_key: String,
    /// `LOG_KEY`: a private Ed25519 key as a JWK with `kid`. Signs the log's checkpoints; a preview without it has no log.
    pub log_key: Option<String>,
    /// `PREVIEW_ISSUER_KEY`: a private P-256 key likewise. Signs the preview issuer's tokens; production refuses to start with it.
    pub preview_issuer_key: Option<String>,
}

impl Secrets {
    /// Fresh secrets of a preview. Production refuses its keys: by the one that it has no use for, and by the `kid` of
    /// the other.
    ///
    /// # Errors
    /// When the operating system has no entropy to give.
    pub fn for_preview() -> Result<Self> {
        Ok(Self {
            preview_issuer_key: Some(signing_key("preview")?),
            receipt_key: signing_key("preview")?,
            log_key: Some(log_key("preview")?),
            ..Self::for_production()?
        })
    }

    /// Fresh secrets of a deployment.
    ///
    /// # Errors
    /// When the operating system has no entropy to give.
    pub fn for_production() -> Result<Self> {
        Ok(Self {
            pseudonym_key: Base64UrlUnpadded::encode_string(&entropy()?),
            nonce_key: Base64UrlUnpadded::encode_string(&entropy()?),
            receipt_key: signing_key("receipt")?,
            log_key: Some(log_key("log")?),
            preview_issuer_key: None,
        })
    }

    /// The secrets that the file at `path` holds; when there is none, fresh ones for preview, which it then holds.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn load_or_generate(path: &Path) -> Result<Self> {
        if path.exists() {
            return Self::load(path);
        }
        let secrets = Self::for_preview()?;
        secrets.write(path)?;
        Ok(secrets)
    }

    /// Writes a file for wrangler's `--env-file` that only its owner may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        for (name, value) in self.variables() {
            // Neither base64url nor a JWK holds a quotation mark of this kind.
            writeln!(file, "{name}='{value}'")?;
        }
        Ok(())
    }

    /// Writes a file like [`Secrets::write`], which must not be there yet: secrets that are in use are not to be lost.
    ///
    /// # Errors
    /// When it is there, or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<()> {
        ensure!(!path.exists(), "{} is there already", path.display());
        self.write(path)
    }

    fn load(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let find = |name: &str| {
            text.lines().find_map(|line| {
                let value = line.strip_prefix(name)?.strip_prefix("='")?;
                value.strip_suffix('\'').map(str::to_owned)
            })
        };
        let required = |name: &str| {
            find(name).with_context(|| {
                format!(
                    "{} has no {name}: remove it to have a new one",
                    path.display()
                )
            })
        };
        Ok(Self {
            pseudonym_key: required(PSEUDONYM_KEY)?,
            nonce_key: required(NONCE_KEY)?,
            receipt_key: required(RECEIPT_KEY)?,
            log_key: find(LOG_KEY),
            preview_issuer_key: find(PREVIEW_ISSUER_KEY),
        })
    }

    /// The secrets by the names that the edge has for them.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            (PSEUDONYM_KEY, Some(&self.pseudonym_key)),
            (NONCE_KEY, Some(&self.nonce_key)),
            (RECEIPT_KEY, Some(&self.receipt_key)),
            (LOG_KEY, self.log_key.as_ref()),
            (PREVIEW_ISSUER_KEY, self.preview_issuer_key.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.as_str())))
    }
}

/// A private P-256 key as a JWK, whose `kid` is the prefix, a hyphen and eight characters that its public key determines.
///
/// # Errors
/// When the operating system has no entropy to give.
pub fn signing_key(kid_prefix: &str) -> Result<String> {
    let key =
        SoftwareSigner::from_scalar(&entropy()?).context("not a scalar of P-256: try again")?;
    let thumbprint = key.public_key().thumbprint().to_jkt();
    Ok(key.to_private_jwk(&format!("{kid_prefix}-{}", &thumbprint[..8])))
}

/// Likewise, for the log.
fn log_key(kid_prefix: &str) -> Result<String> {
    let key = SoftwareEd25519Signer::from_bytes(&entropy()?);
    let id = Base64UrlUnpadded::encode_string(&key.public_key());
    Ok(key.to_private_jwk(&format!("{kid_prefix}-{}", &id[..8])))
}

fn entropy() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the operating system gives no entropy")?;
    Ok(bytes)
}

const PSEUDONYM_KEY: &str = "PSEUDONYM_KEY";
const NONCE_KEY: &str = "NONCE_KEY";
const RECEIPT_KEY: &str = "RECEIPT_KEY";
const LOG_KEY: &str = "LOG_KEY";
const PREVIEW_ISSUER_KEY: &str = "PREVIEW_ISSUER_KEY";

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::Value;

    use super::*;

    #[test]
    fn loading_gives_what_was_generated_from_a_file_that_only_its_owner_reads() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("below/secrets.env");

        let generated = Secrets::load_or_generate(&path)?;
        let loaded = Secrets::load_or_generate(&path)?;

        assert_eq!(generated.receipt_key, loaded.receipt_key);
        assert_eq!(generated.preview_issuer_key, loaded.preview_issuer_key);
        assert_eq!(generated.pseudonym_key, loaded.pseudonym_key);
        assert_eq!(generated.nonce_key, loaded.nonce_key);
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn a_key_identifier_has_the_prefix_and_eight_characters() -> Result<()> {
        let secrets = Secrets::for_preview()?;

        let key: Value = serde_json::from_str(&secrets.receipt_key)?;
        let kid = key["kid"].as_str().context("a string")?;
        assert_eq!(kid.strip_prefix("preview-").map(str::len), Some(8), "{kid}");
        Ok(())
    }
}
