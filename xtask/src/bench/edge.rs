//! `cargo xtask bench edge`: acceptances by our edge and by the backend of c15t, each on its own store; and by our edge with a
//! log and without.
//!
//! What they are asked and how that is measured is in `tests/bench/accepts`; here the servers are started, and here is what
//! becomes of the figures.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::postgres::{self, Postgres};
use super::ratios::{Limit, Ratio, goals};
use super::service::Service;
use super::spread::Spread;
use super::{folder, free_ports, install_packages, results, sources};
use crate::environment::Environment;
use crate::npm::Packages;
use crate::secrets::{Secrets, signing_key};
use crate::setup::Setup;
use crate::{build, process, root, seed};

/// Measures, prints and writes the results; tells whether every goal is reached.
///
/// # Errors
/// When something cannot be built or measured, or an acceptance fails.
pub fn run(rounds: u32, requests: u32) -> Result<bool> {
    ensure!(
        cfg!(target_os = "linux"),
        "the bench reads from Linux's /proc how much of the processor each server takes"
    );
    let setup = Setup::install()?;
    postgres::install()?;
    install_packages()?;
    build::build(&setup, Environment::Production)?;
    build::build(&setup, Environment::Preview)?;

    let bench = Bench {
        packages: &setup.packages,
        rounds,
        requests,
        issuer: signing_key("host")?,
    };
    let (peers, versions) = bench.peers()?;
    let peer_ratios = peers.peer_ratios();
    let log = bench.log()?;
    let log_ratios = [log.log_ratio()];
    let section = format!(
        "`cargo xtask bench edge --rounds {rounds} --requests {requests}`. {}; {versions}.\n\n{METHOD}\n{}\n{}\n{LOG_METHOD}\n{}\n{}",
        results::circumstances()?,
        peers.table(&[
            (Server::Kelisim, "Kelisim: workerd, SQLite"),
            (Server::C15t, "c15t: Node, PostgreSQL"),
            (Server::Floor, "the floor: an object and a row"),
        ]),
        goals(["ours", "theirs"], &peer_ratios),
        log.table(&[
            (Server::Logged, "preview, with its log"),
            (Server::Unlogged, "preview, without"),
        ]),
        goals(["with", "without"], &log_ratios),
    );
    println!("{section}");
    results::write("Edge", &section)?;
    Ok(peer_ratios.iter().chain(&log_ratios).all(Ratio::is_held))
}

/// What both comparisons are made with.
struct Bench<'a> {
    packages: &'a Packages,
    rounds: u32,
    requests: u32,
    /// The private key of who vouches for users and staff.
    issuer: String,
}

