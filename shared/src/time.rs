//! Instants. The server's clock decides; this module never asks for the time.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// An instant in UTC, to the millisecond, within the years 1970 to 9999; written
/// `2026-11-23T05:00:00.000Z` (RFC 3339), and in no other way.
///
/// It is held in milliseconds since 1970-01-01T00:00:00Z: what only carries instants, as the widget does, brings no calendar
/// along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant that many milliseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// The instant lies outside the years 1970 to 9999.
    pub const fn from_unix_milliseconds(milliseconds: i64) -> Result<Self, InvalidTimestamp> {
        if 0 <= milliseconds && milliseconds <= LAST_MILLISECOND {
            Ok(Self(milliseconds))
        } else {
            Err(InvalidTimestamp)
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z: the `NumericDate` of RFC 7519.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// The wall clock of the zone `Asia/Almaty` at this instant: UTC+5 since 2024-03-01, UTC+6 before
    /// (tzdata 2024a). Not for instants before 2005, when there was summer time.
    #[must_use]
    pub fn to_almaty(self) -> DateTime<FixedOffset> {
        self.to_utc()
            .with_timezone(&almaty_offset(self.almaty_hours()))
    }

    /// How many hours the wall clock of `Asia/Almaty` is ahead of UTC at this instant.
    pub(crate) const fn almaty_hours(self) -> i32 {
        if self.0 < ALMATY_CHANGE_MILLISECONDS {
            6
        } else {
            5
        }
    }

    fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).expect("the years 1970 to 9999 are within chrono's")
    }

    /// The instant at which the wall clock of `Asia/Almaty` shows `local`; of the hour before 2024-03-01 that came
    /// twice, the first. Not for days before 2005.
    ///
    /// # Errors
    /// The instant lies outside the years 1970 to 9999.
    pub fn from_almaty(local: NaiveDateTime) -> Result<Self, InvalidTimestamp> {
        let hours = if local.date() < ALMATY_CHANGE_DATE {
            6
        } else {
            5
        };
        let offset = almaty_offset(hours);
        let utc = local.checked_sub_offset(offset).ok_or(InvalidTimestamp)?;
        Self::from_unix_milliseconds(utc.and_utc().timestamp_millis())
    }
}

/// A day of the calendar, in the years 0 to 9999; written `2026-11-23` (RFC 3339, `full-date`), and in no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// The day.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::str::FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let day: NaiveDate = text.parse().map_err(|_| InvalidDay)?;
        // One day has one spelling.
        if text.len() == 10 && day.to_string() == text {
            Ok(Self(day))
        } else {
            Err(InvalidDay)
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The text is not a day as [`Day`] writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a day is written like 2026-11-23")]
pub struct InvalidDay;

/// A device's clock, as it claims: whole seconds since 1970, below 2^53, so that every JSON reader agrees on the number
/// (RFC 7493, section 2.2). Nothing relies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(extend("maximum" = 9_007_199_254_740_991_u64)))]
#[serde(try_from = "u64", into = "u64")]
pub struct ClaimedSeconds(u64);

impl TryFrom<u64> for ClaimedSeconds {
    type Error = InvalidClaim;

    fn try_from(seconds: u64) -> Result<Self, InvalidClaim> {
        if seconds < 1 << 53 {
            Ok(Self(seconds))
        } else {
            Err(InvalidClaim)
        }
    }
}

impl From<ClaimedSeconds> for u64 {
    fn from(ClaimedSeconds(seconds): ClaimedSeconds) -> Self {
        seconds
    }
}

/// 2^53 seconds or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a claimed time is less than 2^53 seconds")]
pub struct InvalidClaim;

/// The text is not an instant as [`Timestamp`] writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an instant is written like 2026-11-23T05:00:00.000Z")]
pub struct InvalidTimestamp;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTimestamp)?;
        let timestamp = Self::from_unix_milliseconds(instant.timestamp_millis())?;
        // One instant has one spelling: no other offset, precision or case, and no leap second.
        if timestamp.to_string() == text {
            Ok(timestamp)
        } else {
            Err(InvalidTimestamp)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// 9999-12-31T23:59:59.999Z, the last instant that RFC 3339 can write.
const LAST_MILLISECOND: i64 = 253_402_300_799_999;

/// 2024-03-01T00:00:00+06:00, when clocks in Almaty were set back by an hour.
const ALMATY_CHANGE_MILLISECONDS: i64 = 1_709_229_600_000;

/// The first day that began at UTC+5.
const ALMATY_CHANGE_DATE: NaiveDate =
    NaiveDate::from_ymd_opt(2024, 3, 1).expect("March has a first day");

fn almaty_offset(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3600).expect("5 and 6 hours are less than a day")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling_for_an_instant() {
        let instant: Timestamp = "2026-11-23T05:00:00.000Z".parse().unwrap();
        assert_eq!(instant.unix_milliseconds(), 1_795_410_000_000);
        for other in [
            "2026-11-23T10:00:00.000+05:00",
            "2026-11-23T05:00:00Z",
            "2026-11-23t05:00:00.000z",
            "2026-11-23T05:00:00.0000Z",
            "2026-11-23T05:00:60.000Z",
            "2026-02-29T05:00:00.000Z",
        ] {
            assert_eq!(other.parse::<Timestamp>(), Err(InvalidTimestamp), "{other}");
        }
    }

    #[test]
    fn knows_the_wall_clock_of_almaty() {
        for (utc, almaty) in [
            ("2024-02-29T17:59:59.999Z", "2024-02-29T23:59:59.999+06:00"),
            ("2024-02-29T18:00:00.000Z", "2024-02-29T23:00:00+05:00"),
            ("2026-11-22T20:30:00.000Z", "2026-11-23T01:30:00+05:00"),
        ] {
            let instant: Timestamp = utc.parse().unwrap();
            assert_eq!(instant.to_almaty().to_rfc3339(), almaty);
            if !almaty.starts_with("2024-02-29T23:00:00+05") {
                assert_eq!(
                    Timestamp::from_almaty(instant.to_almaty().naive_local()),
                    Ok(instant)
                );
            }
        }
    }

    #[test]
    fn refuses_instants_that_cannot_be_written() {
        for milliseconds in [-1, LAST_MILLISECOND + 1, i64::MIN, i64::MAX] {
            assert!(
                Timestamp::from_unix_milliseconds(milliseconds).is_err(),
                "{milliseconds}"
            );
        }
        let last = Timestamp::from_unix_milliseconds(LAST_MILLISECOND).unwrap();
        assert_eq!(last.to_string().parse(), Ok(last));
    }
}
