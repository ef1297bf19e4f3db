//! What the visits of `tests/bench/run.js` come to: medians with their spread, and whether the goals are reached.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::results::table;

/// Everything that one run measured.
#[derive(Debug, Deserialize)]
pub struct Comparison {
    /// The browser with its version.
    pub browser: String,
    /// How many visits were repeated because the browser was stuck or crashed.
    pub repeats: u32,
    subjects: Vec<Subject>,
    samples: Vec<Sample>,
}

#[derive(Debug, Deserialize)]
struct Subject {
    name: String,
    title: String,
    /// That of a peer's package; ours have none.
    version: Option<String>,
    goal: Option<Goal>,
}

/// What a subject of ours is compared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Goal {
    /// As part of a page of the host.
    Embedded,
    /// As a page by itself.
    Page,
}

/// One visit. Times are in milliseconds from the start of the navigation, sizes in bytes.
#[derive(Clone, Debug, Deserialize)]
struct Sample {
    subject: String,
    is_throttled: bool,
    visitor: Visitor,
    /// Since when the button could be pressed; with nothing to be pressed, never.
    pressable: Option<f64>,
    visible: Option<f64>,
    /// When the page had loaded and the last answer was there.
    settled: f64,
    bytes: f64,
    /// Those that had come when the button could be pressed.
    early_bytes: f64,
    requests: f64,
    /// By how much long tasks were longer than 50 ms, together.
    blocked: f64,
    heap: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Visitor {
    /// Has something to accept.
    Unsettled,
    /// Has accepted.
    Settled,
}

/// Two figures of which ours must not be more than so much of the other.
#[derive(Debug)]
pub struct Ratio {
    what: String,
    ours: f64,
    theirs: f64,
    limit: f64,
}

impl Ratio {
    /// Whether the goal is reached.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.value() <= self.limit
    }

    fn value(&self) -> f64 {
        self.ours / self.theirs
    }

    fn row(&self) -> Vec<String> {
        let verdict = if self.is_held() { "held" } else { "missed" };
        vec![
            self.what.clone(),
            format!("{:.0}", self.ours),
            format!("{:.0}", self.theirs),
            format!("{:.2}", self.value()),
            format!("≤ {:.2}", self.limit),
            verdict.to_owned(),
        ]
    }
}

impl Comparison {
    /// The tables of a situation: what it costs somebody who has something to accept, and somebody who has not.
    #[must_use]
    pub fn tables(&self, is_throttled: bool) -> String {
        let rows =
            |visitor, columns: &[fn(&Sample) -> f64], digits: &[usize]| -> Vec<Vec<String>> {
                let of = |subject: &Subject| {
                    let samples = self.samples(subject, is_throttled, visitor);
                    (!samples.is_empty()).then(|| {
                        let cells = columns.iter().zip(digits).map(|(column, digits)| {
                            Spread::of(samples.iter().map(|sample| column(sample))).text(*digits)
                        });
                        std::iter::once(subject.title()).chain(cells).collect()
                    })
                };
                self.subjects.iter().filter_map(of).collect()
            };
        let unsettled = rows(
            Visitor::Unsettled,
            &[
                |sample| sample.pressable.unwrap_or(f64::INFINITY),
                |sample| sample.visible.unwrap_or(f64::INFINITY),
                |sample| sample.early_bytes / KILO,
                |sample| sample.bytes / KILO,
                |sample| sample.requests,
                |sample| sample.blocked,
                |sample| sample.heap / KILO / KILO,
            ],
            &[0, 0, 1, 1, 0, 0, 1],
        );
        let settled = rows(
            Visitor::Settled,
            &[
                |sample| sample.bytes / KILO,
                |sample| sample.requests,
                |sample| sample.settled,
                |sample| sample.blocked,
            ],
            &[1, 0, 0, 0],
        );
        format!(
            "{}\n{}",
            table(
                &[
                    "something to accept",
                    "pressable, ms",
                    "visible, ms",
                    "KB until pressable",
                    "KB",
                    "requests",
                    "blocked, ms",
                    "heap, MB",
                ],
                &unsettled,
            ),
            table(
                &[
                    "accepted before",
                    "KB",
                    "requests",
                    "at rest, ms",
                    "blocked, ms"
                ],
                &settled,
            ),
        )
    }

    /// The goals, which are about what is throttled.
    ///
    /// # Errors
    /// When there is nobody to compare with.
    pub fn ratios(&self) -> Result<Vec<Ratio>> {
        let pressable = |subject: &Subject| {
            let samples = self.samples(subject, true, Visitor::Unsettled);
            let times = samples.iter().filter_map(|sample| sample.pressable);
            Spread::of(times).median
        };
        let settled_bytes = |subject: &Subject| {
            let samples = self.samples(subject, true, Visitor::Settled);
            (!samples.is_empty())
                .then(|| Spread::of(samples.iter().map(|sample| sample.bytes)).median)
        };
        let peers = || {
            self.subjects
                .iter()
                .filter(|subject| subject.version.is_some())
        };
        let reference = peers()
            .find(|peer| peer.name == REFERENCE)
            .with_context(|| format!("{REFERENCE} was not measured"))?;
        let fastest = peers()
            .min_by(|a, b| pressable(a).total_cmp(&pressable(b)))
            .context("no peer was measured")?;
        let (smallest, smallest_bytes) = peers()
            .filter_map(|peer| Some((peer, settled_bytes(peer)?)))
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .context("no peer was measured with somebody who has accepted")?;

        let mut ratios = Vec::new();
        for ours in self
            .subjects
            .iter()
            .filter(|subject| subject.version.is_none())
        {
            let faster = |peer: &Subject, limit| Ratio {
                what: format!("{}: pressable, beside {}, ms", ours.title, peer.name),
                ours: pressable(ours),
                theirs: pressable(peer),
                limit,
            };
            match ours.goal {
                Some(Goal::Embedded) => {
                    ratios.extend([faster(reference, 0.85), faster(fastest, 1.0)]);
                }
                Some(Goal::Page) => ratios.push(faster(fastest, 0.8)),
                None => {}
            }
            if let Some(bytes) = settled_bytes(ours) {
                ratios.push(Ratio {
                    what: format!(
                        "{}: accepted before, beside {}, bytes",
                        ours.title, smallest.name
                    ),
                    ours: bytes,
                    theirs: smallest_bytes,
                    limit: 0.3,
                });
            }
        }
        Ok(ratios)
    }

