//! The device key, as it is kept.

use kelisim_shared::jws::CryptoUnavailable;
use wasm_bindgen::JsCast;

use super::{
    crypto::DeviceKey,
    database::{Act, Database, Store},
};

/// The key of this device: the one that is kept, else a new one, kept from now on.
///
/// Where nothing can be kept (private mode, storage denied) the new key serves this page only.
///
/// # Errors
/// There is no WebCrypto here.
pub async fn device_key(database: Option<&Database>) -> Result<DeviceKey, CryptoUnavailable> {
    if let Some(database) = database
        && let Ok(Some(pair)) = database.run(Store::Keys, ENTRY, Act::Read).await
        && let Ok(key) = DeviceKey::from_pair(pair.unchecked_into()).await
    {
        return Ok(key);
    }
    let mut pair = DeviceKey::generate().await?;
    if let Some(database) = database {
        // Two tabs may do this at once: the first to add is the one that counts, so both read again.
        let _ = database.run(Store::Keys, ENTRY, Act::Add(&pair)).await;
        if let Ok(Some(kept)) = database.run(Store::Keys, ENTRY, Act::Read).await {
            pair = kept.unchecked_into();
        }
    }
    DeviceKey::from_pair(pair).await
}

const ENTRY: &str = "device";
