//! How many have accepted an edition, on which ground, and how many have not yet: from movements, so that no subject has
//! to be looked at.
//!
//! Whenever a record changes which edition a subject holds, that is a [`Movement`]. Movements are added up by day, edition
//! and ground into [`Tally`] rows, and rows into [`EditionCounts`].

use serde::{Deserialize, Serialize};

use crate::{
    edition::EditionId,
    record::{Basis, Event},
    subject::Facts,
    time::{Day, Timestamp},
};

/// A subject lets go of one edition, takes up another, or both. It does not say who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// The day, in `Asia/Almaty`.
    pub day: Day,
    /// What was held before.
    pub from: Option<Holding>,
    /// What is held now.
    pub to: Option<Holding>,
    /// Whether the subject withdrew.
    pub withdrawn: bool,
}

/// An edition that a subject accepts, and on what ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// The edition.
    pub edition: EditionId,
    /// The ground.
    pub basis: Basis,
}

impl Movement {
    /// The movement that an event made at `now`, if it made one.
    #[must_use]
    pub fn of(before: &Facts, after: &Facts, event: &Event, now: Timestamp) -> Option<Self> {
        let [from, to] = [before, after].map(holding);
        let withdrawn = matches!(event, Event::Withdrawn(_));
        Self::between(from, to, withdrawn, now)
    }

    /// The movement that erasing a subject makes at `now`, if it makes one.
    #[must_use]
    pub fn of_erasure(before: &Facts, now: Timestamp) -> Option<Self> {
        Self::between(holding(before), None, false, now)
    }

    fn between(
        from: Option<Holding>,
        to: Option<Holding>,
        withdrawn: bool,
        now: Timestamp,
    ) -> Option<Self> {
        let day = now.to_almaty().date_naive().into();
        (from != to).then_some(Self {
            day,
            from,
            to,
            withdrawn,
        })
    }

    /// What it adds to the tally: at most two rows.
    pub fn rows(self) -> impl Iterator<Item = Tally> {
        let Self {
            day,
            from,
            to,
            withdrawn,
        } = self;
        let gained = to.map(|holding| Tally {
            gained: 1,
            ..Tally::new(day, holding)
        });
        let lost = from.map(|holding| Tally {
            withdrawn: withdrawn.into(),
            moved_on: (!withdrawn).into(),
            ..Tally::new(day, holding)
        });
        gained.into_iter().chain(lost)
    }
}

fn holding(facts: &Facts) -> Option<Holding> {
    facts
        .holding()
        .map(|(edition, basis)| Holding { edition, basis })
}

/// The movements of one day, edition and ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// The day, in `Asia/Almaty`.
    pub day: Day,
    /// The edition.
    pub edition: EditionId,
    /// The ground.
    pub basis: Basis,
    /// How many accepted it.
    pub gained: u32,
    /// How many withdrew.
    pub withdrawn: u32,
    /// How many moved on: for another edition or ground, or because the agreement ended.
    pub moved_on: u32,
}

impl Tally {
    const fn new(day: Day, holding: Holding) -> Self {
        Self {
            day,
            edition: holding.edition,
            basis: holding.basis,
            gained: 0,
            withdrawn: 0,
            moved_on: 0,
        }
    }

    fn net(&self) -> i64 {
        i64::from(self.gained) - i64::from(self.withdrawn) - i64::from(self.moved_on)
    }
}

/// Where the subjects stand towards one edition. Acceptances by pressing the button and by continued use are never added
/// up. Who holds an edition that this one changes in wording only is counted there, and not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EditionCounts {
    /// The edition.
    pub edition: EditionId,
    /// How many hold it now because they pressed the button.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub explicit: u64,
    /// How many hold it now because they went on using the app.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub implied: u64,
    /// How many hold an earlier edition that is not enough for this one.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub pending: u64,
    /// How many withdrew while they held it.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub withdrawn: u64,
    /// The days on which something moved, in order.
    pub days: Vec<DayCounts>,
}

/// One day of [`EditionCounts`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayCounts {
    /// The day, in `Asia/Almaty`.
    pub day: Day,
    /// How many accepted it on that day by pressing the button.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub explicit: u64,
    /// How many accepted it on that day by going on to use the app.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub implied: u64,
    /// How many withdrew on that day while they held it.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub withdrawn: u64,
    /// How many were pending at the end of that day.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub pending: u64,
}

