//! Working days.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

use chrono::{Datelike, NaiveDate, Weekday};

use super::OutsideCalendar;

/// The working days of some years: a five-day week, and the days that are not as the week has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    version: String,
    years: RangeInclusive<i32>,
    /// Whether it is a working day, for days on which the week would have it otherwise.
    exceptions: BTreeMap<NaiveDate, bool>,
}

impl Calendar {
    /// The calendar of Kazakhstan that this build holds; the file says where it comes from.
    #[must_use]
    pub fn kazakhstan() -> &'static Self {
        static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
            Calendar::parse(Calendar::KAZAKHSTAN).expect("a test reads this very file")
        });
        &CALENDAR
    }

    /// The file that [`Calendar::kazakhstan`] is read from, for whoever is to compute a deadline again.
    pub const KAZAKHSTAN: &str = include_str!("kazakhstan.txt");

    /// The version, which is stored with each deadline that is computed with it.
    #[must_use]
    pub const fn version(&self) -> &str {
        self.version.as_str()
    }

    /// The years that it knows.
    #[must_use]
    pub const fn years(&self) -> &RangeInclusive<i32> {
        &self.years
    }

    /// Whether `day` is a working day.
    ///
    /// # Errors
    /// [`OutsideCalendar`]: it lies in another year.
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, OutsideCalendar> {
        if !self.years.contains(&day.year()) {
            return Err(OutsideCalendar { day });
        }
        Ok(self
            .exceptions
            .get(&day)
            .copied()
            .unwrap_or_else(|| is_weekday(day)))
    }

    /// Reads a file of lines `version …`, `years FIRST LAST` and `YYYY-MM-DD off` or `… work`, in order and each of them
    /// needed. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut version, mut years) = (None, None);
        let mut exceptions = BTreeMap::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            match line.split_once(' ')? {
                ("version", name) => version = Some(name.to_owned()),
                ("years", range) => {
                    let (first, last) = range.split_once(' ')?;
                    years = Some(first.parse().ok()?..=last.parse().ok()?);
                }
                (day, kind) => {
                    let day: NaiveDate = day.parse().ok()?;
                    let works = match kind {
                        "work" => true,
                        "off" => false,
                        _ => return None,
                    };
                    let in_order = exceptions
                        .last_key_value()
                        .is_none_or(|(last, _)| *last < day);
                    if !in_order || works == is_weekday(day) {
                        return None;
                    }
                    exceptions.insert(day, works);
                }
            }
        }
        let (version, years): (_, RangeInclusive<i32>) = (version?, years?);
        let known = exceptions.keys().all(|day| years.contains(&day.year()));
        known.then_some(Self {
            version,
            years,
            exceptions,
        })
    }
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works(text: &str) -> bool {
        Calendar::kazakhstan()
            .is_working_day(text.parse().unwrap())
            .unwrap()
    }

    #[test]
    fn knows_holidays_transfers_and_weekends() {
        assert!(works("2026-11-23"));
        assert!(!works("2026-11-28"), "a Saturday");
        assert!(!works("2026-12-16"), "a holiday");
        assert!(works("2024-05-04"), "a Saturday that was worked");
        assert!(!works("2024-05-08"), "the day off in its place");
        assert_eq!(Calendar::kazakhstan().years(), &(2024..=2027));
    }

    #[test]
    fn refuses_a_file_that_says_what_is_needless_disordered_or_unclear() {
        let good = "version a\nyears 2024 2024\n2024-01-01 off\n2024-05-04 work\n";
        assert!(Calendar::parse(good).is_some());
        for bad in [
            "years 2024 2024\n",
            "version a\n",
            "version a\nyears 2024\n",
            "version a\nyears 2024 2024\n2024-01-01 work\n",
            "version a\nyears 2024 2024\n2024-01-06 off\n",
            "version a\nyears 2024 2024\n2024-01-02 off\n2024-01-01 off\n",
            "version a\nyears 2024 2024\n2024-01-01 off\n2024-01-01 off\n",
            "version a\nyears 2024 2024\n2025-01-01 off\n",
            "version a\nyears 2024 2024\n2024-02-30 off\n",
            "version a\nyears 2024 2024\n2024-01-01 holiday\n",
            "version a\nyears 2024 2024\n2024-01-01\n",
        ] {
            assert_eq!(Calendar::parse(bad), None, "{bad}");
        }
    }
}
