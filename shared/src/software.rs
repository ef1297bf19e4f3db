//! P-256 in Rust, for tools and tests. Feature `software-crypto`.

use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer, Verifier},
};
use serde::Deserialize;

use crate::{
    jwk::{InvalidKey, JwkSet, P256PublicKey, PublicKey},
    jws::{Algorithm, CryptoUnavailable, Es256Signer, SignatureVerifier},
    token::PublishedKeys,
};

/// Verifies ES256; for the other algorithms it answers [`CryptoUnavailable`].
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
        let PublicKey::P256(key) = key else {
            return Err(CryptoUnavailable);
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

    #[test]
    fn a_private_key_reads_back() {
        let signer = SoftwareSigner::from_scalar(&[7; 32]).unwrap();
        let read = SoftwareSigner::from_private_jwk(&signer.to_private_jwk("k")).unwrap();
        assert_eq!(read.public_key(), signer.public_key());
    }
}
