//! Tokens by which hosts vouch for subjects, and an identity provider for staff: JWTs (RFC 7519).
//!
//! A subject token is minted by the host's backend for one of its users:
//!
//! ```json
//! {"iss":"https://id.example","aud":"https://consent.example","sub":"user-4711",
//!  "iat":1795410000,"exp":1795410600,"agreement":"2026-01","cnf":{"jkt":"…"}}
//! ```
//!
//! | claim | demanded |
//! |---|---|
//! | `iss` | one of the configured issuers, whose keys then verify the signature |
//! | `aud` | the configured audience, alone or in a list |
//! | `sub` | one line of 1 to 255 bytes, see [`Line`] |
//! | `iat`, `exp` | whole seconds; `exp` after now, `iat` at most 60 s ahead, at most 15 min between them |
//! | `nbf` | optional; at most 60 s ahead |
//! | `agreement` | version of the user agreement that the subject joined, 1 to 64 bytes (policy, clause 1.2) |
//! | `cnf.jkt` | optional; thumbprint of the device key that statements must be signed by (RFC 7800, RFC 9449) |
//!
//! A service token, by which a host's backend speaks for itself, has the same form without the last two; its audience is
//! another, so that neither passes for the other, and `sub` names the backend.
//!
//! A staff token names roles in a claim that is configured for its issuer ([`StaffIssuer`]), in place of the last two. It
//! may live for 24 hours, as those of identity providers do. Other claims are ignored, as RFC 7519, section 4, demands.

use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use thiserror::Error;

use crate::{
    digest::Sha256Digest,
    jwk::JwkSet,
    jws::{Algorithm, CryptoUnavailable, JwsError, SignatureVerifier, Unverified},
    record::Staff,
    text::Line,
    time::Timestamp,
};

/// An issuer that is trusted, for one audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// What `iss` must be.
    pub issuer: Line<200>,
    /// What `aud` must be or contain.
    pub audience: String,
    /// The keys that its tokens are signed with.
    pub keys: Keys,
}

/// Where the keys of an issuer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Here.
    Configured(JwkSet),
    /// At this address, where the issuer changes them as it likes: `jwks_uri` of OpenID Connect Discovery 1.0, section 3.
    Published(String),
}

/// Fetches the keys that issuers publish.
pub trait PublishedKeys {
    /// The keys at that address, as they are now, or as they were a short while ago if `kid` was among them.
    ///
    /// # Errors
    /// They cannot be had now; the caller may try again.
    fn published_keys(
        &self,
        address: &str,
        kid: Option<&str>,
    ) -> impl Future<Output = Result<Rc<JwkSet>, CryptoUnavailable>>;
}

/// An issuer of staff tokens, and where those name roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffIssuer {
    /// Whom to trust.
    pub issuer: Issuer,
    /// Where its tokens hold the list of what a member of staff is: a JSON pointer (RFC 6901), such as `/roles` or
    /// `/custom/groups`.
    pub claim: String,
    /// What stands there for each role.
    pub names: Vec<(Role, String)>,
}

/// What staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Publishes editions.
    Publisher,
    /// Handles subjects: withdrawals, terminations, holds, erasure.
    Officer,
    /// Reads, and changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Publisher, Self::Officer, Self::Auditor];

    /// Who publishes editions.
    pub const PUBLISHERS: &[Self] = &[Self::Publisher];

    /// Who gives orders about subjects.
    pub const OFFICERS: &[Self] = &[Self::Officer];

    /// Who reads subjects' records.
    pub const READERS: &[Self] = &[Self::Officer, Self::Auditor];

    /// Its name, which also stands for it in tokens unless another is configured.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Officer => "officer",
            Self::Auditor => "auditor",
        }
    }
}

/// A verified token of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectToken {
    issuer: Line<200>,
    subject: Line<255>,
    agreement: Line<64>,
    key_thumbprint: Option<String>,
    hash: TokenHash,
}

