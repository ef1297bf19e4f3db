//! The configuration: variables and secrets of the Worker, parsed once.
//!
//! | name | kind | what it is |
//! |---|---|---|
//! | `ENVIRONMENT` | variable | `production` or `preview` |
//! | `AUDIENCE` | variable | this edge: `aud` of tokens and statements, `iss` of receipts; an `https` URL |
//! | `OPERATOR` | variable | JSON: `name`, and optionally `bin` and `address`, of whose policy it is |
//! | `IMPRINT` | variable, optional | JSON: `service`, `contact`, `email`, `phone`, for exports that demand them; see [`Imprint`] |
//! | `POLICY_URL` | variable | where the edition in force is always to be found |
//! | `ALLOWED_ORIGINS` | variable | JSON: list of origins whose pages may call this edge |
//! | `SUBJECT_ISSUERS` | variable | JSON: list of `{"issuer": "…", "jwks": {"keys": […]}}` that vouch for subjects; in place of `jwks`, `"jwks_uri": "https://…"` where the issuer publishes its keys and changes them |
//! | `SERVICE_ISSUERS` | variable, optional | the same, of hosts' backends that report use of native apps; each speaks of the subjects of its own name |
//! | `ALLOWED_APPS` | variable, optional | JSON: list of ids of native apps whose use counts (policy, clause 1.5) |
//! | `STAFF_ISSUERS` | variable | JSON: list of identity providers of staff, see below |
//! | `RETIRED_RECEIPT_KEYS` | variable, optional | JWK Set of public keys that signed receipts before |
//! | `LOG_ORIGIN` | variable | the log's name, which no other log has: where it is served, without `https://`; see [`crate::log`] |
//! | `WITNESSES` | variable, optional | JSON: list of `{"key": "<name>+<id>+<key>", "url": "https://…"}` that sign the log's checkpoints as well (C2SP tlog-witness) |
//! | `RECEIPT_KEY` | secret | private P-256 JWK with `kid`, which signs receipts |
//! | `PSEUDONYM_KEY` | secret | 32 bytes, base64url; see [`crate::pseudonym`] |
//! | `NONCE_KEY` | secret | 32 bytes, base64url; see [`crate::nonce`], [`crate::ticket`] and [`crate::limits`] |
//! | `LOG_KEY` | secret | private Ed25519 JWK with `kid`, which signs the log's checkpoints; a preview without it has no log |
//! | `PREVIEW_ISSUER_KEY` | secret | preview only: private P-256 JWK with `kid` of the preview's issuer |
//!
//! An identity provider is any that issues JWTs with a claim for roles: one of OpenID Connect, or Cloudflare Access:
//!
//! ```json
//! {"issuer": "https://team.cloudflareaccess.com", "audience": "<AUD tag of the application>",
//!  "jwks_uri": "https://team.cloudflareaccess.com/cdn-cgi/access/certs",
//!  "claim": "/custom/groups", "roles": {"publisher": "kelisim-publishers", "officer": "kelisim-officers"}}
//! ```
//!
//! `audience` is `AUDIENCE` unless given. `claim` is a JSON pointer (RFC 6901) into the token, `/roles` unless given; `roles`
//! says what stands there for a role, its own name unless given.
//!
//! A configuration that is incomplete, or that mixes preview and production, is refused whole: the edge
//! then answers every request with the problem `misconfigured`.

mod keys;

use std::collections::{BTreeMap, BTreeSet};

