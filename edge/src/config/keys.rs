//! Keys of the configuration. None of them is ever shown.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use kelisim_shared::jwk::{NamedKey, P256PublicKey, PublicKey};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

/// A private P-256 key, as a JWK that is handed to the platform and never shown.
#[derive(Clone)]
pub struct PrivateKey {
    jwk: String,
    kid: String,
    public: P256PublicKey,
}

impl PrivateKey {
    /// Parses a JWK with at least `kty`, `crv`, `x`, `y`, `d` and `kid`. `None` if it is not one.
    #[must_use]
    pub fn parse(jwk: &str) -> Option<Self> {
        let Members {
            kty,
            crv,
            x,
            y,
            kid,
            ..
        } = Members::parse(jwk)?;
        let public = json!({ "kty": kty, "crv": crv, "x": x, "y": y });
        Some(Self {
            jwk: jwk.to_owned(),
            kid,
            public: serde_json::from_value(public).ok()?,
        })
    }

    /// The JWK, to hand to the platform.
    #[must_use]
    pub fn expose_jwk(&self) -> &str {
        &self.jwk
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> P256PublicKey {
        self.public
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, by its id.
    #[must_use]
    pub fn named_public_key(&self) -> NamedKey {
        NamedKey {
            kid: Some(self.kid.clone()),
            key: PublicKey::P256(self.public),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.kid)
    }
}

/// 32 secret bytes.
#[derive(Clone)]
pub struct SecretBytes([u8; 32]);

impl SecretBytes {
    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 32 bytes from base64url. `None` if it is not that.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Base64UrlUnpadded::decode_vec(text)
            .ok()?
            .try_into()
            .ok()
            .map(Self)
    }

    /// A hash that nobody can compute without the bytes, begun with what it is for.
    #[must_use]
    pub fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key length");
        mac.chain_update(purpose)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes")
    }
}

/// A private Ed25519 key, as a JWK (RFC 8037, section 2) that is handed to the platform and never shown.
#[derive(Clone)]
pub struct Ed25519Key {
    jwk: String,
    kid: String,
    public: [u8; 32],
}

impl Ed25519Key {
    /// Parses a JWK with at least `kty`, `crv`, `x`, `d` and `kid`. `None` if it is not one.
    #[must_use]
    pub fn parse(jwk: &str) -> Option<Self> {
        let Members {
            kty, crv, x, kid, ..
        } = Members::parse(jwk)?;
        if (kty.as_str(), crv.as_str()) != ("OKP", "Ed25519") {
            return None;
        }
        Some(Self {
            jwk: jwk.to_owned(),
            kid,
            public: SecretBytes::parse(&x)?.0,
        })
    }

    /// The JWK, to hand to the platform.
    #[must_use]
    pub fn expose_jwk(&self) -> &str {
        &self.jwk
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> [u8; 32] {
        self.public
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Key({})", self.kid)
    }
}

/// The members of a private JWK that are looked at here, whatever its kind (RFC 7518, section 6.2; RFC 8037, section 2).
#[derive(Deserialize)]
struct Members {
    kty: String,
    crv: String,
    x: String,
    y: Option<String>,
    d: String,
    kid: String,
}

impl Members {
    /// Reads them, if there is a name and a private part.
    fn parse(jwk: &str) -> Option<Self> {
        let members: Self = serde_json::from_str(jwk).ok()?;
        SecretBytes::parse(&members.d)?;
        (!members.kid.is_empty()).then_some(members)
    }
}
