//! Problem documents (RFC 9457): every error that the HTTP interface answers with.
//!
//! ```json
//! {"type":"urn:kelisim:problem:token-expired","title":"The token has expired","status":401}
//! ```
//!
//! `type` is stable and is what programs look at; `detail` is for people.

use serde::{Deserialize, Serialize};

use crate::{edition::EditionId, statement::StatementError, token::TokenError};

/// The body of an error response, media type `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem it is.
    pub r#type: ProblemType,
    /// The kind in words, the same for every problem of the kind.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// This problem in words, where there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The edition in force, with [`ProblemType::EditionNotInForce`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<EditionId>,
}

impl From<ProblemType> for Problem {
    fn from(r#type: ProblemType) -> Self {
        Self {
            r#type,
            title: r#type.title().to_owned(),
            status: r#type.status(),
            detail: None,
            current: None,
        }
    }
}

impl Problem {
    /// The same problem with more said about it. No data of a person belongs there.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }
}

/// Declares the problem types with their slug, status and title, each documented once.
macro_rules! problem_types {
    ($($(#[doc = $doc:literal])+ $name:ident = $slug:literal, $status:literal, $title:literal;)+) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ProblemType {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nStatus ", $status, ".")]
                #[serde(rename = $slug)]
                $name,
            )+
        }

        impl ProblemType {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The URI that names the kind.
            #[must_use]
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$name => $slug,)+ }
            }

            /// The HTTP status code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// The kind in words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

