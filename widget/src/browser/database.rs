//! What is kept on the device, in IndexedDB: database `kelisim`, one entry in each store.
//!
//! | store | entry | what it is |
//! |---|---|---|
//! | `keys` | `device` | the device key itself, never its bytes |
//! | `presses` | a subject: issuer, space, id | a press that is signed and not recorded yet, as a statement |

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

use super::dom::window;

/// A store.
#[derive(Clone, Copy, Debug)]
pub enum Store {
    /// The device key.
    Keys,
    /// Presses that are not recorded yet.
    Presses,
}

/// The database of this origin.
#[derive(Debug)]
pub struct Database(IdbDatabase);

impl Database {
    /// Opens it; makes it the first time.
    ///
    /// # Errors
    /// Nothing can be kept here: private mode, storage denied.
    pub async fn open() -> Result<Self, JsValue> {
        let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
        let request = factory.open_with_u32(NAME, VERSION)?;
        let upgrade = {
            let request = request.clone();
            // A store that is there already stays as it is.
            Closure::once_into_js(move || {
                if let Ok(database) = database(&request) {
                    for store in [Store::Keys, Store::Presses] {
                        let _ = database.create_object_store(store.name());
                    }
                }
            })
        };
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        done(&request).await?;
        database(&request).map(Self)
    }

    /// Does something to what is kept under that name, and gives what is there then, where that was asked for.
    ///
    /// # Errors
    /// The store fails, or there is something that was not to be replaced.
    pub async fn run(
        &self,
        store: Store,
        name: &str,
        act: Act<'_>,
    ) -> Result<Option<JsValue>, JsValue> {
        let mode = match act {
            Act::Read => IdbTransactionMode::Readonly,
            _ => IdbTransactionMode::Readwrite,
        };
        let store = self
            .0
            .transaction_with_str_and_mode(store.name(), mode)?
            .object_store(store.name())?;
        let name = JsValue::from_str(name);
        let request = match act {
            Act::Read => store.get(&name),
            Act::Add(value) => store.add_with_key(value, &name),
            Act::Put(value) => store.put_with_key(value, &name),
            Act::Remove => store.delete(&name),
        }?;
        done(&request).await?;
        let value = request.result()?;
        Ok((!value.is_undefined()).then_some(value))
    }
}

/// What is done to what is kept under a name.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// It is read.
    Read,
    /// This is kept, unless there is something.
    Add(&'a JsValue),
    /// This is kept in its place.
    Put(&'a JsValue),
    /// It is forgotten.
    Remove,
}

impl Store {
    const fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Presses => "presses",
        }
    }
}

fn database(request: &IdbOpenDbRequest) -> Result<IdbDatabase, JsValue> {
    request.result()?.dyn_into()
}

/// Waits for a request to succeed or fail.
async fn done(request: &IdbRequest) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.map(|_| ())
}

const NAME: &str = "kelisim";

/// 2 since presses are kept.
const VERSION: u32 = 2;
