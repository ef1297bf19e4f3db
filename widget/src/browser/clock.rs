//! The device's clock: a claim in a statement, which nothing relies on.

use kelisim_shared::time::ClaimedSeconds;

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