problem_types! {
    /// The body is not JSON of the expected form: malformed, with a member unknown, missing or twice.
    MalformedBody = "urn:kelisim:problem:malformed-body", 400,
        "The body is not JSON of the expected form";
    /// The request carries no `Authorization: Bearer` token.
    TokenMissing = "urn:kelisim:problem:token-missing", 401,
        "A bearer token is required";
    /// The token is not a JWT with the claims that are demanded.
    TokenMalformed = "urn:kelisim:problem:token-malformed", 401,
        "The token is not a JWT with the required claims";
    /// The token's `alg` is `none`, an HMAC, or not its key's.
    TokenAlgorithm = "urn:kelisim:problem:token-algorithm", 401,
        "The token's algorithm is not accepted";
    /// The token's `iss` is not configured.
    TokenIssuer = "urn:kelisim:problem:token-issuer", 401,
        "The token's issuer is not trusted";
    /// The token's `kid` is not among its issuer's keys.
    TokenKey = "urn:kelisim:problem:token-key", 401,
        "The token's key is unknown";
    /// The token's signature does not verify.
    TokenSignature = "urn:kelisim:problem:token-signature", 401,
        "The token's signature is wrong";
    /// The token's `aud` does not name this edge.
    TokenAudience = "urn:kelisim:problem:token-audience", 401,
        "The token is for another audience";
    /// The token's `exp` has passed: fetch another.
    TokenExpired = "urn:kelisim:problem:token-expired", 401,
        "The token has expired";
    /// The token's `iat` or `nbf` lies more than 60 seconds ahead.
    TokenNotYetValid = "urn:kelisim:problem:token-not-yet-valid", 401,
        "The token is not valid yet";
    /// More than 15 minutes lie between the token's `iat` and `exp`.
    TokenLifetime = "urn:kelisim:problem:token-lifetime", 401,
        "The token is valid for too long";
    /// The staff token does not grant the role that is needed.
    RoleMissing = "urn:kelisim:problem:role-missing", 403,
        "The role that this needs is not granted";
    /// The request comes from a web page of an origin that is not configured.
    OriginNotAllowed = "urn:kelisim:problem:origin-not-allowed", 403,
        "Requests from this origin are not allowed";
    /// The request came by plain HTTP.
    HttpsRequired = "urn:kelisim:problem:https-required", 403,
        "HTTPS is required";
    /// There is nothing at this address.
    NotFound = "urn:kelisim:problem:not-found", 404,
        "There is nothing at this address";
    /// No edition has that id.
    EditionUnknown = "urn:kelisim:problem:edition-unknown", 404,
        "No edition has this id";
    /// No edition has been published yet.
    NoEdition = "urn:kelisim:problem:no-edition", 404,
        "No edition has been published";
    /// The method is none of those in the header `Allow`.
    MethodNotAllowed = "urn:kelisim:problem:method-not-allowed", 405,
        "The method is not allowed here";
    /// The statement names an edition that is no longer in force; `current` is the one that is.
    EditionNotInForce = "urn:kelisim:problem:edition-not-in-force", 409,
        "The edition is not in force";
    /// The statement's `jti` was used before, with other content.
    JtiReused = "urn:kelisim:problem:jti-reused", 409,
        "The statement's jti was used for something else";
    /// An initial edition is published already.
    EditionExists = "urn:kelisim:problem:edition-exists", 409,
        "There is an initial edition already";
    /// The body is longer than the limit of its route.
    BodyTooLarge = "urn:kelisim:problem:body-too-large", 413,
        "The body is too large";
    /// The body's media type is not `application/json`.
    UnsupportedMediaType = "urn:kelisim:problem:unsupported-media-type", 415,
        "The body must be application/json";
    /// The statement is not a JWS of the expected form.
    StatementMalformed = "urn:kelisim:problem:statement-malformed", 422,
        "The statement is not a JWS of the expected form";
    /// The statement's `typ` is not `kelisim-statement+jwt`.
    StatementType = "urn:kelisim:problem:statement-type", 422,
        "The statement is of another type";
    /// The statement's `alg` is not `ES256`.
    StatementAlgorithm = "urn:kelisim:problem:statement-algorithm", 422,
        "The statement's algorithm is not accepted";
    /// The statement's signature does not verify with the key in its header.
    StatementSignature = "urn:kelisim:problem:statement-signature", 422,
        "The statement's signature is wrong";
    /// The statement's key is not the one that the token names as `cnf.jkt`.
    StatementKey = "urn:kelisim:problem:statement-key", 422,
        "The statement's key is not the token's";
    /// The statement's `aud` does not name this edge.
    StatementAudience = "urn:kelisim:problem:statement-audience", 422,
        "The statement is for another audience";
    /// The statement's `ath` is not the hash of the token that it came with.
    StatementToken = "urn:kelisim:problem:statement-token", 422,
        "The statement is bound to another token";
    /// The statement's `text_sha256` is not the hash of the edition's text in that language.
    StatementText = "urn:kelisim:problem:statement-text", 422,
        "The text that was shown is not the edition's";
    /// The statement's nonce was not given out by this edge to this subject.
    NonceInvalid = "urn:kelisim:problem:nonce-invalid", 422,
        "The nonce is not one that was given out";
    /// The statement's nonce is older than 10 minutes: fetch another with `/v1/status`.
    NonceExpired = "urn:kelisim:problem:nonce-expired", 422,
        "The nonce has expired";
    /// The edition that was to be published is not one; `detail` names language and line.
    EditionInvalid = "urn:kelisim:problem:edition-invalid", 422,
        "The edition cannot be published";
    /// A fault of the edge. It is logged there; nothing was recorded unless a receipt says so.
    Internal = "urn:kelisim:problem:internal", 500,
        "Something went wrong here";
    /// The edge's configuration is incomplete or unsafe, so it serves nothing.
    Misconfigured = "urn:kelisim:problem:misconfigured", 500,
        "The service is not configured";
    /// A part of the edge cannot be reached now: try again.
    Unavailable = "urn:kelisim:problem:unavailable", 503,
        "The service is unavailable, try again";
}

impl From<TokenError> for ProblemType {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Malformed => Self::TokenMalformed,
            TokenError::Algorithm => Self::TokenAlgorithm,
            TokenError::Issuer => Self::TokenIssuer,
            TokenError::Key => Self::TokenKey,
            TokenError::Signature => Self::TokenSignature,
            TokenError::Audience => Self::TokenAudience,
            TokenError::Expired => Self::TokenExpired,
            TokenError::NotYetValid => Self::TokenNotYetValid,
            TokenError::Lifetime => Self::TokenLifetime,
            TokenError::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl From<StatementError> for ProblemType {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Malformed => Self::StatementMalformed,
            StatementError::Type => Self::StatementType,
            StatementError::Algorithm => Self::StatementAlgorithm,
            StatementError::Signature => Self::StatementSignature,
            StatementError::Key => Self::StatementKey,
            StatementError::Audience => Self::StatementAudience,
            StatementError::Token => Self::StatementToken,
            StatementError::Unavailable(_) => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_and_writes_by_its_uri() {
        for &kind in ProblemType::ALL {
            let json = serde_json::to_value(Problem::from(kind)).unwrap();
            assert_eq!(json["type"], kind.uri());
            assert_eq!(
                serde_json::from_value::<Problem>(json).unwrap().r#type,
                kind
            );
        }
    }
}
