//! Clocks. The device's own is a claim in a statement, which nothing relies on; the edge's is kept going by what has passed
//! since it was told, whatever the device's is set to meanwhile.

use std::cell::Cell;

use kelisim_shared::time::{ClaimedSeconds, Timestamp};

use super::{dom::window, json::instant};

/// The edge's clock.
#[derive(Debug)]
pub struct ServerClock(Cell<f64>);

impl ServerClock {
    /// It is that time now.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let clock = Self(Cell::new(0.0));
        clock.set(now);
        clock
    }

    /// It is that time now.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the milliseconds of an instant are below 2^53"
    )]
    pub fn set(&self, now: Timestamp) {
        self.0.set(now.unix_milliseconds() as f64 - passed());
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        instant(self.0.get() + passed())
    }
}

/// What has passed since the page was opened, in milliseconds.
fn passed() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// Whole seconds since 1970-01-01T00:00:00Z; 0 where the clock says it is earlier.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and a date is at most 8.64e15 ms (ECMA-262, 21.4.1.1)"
)]
pub fn claimed_seconds() -> ClaimedSeconds {
    let seconds = (js_sys::Date::now() / 1000.0) as u64;
    seconds.try_into().expect("8.64e12 s are less than 2^53")
}
