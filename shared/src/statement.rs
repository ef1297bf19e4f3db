//! Statements: what the widget says happened, as a compact JWS (ES256) by a device key.
//!
//! ```json
//! {"alg":"ES256","typ":"kelisim-statement+jwt","jwk":{"kty":"EC","crv":"P-256","x":"…","y":"…"}}
//! {"aud":"https://consent.example","iat":1795410000,"jti":"6f2b…","nonce":"…","ath":"…",
//!  "event":{"kind":"accepted","edition":"…","control":"dialog-accept",
//!           "shown":{"language":"ru","text_sha256":"…","interface_language":"kk"}}}
//! ```
//!
//! A statement is bound to the token that it came with (`ath`), to the device key (`jwk`, and `cnf.jkt`
//! of the token where there is one), to the edge (`aud`), to a moment (`nonce`) and to the exact text
//! that was shown. `iat` is the device's clock: a claim that nothing relies on. The edge checks the
//! nonce, the `jti` and the edition, each of which needs its memory.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    digest::Sha256Digest,
    edition::EditionId,
    jwk::{P256PublicKey, PublicKey, Thumbprint},
    jws::{Algorithm, CryptoUnavailable, JwsError, SignatureVerifier, Unverified},
    language::Language,
    text::Line,
    time::ClaimedSeconds,
    token::{SubjectToken, TokenHash},
};

/// The claims of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Statement"))]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The edge that it is meant for.
    pub aud: Line<200>,
    /// The device's clock, in seconds since 1970: a claim.
    pub iat: ClaimedSeconds,
    /// An id chosen by the device. One that led to a record never stands for anything else.
    pub jti: Line<64>,
    /// The nonce that the edge gave out.
    pub nonce: Line<128>,
    /// The hash of the subject token that it is sent with.
    pub ath: TokenHash,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "StatementEvent"))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Event {
    /// The notice of an edition was shown.
    Presented {
        /// The edition.
        edition: EditionId,
        /// What was on the screen.
        shown: Shown,
    },
    /// The person pressed the button of acceptance.
    Accepted {
        /// The edition.
        edition: EditionId,
        /// What was on the screen.
        shown: Shown,
        /// What was pressed.
        control: Control,
    },
    /// The person goes on using the app. It says nothing about what they do there (policy, clause 4.3).
    Used {
        /// The edition in force, as far as the device knows.
        edition: EditionId,
    },
}

impl Event {
    /// The edition that it is about.
    #[must_use]
    pub const fn edition(&self) -> EditionId {
        match self {
            Self::Presented { edition, .. }
            | Self::Accepted { edition, .. }
            | Self::Used { edition } => *edition,
        }
    }
}

/// The text of an edition as it was on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The language of the text.
    pub language: Language,
    /// The SHA-256 of the text.
    pub text_sha256: Sha256Digest,
    /// The language of the buttons around it.
    pub interface_language: Language,
}

/// A control by which acceptance is expressed (policy, clause 1.2: "соответствующей кнопки").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// The button "accept" of the widget.
    DialogAccept,
    /// The button "accept" of the page `/consent`, which needs no JavaScript.
    FormAccept,
}

impl Control {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DialogAccept => "dialog-accept",
            Self::FormAccept => "form-accept",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    jwk: P256PublicKey,
}

/// A statement that was signed by the key it names. What it was bound to when it came, a token and a nonce, is gone by the time
/// that it is read again: the edge has checked that, see [`VerifiedStatement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement {
    claims: Claims,
    key: Thumbprint,
    digest: Sha256Digest,
}

impl SignedStatement {
    /// Verifies a statement that was kept.
    ///
    /// # Errors
    /// [`StatementError`], but for what is about a token or an audience.
    pub async fn verify(
        statement: &str,
        verifier: &impl SignatureVerifier,
    ) -> Result<Self, StatementError> {
        let (jws, key) = open(statement)?;
        Self::signed_by(key, jws, verifier).await
    }

    async fn signed_by(
        key: P256PublicKey,
        jws: Unverified<'_>,
        verifier: &impl SignatureVerifier,
    ) -> Result<Self, StatementError> {
        let digest = Sha256Digest::of(jws.signed_part());
        let payload = jws
            .verify(Algorithm::Es256, &PublicKey::P256(key), verifier)
            .await?;
        Ok(Self {
            claims: payload.claims()?,
            key: key.thumbprint(),
            digest,
        })
    }

    /// What was stated.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The thumbprint of the key that signed it.
    #[must_use]
    pub const fn key(&self) -> Thumbprint {
        self.key
    }

    /// The SHA-256 of what was signed (header and payload). Signing the same again, which makes
    /// another signature with ECDSA, does not change it.
    #[must_use]
    pub const fn digest(&self) -> Sha256Digest {
        self.digest
    }
}

/// A statement that was signed by the key it names, and is bound to the token it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStatement(SignedStatement);

impl VerifiedStatement {
    /// Verifies a statement against the token that it came with and the edge's audience.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub async fn verify(
        statement: &str,
        token: &SubjectToken,
        audience: &str,
        verifier: &impl SignatureVerifier,
    ) -> Result<Self, StatementError> {
        let (jws, key) = open(statement)?;
        if token
            .key_thumbprint()
            .is_some_and(|jkt| jkt != key.thumbprint().to_jkt())
        {
            return Err(StatementError::Key);
        }
        let signed = SignedStatement::signed_by(key, jws, verifier).await?;
        if signed.claims.aud.as_str() != audience {
            return Err(StatementError::Audience);
        }
        if signed.claims.ath != *token.hash() {
            return Err(StatementError::Token);
        }
        Ok(Self(signed))
    }

    /// What was stated.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        self.0.claims()
    }

    /// The thumbprint of the key that signed it.
    #[must_use]
    pub const fn key(&self) -> Thumbprint {
        self.0.key()
    }

    /// The hash of what was signed, see [`SignedStatement::digest`].
    #[must_use]
    pub const fn digest(&self) -> Sha256Digest {
        self.0.digest()
    }
}

/// Splits a statement, and tells the key that it names.
fn open(statement: &str) -> Result<(Unverified<'_>, P256PublicKey), StatementError> {
    let jws = Unverified::parse(statement)?;
    let header: Header = jws.header()?;
    if header.typ != TYP {
        return Err(StatementError::Type);
    }
    if Algorithm::from_name(&header.alg)? != Algorithm::Es256 {
        return Err(StatementError::Algorithm);
    }
    Ok((jws, header.jwk))
}

/// Why a statement is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// Not a compact JWS, or header or claims are not of the expected form.
    #[error("the statement is not a JWS of the expected form")]
    Malformed,
    /// Not a statement.
    #[error("the typ is not kelisim-statement+jwt")]
    Type,
    /// Not ES256.
    #[error("the algorithm is not ES256")]
    Algorithm,
    /// Not signed by the key in its header.
    #[error("the signature is wrong")]
    Signature,
    /// The token names another key.
    #[error("the key is not the one that the token names")]
    Key,
    /// It is meant for another edge.
    #[error("the statement is for another audience")]
    Audience,
    /// It was made for another token.
    #[error("the statement is bound to another token")]
    Token,
    /// Nobody could check the signature.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

impl From<JwsError> for StatementError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Malformed | JwsError::Header | JwsError::Claims => Self::Malformed,
            JwsError::Algorithm => Self::Algorithm,
            JwsError::Signature => Self::Signature,
            JwsError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

/// The `typ` of a statement's header.
pub const TYP: &str = "kelisim-statement+jwt";