impl Bench<'_> {
    /// Compares the edge that is deployed with c15t's backend; tells the versions too.
    fn peers(&self) -> Result<(Measured, String)> {
        let [ours, theirs, ground, database] = free_ports()?;
        let edge = self.start_edge("edge", "workerd.capnp", ours, &Secrets::for_production()?)?;
        let postgres = Postgres::start(database)?;
        let backend = start_c15t(self.packages, theirs, &postgres.url)?;
        let floor = start_workerd(self.packages, "floor", "floor.capnp", ground, [])?;
        let measured = self.measure(&json!([
            self.described("kelisim", ours, &edge, true)?,
            {
                "kind": "c15t",
                "name": "c15t",
                "origin": origin(theirs),
                "processes": [backend.process(), postgres.service.process()],
                "key": API_KEY,
            },
            {
                "kind": "floor",
                "name": "floor",
                "origin": origin(ground),
                "processes": [floor.process()],
            },
        ]))?;
        let versions = format!(
            "workerd {}; c15t {} in Node {}; {}",
            version(&root().join("node_modules/workerd"))?,
            version(&sources().join("node_modules/@c15t/backend"))?,
            measured.node,
            postgres.version,
        );
        Ok((measured, versions))
    }

    /// Compares an edge that has a log with one that has none: previews, since production has to have one.
    fn log(&self) -> Result<Measured> {
        let [with, without] = free_ports()?;
        let mut secrets = Secrets::for_preview()?;
        let logged = self.start_edge("edge-logged", "preview.capnp", with, &secrets)?;
        secrets.log_key = None;
        let unlogged = self.start_edge("edge-unlogged", "preview.capnp", without, &secrets)?;
        self.measure(&json!([
            self.described("logged", with, &logged, true)?,
            self.described("unlogged", without, &unlogged, false)?,
        ]))
    }

    /// Measures servers that are running.
    fn measure(&self, servers: &Value) -> Result<Measured> {
        let output = folder().join("edge.json");
        let config = folder().join("edge-config.json");
        let described = json!({
            "rounds": self.rounds,
            "requests": self.requests,
            "servers": servers,
            "output": output,
        });
        fs::write(&config, described.to_string())?;
        process::run(
            "Have people accept, by turns",
            self.packages.command(&script("run.js")).arg(&config),
        )?;
        serde_json::from_slice(&fs::read(&output)?).context("the measurements are not as expected")
    }

    /// An edge of ours, for who measures it.
    fn described(&self, name: &str, port: u16, edge: &Service, logs: bool) -> Result<Value> {
        Ok(json!({
            "kind": "kelisim",
            "name": name,
            "origin": origin(port),
            "processes": [edge.process()],
            "logs": logs,
            "issuer": ISSUER,
            "key": serde_json::from_str::<Value>(&self.issuer)?,
            "edition": seed::publish_request(&seed::first_edition())?,
        }))
    }

    fn start_edge(
        &self,
        name: &'static str,
        config: &str,
        port: u16,
        secrets: &Secrets,
    ) -> Result<Service> {
        let mut public: Value = serde_json::from_str(&self.issuer)?;
        let members = public.as_object_mut().context("a JWK is an object")?;
        members.remove("d");
        let issuers = json!([{ "issuer": ISSUER, "jwks": { "keys": [public] } }]);
        let issuers = issuers.to_string();
        let variables = secrets.variables().chain([("ISSUERS", issuers.as_str())]);
        start_workerd(self.packages, name, config, port, variables)
    }
}

/// Starts workerd by itself: what wrangler has in front of it for development would be measured too.
fn start_workerd<'a>(
    packages: &Packages,
    name: &'static str,
    config: &str,
    port: u16,
    variables: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> Result<Service> {
    let state = folder().join(name);
    if state.exists() {
        fs::remove_dir_all(&state)?;
    }
    fs::create_dir_all(&state)?;
    let mut command = packages.command("workerd/bin/workerd");
    command
        // Storage on a disk is what workerd calls experimental.
        .args(["serve", "--experimental"])
        .arg(script(config))
        .arg("config")
        .arg(format!("--socket-addr=http=127.0.0.1:{port}"))
        .arg(format!("--directory-path=state={}", state.display()))
        .envs(variables);
    Service::start(name, &command, || answers(port, "/healthz"))
}

/// Starts c15t's backend, which makes its tables first.
fn start_c15t(packages: &Packages, port: u16, database: &str) -> Result<Service> {
    let mut command = packages.command(&script("c15t-server.js"));
    command
        .env("NODE_ENV", "production")
        .env("PORT", port.to_string())
        .env("DATABASE_URL", database)
        .env("API_KEY", API_KEY);
    Service::start("c15t", &command, || answers(port, "/status"))
}

fn answers(port: u16, path: &str) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .build()
        .into();
    let asked = agent.get(origin(port) + path);
    asked.header("X-Forwarded-Proto", "https").call().is_ok()
}

