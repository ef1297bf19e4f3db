//! Signatures by WebCrypto (W3C, "Web Cryptography API"), which is some ten times as fast here as the
//! same in WebAssembly.

use std::{cell::RefCell, collections::HashMap, hash::Hash, thread::LocalKey};

use base64ct::{Base64UrlUnpadded, Encoding};
use js_sys::{Array, Object, Reflect, Uint8Array};
use kelisim_shared::{
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, Ed25519Signer, Es256Signer, SignatureVerifier},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto, WorkerGlobalScope};

use crate::{
    config::{Ed25519Key, PrivateKey},
    ports::Entropy,
};

/// Verifies with WebCrypto.
#[derive(Clone, Copy, Debug)]
pub(super) struct WebCrypto;

impl SignatureVerifier for WebCrypto {
    async fn verify(
        &self,
        algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoUnavailable> {
        let import = async || {
            let (format, data) = key_data(key);
            import(format, &data, &parameters(algorithm), "verify").await
        };
        // What cannot be imported is no key: its coordinates are no point of the curve, say.
        let Some(key) = remembered(&VERIFYING, key, import).await? else {
            return Ok(false);
        };
        let verify = subtle()?
            .verify_with_object_and_js_u8_array_and_js_u8_array(
                &parameters(algorithm),
                &key,
                &Uint8Array::from(signature),
                &Uint8Array::from(message),
            )
            .map_err(unavailable)?;
        let verdict = JsFuture::from(verify).await.map_err(unavailable)?;
        Ok(verdict.is_truthy())
    }
}

/// Signs receipts, and in the preview tokens.
#[derive(Clone, Debug)]
pub(super) struct WebCryptoSigner(pub(super) PrivateKey);

impl Es256Signer for WebCryptoSigner {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        sign(Algorithm::Es256, self.0.expose_jwk(), message).await
    }
}

/// Signs with the log's key.
#[derive(Clone, Debug)]
pub(super) struct WebCryptoEd25519Signer(pub(super) Ed25519Key);

impl Ed25519Signer for WebCryptoEd25519Signer {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        sign(Algorithm::EdDsa, self.0.expose_jwk(), message).await
    }
}

async fn sign(
    algorithm: Algorithm,
    jwk: &str,
    message: &[u8],
) -> Result<[u8; 64], CryptoUnavailable> {
    let parameters = parameters(algorithm);
    let import = async || {
        let jwk = js_sys::JSON::parse(jwk).map_err(unavailable)?;
        import("jwk", &jwk.unchecked_into(), &parameters, "sign").await
    };
    let key = remembered(&SIGNING, &jwk.to_owned(), import).await?;
    let key = key.ok_or_else(|| unavailable("the key cannot be imported".into()))?;
    let sign = subtle()?
        .sign_with_object_and_js_u8_array(&parameters, &key, &Uint8Array::from(message))
        .map_err(unavailable)?;
    let signature = JsFuture::from(sign).await.map_err(unavailable)?;
    Uint8Array::new(&signature)
        .to_vec()
        .try_into()
        .map_err(|_| CryptoUnavailable)
}

impl Entropy for WebCrypto {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        crypto()
            .and_then(|crypto| {
                let filled = crypto.get_random_values_with_u8_array(&mut bytes);
                filled.map(|_| ()).map_err(unavailable)
            })
            .expect(
                "`crypto.getRandomValues` gives up to 65,536 bytes (Web Cryptography API, 10.1.1)",
            );
        bytes
    }
}

/// Imports a key that is not given out again. `None` if it is not one.
async fn import(
    format: &str,
    data: &Object,
    parameters: &Object,
    usage: &str,
) -> Result<Option<CryptoKey>, CryptoUnavailable> {
    let import = subtle()?
        .import_key_with_object(format, data, parameters, false, &Array::of1(&usage.into()))
        .map_err(unavailable)?;
    Ok(JsFuture::from(import)
        .await
        .ok()
        .map(JsCast::unchecked_into))
}

/// The imported key, from memory where it was imported before: most requests come with tokens by the same few keys, and
/// all receipts are signed by one.
async fn remembered<K: Clone + Eq + Hash>(
    memory: &'static LocalKey<Memory<K>>,
    key: &K,
    import: impl AsyncFnOnce() -> Result<Option<CryptoKey>, CryptoUnavailable>,
) -> Result<Option<CryptoKey>, CryptoUnavailable> {
    if let Some(known) = memory.with_borrow(|keys| keys.get(key).cloned()) {
        return Ok(Some(known));
    }
    let imported = import().await?;
    if let Some(imported) = &imported {
        memory.with_borrow_mut(|keys| {
            if keys.len() >= KEYS {
                keys.clear();
            }
            keys.insert(key.clone(), imported.clone());
        });
    }
    Ok(imported)
}

/// What an instance of the Worker remembers of keys.
type Memory<K> = RefCell<HashMap<K, CryptoKey>>;

thread_local! {
    static VERIFYING: Memory<PublicKey> = RefCell::default();
    /// By the JWK, which the configuration holds all the same.
    static SIGNING: Memory<String> = RefCell::default();
}

/// How many keys an instance keeps: those of devices come and go.
const KEYS: usize = 64;

/// The global `crypto`.
fn crypto() -> Result<Crypto, CryptoUnavailable> {
    js_sys::global()
        .unchecked_into::<WorkerGlobalScope>()
        .crypto()
        .map_err(unavailable)
}

fn subtle() -> Result<SubtleCrypto, CryptoUnavailable> {
    Ok(crypto()?.subtle())
}

/// Parameters for importing and for signing alike: each call takes from them what it knows.
fn parameters(algorithm: Algorithm) -> Object {
    match algorithm {
        Algorithm::Es256 => object(&[
            ("name", "ECDSA"),
            ("namedCurve", "P-256"),
            ("hash", "SHA-256"),
        ]),
        Algorithm::EdDsa => object(&[("name", "Ed25519")]),
        Algorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")]),
    }
}

/// A public key, and the format in which WebCrypto is to import it.
fn key_data(key: &PublicKey) -> (&'static str, Object) {
    match key {
        PublicKey::P256(key) => {
            let point = [&[4], key.x.as_slice(), key.y.as_slice()].concat(); // SEC 1, 2.3.3
            ("raw", Uint8Array::from(point.as_slice()).into())
        }
        PublicKey::Ed25519(key) => ("raw", Uint8Array::from(key.as_slice()).into()),
        PublicKey::Rsa { modulus, exponent } => {
            let [n, e] = [modulus, exponent].map(|bytes| Base64UrlUnpadded::encode_string(bytes));
            ("jwk", object(&[("kty", "RSA"), ("n", &n), ("e", &e)]))
        }
    }
}

fn object(members: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh, ordinary object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unavailable(error: JsValue) -> CryptoUnavailable {
    worker::console_error!("WebCrypto: {error:?}");
    CryptoUnavailable
}
