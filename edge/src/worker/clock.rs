//! The clock of Workers; in the preview, ahead or behind by as much as the product team likes.

use js_sys::Date as JsDate;
use kelisim_shared::time::Timestamp;
use worker::{Date, Env, Result, ScheduledTime};

use crate::ports::Clock;

/// The clock of Workers.
#[derive(Clone, Copy, Debug)]
pub(super) struct WorkerClock {
    /// How far it is ahead of the true time, in milliseconds.
    #[cfg(feature = "preview")]
    ahead: i64,
}

#[cfg(not(feature = "preview"))]
impl WorkerClock {
    /// The clock.
    #[expect(clippy::unused_async, reason = "the preview's has to be asked for")]
    pub(super) async fn of(_env: &Env) -> Result<Self> {
        Ok(Self {})
    }

    /// When an object has to be woken for `at`.
    #[expect(clippy::unused_self, reason = "the preview's is moved")]
    pub(super) fn alarm(self, at: Timestamp) -> ScheduledTime {
        alarm(at.unix_milliseconds())
    }
}

#[cfg(feature = "preview")]
impl WorkerClock {
    /// The clock.
    pub(super) async fn of(env: &Env) -> Result<Self> {
        let ahead = super::preview_clock::ahead(env).await;
        let ahead = ahead.map_err(super::to_error)?;
        Ok(Self { ahead })
    }

    /// When an object has to be woken for `at`: within a second, for the clock may be moved meanwhile.
    pub(super) fn alarm(self, at: Timestamp) -> ScheduledTime {
        const LONGEST_SLEEP_MILLISECONDS: i64 = 1_000;
        let now = true_milliseconds();
        alarm((at.unix_milliseconds() - self.ahead).min(now + LONGEST_SLEEP_MILLISECONDS))
    }
}

impl Clock for WorkerClock {
    fn now(&self) -> Timestamp {
        #[cfg(not(feature = "preview"))]
        let milliseconds = true_milliseconds();
        #[cfg(feature = "preview")]
        let milliseconds = true_milliseconds() + self.ahead;
        Timestamp::from_unix_milliseconds(milliseconds)
            .expect("the clock shows a year from 1970 to 9999")
    }
}

/// What the platform's clock shows.
pub(super) fn true_milliseconds() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "instants are below 2^53 milliseconds"
)]
fn alarm(milliseconds: i64) -> ScheduledTime {
    ScheduledTime::new(JsDate::new(&(milliseconds as f64).into()))
}
