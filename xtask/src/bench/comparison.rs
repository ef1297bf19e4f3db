//! What the visits of `tests/bench/run.js` come to: medians with their spread, and whether the goals are reached.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::ratios::{Limit, Ratio};
use super::results::table;
use super::spread::Spread;

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
    #[serde(default)]
    goals: Vec<Goal>,
}

/// What a subject of ours is compared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Goal {
    /// As part of a page of the host.
    Embedded,
    /// As a page by itself.
    Page,
    /// By what it costs somebody who has accepted.
    Settled,
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
                limit: Limit::AtMost(limit),
            };
            for goal in &ours.goals {
                match goal {
                    Goal::Embedded => {
                        ratios.extend([faster(reference, 0.85), faster(fastest, 1.0)]);
                    }
                    Goal::Page => ratios.push(faster(fastest, 0.8)),
                    Goal::Settled => ratios.push(Ratio {
                        what: format!(
                            "{}: accepted before, beside {}, bytes",
                            ours.title, smallest.name
                        ),
                        ours: settled_bytes(ours)
                            .context("nobody was measured who has accepted")?,
                        theirs: smallest_bytes,
                        limit: Limit::AtMost(0.3),
                    }),
                }
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

/// The peer that is named in the goal of what is embedded.
const REFERENCE: &str = "vanilla-cookieconsent";

const KILO: f64 = 1000.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goals_are_about_medians_of_throttled_visits() -> Result<()> {
        let subject = |name: &str, version, goals: &[Goal]| Subject {
            name: name.to_owned(),
            title: name.to_owned(),
            version,
            goals: goals.to_vec(),
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
                subject("ours", None, &[Goal::Embedded, Goal::Settled]),
                subject("page", None, &[Goal::Page]),
                subject(REFERENCE, one(), &[]),
                subject("other", one(), &[]),
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
                (84.0, 100.0, Limit::AtMost(0.85), true),
                (84.0, 90.0, Limit::AtMost(1.0), true),
                (30.0, 100.0, Limit::AtMost(0.3), true),
                (73.0, 90.0, Limit::AtMost(0.8), false),
            ]
        );
        Ok(())
    }
}
