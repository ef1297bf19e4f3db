//! How long records are kept: until the user agreement has ended, and three years more (policy, clause 2.4).

use chrono::{Days, Months, NaiveDate, NaiveTime};
use thiserror::Error;

use crate::time::Timestamp;

/// The instant at which the records of an agreement that ended on `ended_on` are to be erased: the end, in `Asia/Almaty`, of
/// the day of the same date three years on. After 29 February that is 28 February.
///
/// # Errors
/// [`OutOfRange`].
pub fn ends_at(ended_on: NaiveDate) -> Result<Timestamp, OutOfRange> {
    ended_on
        .checked_add_months(Months::new(12 * YEARS))
        .and_then(|last_day| last_day.checked_add_days(Days::new(1)))
        .and_then(|day| Timestamp::from_almaty(day.and_time(NaiveTime::MIN)).ok())
        .ok_or(OutOfRange)
}

/// The instant lies outside the years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the end of retention lies outside the years 1970 to 9999")]
pub struct OutOfRange;

/// How many years after the end of the agreement (policy, clause 2.4).
const YEARS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_three_years_to_the_end_of_the_day_in_almaty() {
        for (ended_on, ends) in [
            ("2026-11-22", "2029-11-22T19:00:00.000Z"),
            ("2023-11-22", "2026-11-22T19:00:00.000Z"),
            ("2024-02-28", "2027-02-28T19:00:00.000Z"),
            ("2024-02-29", "2027-02-28T19:00:00.000Z"), // a leap day
            ("2025-02-28", "2028-02-28T19:00:00.000Z"), // the leap day comes after it
            ("2021-02-28", "2024-02-28T18:00:00.000Z"), // Almaty was at UTC+6
            ("2021-02-27", "2024-02-27T18:00:00.000Z"),
            ("2021-03-01", "2024-03-01T19:00:00.000Z"),
            ("2026-12-31", "2029-12-31T19:00:00.000Z"),
        ] {
            let instant = ends_at(ended_on.parse().unwrap()).unwrap();
            assert_eq!(instant.to_string(), ends, "{ended_on}");
        }
    }

    #[test]
    fn is_refused_where_no_instant_can_tell() {
        for ended_on in [
            NaiveDate::MAX,
            NaiveDate::MIN,
            NaiveDate::from_ymd_opt(9997, 1, 1).unwrap(),
        ] {
            assert_eq!(ends_at(ended_on), Err(OutOfRange), "{ended_on}");
        }
    }
}
