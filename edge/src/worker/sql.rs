//! SQLite inside Durable Objects.

use serde::de::DeserializeOwned;
use worker::{
    Result as WorkerResult, ScheduledTime, SqlStorage, SqlStorageValue, State, Storage,
    Transaction, console_error,
};

use crate::ports::Unavailable;

/// Runs a statement that gives no rows.
pub(super) fn run(
    sql: &SqlStorage,
    statement: &str,
    bindings: Vec<SqlStorageValue>,
) -> Result<(), Unavailable> {
    sql.exec(statement, bindings).map(|_| ()).map_err(failed)
}

/// Runs a query and reads its rows. The columns are read by name.
pub(super) fn rows<T: DeserializeOwned>(
    sql: &SqlStorage,
    query: &str,
    bindings: Vec<SqlStorageValue>,
) -> Result<Vec<T>, Unavailable> {
    // `SqlCursor::one` hangs the request when there is no row: never use it.
    sql.exec(query, bindings)
        .and_then(|cursor| cursor.to_array())
        .map_err(failed)
}

/// Reads JSON that was written by [`json`].
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unavailable> {
    serde_json::from_str(text).map_err(failed)
}

/// JSON, to be stored as text.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<SqlStorageValue, Unavailable> {
    Ok(SqlStorageValue::String(
        serde_json::to_string(value).map_err(failed)?,
    ))
}

/// Text.
pub(super) fn text(value: &(impl ToString + ?Sized)) -> SqlStorageValue {
    SqlStorageValue::String(value.to_string())
}

/// A whole number below 2^53.
pub(super) fn integer(number: u64) -> Result<SqlStorageValue, Unavailable> {
    let number = i64::try_from(number).map_err(failed)?;
    SqlStorageValue::try_from_i64(number).map_err(failed)
}

/// A whole number, or nothing.
pub(super) fn optional_integer(number: Option<u64>) -> Result<SqlStorageValue, Unavailable> {
    number.map_or(Ok(SqlStorageValue::Null), integer)
}

/// Text, or nothing.
pub(super) fn optional_text(value: Option<&str>) -> SqlStorageValue {
    value.map_or(SqlStorageValue::Null, text)
}

/// Runs `write`: all that it does with a storage of the same object is done, or nothing.
pub(super) async fn transaction<F, Fut>(state: &State, write: F) -> Result<(), Unavailable>
where
    F: FnOnce(Transaction) -> Fut + 'static,
    Fut: Future<Output = WorkerResult<()>> + 'static,
{
    state.storage().transaction(write).await.map_err(failed)
}

/// Sets the object's alarm, or takes it back.
pub(super) async fn set_alarm(storage: &Storage, alarm: Option<ScheduledTime>) -> WorkerResult<()> {
    match alarm {
        Some(time) => storage.set_alarm(time).await,
        None => storage.delete_alarm().await,
    }
}

/// Logs what went wrong; the caller's answer says only that something did.
pub(super) fn failed(error: impl std::fmt::Display) -> Unavailable {
    console_error!("storage: {error}");
    Unavailable
}