fn origin(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn script(name: &str) -> String {
    sources().join("accepts").join(name).display().to_string()
}

/// That of an npm package in its folder.
fn version(package: &Path) -> Result<String> {
    let description: Value = serde_json::from_slice(&fs::read(package.join("package.json"))?)?;
    let version = description["version"].as_str();
    Ok(version.context("a package without a version")?.to_owned())
}

/// Everything that one run measured.
#[derive(Debug, Deserialize)]
struct Measured {
    /// The version of Node.
    node: String,
    samples: Vec<Sample>,
}

/// What one server did in one round.
#[derive(Debug, Deserialize)]
struct Sample {
    server: Server,
    /// Acceptances per second.
    rate: f64,
    /// Latency of the middle one, in milliseconds.
    median: f64,
    /// Latency that one in a hundred exceeds, in milliseconds.
    p99: f64,
    /// The processor's time for each, in milliseconds.
    processor: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Server {
    Kelisim,
    C15t,
    /// What workerd takes for any new object.
    Floor,
    /// The preview with its log.
    Logged,
    /// The preview without.
    Unlogged,
}

impl Measured {
    fn spread(&self, server: Server, figure: impl Fn(&Sample) -> f64) -> Spread {
        let samples = self.samples.iter();
        Spread::of(samples.filter(|sample| sample.server == server).map(figure))
    }

    fn table(&self, rows: &[(Server, &str)]) -> String {
        let row = |&(server, title): &(Server, &str)| {
            vec![
                title.to_owned(),
                self.spread(server, |sample| sample.rate).text(0),
                self.spread(server, |sample| sample.median).text(1),
                self.spread(server, |sample| sample.p99).text(1),
                self.spread(server, |sample| sample.processor).text(2),
            ]
        };
        results::table(
            &[
                "16 connections",
                "accepts per second",
                "median, ms",
                "p99, ms",
                "CPU, ms per accept",
            ],
            &rows.iter().map(row).collect::<Vec<_>>(),
        )
    }

    fn peer_ratios(&self) -> [Ratio; 2] {
        let servers = [Server::Kelisim, Server::C15t];
        [
            self.ratio("accepts per second", servers, RATE, Limit::AtLeast(3.0)),
            self.ratio("p99, ms", servers, |sample| sample.p99, Limit::AtMost(1.0)),
        ]
    }

    fn log_ratio(&self) -> Ratio {
        let servers = [Server::Logged, Server::Unlogged];
        self.ratio("accepts per second", servers, RATE, Limit::AtLeast(0.9))
    }

    fn ratio(
        &self,
        what: &str,
        [ours, theirs]: [Server; 2],
        figure: fn(&Sample) -> f64,
        limit: Limit,
    ) -> Ratio {
        Ratio {
            what: what.to_owned(),
            ours: self.spread(ours, figure).median,
            theirs: self.spread(theirs, figure).median,
            limit,
        }
    }
}

const RATE: fn(&Sample) -> f64 = |sample| sample.rate;

/// Who vouches for users and staff.
const ISSUER: &str = "https://host.bench.invalid";

/// By which c15t's backend is told which policy is current; nothing of it leaves this machine.
const API_KEY: &str = "bench";

/// How it was measured, for the reader of the results.
const METHOD: &str = include_str!("../../../tests/bench/edge.md");

/// How it was measured what the log costs.
const LOG_METHOD: &str = include_str!("../../../tests/bench/edge-log.md");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goals_are_about_the_medians_of_all_rounds() {
        let sample = |server, rate, p99| Sample {
            server,
            rate,
            median: 1.0,
            p99,
            processor: 1.0,
        };
        let measured = Measured {
            node: String::new(),
            samples: vec![
                sample(Server::Kelisim, 1500.0, 90.0),
                sample(Server::Kelisim, 1000.0, 20.0),
                sample(Server::Kelisim, 1600.0, 21.0),
                sample(Server::C15t, 400.0, 80.0),
                sample(Server::C15t, 500.0, 80.0),
                sample(Server::C15t, 600.0, 10.0),
                sample(Server::Logged, 890.0, 1.0),
                sample(Server::Unlogged, 1000.0, 1.0),
            ],
        };

        let [rate, p99] = measured.peer_ratios();
        let found = [rate, p99, measured.log_ratio()]
            .map(|ratio| (ratio.ours, ratio.theirs, ratio.is_held()));

        assert_eq!(
            found,
            [
                (1500.0, 500.0, true),
                (21.0, 80.0, true),
                (890.0, 1000.0, false)
            ]
        );
    }

    #[test]
    fn the_edge_is_measured_under_the_compatibility_date_that_it_is_deployed_with() -> Result<()> {
        let date = |file: &str, name: &str| -> Result<String> {
            let text = fs::read_to_string(root().join(file))?;
            let (_, rest) = text.split_once(name).context("no such setting")?;
            let date = rest.split('"').nth(1).context("no date")?;
            Ok(date.to_owned())
        };

        for config in ["workerd.capnp", "preview.capnp"] {
            assert_eq!(
                date(
                    &format!("tests/bench/accepts/{config}"),
                    "compatibilityDate"
                )?,
                date("edge/wrangler.toml", "compatibility_date")?,
                "{config}"
            );
        }
        Ok(())
    }
}
