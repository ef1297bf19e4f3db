//! Where the device key is kept: IndexedDB, which stores the key itself and never its bytes.
//!
//! Database `kelisim`, store `keys`, entry `device`.

use js_sys::Promise;
use kelisim_shared::jws::CryptoUnavailable;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CryptoKeyPair, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode,
};

use super::{crypto::DeviceKey, dom::window};

/// The key of this device: the one that is kept, else a new one, kept from now on.
///
/// Where nothing can be kept (private mode, storage denied) the new key serves this page only.
///
/// # Errors
/// There is no WebCrypto here.
pub async fn device_key() -> Result<DeviceKey, CryptoUnavailable> {
    let database = open().await.ok();
    if let Some(database) = &database
        && let Ok(Some(pair)) = read(database).await
        && let Ok(key) = DeviceKey::from_pair(pair).await
    {
        return Ok(key);
    }
    let mut pair = DeviceKey::generate().await?;
    if let Some(database) = &database {
        // Two tabs may do this at once: the first to add is the one that counts, so both read again.
        let _ = add(database, &pair).await;
        if let Ok(Some(kept)) = read(database).await {
            pair = kept;
        }
    }
    DeviceKey::from_pair(pair).await
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(DATABASE, 1)?;
    let upgrade = {
        let request = request.clone();
        Closure::once_into_js(move || {
            database(&request).and_then(|database| database.create_object_store(STORE))
        })
    };
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    done(&request).await?;
    database(&request)
}

fn database(request: &IdbOpenDbRequest) -> Result<IdbDatabase, JsValue> {
    request.result()?.dyn_into()
}

async fn read(database: &IdbDatabase) -> Result<Option<CryptoKeyPair>, JsValue> {
    let request = store(database, IdbTransactionMode::Readonly)?.get(&ENTRY.into())?;
    done(&request).await?;
    let pair = request.result()?;
    Ok((!pair.is_undefined()).then(|| pair.unchecked_into()))
}

async fn add(database: &IdbDatabase, pair: &CryptoKeyPair) -> Result<(), JsValue> {
    let store = store(database, IdbTransactionMode::Readwrite)?;
    done(&store.add_with_key(pair, &ENTRY.into())?).await
}

fn store(database: &IdbDatabase, mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    database
        .transaction_with_str_and_mode(STORE, mode)?
        .object_store(STORE)
}

/// Waits for a request to succeed or fail.
async fn done(request: &IdbRequest) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.map(|_| ())
}

const DATABASE: &str = "kelisim";
const STORE: &str = "keys";
const ENTRY: &str = "device";
