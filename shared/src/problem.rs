//! Problem documents (RFC 9457): every error that the HTTP interface answers with.
//!
//! ```json
//! {"type":"urn:kelisim:problem:token-expired","title":"The token has expired","status":401}
//! ```
//!
//! `type` is stable and is what programs look at; `detail` is for people. The edge lists every kind with its cause and
//! cure at `/problems`.

use serde::{Deserialize, Serialize};

use crate::{edition::EditionId, statement::StatementError, token::TokenError};

/// The body of an error response, media type `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Problem {
    /// What kind of problem it is.
    pub r#type: ProblemType,
    /// The kind in words, the same for every problem of the kind.
    pub title: String,
    /// The HTTP status code.
    #[cfg_attr(feature = "openapi", schemars(range(min = 400, max = 599)))]
    pub status: u16,
    /// This problem in words, where there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The edition in force, with [`ProblemType::EditionNotInForce`], [`ProblemType::ConsentRequired`] and
    /// [`ProblemType::EditionSuperseded`].
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

/// Declares the problem types, each documented once: its cause, slug, status, title, and its cure.
macro_rules! problem_types {
    ($(#[doc = $cause:literal] $name:ident = $slug:literal, $status:literal, $title:literal, $cure:literal;)+) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
        pub enum ProblemType {
            $(
                #[doc = $cause]
                #[doc = concat!("\n\n", $cure, " Status ", $status, ".")]
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

            /// What the URI ends with, which is its place on the page `/problems`.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug.split_at(PREFIX.len()).1,)+ }
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

            /// Why it happens.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause.trim_ascii_start(),)+ }
            }

            /// What to do about it.
            #[must_use]
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$name => $cure,)+ }
            }
        }
    };
}

