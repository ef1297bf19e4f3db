//! Signatures by WebCrypto (W3C, "Web Cryptography API"), which is some ten times as fast here as the
//! same in WebAssembly.

use base64ct::{Base64UrlUnpadded, Encoding};
use js_sys::{Array, Object, Reflect, Uint8Array};
use kelisim_shared::{
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, Es256Signer, SignatureVerifier},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto, WorkerGlobalScope};

use crate::config::PrivateKey;

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
        let subtle = subtle()?;
        let parameters = parameters(algorithm);
        let (format, data) = key_data(key);
        let usages = Array::of1(&"verify".into());
        let import = subtle
            .import_key_with_object(format, &data, &parameters, false, &usages)
            .map_err(unavailable)?;
        // What cannot be imported is no key: its coordinates are no point of the curve, say.
        let Ok(key) = JsFuture::from(import).await else {
            return Ok(false);
        };
        let key: CryptoKey = key.unchecked_into();
        let verify = subtle
            .verify_with_object_and_js_u8_array_and_js_u8_array(
                &parameters,
                &key,
                &Uint8Array::from(signature),
                &Uint8Array::from(message),
            )
            .map_err(unavailable)?;
        let verdict = JsFuture::from(verify).await.map_err(unavailable)?;
        Ok(verdict.is_truthy())
    }
}

/// Signs with a key of the configuration.
#[derive(Clone, Debug)]
pub(super) struct WebCryptoSigner(pub(super) PrivateKey);

impl Es256Signer for WebCryptoSigner {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        let subtle = subtle()?;
        let parameters = parameters(Algorithm::Es256);
        let jwk = js_sys::JSON::parse(self.0.expose_jwk()).map_err(unavailable)?;
        let usages = Array::of1(&"sign".into());
        let import = subtle
            .import_key_with_object("jwk", &jwk.unchecked_into(), &parameters, false, &usages)
            .map_err(unavailable)?;
        let key: CryptoKey = JsFuture::from(import)
            .await
            .map_err(unavailable)?
            .unchecked_into();
        let sign = subtle
            .sign_with_object_and_js_u8_array(&parameters, &key, &Uint8Array::from(message))
            .map_err(unavailable)?;
        let signature = JsFuture::from(sign).await.map_err(unavailable)?;
        Uint8Array::new(&signature)
            .to_vec()
            .try_into()
            .map_err(|_| CryptoUnavailable)
    }
}

/// The global `crypto`.
pub(super) fn crypto() -> Result<Crypto, CryptoUnavailable> {
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
