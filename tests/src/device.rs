//! A user's device, with a key of its own.

use anyhow::Result;
use kelisim_shared::{
    edition::Edition, jwk::P256PublicKey, jws, language::Language, software::SoftwareSigner,
};
use serde_json::{Value, json};

use crate::{Edge, edge::AUDIENCE, host::now};

/// A device.
#[derive(Debug)]
pub struct Device {
    signer: SoftwareSigner,
}

impl Device {
    /// The device whose key is made of that number, which is not 0.
    #[must_use]
    pub fn new(number: u8) -> Self {
        let signer =
            SoftwareSigner::from_scalar(&[number; 32]).expect("not 0, and below the order");
        Self { signer }
    }

    /// The public half of its key.
    #[must_use]
    pub fn public_key(&self) -> P256PublicKey {
        self.signer.public_key()
    }

    /// The header of a good statement, to be spoilt before it is signed.
    #[must_use]
    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "kelisim-statement+jwt", "jwk": self.public_key() })
    }

    /// The claims of a good acceptance, to be spoilt before they are signed.
    #[must_use]
    pub fn claims(token: &str, edition: &Edition, nonce: &str, jti: &str) -> Value {
        json!({
            "aud": AUDIENCE,
            "iat": now(),
            "jti": jti,
            "nonce": nonce,
            "ath": kelisim_shared::token::TokenHash::of(token),
            "event": {
                "kind": "accepted",
                "edition": edition.id(),
                "shown": Self::shown(edition),
                "control": "dialog-accept",
            },
        })
    }

    /// What is on the screen when an edition is shown in Russian, with a Kazakh interface.
    #[must_use]
    pub fn shown(edition: &Edition) -> Value {
        json!({
            "language": "ru",
            "text_sha256": edition.text(Language::Ru).0.sha256,
            "interface_language": "kk",
        })
    }

    /// A good statement about the edition in force, of the event that `event` makes of it.
    ///
    /// # Errors
    /// The edge does not give what it needs.
    pub fn statement(
        &self,
        edge: &Edge,
        token: &str,
        jti: &str,
        event: impl Fn(&Edition) -> Value,
    ) -> Result<String> {
        let nonce = edge.status(token)?.nonce;
        let edition = edge.edition()?;
        let mut claims = Self::claims(token, &edition, nonce.as_str(), jti);
        claims["event"] = event(&edition);
        Ok(self.sign(&self.header(), &claims))
    }

    /// A good acceptance of the edition in force.
    ///
    /// # Errors
    /// The edge does not give what it needs.
    pub fn acceptance(&self, edge: &Edge, token: &str, jti: &str) -> Result<String> {
        let nonce = edge.status(token)?.nonce;
        let claims = Self::claims(token, &edge.edition()?, nonce.as_str(), jti);
        Ok(self.sign(&self.header(), &claims))
    }

    /// Signs whatever it is given, as ES256.
    #[must_use]
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        pollster::block_on(jws::sign(header, claims, &self.signer))
            .expect("a key in memory can always sign")
    }
}
