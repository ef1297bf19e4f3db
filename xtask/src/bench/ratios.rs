//! Goals: figures of ours beside those of others.

use super::results::table;

/// Two figures of which ours must keep a distance to the other.
#[derive(Debug)]
pub struct Ratio {
    /// What is compared, of whom and in which unit.
    pub what: String,
    /// Our figure.
    pub ours: f64,
    /// The other one.
    pub theirs: f64,
    /// How they must compare.
    pub limit: Limit,
}

/// What ours must be, divided by theirs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// That much or less.
    AtMost(f64),
    /// That much or more.
    AtLeast(f64),
}

impl Ratio {
    /// Whether the goal is reached.
    #[must_use]
    pub fn is_held(&self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.value() <= limit,
            Limit::AtLeast(limit) => self.value() >= limit,
        }
    }

    fn value(&self) -> f64 {
        self.ours / self.theirs
    }

    fn row(&self) -> Vec<String> {
        let limit = match self.limit {
            Limit::AtMost(limit) => format!("≤ {limit:.2}"),
            Limit::AtLeast(limit) => format!("≥ {limit:.2}"),
        };
        let verdict = if self.is_held() { "held" } else { "missed" };
        vec![
            self.what.clone(),
            format!("{:.0}", self.ours),
            format!("{:.0}", self.theirs),
            format!("{:.2}", self.value()),
            limit,
            verdict.to_owned(),
        ]
    }
}

/// The table of the goals, in which ours and the other one are called so.
#[must_use]
pub fn goals([ours, theirs]: [&str; 2], ratios: &[Ratio]) -> String {
    let rows: Vec<_> = ratios.iter().map(Ratio::row).collect();
    table(&["goal", ours, theirs, "ratio", "limit", ""], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_held_up_to_its_limit() {
        let ratio = |ours, limit| Ratio {
            what: "it".to_owned(),
            ours,
            theirs: 100.0,
            limit,
        };
        for (ours, limit, row) in [
            (85.0, Limit::AtMost(0.85), "0.85 ≤ 0.85 held"),
            (86.0, Limit::AtMost(0.85), "0.86 ≤ 0.85 missed"),
            (300.0, Limit::AtLeast(3.0), "3.00 ≥ 3.00 held"),
            (299.0, Limit::AtLeast(3.0), "2.99 ≥ 3.00 missed"),
        ] {
            assert_eq!(ratio(ours, limit).row()[3..].join(" "), row);
        }
    }
}