use kelisim_shared::{
    edition::Operator,
    export::Imprint,
    jwk::{JwkSet, P256PublicKey},
    log::note::{self, Name, VerifierKey},
    policy::HttpsUrl,
    receipt,
    text::Line,
    token::{Issuer, Keys, Role, StaffIssuer},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use thiserror::Error;

pub use self::keys::{Ed25519Key, PrivateKey, SecretBytes};

/// The edge's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether this is the preview.
    pub environment: Environment,
    /// What statements must be meant for.
    pub audience: Line<200>,
    /// Whose policy it is.
    pub operator: Operator,
    /// What the operator says of itself in exports.
    pub imprint: Option<Imprint>,
    /// Where the edition in force is always to be found.
    pub policy_url: Line<200>,
    /// Origins whose pages may call this edge.
    pub allowed_origins: Vec<String>,
    /// Who vouches for subjects.
    pub subject_issuers: Vec<Issuer>,
    /// Who vouches for hosts' backends.
    pub service_issuers: Vec<Issuer>,
    /// Native apps whose use counts.
    pub allowed_apps: Vec<Line<200>>,
    /// Who vouches for staff.
    pub staff_issuers: Vec<StaffIssuer>,
    /// The key that signs receipts.
    pub receipt_key: PrivateKey,
    /// The keys that receipts verify with, as they are published: the present one and retired ones.
    pub published_keys: Value,
    /// The same keys, to verify with.
    pub receipt_keys: JwkSet,
    /// See [`crate::pseudonym`].
    pub pseudonym_key: SecretBytes,
    /// See [`crate::nonce`].
    pub nonce_key: SecretBytes,
    /// The log; a preview may have none.
    pub log: Option<Log>,
}

/// The log of this edge.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its public key, with its name.
    pub key: VerifierKey,
    /// The key that signs checkpoints.
    pub signing_key: Ed25519Key,
    /// Who signs them besides.
    pub witnesses: Vec<Witness>,
}

/// A witness of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its public key, with its name.
    pub key: VerifierKey,
    /// What `/add-checkpoint` is added to.
    pub url: String,
}

/// Which environment the edge runs in.
#[derive(Clone, Debug)]
pub enum Environment {
    /// For real subjects.
    Production,
    /// For the product team, on a machine of theirs.
    Preview {
        /// The key of the preview's own issuer.
        issuer_key: PrivateKey,
    },
}

impl Config {
    /// Parses the configuration from variables and secrets, looked up by name.
    ///
    /// # Errors
    /// The first thing that is wrong, by the variable's name.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(lookup);
        let audience = variables.url("AUDIENCE")?;
        let receipt_key: PrivateKey = variables.parsed("RECEIPT_KEY", PrivateKey::parse)?;
        let environment = variables.environment(&receipt_key)?;
        let uses = service_audience(&audience);
        let mut subject_issuers = variables.issuers("SUBJECT_ISSUERS", audience.as_str())?;
        let mut service_issuers = variables.issuers("SERVICE_ISSUERS", &uses)?;
        let mut staff_issuers = variables.staff_issuers("STAFF_ISSUERS", &audience)?;
        if let Environment::Preview { issuer_key } = &environment {
            let preview = |audience: &str| Issuer {
                issuer: PREVIEW_ISSUER
                    .parse()
                    .expect("a constant that a test parses"),
                audience: audience.to_owned(),
                keys: Keys::Configured(JwkSet::new(vec![issuer_key.named_public_key()])),
            };
            subject_issuers.push(preview(audience.as_str()));
            service_issuers.push(preview(&uses));
            staff_issuers.push(StaffIssuer {
                issuer: preview(audience.as_str()),
                claim: DEFAULT_CLAIM.to_owned(),
                names: role_names(&BTreeMap::new()),
            });
        }
        let published_keys = variables.published_keys(&receipt_key)?;
        if subject_issuers.is_empty() || has_twice(&subject_issuers) {
            return Err(ConfigError::Invalid("SUBJECT_ISSUERS"));
        }
        if has_twice(&service_issuers) {
            return Err(ConfigError::Invalid("SERVICE_ISSUERS"));
        }
        if has_twice(staff_issuers.iter().map(|staff| &staff.issuer)) {
            return Err(ConfigError::Invalid("STAFF_ISSUERS"));
        }
        Ok(Self {
            operator: variables.json("OPERATOR")?,
            imprint: variables.json_or_default("IMPRINT")?,
            policy_url: variables.url("POLICY_URL")?,
            allowed_origins: variables.origins(&environment)?,
            pseudonym_key: variables.parsed("PSEUDONYM_KEY", SecretBytes::parse)?,
            nonce_key: variables.parsed("NONCE_KEY", SecretBytes::parse)?,
            receipt_keys: JwkSet::parse(published_keys.to_string().as_bytes())
                .map_err(|_| ConfigError::Invalid("RETIRED_RECEIPT_KEYS"))?,
            published_keys,
            allowed_apps: variables.json_or_default("ALLOWED_APPS")?,
            log: variables.log(&environment)?,
            environment,
            audience,
            subject_issuers,
            service_issuers,
            staff_issuers,
            receipt_key,
        })
    }

    /// Whether this is the preview.
    #[must_use]
    pub const fn is_preview(&self) -> bool {
        matches!(self.environment, Environment::Preview { .. })
    }

    /// What the receipts of this edge say about it.
    #[must_use]
    pub fn receipt_issuer(&self) -> receipt::Issuer {
        receipt::Issuer {
            issuer: self.audience.clone(),
            operator: self.operator.clone(),
            policy_url: self.policy_url.clone(),
            kid: self.receipt_key.kid().to_owned(),
        }
    }
}