/// The hash of a token that a statement is bound to: `ath` (RFC 9449, section 4.2), base64url.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(extend("pattern" = "^[A-Za-z0-9_-]{43}$")))]
#[serde(transparent)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash of a token in its compact form.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self::from_digest(&Sha256Digest::of(token.as_bytes()))
    }

    /// The same, from the token's SHA-256.
    #[must_use]
    pub fn from_digest(digest: &Sha256Digest) -> Self {
        Self(Base64UrlUnpadded::encode_string(digest.as_bytes()))
    }

    /// Its spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SubjectToken {
    /// Verifies a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify(
        token: &str,
        issuers: &[Issuer],
        now: Timestamp,
        verifier: &(impl SignatureVerifier + PublishedKeys),
    ) -> Result<Self, TokenError> {
        #[derive(Deserialize)]
        struct Private {
            agreement: Line<64>,
            cnf: Option<Confirmation>,
        }
        #[derive(Deserialize)]
        struct Confirmation {
            jkt: String,
        }
        let (issuer, registered, private) =
            verify::<_, Private>(token, issuers, Lifetime::Short, now, verifier).await?;
        Ok(Self {
            issuer: issuer.issuer.clone(),
            subject: registered.sub,
            agreement: private.agreement,
            key_thumbprint: private.cnf.map(|confirmation| confirmation.jkt),
            hash: TokenHash::of(token),
        })
    }

    /// The issuer, one of the configured ones.
    #[must_use]
    pub const fn issuer(&self) -> &Line<200> {
        &self.issuer
    }

    /// The subject's id at the host.
    #[must_use]
    pub const fn subject(&self) -> &Line<255> {
        &self.subject
    }

    /// The version of the user agreement.
    #[must_use]
    pub const fn agreement(&self) -> &Line<64> {
        &self.agreement
    }

    /// The thumbprint that the device key must have, in base64url, if the token names one.
    #[must_use]
    pub fn key_thumbprint(&self) -> Option<&str> {
        self.key_thumbprint.as_deref()
    }

    /// What a statement's `ath` must be.
    #[must_use]
    pub const fn hash(&self) -> &TokenHash {
        &self.hash
    }
}

/// A verified token of a host's backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    issuer: Line<200>,
    service: Line<255>,
}

impl ServiceToken {
    /// Verifies a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify(
        token: &str,
        issuers: &[Issuer],
        now: Timestamp,
        verifier: &(impl SignatureVerifier + PublishedKeys),
    ) -> Result<Self, TokenError> {
        #[derive(Deserialize)]
        struct Private {}
        let (issuer, registered, Private {}) =
            verify(token, issuers, Lifetime::Short, now, verifier).await?;
        Ok(Self {
            issuer: issuer.issuer.clone(),
            service: registered.sub,
        })
    }

    /// The issuer, one of the configured ones: the one whose subjects the backend may speak of.
    #[must_use]
    pub const fn issuer(&self) -> &Line<200> {
        &self.issuer
    }

    /// The backend, as its issuer calls it.
    #[must_use]
    pub const fn service(&self) -> &Line<255> {
        &self.service
    }
}

/// A verified token of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffToken {
    staff: Staff,
    roles: Vec<Role>,
}

impl StaffToken {
    /// Verifies a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify(
        token: &str,
        issuers: &[StaffIssuer],
        now: Timestamp,
        verifier: &(impl SignatureVerifier + PublishedKeys),
    ) -> Result<Self, TokenError> {
        let (issuer, registered, claims) =
            verify::<_, Value>(token, issuers, Lifetime::Day, now, verifier).await?;
        Ok(Self {
            roles: issuer.roles(&claims),
            staff: Staff {
                issuer: issuer.issuer.issuer.clone(),
                subject: registered.sub,
            },
        })
    }

    /// Who it is.
    #[must_use]
    pub const fn staff(&self) -> &Staff {
        &self.staff
    }

    /// Whether the token grants one of these roles.
    #[must_use]
    pub fn grants(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|granted| roles.contains(granted))
    }
}

