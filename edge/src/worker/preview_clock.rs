//! The object that remembers how far the preview's clock is ahead of the true time.

use std::panic::AssertUnwindSafe;

use kelisim_shared::time::Timestamp;
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object};

use super::{
    clock::true_milliseconds,
    objects::{self, answer},
};
use crate::ports::Unavailable;

const GET: &str = "/get";
const SET: &str = "/set";
const BINDING: &str = "PREVIEW_CLOCK";
const KEY: &str = "ahead";

/// How far the clock is ahead of the true time, in milliseconds.
pub(super) async fn ahead(env: &Env) -> std::result::Result<i64, Unavailable> {
    objects::call(env, BINDING, "clock", GET, &()).await
}

/// Moves the clock to an instant, or back to the true time.
pub(super) async fn set(env: &Env, now: Option<Timestamp>) -> std::result::Result<(), Unavailable> {
    let ahead = now.map_or(0, |now| now.unix_milliseconds() - true_milliseconds());
    objects::call(env, BINDING, "clock", SET, &ahead).await
}

/// The Durable Object class, named so in the wrangler configuration of the preview.
#[durable_object(fetch)]
pub struct PreviewClock {
    storage: AssertUnwindSafe<Storage>,
}

impl DurableObject for PreviewClock {
    fn new(state: State, _env: Env) -> Self {
        Self {
            storage: AssertUnwindSafe(state.storage()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match request.path().as_str() {
            GET => answer(Ok(self.storage.get::<i64>(KEY).await?.unwrap_or(0))),
            SET => {
                let ahead: i64 = request.json().await?;
                answer(Ok(self.storage.put(KEY, ahead).await?))
            }
            _ => Response::error("no such operation", 404),
        }
    }
}
