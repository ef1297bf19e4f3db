//! WebCrypto: signatures by the device key, and random ids.

use js_sys::Uint8Array;
use kelisim_shared::{
    digest::Sha256Digest,
    jwk::P256PublicKey,
    jws::{CryptoUnavailable, Es256Signer},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKeyPair, SubtleCrypto};

use super::dom::{object, window};

/// A P-256 key pair whose private half no script can read.
#[derive(Debug)]
pub struct DeviceKey {
    pair: CryptoKeyPair,
    public: P256PublicKey,
}

impl DeviceKey {
    /// Makes a new pair.
    ///
    /// # Errors
    /// There is no WebCrypto here (a page without HTTPS, an old webview), or it fails.
    pub async fn generate() -> Result<CryptoKeyPair, CryptoUnavailable> {
        let usages = js_sys::Array::of2(&"sign".into(), &"verify".into());
        let pair = subtle()?
            .generate_key_with_object(&ecdsa(), false, &usages)
            .map_err(|_| CryptoUnavailable)?;
        settle(pair).await.map(JsCast::unchecked_into)
    }

    /// Takes a pair that [`DeviceKey::generate`] made, maybe long ago.
    ///
    /// # Errors
    /// It is not such a pair.
    pub async fn from_pair(pair: CryptoKeyPair) -> Result<Self, CryptoUnavailable> {
        let raw = subtle()?
            .export_key("raw", &pair.get_public_key())
            .map_err(|_| CryptoUnavailable)?;
        let point = Uint8Array::new(&settle(raw).await?).to_vec();
        // An uncompressed point (SEC 1, 2.3.3): 4, then both coordinates.
        match point.split_first_chunk::<1>() {
            Some(([4], coordinates)) => {
                let (x, y) = coordinates.split_at_checked(32).ok_or(CryptoUnavailable)?;
                let public = P256PublicKey {
                    x: x.try_into().map_err(|_| CryptoUnavailable)?,
                    y: y.try_into().map_err(|_| CryptoUnavailable)?,
                };
                Ok(Self { pair, public })
            }
            _ => Err(CryptoUnavailable),
        }
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> P256PublicKey {
        self.public
    }
}

impl Es256Signer for DeviceKey {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoUnavailable> {
        let key = self.pair.get_private_key();
        let signature = subtle()?
            .sign_with_object_and_u8_array(&ecdsa(), &key, message)
            .map_err(|_| CryptoUnavailable)?;
        Uint8Array::new(&settle(signature).await?)
            .to_vec()
            .try_into()
            .map_err(|_| CryptoUnavailable)
    }
}

/// 64 hexadecimal digits that nobody can guess.
///
/// # Errors
/// There is no WebCrypto here.
pub fn random_id() -> Result<String, CryptoUnavailable> {
    let mut bytes = [0; 32];
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .map_err(|_| CryptoUnavailable)?;
    Ok(Sha256Digest::from_bytes(bytes).to_string())
}

/// The SHA-256 of a text; of the browser, so that the module need not have it.
///
/// # Errors
/// There is no WebCrypto here.
pub async fn hash(text: &str) -> Result<Sha256Digest, CryptoUnavailable> {
    let digest = subtle()?
        .digest_with_str_and_u8_array("SHA-256", text.as_bytes())
        .map_err(|_| CryptoUnavailable)?;
    let bytes = Uint8Array::new(&settle(digest).await?).to_vec();
    let bytes = bytes.try_into().map_err(|_| CryptoUnavailable)?;
    Ok(Sha256Digest::from_bytes(bytes))
}

fn subtle() -> Result<SubtleCrypto, CryptoUnavailable> {
    let crypto = window().crypto().map_err(|_| CryptoUnavailable)?;
    let subtle = crypto.subtle();
    // Not there outside secure contexts, whatever the type says.
    if subtle.is_undefined() {
        Err(CryptoUnavailable)
    } else {
        Ok(subtle)
    }
}

/// The parameters of P-256 with SHA-256, for making keys and for signing alike.
fn ecdsa() -> js_sys::Object {
    object(&[
        ("name", JsValue::from_str("ECDSA")),
        ("namedCurve", JsValue::from_str("P-256")),
        ("hash", JsValue::from_str("SHA-256")),
    ])
}

async fn settle(promise: js_sys::Promise) -> Result<JsValue, CryptoUnavailable> {
    JsFuture::from(promise).await.map_err(|_| CryptoUnavailable)
}
