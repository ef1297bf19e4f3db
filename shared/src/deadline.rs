//! The deadline of an edition: the instant from which going on to use the app counts as accepting it.
//!
//! Clause 1.2 of the policy counts "7 (семи) календарных дней с даты их опубликования". In the zone `Asia/Almaty`, and
//! by the Civil Code of the Republic of Kazakhstan:
//!
//! | step | source |
//! |---|---|
//! | the count starts on the day after the date of publication | article 173 |
//! | day 7 is the last; if it is not a working day, the next working day is ([`Rule::NextWorkingDay`]) | article 175 |
//! | acts may be done until 24:00 of the last day, so the deadline is 00:00 of the day after it | article 176 |
//!
//! An edition keeps its deadline together with the rule and the calendar's version, and it is never computed again.
//! Working days are a reviewed file, [`Calendar::kazakhstan`]; outside its years nothing is guessed.

mod calendar;

use chrono::{Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::{InvalidTimestamp, Timestamp};

pub use calendar::Calendar;

/// The instant from which continued use counts as acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Deadline(Timestamp);

/// How a deadline is computed. The name is stored with it; a rule that changes gets a new name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "DeadlineRule"))]
pub enum Rule {
    /// Seven days, and on to the next working day: the later and so safer reading.
    #[default]
    #[serde(rename = "kz-7-days-next-working-day/v1")]
    NextWorkingDay,
    /// Seven days, whatever day the seventh is.
    #[serde(rename = "kz-7-days/v1")]
    SeventhDay,
}

impl Rule {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NextWorkingDay => "kz-7-days-next-working-day/v1",
            Self::SeventhDay => "kz-7-days/v1",
        }
    }
}

impl Deadline {
    /// The deadline of an edition that is published at `published_at`.
    ///
    /// # Errors
    /// [`OutsideCalendar`]: the term reaches a day that the calendar does not know.
    pub fn of(
        published_at: Timestamp,
        rule: Rule,
        calendar: &Calendar,
    ) -> Result<Self, OutsideCalendar> {
        let published_on = published_at.to_almaty().date_naive();
        calendar.is_working_day(published_on)?;
        let mut last = after(published_on, TERM_DAYS)?;
        if rule == Rule::NextWorkingDay {
            while !calendar.is_working_day(last)? {
                last = after(last, 1)?;
            }
        }
        let midnight = after(last, 1)?.and_time(NaiveTime::MIN);
        Timestamp::from_almaty(midnight)
            .map(Self)
            .map_err(|InvalidTimestamp| OutsideCalendar { day: last })
    }

    /// The instant.
    #[must_use]
    pub const fn instant(self) -> Timestamp {
        self.0
    }

    /// Whether the deadline has come at `now`; at the instant itself it has.
    #[must_use]
    pub fn has_come(self, now: Timestamp) -> bool {
        now >= self.0
    }
}

/// A day that the calendar of working days does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the calendar of working days does not know {day}")]
pub struct OutsideCalendar {
    /// The day.
    pub day: NaiveDate,
}

/// How long the term is, in calendar days (policy, clause 1.2).
const TERM_DAYS: u64 = 7;

fn after(day: NaiveDate, days: u64) -> Result<NaiveDate, OutsideCalendar> {
    day.checked_add_days(Days::new(days))
        .ok_or(OutsideCalendar { day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let instant = chrono::DateTime::parse_from_rfc3339(text).unwrap();
        Timestamp::from_unix_milliseconds(instant.timestamp_millis()).unwrap()
    }

    fn deadline(published_at: &str, rule: Rule) -> Result<Deadline, OutsideCalendar> {
        Deadline::of(at(published_at), rule, Calendar::kazakhstan())
    }

    #[test]
    fn a_rule_has_one_name() {
        for rule in [Rule::NextWorkingDay, Rule::SeventhDay] {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
        }
    }

    #[test]
    fn counts_from_the_day_after_publication_to_the_end_of_the_last_day() {
        let monday = deadline("2026-11-23T10:00:00+05:00", Rule::NextWorkingDay).unwrap();
        assert_eq!(monday.instant(), at("2026-12-01T00:00:00+05:00"));
        assert!(!monday.has_come(at("2026-11-30T23:59:59.999+05:00")));
        assert!(monday.has_come(at("2026-12-01T00:00:00+05:00")));
    }

    #[test]
    fn moves_a_day_off_to_the_next_working_day_only_where_the_rule_says_so() {
        let saturday = "2026-11-28T12:00:00+05:00";
        let moved = deadline(saturday, Rule::NextWorkingDay).unwrap();
        assert_eq!(moved.instant(), at("2026-12-08T00:00:00+05:00"));
        let seventh = deadline(saturday, Rule::SeventhDay).unwrap();
        assert_eq!(seventh.instant(), at("2026-12-06T00:00:00+05:00"));
    }

    #[test]
    fn counts_the_leap_day_and_the_hour_that_came_twice() {
        let leap = deadline("2024-02-22T12:00:00+06:00", Rule::SeventhDay).unwrap();
        assert_eq!(leap.instant(), at("2024-03-01T00:00:00+05:00"));
        let twice = deadline("2024-02-29T23:30:00+05:00", Rule::SeventhDay).unwrap();
        assert_eq!(twice.instant(), at("2024-03-08T00:00:00+05:00"));
    }

    #[test]
    fn refuses_what_the_calendar_does_not_know() {
        for published_at in [
            "2023-12-31T23:59:59+06:00",
            "2028-01-01T00:00:00+05:00",
            "2027-12-25T00:00:00+05:00",
            "1970-01-01T00:00:00+00:00",
            "9999-12-31T23:00:00+00:00",
        ] {
            let refused = deadline(published_at, Rule::NextWorkingDay);
            assert!(refused.is_err(), "{published_at}: {refused:?}");
        }
        let known = deadline("2027-12-24T23:59:59+05:00", Rule::NextWorkingDay).unwrap();
        assert_eq!(known.instant(), at("2028-01-01T00:00:00+05:00"));
    }
}
