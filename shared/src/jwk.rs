//! Public keys (RFC 7517, RFC 7518, RFC 8037).

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use thiserror::Error;

use crate::digest::{Sha256Digest, digest_newtype};

/// A public key of a kind that Kelisim verifies with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// P-256, for `ES256`.
    P256(P256PublicKey),
    /// Ed25519, for `EdDSA`: 32 bytes.
    Ed25519([u8; 32]),
    /// RSA with a modulus of 2,048 to 4,096 bits, for `RS256` (RFC 7518, section 3.3, demands the minimum).
    Rsa {
        /// The modulus, big-endian.
        modulus: Vec<u8>,
        /// The exponent, big-endian.
        exponent: Vec<u8>,
    },
}

/// A P-256 public key: the affine coordinates of a point, which is *not* known to lie on the curve
/// until a cryptographic library has taken it.
///
/// As JSON: `{"kty":"EC","crv":"P-256","x":"…","y":"…"}`, and nothing more: a private key (`d`) is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct P256PublicKey {
    /// The x coordinate, big-endian.
    pub x: [u8; 32],
    /// The y coordinate, big-endian.
    pub y: [u8; 32],
}

digest_newtype! {
    /// The thumbprint of a key (RFC 7638). Written in hexadecimal here, in base64url as `cnf.jkt`
    /// (see [`Thumbprint::to_jkt`]).
    Thumbprint
}

impl Thumbprint {
    /// The spelling of RFC 7638 and of the JWT member `cnf.jkt` (RFC 9449, section 6.1).
    #[must_use]
    pub fn to_jkt(self) -> String {
        Base64UrlUnpadded::encode_string(self.digest().as_bytes())
    }
}

impl P256PublicKey {
    /// The key's thumbprint (RFC 7638, section 3).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let [x, y] = [self.x, self.y].map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
        let json = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Thumbprint::new(Sha256Digest::of(json.as_bytes()))
    }
}

/// A key's members as they stand in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct P256Members {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Serialize for P256PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [x, y] = [self.x, self.y].map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
        P256Members {
            kty: "EC".into(),
            crv: "P-256".into(),
            x,
            y,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for P256PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let P256Members { kty, crv, x, y } = P256Members::deserialize(deserializer)?;
        if (kty.as_str(), crv.as_str()) != ("EC", "P-256") {
            return Err(de::Error::custom(InvalidKey));
        }
        let [x, y] = [x, y].map(|text| fixed(&text).map_err(de::Error::custom));
        Ok(Self { x: x?, y: y? })
    }
}

/// A key with the id under which its owner published it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// The `kid`, where there is one.
    pub kid: Option<String>,
    /// The key.
    pub key: PublicKey,
}

/// A JWK Set (RFC 7517, section 5). Keys of other kinds, uses or algorithms are left out, as its
/// section 5 says they should; the set may be empty then.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct JwkSet {
    keys: Vec<NamedKey>,
}

impl JwkSet {
    /// Takes keys that are already parsed.
    #[must_use]
    pub const fn new(keys: Vec<NamedKey>) -> Self {
        Self { keys }
    }

    /// Reads a set from JSON.
    ///
    /// # Errors
    /// Not a JWK Set, or one of its keys is of a kind that we know but malformed.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidKey> {
        #[derive(Deserialize)]
        struct Members {
            keys: Vec<Value>,
        }
        let members: Members = serde_json::from_slice(json).map_err(|_| InvalidKey)?;
        let keys = members
            .keys
            .iter()
            .filter_map(|key| NamedKey::parse(key).transpose());
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    /// Whether no key in it is one to verify with.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[NamedKey] {
        &self.keys
    }

    /// The key with that id; without an id, the only key of the set.
    #[must_use]
    pub fn find(&self, kid: Option<&str>) -> Option<&PublicKey> {
        match (kid, self.keys.as_slice()) {
            (None, [only]) => Some(&only.key),
            (None, _) => None,
            (Some(_), keys) => keys
                .iter()
                .find(|named| named.kid.as_deref() == kid)
                .map(|named| &named.key),
        }
    }
}

