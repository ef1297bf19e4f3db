//! The `OpenAPI` document: that it is what the types say, and that a running edge does what it says. For that the edge is asked
//! by `schemathesis`, with all of its checks; see `tests/python/schemathesis`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, ensure};
use kelisim_shared::{openapi, problem::ProblemType};
use kelisim_tests::{Device, Edge};
use serde_json::Value;
use xtask::{python, seed};

#[test]
fn the_committed_document_is_what_the_types_say() -> Result<()> {
    let committed = fs::read_to_string(xtask::openapi::path())?;
    ensure!(
        committed == openapi::document(),
        "edge/openapi.json is stale: run `cargo xtask openapi`"
    );
    Ok(())
}

#[test]
fn every_address_of_the_router_is_described() -> Result<()> {
    let router = fs::read_to_string(xtask::root().join("edge/src/router.rs"))?;
    let addresses: BTreeSet<String> = router
        .lines()
        .filter_map(|line| line.trim().strip_prefix("/// `/")?.split_once('`'))
        .map(|(path, _)| nameless(&format!("/{path}")))
        .filter(|path| !path.starts_with("/preview"))
        .collect();
    let described: BTreeSet<String> = openapi::operations()
        .map(|(_, path)| nameless(path))
        .collect();
    assert_eq!(addresses, described);
    Ok(())
}

#[test]
fn an_edge_takes_the_methods_and_the_lengths_that_are_described() -> Result<()> {
    let edge = Edge::start()?;
    let served = edge.get("/openapi.json")?;
    ensure!(
        served.text()? == openapi::document(),
        "the edge serves another document: build it"
    );
    let document: Value = served.parsed(200)?;
    let paths = document["paths"].as_object().context("paths")?;
    for (template, item) in paths {
        let item = item.as_object().context("a path item")?;
        let path = filled(template);
        let mut expected: BTreeSet<String> = item.keys().map(|name| name.to_uppercase()).collect();
        let is_recorded = [
            "/consent",
            "/v1/admin/subjects/{subject}",
            "/v1/admin/subjects/{subject}/evidence",
        ]
        .contains(&template.as_str());
        if expected.contains("GET") && !is_recorded {
            expected.insert("HEAD".to_owned());
        }
        let options = edge.send(edge.request("OPTIONS", &path), &[])?;
        let allowed = options.header("allow").split(", ").map(str::to_owned);
        assert_eq!(allowed.collect::<BTreeSet<_>>(), expected, "{path}");

        for (method, operation) in item {
            let Some(limit) = operation["requestBody"]["x-max-bytes"].as_u64() else {
                continue;
            };
            let media_type = operation["requestBody"]["content"]
                .as_object()
                .and_then(|content| content.keys().next())
                .context("a media type")?;
            let token = token(&edge, &operation["security"])?;
            let refused = |bytes: usize| -> Result<bool> {
                let request = edge
                    .request(&method.to_uppercase(), &path)
                    .header("Content-Type", media_type)
                    .header("Origin", edge.url())
                    .header("Authorization", format!("Bearer {token}"));
                let answer = edge.send(request, &vec![b' '; bytes])?;
                Ok(answer.problem()? == ProblemType::BodyTooLarge)
            };
            let limit = usize::try_from(limit)?;
            assert!(!refused(limit)?, "{method} {path}");
            assert!(refused(limit + 1)?, "{method} {path}");
        }
    }
    Ok(())
}

#[test]
fn schemathesis_finds_nothing() -> Result<()> {
    let edge = seasoned_edge()?;
    let folder = tempfile::tempdir()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/schemathesis");
    for file in ["schemathesis.toml", "hooks.py"] {
        fs::copy(script.join(file), folder.path().join(file))?;
    }
    let token = edge.token("sub=aigerim")?;
    let statement = Device::new(9).acceptance(&edge, &token, "jti-schemathesis")?;
    let output = schemathesis()?
        .current_dir(&folder)
        // A file, for of an address schemathesis would leave out the operation that serves the document.
        .arg(xtask::openapi::path())
        .args(["--url", edge.url()])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--report", "ndjson", "--report-ndjson-path", EVENTS])
        .env("KELISIM_URL", edge.url())
        .env("KELISIM_NOW", NOW)
        .env("KELISIM_TOKEN", token)
        .env("KELISIM_STATEMENT", statement)
        .output()?;
    ensure!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let run = Run::read(&folder.path().join(EVENTS))?;
    for check in CHECKS {
        ensure!(run.checks.contains(*check), "{check} has checked nothing");
    }
    run.has_reached(&serde_json::from_str(&openapi::document())?)
}

/// What a run of schemathesis did.
#[derive(Debug, Default)]
struct Run {
    /// By method and path, the statuses that came.
    statuses: BTreeMap<(String, String), BTreeSet<u64>>,
    /// The checks that found something in order.
    checks: BTreeSet<String>,
}

