//! Receipts: the edge's signed answer, held by the user, as a compact JWS (ES256).
//!
//! ```json
//! {"alg":"ES256","typ":"kelisim-receipt+jwt","kid":"2026-11"}
//! {"iss":"https://consent.example","sub":"<pseudonym>","jti":"<record id>","iat":1795410000,
//!  "operator":{"name":"ТОО «BTS Digital»"},"policy_url":"https://smartaqkol.chat/privacy",
//!  "record":{…}}
//! ```
//!
//! The key is published at `/.well-known/jwks.json` of the issuer. The first receipt that
//! is kept for a record is the one that is given out ever after.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    edition::Operator,
    jwk::JwkSet,
    jws::{
        self, Algorithm, CryptoUnavailable, Es256Signer, JwsError, SignatureVerifier, Unverified,
    },
    record::{Record, RecordId, SubjectId},
    text::Line,
};

/// The claims of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Receipt"))]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The edge.
    pub iss: Line<200>,
    /// The subject, by the edge's pseudonym.
    pub sub: SubjectId,
    /// The record's id.
    pub jti: RecordId,
    /// When the record was written, in seconds since 1970, by the server's clock.
    #[cfg_attr(
        feature = "openapi",
        schemars(range(min = 0, max = 253_402_300_799_i64))
    )]
    pub iat: i64,
    /// Whose policy it is.
    pub operator: Operator,
    /// Where the edition in force is always to be found.
    pub policy_url: Line<200>,
    /// The record itself.
    pub record: Record,
}

/// Who issues receipts, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// `iss`.
    pub issuer: Line<200>,
    /// `operator`.
    pub operator: Operator,
    /// `policy_url`.
    pub policy_url: Line<200>,
    /// The id of the key that signs.
    pub kid: String,
}

impl Issuer {
    /// The signed receipt for a record.
    ///
    /// # Errors
    /// The signer's.
    pub async fn issue(
        &self,
        record: Record,
        signer: &impl Es256Signer,
    ) -> Result<String, CryptoUnavailable> {
        let header = Header {
            alg: "ES256".into(),
            typ: TYP.into(),
            kid: self.kid.clone(),
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: record.subject,
            jti: record.id(),
            iat: record.recorded_at.unix_seconds(),
            operator: self.operator.clone(),
            policy_url: self.policy_url.clone(),
            record,
        };
        jws::sign(&header, &claims, signer).await
    }
}

impl Claims {
    /// What a receipt claims, as long as nobody has checked who says so.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`], [`ReceiptError::Type`], [`ReceiptError::Contradiction`].
    pub fn unverified(receipt: &str) -> Result<Self, ReceiptError> {
        let jws = Unverified::parse(receipt)?;
        let header: Header = jws.header()?;
        if header.typ != TYP {
            return Err(ReceiptError::Type);
        }
        jws.unsigned_claims::<Self>()?.agreeing()
    }

    fn agreeing(self) -> Result<Self, ReceiptError> {
        let agrees = self.jti == self.record.id()
            && self.sub == self.record.subject
            && self.iat == self.record.recorded_at.unix_seconds();
        if agrees {
            Ok(self)
        } else {
            Err(ReceiptError::Contradiction)
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A receipt that its issuer's key signed and whose claims agree with its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    claims: Claims,
}

impl VerifiedReceipt {
    /// Verifies a receipt with the keys that its issuer has published.
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub async fn verify(
        receipt: &str,
        keys: &JwkSet,
        verifier: &impl SignatureVerifier,
    ) -> Result<Self, ReceiptError> {
        let jws = Unverified::parse(receipt)?;
        let header: Header = jws.header()?;
        if header.typ != TYP {
            return Err(ReceiptError::Type);
        }
        if Algorithm::from_name(&header.alg)? != Algorithm::Es256 {
            return Err(ReceiptError::Algorithm);
        }
        let key = keys.find(Some(&header.kid)).ok_or(ReceiptError::Key)?;
        let claims: Claims = jws
            .verify(Algorithm::Es256, key, verifier)
            .await?
            .claims()?;
        Ok(Self {
            claims: claims.agreeing()?,
        })
    }

    /// What the edge vouches for.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// Why a receipt is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// Not a compact JWS, or header or claims are not of the expected form.
    #[error("not a JWS of the expected form")]
    Malformed,
    /// Not a receipt.
    #[error("the typ is not kelisim-receipt+jwt")]
    Type,
    /// Not ES256.
    #[error("the algorithm is not ES256")]
    Algorithm,
    /// No such key among the issuer's.
    #[error("the key is not one of the issuer's")]
    Key,
    /// Not signed by that key.
    #[error("the signature is wrong")]
    Signature,
    /// Signed, but its claims contradict its record.
    #[error("the claims contradict the record")]
    Contradiction,
    /// Nobody could check the signature.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

impl From<JwsError> for ReceiptError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Malformed | JwsError::Header | JwsError::Claims => Self::Malformed,
            JwsError::Algorithm => Self::Algorithm,
            JwsError::Signature => Self::Signature,
            JwsError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

const TYP: &str = "kelisim-receipt+jwt";