problem_types! {
    /// The body is not JSON of the expected form: malformed, with a member unknown, missing or twice.
    MalformedBody = "urn:kelisim:problem:malformed-body", 400,
        "The body is not JSON of the expected form",
        "Correct the body; `detail` names line and column.";
    /// A parameter of the address is missing, or has no value that it can have.
    QueryInvalid = "urn:kelisim:problem:query-invalid", 400,
        "A parameter of the address is missing or malformed",
        "Correct the address; `detail` names the parameter.";
    /// The request carries no `Authorization: Bearer` token.
    TokenMissing = "urn:kelisim:problem:token-missing", 401,
        "A bearer token is required",
        "Send the token in the header `Authorization`.";
    /// The token is not a JWT with the claims that are demanded.
    TokenMalformed = "urn:kelisim:problem:token-malformed", 401,
        "The token is not a JWT with the required claims",
        "Mint the token with every claim that the README lists.";
    /// The token's `alg` is `none`, an HMAC, or not its key's.
    TokenAlgorithm = "urn:kelisim:problem:token-algorithm", 401,
        "The token's algorithm is not accepted",
        "Sign with ES256, EdDSA or RS256.";
    /// The token's `iss` is not configured for this kind of token.
    TokenIssuer = "urn:kelisim:problem:token-issuer", 401,
        "The token's issuer is not trusted",
        "Have the issuer added to the edge's configuration, or send the right kind of token.";
    /// The token's `kid` is not among its issuer's keys.
    TokenKey = "urn:kelisim:problem:token-key", 401,
        "The token's key is unknown",
        "Sign with a key that the edge is configured with.";
    /// The token's signature does not verify.
    TokenSignature = "urn:kelisim:problem:token-signature", 401,
        "The token's signature is wrong",
        "Sign with the key that `kid` names.";
    /// The token's `aud` does not name this edge, or not for this use.
    TokenAudience = "urn:kelisim:problem:token-audience", 401,
        "The token is for another audience",
        "Mint the token with the audience that the README gives for this route.";
    /// The token's `exp` has passed.
    TokenExpired = "urn:kelisim:problem:token-expired", 401,
        "The token has expired",
        "Fetch another token.";
    /// The token's `iat` or `nbf` lies more than 60 seconds ahead.
    TokenNotYetValid = "urn:kelisim:problem:token-not-yet-valid", 401,
        "The token is not valid yet",
        "Set the issuer's clock.";
    /// Too much time lies between the token's `iat` and `exp`: more than 15 minutes, or 24 hours for staff.
    TokenLifetime = "urn:kelisim:problem:token-lifetime", 401,
        "The token is valid for too long",
        "Mint tokens that live shorter.";
    /// The staff token grants none of the roles that this needs.
    RoleMissing = "urn:kelisim:problem:role-missing", 403,
        "The role that this needs is not granted",
        "Ask for one of the roles in `detail`, or leave it to somebody who has it.";
    /// The request comes from a web page of an origin that is not configured.
    OriginNotAllowed = "urn:kelisim:problem:origin-not-allowed", 403,
        "Requests from this origin are not allowed",
        "Have the origin added to `ALLOWED_ORIGINS`.";
    /// Use is reported from outside the app and the company's own sites, which the policy does not cover (clause 1.5): a page without a configured origin, or an app that is not configured.
    UseOutOfScope = "urn:kelisim:problem:use-out-of-scope", 403,
        "The policy does not cover use in this place",
        "Report use from a page of a configured origin, or from a configured app.";
    /// The token is bound to a device key (`cnf`), which a form cannot prove.
    TokenBound = "urn:kelisim:problem:token-bound", 403,
        "The token is bound to a device key",
        "Mint the token for the form without `cnf`.";
    /// The request came by plain HTTP.
    HttpsRequired = "urn:kelisim:problem:https-required", 403,
        "HTTPS is required",
        "Use `https://`.";
    /// There is nothing at this address.
    NotFound = "urn:kelisim:problem:not-found", 404,
        "There is nothing at this address",
        "Look the address up in `/openapi.json`.";
    /// No edition has that id.
    EditionUnknown = "urn:kelisim:problem:edition-unknown", 404,
        "No edition has this id",
        "Look the id up in `/v1/editions`.";
    /// No edition has been published yet.
    NoEdition = "urn:kelisim:problem:no-edition", 404,
        "No edition has been published",
        "Publish one.";
    /// No edition is scheduled under that id: it was cancelled, or is out already.
    ScheduleUnknown = "urn:kelisim:problem:schedule-unknown", 404,
        "No edition is scheduled under this id",
        "Look at `/v1/admin/editions/scheduled` and `/v1/editions`.";
    /// The id is not a pseudonym, or there is nothing on record under it that could be erased.
    SubjectUnknown = "urn:kelisim:problem:subject-unknown", 404,
        "This is not the id of a subject",
        "Look the pseudonym up with `/v1/admin/subjects/lookup`.";
    /// The subject has no receipt of a record with that id.
    ReceiptUnknown = "urn:kelisim:problem:receipt-unknown", 404,
        "The subject has no such receipt",
        "Look at `/v1/receipts`.";
    /// The log has no such tile: none of that path, or none yet, or a wider one by now.
    TileUnknown = "urn:kelisim:problem:tile-unknown", 404,
        "The log has no such tile",
        "Take the tiles of a tree of the size that `/log/checkpoint` names; where a partial one is gone, the full one is there.";
    /// The edge has no log, or it is not in there yet.
    NotLogged = "urn:kelisim:problem:not-logged", 404,
        "It is not in the log",
        "Try again in some seconds.";
    /// The method is none of those in the header `Allow`.
    MethodNotAllowed = "urn:kelisim:problem:method-not-allowed", 405,
        "The method is not allowed here",
        "Use one of the methods in `Allow`.";
    /// The receipt cannot be had in that format: it is not of an acceptance, or the operator is not configured as the format demands.
    NotExportable = "urn:kelisim:problem:not-exportable", 409,
        "The receipt cannot be had in this format",
        "Take the file without `format`; `detail` says what is missing.";
    /// The message names an edition that is no longer in force; `current` is the one that is.
    EditionNotInForce = "urn:kelisim:problem:edition-not-in-force", 409,
        "The edition is not in force",
        "Show the edition in `current`, and ask again.";
    /// The app was used by somebody who has accepted nothing yet, or has withdrawn, or whose agreement has ended. Nothing follows from such use; `current` is the edition in force.
    ConsentRequired = "urn:kelisim:problem:consent-required", 409,
        "The policy has to be accepted by pressing the button",
        "Show the notice of the edition in `current`.";
    /// The message's own id (`jti` or `report`) was used before, with other content.
    JtiReused = "urn:kelisim:problem:jti-reused", 409,
        "The id of the message was used for something else",
        "Choose a fresh id for each message.";
    /// A withdrawal was recorded under that number of application, with other content.
    ApplicationReused = "urn:kelisim:problem:application-reused", 409,
        "The number of the application stands for another one",
        "Check the number; records are never changed.";
    /// The draft was written to replace an edition that is not in force, or as the initial one when there is one already; `current` is the one in force.
    EditionSuperseded = "urn:kelisim:problem:edition-superseded", 409,
        "The draft does not replace the edition in force",
        "Compare the draft with the edition in `current`, and name that in `supersedes`.";
    /// Another edition is scheduled, which replaces the same one.
    EditionScheduled = "urn:kelisim:problem:edition-scheduled", 409,
        "Another edition is scheduled",
        "Cancel the scheduled edition, or wait until it is out.";
    /// A legal hold keeps the subject's records.
    LegalHold = "urn:kelisim:problem:legal-hold", 409,
        "A legal hold forbids this",
        "Have the hold lifted first.";
    /// Everything about the subject was erased, and is not to begin again.
    SubjectErased = "urn:kelisim:problem:subject-erased", 410,
        "The subject was erased",
        "Nothing can be done under this user's id.";
    /// The body is longer than the limit of its route.
    BodyTooLarge = "urn:kelisim:problem:body-too-large", 413,
        "The body is too large",
        "Send less.";
    /// The body's media type is not the one that the route takes.
    UnsupportedMediaType = "urn:kelisim:problem:unsupported-media-type", 415,
        "The body is of another media type",
        "Send `application/json`, or for the form `application/x-www-form-urlencoded`.";
    /// The statement is not a JWS of the expected form.
    StatementMalformed = "urn:kelisim:problem:statement-malformed", 422,
        "The statement is not a JWS of the expected form",
        "Make the statement as `shared/src/statement.rs` describes.";
    /// The statement's `typ` is not `kelisim-statement+jwt`.
    StatementType = "urn:kelisim:problem:statement-type", 422,
        "The statement is of another type",
        "Set `typ`.";
    /// The statement's `alg` is not `ES256`.
    StatementAlgorithm = "urn:kelisim:problem:statement-algorithm", 422,
        "The statement's algorithm is not accepted",
        "Sign with ES256.";
    /// The statement's signature does not verify with the key in its header.
    StatementSignature = "urn:kelisim:problem:statement-signature", 422,
        "The statement's signature is wrong",
        "Sign with the key whose public half is in `jwk`.";
    /// The statement's key is not the one that the token names as `cnf.jkt`.
    StatementKey = "urn:kelisim:problem:statement-key", 422,
        "The statement's key is not the token's",
        "Sign with the device key that the token is bound to.";
    /// The statement's `aud` does not name this edge.
    StatementAudience = "urn:kelisim:problem:statement-audience", 422,
        "The statement is for another audience",
        "Set `aud` to the `audience` of `/v1/status`.";
    /// The statement's `ath` is not the hash of the token that it came with.
    StatementToken = "urn:kelisim:problem:statement-token", 422,
        "The statement is bound to another token",
        "Sign a fresh statement for the token that is sent.";
    /// The statement's `text_sha256` is not the hash of the edition's text in that language.
    StatementText = "urn:kelisim:problem:statement-text", 422,
        "The text that was shown is not the edition's",
        "Fetch the edition again and show its text.";
    /// The statement's nonce was not given out by this edge to this subject.
    NonceInvalid = "urn:kelisim:problem:nonce-invalid", 422,
        "The nonce is not one that was given out",
        "Fetch a nonce with `/v1/status`.";
    /// The statement's nonce is older than 10 minutes, or than the subject's withdrawal or the end of the agreement.
    NonceExpired = "urn:kelisim:problem:nonce-expired", 422,
        "The nonce has expired",
        "Fetch another with `/v1/status`.";
    /// The form was not made by this edge, or was changed.
    FormInvalid = "urn:kelisim:problem:form-invalid", 422,
        "The form is not one that was given out",
        "Open `/consent` again.";
    /// The form is older than an hour, or than the subject's withdrawal or the end of the agreement.
    FormExpired = "urn:kelisim:problem:form-expired", 422,
        "The form has expired",
        "Open `/consent` again.";
    /// The edition that was to be published is not one, or its deadline lies outside the calendar of working days.
    EditionInvalid = "urn:kelisim:problem:edition-invalid", 422,
        "The edition cannot be published",
        "Correct what `detail` names, by language and line.";
    /// The edition was to be published in the past.
    PublicationInPast = "urn:kelisim:problem:publication-in-past", 422,
        "An edition cannot be back-dated",
        "Leave `publish_at` out, or name an instant ahead.";
    /// The issuer in a look-up is none of the configured ones that vouch for subjects.
    IssuerUnknown = "urn:kelisim:problem:issuer-unknown", 422,
        "This issuer does not vouch for subjects",
        "Name an issuer of `SUBJECT_ISSUERS`.";
    /// A time in an order lies ahead of the server's clock.
    TimeInFuture = "urn:kelisim:problem:time-in-future", 422,
        "The time lies in the future",
        "Record it when it has happened.";
    /// A withdrawal takes effect before it was received.
    EffectiveTooEarly = "urn:kelisim:problem:effective-too-early", 422,
        "A withdrawal cannot take effect before it was received",
        "Correct `received_at` or `effective_at`.";
    /// The agreement is to have ended before the day on which an edition was last accepted under it.
    EndedTooEarly = "urn:kelisim:problem:ended-too-early", 422,
        "An edition was accepted after that day",
        "Check the date against the subject's records.";
    /// The use that is reported lies more than 10 minutes from the edge's clock.
    UseOutdated = "urn:kelisim:problem:use-outdated", 422,
        "The report comes too late, or too early",
        "Report use when it happens; what was kept back counts for nothing.";
    /// The agreement ended three years ago or more, so that the records would be erased at once.
    RetentionLapsed = "urn:kelisim:problem:retention-lapsed", 422,
        "The time for which records are kept has passed already",
        "Check the date; to erase, use `DELETE /v1/admin/subjects/{id}`.";
    /// Too many requests came for this subject, or from this address.
    RateLimited = "urn:kelisim:problem:rate-limited", 429,
        "Too many requests",
        "Wait for as many seconds as `Retry-After` says.";
    /// A fault of the edge. It is logged there; nothing was recorded unless a receipt says so.
    Internal = "urn:kelisim:problem:internal", 500,
        "Something went wrong here",
        "Try again; if it stays, tell the operator when it happened.";
    /// What the log has stored contradicts what it has signed: somebody has changed it. It signs nothing any more.
    LogContradiction = "urn:kelisim:problem:log-contradiction", 500,
        "The log contradicts itself",
        "Tell the operator, and whoever audits the log; keep the checkpoint that you have.";
    /// The edge's configuration is incomplete or unsafe, so it serves nothing.
    Misconfigured = "urn:kelisim:problem:misconfigured", 500,
        "The service is not configured",
        "The edge's log names the variable.";
    /// A part of the edge cannot be reached now, or its clock is behind what it wrote last.
    Unavailable = "urn:kelisim:problem:unavailable", 503,
        "The service is unavailable, try again",
        "Try again: a message that was recorded meanwhile is not recorded twice.";
}

/// How every URI begins.
const PREFIX: &str = "urn:kelisim:problem:";

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
            assert_eq!([PREFIX, kind.slug()].concat(), kind.uri());
            assert_eq!(
                serde_json::from_value::<Problem>(json).unwrap().r#type,
                kind
            );
        }
    }
}
