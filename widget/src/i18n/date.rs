//! Instants as people write them, in Almaty's time.
//!
//! `Intl.DateTimeFormat` is no help here: Chromium has no tables for Kazakh (it writes `2026 M11 23`), and a phone's
//! tables of zones may be older than 2024-03-01, when Almaty moved from +06 to +05. So months are ours, and the offset
//! is fixed and always shown. No instant that is shown is earlier than that day.

use kelisim_shared::time::Timestamp;

use super::Messages;

/// How dates are written in a language.
pub struct DateStyle {
    /// The months, in the case that they take beside a day.
    pub months: [&'static str; 12],
    /// A date; `{d}`, `{m}` and `{y}`: day, name of the month, year.
    pub date: &'static str,
    /// What stands between date and time.
    pub before_time: &'static str,
}

impl Messages {
    /// The day: `23 ноября 2026 г.`
    #[must_use]
    pub fn day(&self, instant: Timestamp) -> String {
        let (days, _) = local(instant);
        let (year, month, day) = civil(days);
        let style = &self.date;
        style
            .date
            .replace("{d}", &day.to_string())
            .replace("{m}", style.months[month])
            .replace("{y}", &year.to_string())
    }

    /// Day, hour and minute: `23 ноября 2026 г. в 10:00 (UTC+5)`.
    #[must_use]
    pub fn moment(&self, instant: Timestamp) -> String {
        let (_, minutes) = local(instant);
        let [hour, minute] = [minutes / 60, minutes % 60].map(two_digits);
        let day = self.day(instant);
        [&day, self.date.before_time, &hour, ":", &minute, " (UTC+5)"].concat()
    }
}

/// Days since 1970-01-01 and minutes since midnight, at +05.
fn local(instant: Timestamp) -> (i64, i64) {
    let minutes = instant.unix_milliseconds().div_euclid(60_000) + 5 * 60;
    (minutes.div_euclid(1440), minutes.rem_euclid(1440))
}

/// Year, month from 0 and day from 1 of a number of days since 1970-01-01, in the Gregorian calendar. It counts eras of
/// 400 years from 0000-03-01, so that the day that leap years add comes last: H. Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", `civil_from_days`.
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    let month = usize::try_from(month).expect("a remainder by 12 of what is not negative");
    (year, month, day)
}

fn two_digits(number: i64) -> String {
    let digits = number.to_string();
    if number < 10 {
        ["0", &digits].concat()
    } else {
        digits
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Days, NaiveDate};
    use kelisim_shared::language::Language;

    use super::*;
    use crate::i18n::messages;

    #[test]
    fn writes_instants_in_almaty_time() {
        for (instant, language, expected) in [
            (
                "2026-11-23T05:00:00.000Z",
                Language::Ru,
                "23 ноября 2026 г. в 10:00 (UTC+5)",
            ),
            (
                "2026-11-23T05:00:00.000Z",
                Language::Kk,
                "2026 жылғы 23 қараша, 10:00 (UTC+5)",
            ),
            (
                "2026-11-23T05:00:00.000Z",
                Language::En,
                "23 November 2026 at 10:00 (UTC+5)",
            ),
            (
                "2027-12-31T18:59:59.999Z",
                Language::En,
                "31 December 2027 at 23:59 (UTC+5)",
            ),
            (
                "2027-12-31T19:00:00.000Z",
                Language::En,
                "1 January 2028 at 00:00 (UTC+5)",
            ),
        ] {
            let instant = instant.parse().unwrap();
            assert_eq!(messages(language).moment(instant), expected);
        }
    }

    #[test]
    fn agrees_with_chrono_on_every_day_of_five_centuries() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in 0..182_621 {
            let date = epoch + Days::new(days);
            let expected = (
                i64::from(date.year()),
                date.month0() as usize,
                i64::from(date.day()),
            );
            assert_eq!(civil(i64::try_from(days).unwrap()), expected);
        }
    }
}