impl EditionCounts {
    /// Adds up the tally of all editions for one that was published on `published_on`. `earlier` are the editions
    /// published before it whose acceptance is not enough for it.
    #[must_use]
    pub fn of(
        edition: EditionId,
        published_on: Day,
        earlier: &[EditionId],
        tally: &[Tally],
    ) -> Self {
        let mut rows: Vec<&Tally> = tally
            .iter()
            .filter(|row| row.edition == edition || earlier.contains(&row.edition))
            .collect();
        rows.sort_by_key(|row| row.day);
        let mut counts = Self {
            edition,
            explicit: 0,
            implied: 0,
            pending: 0,
            withdrawn: 0,
            days: Vec::new(),
        };
        let (mut explicit, mut implied, mut pending) = (0, 0, 0);
        for of_day in rows.chunk_by(|a, b| a.day == b.day) {
            let mut day = DayCounts {
                day: of_day[0].day,
                explicit: 0,
                implied: 0,
                withdrawn: 0,
                pending: 0,
            };
            for row in of_day {
                if row.edition != edition {
                    pending += row.net();
                    continue;
                }
                day.withdrawn += u64::from(row.withdrawn);
                match row.basis {
                    Basis::Explicit => {
                        day.explicit += u64::from(row.gained);
                        explicit += row.net();
                    }
                    Basis::Implied => {
                        day.implied += u64::from(row.gained);
                        implied += row.net();
                    }
                }
            }
            day.pending = count(pending);
            counts.withdrawn += day.withdrawn;
            if day.day >= published_on {
                counts.days.push(day);
            }
        }
        counts.explicit = count(explicit);
        counts.implied = count(implied);
        counts.pending = count(pending);
        counts
    }
}

/// Movements of one subject may be told in another order than they happened, so for a moment more may have let go of an
/// edition than have taken it up.
fn count(net: i64) -> u64 {
    u64::try_from(net).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Sha256Digest;

    fn edition(name: &str) -> EditionId {
        EditionId::new(Sha256Digest::of(name.as_bytes()))
    }

    fn holding(name: &str, basis: Basis) -> Holding {
        Holding {
            edition: edition(name),
            basis,
        }
    }

    #[test]
    fn adds_movements_up_by_day() {
        let day = |day: u8| -> Day { format!("2026-11-{day:02}").parse().unwrap() };
        let movement = |on, from, to, withdrawn| Movement {
            day: day(on),
            from,
            to,
            withdrawn,
        };
        let old = Some(holding("old", Basis::Explicit));
        let implied = Some(holding("new", Basis::Implied));
        let explicit = Some(holding("new", Basis::Explicit));
        let tally: Vec<Tally> = [
            movement(1, None, old, false),
            movement(1, None, old, false),
            movement(1, None, old, false),
            movement(2, None, old, false),
            movement(10, old, explicit, false),
            movement(18, old, implied, false),
            movement(18, old, implied, false),
            movement(19, implied, explicit, false),
            movement(19, None, explicit, false),
            movement(20, explicit, None, true),
            movement(21, old, None, true),
        ]
        .into_iter()
        .flat_map(Movement::rows)
        .collect();

        let counts = EditionCounts::of(edition("new"), day(9), &[edition("old")], &tally);
        let numbers = |counts: &EditionCounts| {
            [
                counts.explicit,
                counts.implied,
                counts.pending,
                counts.withdrawn,
            ]
        };
        assert_eq!(numbers(&counts), [2, 1, 0, 1]);
        let days: Vec<_> = counts
            .days
            .iter()
            .map(|counts| {
                let numbers = [counts.explicit, counts.implied, counts.withdrawn];
                (counts.day, numbers, counts.pending)
            })
            .collect();
        assert_eq!(
            days,
            [
                (day(10), [1, 0, 0], 3),
                (day(18), [0, 2, 0], 1),
                (day(19), [2, 0, 0], 1),
                (day(20), [0, 0, 1], 1),
                (day(21), [0, 0, 0], 0),
            ]
        );
        let before = EditionCounts::of(edition("old"), day(1), &[], &tally);
        assert_eq!(numbers(&before), [0, 0, 0, 1]);
    }
}