/// Why a configuration is refused. Names variables, never values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A variable or secret is not set.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// A variable or secret is not of the form that is documented.
    #[error("{0} is not of the documented form")]
    Invalid(&'static str),
    /// A secret of the preview is set in production.
    #[error("{0} belongs to the preview and is set in production")]
    PreviewInProduction(&'static str),
    /// The build has no preview in it, or has one and is to run in production.
    #[error("ENVIRONMENT does not fit this build")]
    WrongBuild,
}

/// `iss` of the tokens that the preview's own issuer gives out.
pub const PREVIEW_ISSUER: &str = "https://preview.kelisim.invalid";

/// Where tokens of staff name roles, unless it is configured.
const DEFAULT_CLAIM: &str = "/roles";

/// How the ids of keys of the preview begin.
const PREVIEW_KID: &str = "preview-";

struct Variables<F>(F);

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.0(name).ok_or(ConfigError::Missing(name))
    }

    fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        parse(&self.required(name)?).ok_or(ConfigError::Invalid(name))
    }

    fn url(&self, name: &'static str) -> Result<Line<200>, ConfigError> {
        self.parsed(name, |text| {
            HttpsUrl::parse(text.to_owned()).ok()?;
            text.parse().ok()
        })
    }

    /// Origins are compared to the byte, so they have to be written as browsers write them: `https://host` or
    /// `https://host:port`; in the preview `http` will do.
    fn origins(&self, environment: &Environment) -> Result<Vec<String>, ConfigError> {
        const NAME: &str = "ALLOWED_ORIGINS";
        let origins: Vec<String> = self.json(NAME)?;
        let is_origin = |origin: &String| {
            let is_preview = matches!(environment, Environment::Preview { .. });
            let host = match origin.split_once("://") {
                Some(("https", host)) => host,
                Some(("http", host)) if is_preview => host,
                _ => return false,
            };
            let is_plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b':');
            !host.is_empty() && host.bytes().all(is_plain)
        };
        if origins.iter().all(is_origin) {
            Ok(origins)
        } else {
            Err(ConfigError::Invalid(NAME))
        }
    }

    fn json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.parsed(name, |text| serde_json::from_str(text).ok())
    }

    fn environment(&self, receipt_key: &PrivateKey) -> Result<Environment, ConfigError> {
        let preview_build = cfg!(feature = "preview");
        match (self.required("ENVIRONMENT")?.as_str(), preview_build) {
            ("production", false) => {
                if self.0("PREVIEW_ISSUER_KEY").is_some() {
                    return Err(ConfigError::PreviewInProduction("PREVIEW_ISSUER_KEY"));
                }
                if receipt_key.kid().starts_with(PREVIEW_KID) {
                    return Err(ConfigError::PreviewInProduction("RECEIPT_KEY"));
                }
                Ok(Environment::Production)
            }
            ("preview", true) => Ok(Environment::Preview {
                issuer_key: self.parsed("PREVIEW_ISSUER_KEY", PrivateKey::parse)?,
            }),
            ("production" | "preview", _) => Err(ConfigError::WrongBuild),
            _ => Err(ConfigError::Invalid("ENVIRONMENT")),
        }
    }

    fn json_or_default<T: DeserializeOwned + Default>(
        &self,
        name: &'static str,
    ) -> Result<T, ConfigError> {
        match self.0(name) {
            None => Ok(T::default()),
            Some(_) => self.json(name),
        }
    }

    fn issuers(&self, name: &'static str, audience: &str) -> Result<Vec<Issuer>, ConfigError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Entry {
            issuer: Line<200>,
            jwks: Option<Value>,
            jwks_uri: Option<String>,
        }
        let entries: Vec<Entry> = self.json_or_default(name)?;
        let issuer = |entry: Entry| {
            let keys = keys(entry.jwks, entry.jwks_uri).ok_or(ConfigError::Invalid(name))?;
            trusted(name, entry.issuer, audience.to_owned(), keys)
        };
        entries.into_iter().map(issuer).collect()
    }

    fn staff_issuers(
        &self,
        name: &'static str,
        audience: &Line<200>,
    ) -> Result<Vec<StaffIssuer>, ConfigError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Entry {
            issuer: Line<200>,
            audience: Option<String>,
            jwks: Option<Value>,
            jwks_uri: Option<String>,
            claim: Option<String>,
            #[serde(default)]
            roles: BTreeMap<String, String>,
        }
        let entries: Vec<Entry> = self.json(name)?;
        let issuer = |entry: Entry| {
            let audience = entry.audience.unwrap_or_else(|| audience.to_string());
            let claim = entry.claim.unwrap_or_else(|| DEFAULT_CLAIM.to_owned());
            let is_role = |role: &String| Role::ALL.iter().any(|known| known.name() == role);
            if audience.is_empty() || !claim.starts_with('/') || !entry.roles.keys().all(is_role) {
                return Err(ConfigError::Invalid(name));
            }
            let keys = keys(entry.jwks, entry.jwks_uri).ok_or(ConfigError::Invalid(name))?;
            Ok(StaffIssuer {
                issuer: trusted(name, entry.issuer, audience, keys)?,
                claim,
                names: role_names(&entry.roles),
            })
        };
        entries.into_iter().map(issuer).collect()
    }

    fn log(&self, environment: &Environment) -> Result<Option<Log>, ConfigError> {
        let is_preview = matches!(environment, Environment::Preview { .. });
        if is_preview && self.0("LOG_KEY").is_none() {
            return Ok(None);
        }
        let signing_key = self.parsed("LOG_KEY", Ed25519Key::parse)?;
        if !is_preview && signing_key.kid().starts_with(PREVIEW_KID) {
            return Err(ConfigError::PreviewInProduction("LOG_KEY"));
        }
        let key = VerifierKey {
            name: self.parsed("LOG_ORIGIN", |name| name.parse::<Name>().ok())?,
            kind: note::Kind::Log,
            public_key: signing_key.public_key(),
        };
        let witnesses = self.witnesses("WITNESSES")?;
        Ok(Some(Log {
            key,
            signing_key,
            witnesses,
        }))
    }

    fn witnesses(&self, name: &'static str) -> Result<Vec<Witness>, ConfigError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Entry {
            key: String,
            url: String,
        }
        let entries: Vec<Entry> = self.json_or_default(name)?;
        let witness = |Entry { key, url }| {
            let key: VerifierKey = key.parse().ok()?;
            let fits = key.kind == note::Kind::Witness && is_address(&url);
            fits.then_some(Witness { key, url })
        };
        let witnesses = entries.into_iter().map(witness).collect::<Option<_>>();
        witnesses.ok_or(ConfigError::Invalid(name))
    }

    /// The present key and the retired ones, of which nothing but their public members is published.
    fn published_keys(&self, receipt_key: &PrivateKey) -> Result<Value, ConfigError> {
        const NAME: &str = "RETIRED_RECEIPT_KEYS";
        #[derive(Deserialize)]
        struct Retired {
            keys: Vec<RetiredKey>,
        }
        let retired = self.0(NAME).map(|text| serde_json::from_str(&text));
        let retired = retired.unwrap_or(Ok(Retired { keys: Vec::new() }));
        let Retired { keys } = retired.map_err(|_| ConfigError::Invalid(NAME))?;
        let mut published = vec![published(&receipt_key.public_key(), receipt_key.kid())];
        for RetiredKey {
            kid,
            kty,
            crv,
            x,
            y,
        } in keys
        {
            let members = json!({ "kty": kty, "crv": crv, "x": x, "y": y });
            let key = serde_json::from_value(members).map_err(|_| ConfigError::Invalid(NAME))?;
            if published.iter().any(|other| other["kid"] == kid) {
                return Err(ConfigError::Invalid(NAME));
            }
            published.push(self::published(&key, &kid));
        }
        Ok(json!({ "keys": published }))
    }
}

