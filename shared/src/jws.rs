//! Compact JWS (RFC 7515, section 3.1) with pinned algorithms.
//!
//! ```text
//! BASE64URL(header) . BASE64URL(payload) . BASE64URL(signature)
//! ```
//!
//! What a payload says is reached through a signature only: [`Unverified`] shows the header, which is
//! needed to choose a key, and [`Unverified::verify`] makes a [`VerifiedPayload`] or fails. `none` and
//! the HMAC algorithms do not exist here (RFC 8725, sections 3.1 and 3.2).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::jwk::PublicKey;

/// A signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// The algorithm of that `alg`.
    ///
    /// # Errors
    /// Any other, `none` and `HS256` among them.
    pub fn from_name(name: &str) -> Result<Self, JwsError> {
        match name {
            "ES256" => Ok(Self::Es256),
            "EdDSA" => Ok(Self::EdDsa),
            "RS256" => Ok(Self::Rs256),
            _ => Err(JwsError::Algorithm),
        }
    }

    const fn fits(self, key: &PublicKey) -> bool {
        matches!(
            (self, key),
            (Self::Es256, PublicKey::P256(_))
                | (Self::EdDsa, PublicKey::Ed25519(_))
                | (Self::Rs256, PublicKey::Rsa { .. })
        )
    }
}

/// Checks signatures; implemented over WebCrypto in browsers and Workers, and in Rust for tools.
pub trait SignatureVerifier {
    /// Whether `signature` is the key's for `message`. A key that is no point of its curve answers `false`.
    ///
    /// # Errors
    /// The platform could not tell; the caller may try again.
    fn verify(
        &self,
        algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> impl Future<Output = Result<bool, CryptoUnavailable>>;
}

/// Makes ES256 signatures, with a key that it does not give away.
pub trait Es256Signer {
    /// The signature of `message`: `r ‖ s`, 64 bytes (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// The platform could not sign.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<[u8; 64], CryptoUnavailable>>;
}

/// Makes Ed25519 signatures, with a key that it does not give away.
pub trait Ed25519Signer {
    /// The signature of `message` (RFC 8032, section 5.1.6).
    ///
    /// # Errors
    /// The platform could not sign.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<[u8; 64], CryptoUnavailable>>;
}

/// The platform's cryptography failed, for reasons that are not the message's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the platform's cryptography is unavailable")]
pub struct CryptoUnavailable;

/// A compact JWS whose signature nobody has checked yet.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    text: &'a str,
    header: Vec<u8>,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Splits and decodes a compact JWS of at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// [`JwsError::Malformed`].
    pub fn parse(text: &'a str) -> Result<Self, JwsError> {
        Self::parse_within(text, MAX_BYTES)
    }

    /// Splits and decodes a compact JWS of at most that many bytes.
    ///
    /// # Errors
    /// [`JwsError::Malformed`].
    pub fn parse_within(text: &'a str, max_bytes: usize) -> Result<Self, JwsError> {
        if text.len() > max_bytes {
            return Err(JwsError::Malformed);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Malformed);
        };
        Ok(Self {
            text,
            header: decode(header)?,
            payload,
            signature: decode(signature)?,
        })
    }

    /// The header, as a type that says which members it understands.
    ///
    /// # Errors
    /// [`JwsError::Header`]: other members or types, or a member twice.
    pub fn header<H: DeserializeOwned>(&self) -> Result<H, JwsError> {
        serde_json::from_slice(&self.header).map_err(|_| JwsError::Header)
    }

    /// Claims that nobody has vouched for, by which to look for the key that would. Use them for
    /// nothing else.
    ///
    /// # Errors
    /// [`JwsError::Malformed`], [`JwsError::Claims`].
    pub fn unsigned_claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        serde_json::from_slice(&decode(self.payload)?).map_err(|_| JwsError::Claims)
    }

    /// The bytes that the signature is over: header and payload as they were sent.
    #[must_use]
    pub fn signed_part(&self) -> &[u8] {
        self.text
            .rsplit_once('.')
            .map_or(&[], |(signed, _)| signed.as_bytes())
    }

    /// Checks the signature and gives the payload.
    ///
    /// # Errors
    /// [`JwsError::Algorithm`] for a key of another kind, [`JwsError::Signature`],
    /// [`JwsError::Malformed`] for a payload that is not base64url, [`JwsError::Unavailable`].
    pub async fn verify(
        self,
        algorithm: Algorithm,
        key: &PublicKey,
        verifier: &impl SignatureVerifier,
    ) -> Result<VerifiedPayload, JwsError> {
        if !algorithm.fits(key) {
            return Err(JwsError::Algorithm);
        }
        // Platforms differ in what they make of a signature of a wrong length; some throw.
        if self.signature.len() != signature_bytes(key) {
            return Err(JwsError::Signature);
        }
        if verifier
            .verify(algorithm, key, self.signed_part(), &self.signature)
            .await?
        {
            decode(self.payload).map(VerifiedPayload)
        } else {
            Err(JwsError::Signature)
        }
    }
}

/// A payload whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPayload(Vec<u8>);

impl VerifiedPayload {
    /// Reads the claims.
    ///
    /// # Errors
    /// [`JwsError::Claims`]: not the JSON of that type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        serde_json::from_slice(&self.0).map_err(|_| JwsError::Claims)
    }
}

/// Signs `claims` under `header`.
///
/// # Errors
/// The signer's; header and claims must be types with string keys.
pub async fn sign<H: Serialize, T: Serialize>(
    header: &H,
    claims: &T,
    signer: &impl Es256Signer,
) -> Result<String, CryptoUnavailable> {
    sign_json(&json(header), &json(claims), signer).await
}

/// Signs claims under a header, both of which are JSON already.
///
/// # Errors
/// The signer's.
pub async fn sign_json(
    header: &[u8],
    claims: &[u8],
    signer: &impl Es256Signer,
) -> Result<String, CryptoUnavailable> {
    let mut text = [header, claims]
        .map(Base64UrlUnpadded::encode_string)
        .join(".");
    let signature = signer.sign(text.as_bytes()).await?;
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(&signature));
    Ok(text)
}

/// Why a JWS is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwsError {
    /// Not three parts of base64url without padding, or too long.
    #[error("not a compact JWS")]
    Malformed,
    /// The header is not of the expected type.
    #[error("the header is not of the expected form")]
    Header,
    /// The header names an algorithm that is not accepted, or not one of the key's.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// The signature is not the key's.
    #[error("the signature is wrong")]
    Signature,
    /// The signature is right and the claims are not of the expected type.
    #[error("the claims are not of the expected form")]
    Claims,
    /// Nobody could check the signature.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

/// The longest JWS that is taken, in bytes, unless its reader says otherwise: 16 KiB.
pub const MAX_BYTES: usize = 16_384;

/// How long a signature by that key is, in bytes (RFC 7518, sections 3.3 and 3.4; RFC 8032, section 5.1.6).
const fn signature_bytes(key: &PublicKey) -> usize {
    match key {
        PublicKey::P256(_) | PublicKey::Ed25519(_) => 64,
        PublicKey::Rsa { modulus, .. } => modulus.len(),
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| JwsError::Malformed)
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("headers and claims have string keys only")
}