impl NamedKey {
    /// `None` for a key that is not for verifying with us.
    fn parse(jwk: &Value) -> Result<Option<Self>, InvalidKey> {
        let member = |name| jwk.get(name).and_then(Value::as_str);
        let required = |name| member(name).ok_or(InvalidKey);
        if member("use").is_some_and(|purpose| purpose != "sig") {
            return Ok(None);
        }
        let key = match (member("kty"), member("crv")) {
            (Some("EC"), Some("P-256")) => PublicKey::P256(P256PublicKey {
                x: fixed(required("x")?)?,
                y: fixed(required("y")?)?,
            }),
            (Some("OKP"), Some("Ed25519")) => PublicKey::Ed25519(fixed(required("x")?)?),
            (Some("RSA"), _) => {
                let [modulus, exponent] = [required("n")?, required("e")?].map(decode);
                let (modulus, exponent) = (modulus?, exponent?);
                if !(256..=512).contains(&modulus.len()) || !(1..=8).contains(&exponent.len()) {
                    return Err(InvalidKey);
                }
                PublicKey::Rsa { modulus, exponent }
            }
            (Some(_), _) => return Ok(None),
            (None, _) => return Err(InvalidKey),
        };
        if member("alg").is_some_and(|algorithm| algorithm != key.algorithm()) {
            return Ok(None);
        }
        Ok(Some(Self {
            kid: member("kid").map(str::to_owned),
            key,
        }))
    }
}

impl PublicKey {
    /// The one algorithm that this kind of key verifies here (RFC 8725, section 3.1).
    const fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa { .. } => "RS256",
        }
    }
}

/// Not a key in the form that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a public key of a kind that is supported, or malformed")]
pub struct InvalidKey;

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P256(_) => "P-256",
            Self::Ed25519(_) => "Ed25519",
            Self::Rsa { .. } => "RSA",
        })
    }
}

fn fixed(text: &str) -> Result<[u8; 32], InvalidKey> {
    decode(text)?.try_into().map_err(|_| InvalidKey)
}

fn decode(text: &str) -> Result<Vec<u8>, InvalidKey> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.3.1, without its private member.
    const JWK: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn reads_and_writes_a_p256_key() {
        let key: P256PublicKey = serde_json::from_str(JWK).unwrap();
        let written = serde_json::to_string(&key).unwrap();
        assert_eq!(written, JWK.replace(['\n', ' '], ""));
    }

    #[test]
    fn refuses_a_private_key_and_malformed_ones() {
        for (from, to) in [
            (
                r#""kty""#,
                r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","kty""#,
            ),
            (r#""kty""#, r#""kty":"EC","kty""#),
            ("P-256", "P-384"),
            ("f83O", "83O"),
            ("x_FE", "x/FE"),
            (r#"5a0""#, r#"5a1""#),
            (r#"5a0""#, r#"5a0=""#),
        ] {
            let json = JWK.replacen(from, to, 1);
            assert!(
                serde_json::from_str::<P256PublicKey>(&json).is_err(),
                "{json}"
            );
        }
    }

    #[test]
    fn leaves_keys_of_other_kinds_out_of_a_set() {
        let set = format!(
            r#"{{"keys":[{{"kty":"oct","k":"AAAA"}},{{"kty":"EC","crv":"P-521"}},{{"kty":"OKP","crv":"Ed25519","alg":"HS256",
               "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}},{},
               {{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}}]}}"#,
            JWK.replacen('{', r#"{"kid":"a","use":"sig","#, 1)
        );
        let set = JwkSet::parse(set.as_bytes()).unwrap();
        assert!(matches!(set.find(Some("a")), Some(PublicKey::P256(_))));
        assert!(matches!(set.find(None), Some(PublicKey::P256(_))));
        assert_eq!(set.find(Some("b")), None);
    }

    #[test]
    fn refuses_a_set_with_a_short_rsa_key() {
        let set = format!(
            r#"{{"keys":[{{"kty":"RSA","n":"{}","e":"AQAB"}}]}}"#,
            "A".repeat(171)
        );
        assert_eq!(JwkSet::parse(set.as_bytes()), Err(InvalidKey));
    }

    #[test]
    fn a_thumbprint_is_that_of_rfc_7638() {
        let key: P256PublicKey = serde_json::from_str(JWK).unwrap();
        // Made with npm `jose`: calculateJwkThumbprint(key).
        assert_eq!(
            key.thumbprint().to_jkt(),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        );
    }
}
