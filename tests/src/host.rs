//! A host's backend, which vouches for its users with tokens.

use anyhow::Result;
use kelisim_shared::{jws, software::SoftwareSigner};
use serde_json::{Value, json};

use crate::edge::AUDIENCE;

/// A host with a key that signs its tokens.
#[derive(Debug)]
pub struct Host {
    signer: SoftwareSigner,
    kid: String,
}

impl Host {
    /// The host that holds this private JWK.
    ///
    /// # Errors
    /// Not such a key.
    pub fn new(private_jwk: &str) -> Result<Self> {
        let jwk: Value = serde_json::from_str(private_jwk)?;
        let kid = jwk["kid"].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            signer: SoftwareSigner::from_private_jwk(private_jwk)?,
            kid,
        })
    }

    /// The claims of a good token for a user, to be spoilt before they are signed.
    #[must_use]
    pub fn claims(user: &str) -> Value {
        let now = now();
        json!({
            "iss": "https://preview.kelisim.invalid",
            "aud": AUDIENCE,
            "sub": user,
            "iat": now,
            "exp": now + 600,
            "agreement": "2026-01",
        })
    }

    /// The header of a good token, to be spoilt before it is signed.
    #[must_use]
    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid })
    }

    /// A good token for a user.
    #[must_use]
    pub fn token(&self, user: &str) -> String {
        self.sign(&self.header(), &Self::claims(user))
    }

    /// A good staff token.
    #[must_use]
    pub fn staff_token(&self, role: &str) -> String {
        let mut claims = Self::claims("officer@example.kz");
        claims["roles"] = json!([role]);
        self.sign(&self.header(), &claims)
    }

    /// Signs whatever it is given, as ES256.
    #[must_use]
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        pollster::block_on(jws::sign(header, claims, &self.signer))
            .expect("a key in memory can always sign")
    }
}

/// Seconds since 1970 by this machine's clock, which is the server's as well.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the tokens are for a real server, with a real clock"
)]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("a clock after 1970").as_secs()).expect("a clock before 10^11")
}