impl Run {
    /// Reads the events that schemathesis wrote, one a line.
    fn read(events: &Path) -> Result<Self> {
        let mut run = Self::default();
        let text = fs::read_to_string(events)?;
        for line in text.lines().filter(|line| !line.is_empty()) {
            let event: Value = serde_json::from_str(line)?;
            let recorder = &event["ScenarioFinished"]["recorder"];
            for (id, case) in recorder["cases"].as_object().into_iter().flatten() {
                let text = |name: &str| case["value"][name].as_str().unwrap_or_default().to_owned();
                let status = &recorder["interactions"][id]["response"]["status_code"];
                let statuses = run.statuses.entry((text("method"), text("path")));
                statuses.or_default().extend(status.as_u64());
            }
            for checks in recorder["checks"].as_object().into_iter().flatten() {
                let names = checks.1.as_array().into_iter().flatten();
                let names = names.filter_map(|check| check["name"].as_str());
                run.checks.extend(names.map(str::to_owned));
            }
        }
        Ok(run)
    }

    /// Holds the run against the document: every answer that is no problem has come at least once.
    fn has_reached(&self, document: &Value) -> Result<()> {
        let mut missing = Vec::new();
        for (method, path) in openapi::operations() {
            let operation = &document["paths"][path][method.to_lowercase()];
            let responses = operation["responses"].as_object().context("responses")?;
            let came = self.statuses.get(&(method.to_owned(), path.to_owned()));
            for status in responses.keys() {
                let status: u64 = status.parse()?;
                let has_come = came.is_some_and(|came| came.contains(&status));
                let is_out_of_reach = OUT_OF_REACH.contains(&(method, path, status));
                let is_by_chance = BY_CHANCE.contains(&(method, path, status));
                if status < 400 && !is_by_chance && has_come == is_out_of_reach {
                    missing.push(format!("{method} {path} {status}: {came:?}"));
                }
            }
        }
        ensure!(missing.is_empty(), "not as expected: {missing:#?}");
        Ok(())
    }
}

/// An edge on a day after the deadline of the second edition, with two users who accepted the first.
fn seasoned_edge() -> Result<Edge> {
    let edge = Edge::start_empty(&[("ALLOWED_APPS", r#"["kz.example.app"]"#.to_owned())])?;
    edge.set_clock("2026-11-23T05:00:00.000Z")?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    for (number, user) in (1..).zip(["user-4711", "pending"]) {
        let token = edge.token(&format!("sub={user}"))?;
        let statement = Device::new(number).acceptance(&edge, &token, "jti-1")?;
        ensure!(edge.submit(&token, &statement)?.status == 201);
    }
    edge.set_clock("2026-11-24T05:00:00.000Z")?;
    ensure!(
        edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
            .status
            == 201
    );
    edge.set_clock(NOW)?;
    Ok(edge)
}

/// Schemathesis, told to run.
fn schemathesis() -> Result<Command> {
    let mut command = python::command()?;
    command.args(["-m", "schemathesis.cli", "run"]);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// A token that meets the first alternative of a security requirement; any text where none is demanded.
fn token(edge: &Edge, security: &Value) -> Result<String> {
    let requirement = &security[0];
    if requirement.get("subjectToken").is_some() {
        edge.token("sub=aigerim")
    } else if requirement.get("serviceToken").is_some() {
        edge.token("service=backend")
    } else if let Some(role) = requirement["staffToken"][0].as_str() {
        edge.token(&format!("role={role}"))
    } else {
        Ok("none".to_owned())
    }
}

/// A path without the names of its parameters.
fn nameless(path: &str) -> String {
    replaced(path, "{}")
}

/// A path of something that does not exist.
fn filled(path: &str) -> String {
    replaced(path, &"0".repeat(64))
}

fn replaced(path: &str, parameter: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            parameter
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The day of the run, by the edge's clock: so that it is the same run on any day.
const NOW: &str = "2026-12-10T05:00:00.000Z";

const EVENTS: &str = "events.ndjson";

/// Every check of schemathesis 4.32.
const CHECKS: &[&str] = &[
    "allow_header_conformance",
    "content_type_conformance",
    "ensure_resource_availability",
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
    "not_a_server_error",
    "object_level_authorization",
    "positive_data_acceptance",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
    "unsupported_method",
    "use_after_free",
];

/// What generated data does not lead to, and why.
const OUT_OF_REACH: &[(&str, &str, u64)] = &[
    // An edition that is published now would make the prepared statement be about a former one.
    ("POST", "/v1/admin/editions", 201),
];

/// What it leads to on some days and not on others; another test sees to it.
const BY_CHANCE: &[(&str, &str, u64)] = &[
    // It takes the record that the prepared statement leads to: see `log`.
    ("GET", "/v1/receipts/{record}", 200),
    // The subject is settled only once the prepared statement was sent: see `statements`.
    ("GET", "/v1/status", 304),
    // It takes an edition that the step before has scheduled: see `editions`.
    ("DELETE", "/v1/admin/editions/scheduled/{schedule}", 204),
];
