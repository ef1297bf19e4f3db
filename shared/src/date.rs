//! Instants as people write them, by the wall clock of Almaty.
//!
//! Browsers are no help here: Chromium has no tables for Kazakh (it writes `2026 M11 23`), and a telephone's
//! tables of zones may be older than 2024-03-01, when Almaty moved from UTC+6 to UTC+5. So the words are
//! ours, and the distance from UTC is always shown with the time.

//!
//! The calendar is ours, too: it is a dozen lines, and chrono's tables would be a part of every download of the widget.

use crate::{language::Language, time::Timestamp};

/// The day: `23 ноября 2026 г.`
#[must_use]
pub fn day(language: Language, instant: Timestamp) -> String {
    let Local {
        year, month, day, ..
    } = local(instant);
    let [day, year] = [day, year].map(|number| number.to_string());
    let month = style(language).months[month];
    match language {
        Language::En => [&day, " ", month, " ", &year].concat(),
        Language::Kk => [&year, " жылғы ", &day, " ", month].concat(),
        Language::Ru => [&day, " ", month, " ", &year, " г."].concat(),
    }
}

/// Day, hour and minute: `23 ноября 2026 г. в 10:00 (UTC+5)`.
#[must_use]
pub fn moment(language: Language, instant: Timestamp) -> String {
    let Local { hour, minute, .. } = local(instant);
    let [hour, minute] = [hour, minute].map(two_digits);
    let offset = instant.almaty_hours().to_string();
    let day = day(language, instant);
    let between = style(language).before_time;
    [&day, between, &hour, ":", &minute, " (UTC+", &offset, ")"].concat()
}

/// The wall clock of Almaty.
struct Local {
    year: i64,
    /// 0 to 11.
    month: usize,
    /// 1 to 31.
    day: i64,
    hour: i64,
    minute: i64,
}

/// Years are counted from March, so that the day which some have more is the last (Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`).
fn local(instant: Timestamp) -> Local {
    let minutes = instant.unix_milliseconds() / 60_000 + i64::from(instant.almaty_hours()) * 60;
    // Since 0000-03-01; 400 years have 146,097 days.
    let days = minutes / 1_440 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months have 153 days, from March as from August.
    let from_march = (5 * day + 2) / 153;
    let month = (from_march + 2) % 12;
    Local {
        year: era * 400 + year + i64::from(month < 2),
        month: usize::try_from(month).expect("a remainder of 12"),
        day: day - (153 * from_march + 2) / 5 + 1,
        hour: minutes / 60 % 24,
        minute: minutes % 60,
    }
}

/// How dates are written in a language.
struct Style {
    /// The months, in the case that they take beside a day.
    months: [&'static str; 12],
    /// What stands between date and time.
    before_time: &'static str,
}

const fn style(language: Language) -> &'static Style {
    match language {
        Language::En => &EN,
        Language::Kk => &KK,
        Language::Ru => &RU,
    }
}

#[rustfmt::skip]
const EN: Style = Style {
    months: [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ],
    before_time: " at ",
};

#[rustfmt::skip]
const KK: Style = Style {
    months: [
        "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
        "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан",
    ],
    before_time: ", ",
};

#[rustfmt::skip]
const RU: Style = Style {
    months: [
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ],
    before_time: " в ",
};

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
    use super::*;

    #[test]
    fn writes_a_moment_as_people_of_the_language_do() {
        for (instant, language, expected) in [
            (
                "2026-11-22T20:05:00.000Z",
                Language::Kk,
                "2026 жылғы 23 қараша, 01:05 (UTC+5)",
            ),
            (
                "2026-11-22T20:05:00.000Z",
                Language::Ru,
                "23 ноября 2026 г. в 01:05 (UTC+5)",
            ),
            (
                "2026-11-22T20:05:00.000Z",
                Language::En,
                "23 November 2026 at 01:05 (UTC+5)",
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
            (
                "2024-02-29T17:59:00.000Z",
                Language::En,
                "29 February 2024 at 23:59 (UTC+6)",
            ),
        ] {
            assert_eq!(moment(language, instant.parse().unwrap()), expected);
        }
    }

    #[test]
    fn has_the_calendar_that_chrono_has() {
        use chrono::{Datelike, Timelike};
        // Every 23 hours and 59 minutes from 1970 to 2100.
        for milliseconds in (0..4_102_444_800_000).step_by(86_340_000) {
            let instant = Timestamp::from_unix_milliseconds(milliseconds).unwrap();
            let expected = instant.to_almaty();
            let local = local(instant);
            assert_eq!(
                (local.year, local.month, local.day),
                (
                    expected.year().into(),
                    expected.month0() as usize,
                    expected.day().into()
                ),
                "{instant}"
            );
            let time = (local.hour, local.minute);
            assert_eq!(time, (expected.hour().into(), expected.minute().into()));
        }
    }

    #[test]
    fn knows_every_month() {
        for language in Language::ALL {
            let mut months: Vec<String> = (1..=12)
                .map(|month| format!("2026-{month:02}-15T12:00:00.000Z").parse().unwrap())
                .map(|instant| day(language, instant).replace(['0', '1', '2', '5', '6'], ""))
                .collect();
            months.sort();
            months.dedup();
            assert_eq!(months.len(), 12, "{months:?}");
        }
    }
}