/// Whether an issuer is named twice, of which the second would never be asked.
fn has_twice<'a>(issuers: impl IntoIterator<Item = &'a Issuer>) -> bool {
    let mut names = BTreeSet::new();
    !issuers
        .into_iter()
        .all(|issuer| names.insert(issuer.issuer.as_str()))
}

/// An issuer, unless it is the preview's.
fn trusted(
    name: &'static str,
    issuer: Line<200>,
    audience: String,
    keys: Keys,
) -> Result<Issuer, ConfigError> {
    if issuer.as_str() == PREVIEW_ISSUER {
        return Err(ConfigError::PreviewInProduction(name));
    }
    Ok(Issuer {
        issuer,
        audience,
        keys,
    })
}

/// The keys of an issuer, given in one of the two ways. The preview may fetch them from this machine.
fn keys(jwks: Option<Value>, jwks_uri: Option<String>) -> Option<Keys> {
    match (jwks, jwks_uri) {
        (Some(jwks), None) => JwkSet::parse(jwks.to_string().as_bytes())
            .ok()
            .filter(|keys| !keys.is_empty())
            .map(Keys::Configured),
        (None, Some(address)) => is_address(&address).then_some(Keys::Published(address)),
        _ => None,
    }
}

/// Whether something may be fetched from that address. The preview may from this machine.
fn is_address(address: &str) -> bool {
    let is_local = cfg!(feature = "preview") && address.starts_with("http://127.0.0.1:");
    is_local || HttpsUrl::parse(address.to_owned()).is_ok()
}

/// What stands in tokens for each role.
fn role_names(configured: &BTreeMap<String, String>) -> Vec<(Role, String)> {
    let name = |role: Role| match configured.get(role.name()) {
        Some(name) => name.clone(),
        None => role.name().to_owned(),
    };
    Role::ALL.map(|role| (role, name(role))).to_vec()
}

/// What `aud` of a service token must be, at the edge of that audience: the address of the route that takes it.
#[must_use]
pub fn service_audience(audience: &Line<200>) -> String {
    format!("{audience}/v1/uses")
}

#[derive(Deserialize)]
struct RetiredKey {
    kid: String,
    kty: String,
    crv: String,
    x: String,
    y: String,
}

/// A key as it is published (RFC 7517, section 4).
fn published(key: &P256PublicKey, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(key).expect("a key has string members only");
    jwk["kid"] = kid.into();
    jwk["alg"] = "ES256".into();
    jwk["use"] = "sig".into();
    jwk
}

#[cfg(all(test, not(feature = "preview")))]
mod tests;
