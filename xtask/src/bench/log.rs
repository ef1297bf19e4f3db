//! `cargo xtask bench log`: what an append and a proof cost as the log grows, in native code and in real workerd.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use super::results::{self, table};
use crate::environment::Environment;
use crate::progress::now;
use crate::secrets::Secrets;
use crate::server::{Options, Server};
use crate::setup::Setup;
use crate::{build, process, target};

/// Measures, prints and writes the results; tells whether both goals are reached.
///
/// # Errors
/// When something cannot be built or measured.
pub fn run() -> Result<bool> {
    let setup = Setup::install()?;
    build::build(&setup, Environment::Preview)?;
    let native = native()?;
    let workerd = workerd()?;
    let goals = [
        ratio("append, native", &native, |cost| cost.append, FLAT),
        ratio("append, workerd", &workerd, |cost| cost.append, FLAT),
        ratio("proof, native", &native, |cost| cost.proof, LOGARITHMIC),
        ratio("proof, workerd", &workerd, |cost| cost.proof, LOGARITHMIC),
    ];
    let is_held = goals.iter().all(|goal| goal.ratio <= goal.limit);
    let section = format!(
        "`cargo xtask bench log`. {}.\n\n{METHOD}\n{}\n{}",
        results::circumstances()?,
        table(
            &[
                "entries",
                "append, native, µs",
                "proof, native, µs",
                "append, workerd, µs",
                "proof, workerd, µs"
            ],
            &native
                .iter()
                .zip(&workerd)
                .map(|(native, workerd)| row(native, workerd))
                .collect::<Vec<_>>(),
        ),
        table(
            &["from 1,000 entries to 1,000,000", "ratio", "limit"],
            &goals.map(|goal| vec![
                goal.what.to_owned(),
                format!("{:.2}", goal.ratio),
                format!("≤ {}", goal.limit)
            ]),
        ),
    );
    println!("{section}");
    results::write("Log", &section)?;
    Ok(is_held)
}

/// What a log of so many entries costs, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Cost {
    entries: u64,
    append: f64,
    proof: f64,
}

struct Goal {
    what: &'static str,
    ratio: f64,
    limit: f64,
}

fn ratio(what: &'static str, costs: &[Cost], of: impl Fn(&Cost) -> f64, limit: f64) -> Goal {
    let ratio = match costs {
        [first, .., last] => of(last) / of(first),
        _ => f64::INFINITY,
    };
    Goal { what, ratio, limit }
}

fn row(native: &Cost, workerd: &Cost) -> Vec<String> {
    let figure = |microseconds: f64| format!("{microseconds:.1}");
    vec![
        native.entries.to_string(),
        figure(native.append),
        figure(native.proof),
        figure(workerd.append),
        figure(workerd.proof),
    ]
}

/// What `edge/benches/log.rs` prints.
fn native() -> Result<Vec<Cost>> {
    let mut command = Command::new("cargo");
    command.args(["bench", "--quiet", "--package=kelisim-edge", "--bench=log"]);
    let printed = process::stdout(&mut command)?;
    let cost = |line: &str| -> Option<Cost> {
        let mut numbers = line.split(' ').map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        let microseconds = |nanoseconds: u64| Duration::from_nanos(nanoseconds).as_secs_f64() * 1e6;
        Some(Cost {
            entries: next()?,
            append: microseconds(next()?),
            proof: microseconds(next()?),
        })
    };
    let costs: Vec<Cost> = printed.lines().filter_map(cost).collect();
    (costs.len() == SIZES.len())
        .then_some(costs)
        .with_context(|| format!("the bench prints something else: {printed}"))
}

/// The preview's log object in workerd, told to grow and to prove.
fn workerd() -> Result<Vec<Cost>> {
    let folder = target().join("bench/log");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let secrets = folder.join("secrets.env");
    Secrets::for_preview()?.write(&secrets)?;
    let server = Server::start(&Options::new(
        Environment::Preview,
        folder.join("state"),
        secrets,
    ))?;
    let exercise = |entries: u64, proofs: u64| -> Result<(u64, f64)> {
        let begun = now();
        let mut answer = ureq::post(format!("{}/preview/log", server.url()))
            .send_json(json!({ "entries": entries, "proofs": proofs }))?;
        let size = answer.body_mut().read_json::<serde_json::Value>()?["size"].as_u64();
        let microseconds = begun.elapsed().as_secs_f64() * 1e6;
        Ok((size.context("it tells no size")?, microseconds))
    };
    let mut costs = Vec::new();
    for entries in SIZES {
        let (mut size, _) = exercise(1, 0)?;
        while size < entries {
            (size, _) = exercise((entries - size).min(FILL), 0)?;
        }
        // What a call costs that does nothing, the platform's part of the others.
        let call = median(|| Ok(exercise(0, 0)?.1))?;
        let append = median(|| Ok(exercise(BATCH, 0)?.1))?;
        let proof = median(|| Ok(exercise(0, BATCH)?.1))?;
        costs.push(Cost {
            entries,
            append: each(append - call),
            proof: each(proof - call),
        });
    }
    Ok(costs)
}

fn median(mut measure: impl FnMut() -> Result<f64>) -> Result<f64> {
    let mut figures = (0..ROUNDS).map(|_| measure()).collect::<Result<Vec<_>>>()?;
    figures.sort_by(f64::total_cmp);
    Ok(figures[figures.len() / 2])
}

#[expect(clippy::cast_precision_loss, reason = "a hundred")]
fn each(microseconds: f64) -> f64 {
    microseconds / BATCH as f64
}

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many entries are added at once until there are so many.
const FILL: u64 = 5_000;

/// How many are added, or proven, in a call that is measured.
const BATCH: u64 = 100;

const ROUNDS: usize = 21;

/// An append may not cost more as the log grows, but for what a machine does by chance.
const FLAT: f64 = 1.5;

/// Twice as many hashes are in a proof, and twice as many tiles are read.
const LOGARITHMIC: f64 = 3.0;

/// How it was measured, for the reader of the results.
const METHOD: &str = include_str!("../../../tests/bench/log.md");