    fn samples(&self, subject: &Subject, is_throttled: bool, visitor: Visitor) -> Vec<&Sample> {
        let all = self.samples.iter();
        all.filter(|sample| {
            sample.subject == subject.name
                && sample.is_throttled == is_throttled
                && sample.visitor == visitor
        })
        .collect()
    }
}

impl Subject {
    fn title(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.title),
            None => self.title.clone(),
        }
    }
}

/// The table of the goals.
#[must_use]
pub fn goals(ratios: &[Ratio]) -> String {
    let rows: Vec<_> = ratios.iter().map(Ratio::row).collect();
    table(&["goal", "ours", "theirs", "ratio", "limit", ""], &rows)
}

/// The middle of some figures, and where the middle half of them lies.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    lower: f64,
    median: f64,
    upper: f64,
}

impl Spread {
    /// Of no figures at all, infinity.
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        // The quartiles are medians of the halves, of which the middle figure is part of both.
        let half = figures.len().div_ceil(2);
        Self {
            lower: median(&figures[..half]),
            median: median(&figures),
            upper: median(&figures[figures.len() - half..]),
        }
    }

    /// `549 (531–570)`, or `549` where that is all there is.
    fn text(self, digits: usize) -> String {
        let [lower, median, upper] =
            [self.lower, self.median, self.upper].map(|figure| format!("{figure:.digits$}"));
        if lower == median && median == upper {
            median
        } else {
            format!("{median} ({lower}–{upper})")
        }
    }
}

/// Of figures that are in order.
fn median(figures: &[f64]) -> f64 {
    let middle = figures.len() / 2;
    match figures {
        [] => f64::INFINITY,
        _ if figures.len() % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

/// The peer that is named in the goal of what is embedded.
const REFERENCE: &str = "vanilla-cookieconsent";

const KILO: f64 = 1000.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_median_and_the_middle_half() {
        for (figures, text) in [
            (vec![], "inf"),
            (vec![7.0], "7"),
            (vec![3.0, 1.0], "2 (1–3)"),
            (vec![5.0, 1.0, 2.0, 9.0, 3.0], "3 (2–5)"),
        ] {
            assert_eq!(Spread::of(figures.into_iter()).text(0), text);
        }
    }

    #[test]
    fn the_goals_are_about_medians_of_throttled_visits() -> Result<()> {
        let subject = |name: &str, version, goal| Subject {
            name: name.to_owned(),
            title: name.to_owned(),
            version,
            goal,
        };
        let sample = |name: &str, is_throttled, visitor, pressable, bytes| Sample {
            subject: name.to_owned(),
            is_throttled,
            visitor,
            pressable,
            visible: pressable,
            settled: 0.0,
            bytes,
            early_bytes: bytes,
            requests: 1.0,
            blocked: 0.0,
            heap: 0.0,
        };
        let one = || Some("1".to_owned());
        let comparison = Comparison {
            browser: String::new(),
            repeats: 0,
            subjects: vec![
                subject("ours", None, Some(Goal::Embedded)),
                subject("page", None, Some(Goal::Page)),
                subject(REFERENCE, one(), None),
                subject("other", one(), None),
            ],
            samples: vec![
                sample("ours", true, Visitor::Unsettled, Some(84.0), 5.0),
                sample("ours", false, Visitor::Unsettled, Some(900.0), 5.0),
                sample("ours", true, Visitor::Settled, None, 30.0),
                sample("page", true, Visitor::Unsettled, Some(73.0), 5.0),
                sample(REFERENCE, true, Visitor::Unsettled, Some(100.0), 5.0),
                sample(REFERENCE, true, Visitor::Settled, None, 100.0),
                sample("other", true, Visitor::Unsettled, Some(90.0), 5.0),
                sample("other", true, Visitor::Settled, None, 101.0),
            ],
        };

        let ratios = comparison.ratios()?;

        let found: Vec<_> = ratios
            .iter()
            .map(|ratio| (ratio.ours, ratio.theirs, ratio.limit, ratio.is_held()))
            .collect();
        assert_eq!(
            found,
            [
                (84.0, 100.0, 0.85, true),
                (84.0, 90.0, 1.0, true),
                (30.0, 100.0, 0.3, true),
                (73.0, 90.0, 0.8, false),
            ]
        );
        Ok(())
    }
}