impl StaffIssuer {
    /// The roles that claims name, by a list of names or by one name.
    fn roles(&self, claims: &Value) -> Vec<Role> {
        let named = |name: &str| match claims.pointer(&self.claim) {
            Some(Value::String(only)) => only == name,
            Some(Value::Array(list)) => list.iter().any(|one| one == name),
            _ => false,
        };
        let granted = self.names.iter().filter(|(_, name)| named(name));
        granted.map(|(role, _)| *role).collect()
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not a JWT, or claims are missing or of a wrong type.
    #[error("the token is not a JWT with the claims that are demanded")]
    Malformed,
    /// `none`, an HMAC, or an algorithm that is not the key's.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// No configured issuer has that name.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// The issuer has published no key with that id.
    #[error("the token's key is not one of its issuer's")]
    Key,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is meant for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `iat` or `nbf` lies ahead.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// More than 15 minutes between `iat` and `exp`, or for staff more than 24 hours.
    #[error("the token is valid for too long")]
    Lifetime,
    /// Nobody could check the signature.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515, section 4.1.11): we understand none.
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Registered {
    aud: Audience,
    sub: Line<255>,
    iat: i64,
    exp: i64,
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn includes(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

/// Issuers of any kind of token.
trait Trusted {
    fn issuer(&self) -> &Issuer;
}

impl Trusted for Issuer {
    fn issuer(&self) -> &Issuer {
        self
    }
}

impl Trusted for StaffIssuer {
    fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}

/// How much time may lie between `iat` and `exp`, in seconds.
#[derive(Clone, Copy)]
enum Lifetime {
    /// 15 minutes.
    Short = 900,
    /// 24 hours.
    Day = 86_400,
}

async fn verify<'a, I: Trusted, P: DeserializeOwned>(
    token: &str,
    issuers: &'a [I],
    lifetime: Lifetime,
    now: Timestamp,
    verifier: &(impl SignatureVerifier + PublishedKeys),
) -> Result<(&'a I, Registered, P), TokenError> {
    #[derive(Deserialize)]
    struct Hint {
        iss: String,
    }
    let jws = Unverified::parse(token)?;
    let header: Header = jws.header()?;
    let algorithm = Algorithm::from_name(&header.alg)?;
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    let hint: Hint = jws.unsigned_claims()?;
    let trusted = issuers
        .iter()
        .find(|trusted| trusted.issuer().issuer.as_str() == hint.iss)
        .ok_or(TokenError::Issuer)?;
    let issuer = trusted.issuer();
    let kid = header.kid.as_deref();
    let published;
    let keys = match &issuer.keys {
        Keys::Configured(keys) => keys,
        Keys::Published(address) => {
            published = verifier.published_keys(address, kid).await?;
            &*published
        }
    };
    let key = keys.find(kid).ok_or(TokenError::Key)?;
    let payload = jws.verify(algorithm, key, verifier).await?;
    let claims: Registered = payload.claims()?;
    claims.check(issuer, lifetime, now.unix_seconds())?;
    Ok((trusted, claims, payload.claims()?))
}

impl Registered {
    fn check(&self, issuer: &Issuer, lifetime: Lifetime, now: i64) -> Result<(), TokenError> {
        if !self.aud.includes(&issuer.audience) {
            return Err(TokenError::Audience);
        }
        if self.exp <= now {
            return Err(TokenError::Expired);
        }
        if self.iat.max(self.nbf.unwrap_or(self.iat)) > now.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        if self.exp.saturating_sub(self.iat) > lifetime as i64 {
            return Err(TokenError::Lifetime);
        }
        Ok(())
    }
}

impl From<JwsError> for TokenError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Malformed | JwsError::Header | JwsError::Claims => Self::Malformed,
            JwsError::Algorithm => Self::Algorithm,
            JwsError::Signature => Self::Signature,
            JwsError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

/// How far an issuer's clock may be ahead, in seconds.
const LEEWAY_SECONDS: i64 = 60;
