//! P-256 and Ed25519 in Rust, for tools and tests. Feature `software-crypto`.

use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer, Verifier},
};
use serde::Deserialize;

use crate::{
    jwk::{InvalidKey, JwkSet, P256PublicKey, PublicKey},
    jws::{Algorithm, CryptoUnavailable, Ed25519Signer, Es256Signer, SignatureVerifier},
    token::PublishedKeys,
};

/// Verifies ES256 and `EdDSA`; for RS256 it answers [`CryptoUnavailable`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SoftwareVerifier;

impl SignatureVerifier for SoftwareVerifier {
    async fn verify(
        &self,
        _algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoUnavailable> {
        let key = match key {
            PublicKey::P256(key) => key,
            PublicKey::Ed25519(key) => return Ok(verify_ed25519(key, message, signature)),
            PublicKey::Rsa { .. } => return Err(CryptoUnavailable),
        };
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&key.x);
        point[33..].copy_from_slice(&key.y);
        let (Ok(key), Ok(signature)) = (
            VerifyingKey::from_sec1_bytes(&point),
            Signature::from_slice(signature),
        ) else {
            return Ok(false);
        };
        Ok(key.verify(message, &signature).is_ok())
    }
}

fn verify_ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key);
    let signature = ed25519_dalek::Signature::from_slice(signature);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify_strict(message, &signature).is_ok(),
        _ => false,
    }
}

/// Nothing is fetched from anywhere.
impl PublishedKeys for SoftwareVerifier {
    async fn published_keys(
        &self,
        _address: &str,
        _kid: Option<&str>,
    ) -> Result<Rc<JwkSet>, CryptoUnavailable> {
        Err(CryptoUnavailable)
    }
}

/// A P-256 private key in memory.
#[derive(Clone, Debug)]
pub struct SoftwareSigner(SigningKey);

impl SoftwareSigner {
    /// Takes the private scalar, 32 bytes big-endian.
    ///
    /// # Errors
    /// Zero, or not below the order of the curve.
    pub fn from_scalar(scalar: &[u8; 32]) -> Result<Self, InvalidKey> {
        SigningKey::from_slice(scalar)
            .map(Self)
            .map_err(|_| InvalidKey)
    }

    /// Reads a private JWK (RFC 7518, section 6.2.2), from its member `d`.
    ///
    /// # Errors
    /// Not such a key.
    pub fn from_private_jwk(json: &str) -> Result<Self, InvalidKey> {
        #[derive(Deserialize)]
        struct Members {
            d: String,
        }
        let members: Members = serde_json::from_str(json).map_err(|_| InvalidKey)?;
        let scalar = Base64UrlUnpadded::decode_vec(&members.d).map_err(|_| InvalidKey)?;
        Self::from_scalar(&scalar.try_into().map_err(|_| InvalidKey)?)
    }

    /// Writes the key as a private JWK with that `kid`.
    #[must_use]
    pub fn to_private_jwk(&self, kid: &str) -> String {
        let P256PublicKey { x, y } = self.public_key();
        let [x, y, d] = [x, y, self.0.to_bytes().into()]
            .map(|bytes: [u8; 32]| Base64UrlUnpadded::encode_string(&bytes));
        serde_json::json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y, "d": d })
            .to_string()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> P256PublicKey {
        let point = self.0.verifying_key().to_sec1_point(false);
        let coordinate = |range| {
            let bytes: &[u8] = &point.as_bytes()[range];
            bytes
                .try_into()
                .expect("an uncompressed point is 1 + 32 + 32 bytes (SEC 1, 2.3.3)")
        };
        P256PublicKey {
            x: coordinate(1..33),
            y: coordinate(33..65),
        }
    }
}

impl Es256Signer for SoftwareSigner {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        let signature: Signature = self.0.sign(message);
        Ok(signature.to_bytes().into())
    }
}

/// An Ed25519 private key in memory.
#[derive(Clone, Debug)]
pub struct SoftwareEd25519Signer(ed25519_dalek::SigningKey);

impl SoftwareEd25519Signer {
    /// Takes the private key, 32 random bytes (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(bytes))
    }

    /// Writes the key as a private JWK (RFC 8037, section 2) with that `kid`.
    #[must_use]
    pub fn to_private_jwk(&self, kid: &str) -> String {
        let [x, d] = [self.public_key(), self.0.to_bytes()]
            .map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
        serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x, "d": d })
            .to_string()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

impl Ed25519Signer for SoftwareEd25519Signer {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        Ok(self.0.sign(message).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.3: a signature made by another implementation.
    #[test]
    fn verifies_the_example_of_rfc_7515() {
        let key = r#"{"kty":"EC","crv":"P-256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        let key = PublicKey::P256(serde_json::from_str(key).unwrap());
        let jws = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let verify = |jws: &str| {
            let (signed, signature) = jws.rsplit_once('.').unwrap();
            let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
            let verify =
                SoftwareVerifier.verify(Algorithm::Es256, &key, signed.as_bytes(), &signature);
            pollster::block_on(verify).unwrap()
        };
        assert!(verify(jws));
        assert!(!verify(&jws.replacen("eyJpc3", "eyJpc2", 1)));
    }

    /// RFC 8032, section 7.1, test 2: a signature made by another implementation.
    #[test]
    fn verifies_the_example_of_rfc_8032() {
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| str::from_utf8(pair).unwrap());
            digits
                .map(|pair| u8::from_str_radix(pair, 16).unwrap())
                .collect()
        };
        let secret = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let signer = SoftwareEd25519Signer::from_bytes(&secret.try_into().unwrap());
        let public = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(signer.public_key().as_slice(), public);
        let signature = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(
            pollster::block_on(signer.sign(b"r")).unwrap().as_slice(),
            signature
        );
        let key = PublicKey::Ed25519(signer.public_key());
        let verify = |message: &[u8]| {
            pollster::block_on(SoftwareVerifier.verify(Algorithm::EdDsa, &key, message, &signature))
        };
        assert_eq!(verify(b"r"), Ok(true));
        assert_eq!(verify(b"s"), Ok(false));
    }

    #[test]
    fn a_private_key_reads_back() {
        let signer = SoftwareSigner::from_scalar(&[7; 32]).unwrap();
        let read = SoftwareSigner::from_private_jwk(&signer.to_private_jwk("k")).unwrap();
        assert_eq!(read.public_key(), signer.public_key());
    }
}
