//! How long there is until a deadline, as people count it.

use kelisim_shared::time::Timestamp;

/// How long there is: in the largest unit that is in it, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Days of 24 hours: 1 or more.
    Days(u32),
    /// Hours: 1 to 23.
    Hours(u32),
    /// Minutes: 1 to 59. The last one counts as one until it is over.
    Minutes(u32),
}

impl Remaining {
    /// What is left at `now`; `None` once the deadline has come.
    #[must_use]
    pub fn until(deadline: Timestamp, now: Timestamp) -> Option<Self> {
        let milliseconds = deadline.unix_milliseconds() - now.unix_milliseconds();
        if milliseconds <= 0 {
            return None;
        }
        let minutes = u32::try_from(milliseconds / 60_000).unwrap_or(u32::MAX);
        Some(match (minutes / 1_440, minutes / 60) {
            (0, 0) => Self::Minutes(minutes.max(1)),
            (0, hours) => Self::Hours(hours),
            (days, _) => Self::Days(days),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_down_in_the_largest_unit() {
        let deadline = "2026-11-30T19:00:00.000Z".parse().unwrap();
        for (now, expected) in [
            ("2026-11-23T19:00:00.000Z", Some(Remaining::Days(7))),
            ("2026-11-23T19:00:00.001Z", Some(Remaining::Days(6))),
            ("2026-11-29T19:00:00.000Z", Some(Remaining::Days(1))),
            ("2026-11-29T19:00:00.001Z", Some(Remaining::Hours(23))),
            ("2026-11-30T18:00:00.000Z", Some(Remaining::Hours(1))),
            ("2026-11-30T18:00:00.001Z", Some(Remaining::Minutes(59))),
            ("2026-11-30T18:59:59.999Z", Some(Remaining::Minutes(1))),
            ("2026-11-30T19:00:00.000Z", None),
            ("2027-11-30T19:00:00.000Z", None),
        ] {
            assert_eq!(
                Remaining::until(deadline, now.parse().unwrap()),
                expected,
                "{now}"
            );
        }
    }
}
