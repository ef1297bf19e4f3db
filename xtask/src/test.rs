//! `cargo xtask test`: every check there is. Continuous integration runs this and nothing else.

use std::fmt;
use std::process::Command;
use std::thread;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::environment::Environment;
use crate::process::{self, Failed};
use crate::setup::{self, Setup};
use crate::{browsers, build, fuzz, progress, python, sizes, target, worker};

/// Sets up, then runs every check even when an earlier one failed, and the tests unless what they need failed to compile.
/// Tells whether all is in order, after what failed with the commands to run by hand; when tests ran, the last line counts
/// them.
///
/// # Errors
/// When the set-up failed.
pub fn run(nextest_arguments: &[String]) -> Result<bool> {
    let setup = Setup::install()?;
    let absent = browsers::install()?;
    python::install()?;
    let mut nextest = setup::nextest()?;
    nextest.args(["run", "--workspace", "--no-fail-fast", TOOL]);

    let (mut failures, mut counts) = (Failures::default(), Counts::default());
    let (mut not_built, mut is_compiled, mut is_built) = (Failures::default(), false, false);
    // WebAssembly is optimised as a whole, which keeps one core busy for minutes.
    thread::scope(|scope| {
        scope.spawn(|| is_compiled = check(&setup, &mut failures, &mut counts));
        is_built = build(&setup, &mut not_built);
    });
    failures.0.append(&mut not_built.0);
    if !(is_compiled && is_built) {
        failures.list();
        return Ok(false);
    }

    nextest.args(nextest_arguments);
    failures.note(unit_and_integration(nextest, &mut counts));
    failures.note(sizes::report(&setup));
    failures.list();
    for engine in absent {
        println!("not tested in {engine}, which is not installed");
    }
    println!("{counts}");
    Ok(failures.0.is_empty())
}

/// Everything that needs no build; tells whether the tests compile.
fn check(setup: &Setup, failures: &mut Failures, counts: &mut Counts) -> bool {
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(arguments);
        command
    };
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", TOOL]);
    clippy.args(DENY_WARNINGS);
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps", TOOL]);
    documentation.env("RUSTDOCFLAGS", "--deny warnings");
    let clippy_for_wasm = |arguments: &[&str]| {
        let mut command = setup.toolchain.clippy();
        command
            .arg("--target-dir")
            .arg(target().join("wasm/clippy"))
            .args(arguments)
            .args(DENY_WARNINGS);
        command
    };
    let edge = ["--package=kelisim-edge", "--package=kelisim-renderer"];
    let preview = worker::features(Environment::Preview).join(",");
    for (title, mut command) in [
        ("Check the formatting", cargo(&["fmt", "--all", "--check"])),
        ("Lint natively", clippy),
        ("Lint for WebAssembly", clippy_for_wasm(&edge)),
        (
            "Lint for WebAssembly (preview)",
            clippy_for_wasm(&[edge[0], edge[1], "--features", &preview]),
        ),
        (
            "Lint for WebAssembly (widget)",
            clippy_for_wasm(&["--package=kelisim-widget", "--features=browser"]),
        ),
        ("Check the documentation", documentation),
    ] {
        failures.note(process::run(title, &mut command));
    }
    let mut tests = cargo(&["test", "--workspace", "--no-run", TOOL]);
    let is_compiled = failures.note(process::run("Compile the tests", &mut tests));
    failures.note(doctests(counts));
    if fuzz::is_possible() {
        failures.note(fuzz::run(FUZZ_SECONDS, &[]));
    } else {
        progress::note("not fuzzed: there is no C++ compiler");
    }
    is_compiled
}

/// Everything that is served, and what it would be without the standard library's source; tells whether the tests have what
/// they need of it.
fn build(setup: &Setup, failures: &mut Failures) -> bool {
    let built = [Environment::Production, Environment::Preview]
        .map(|environment| failures.note(build::build(setup, environment)));
    failures.note(build::plain_widget(setup).map(drop));
    built == [true, true]
}

/// For how long each parser is fuzzed.
const FUZZ_SECONDS: u32 = 5;

/// With the offline tool, which tests call.
const TOOL: &str = "--features=kelisim-shared/cli";

fn unit_and_integration(mut nextest: Command, counts: &mut Counts) -> Result<()> {
    let by_hand = process::shell_line(&nextest);
    nextest.envs([
        ("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1"),
        ("NEXTEST_MESSAGE_FORMAT", "libtest-json"),
        ("NEXTEST_MESSAGE_FORMAT_VERSION", "0.1"),
    ]);
    process::run_visibly("Run the tests", &mut nextest, by_hand, |line| {
        counts.add_suite(line);
    })?;
    ensure!(
        *counts != Counts::default(),
        "cargo-nextest reported no test: this needs {} or newer",
        setup::NEXTEST
    );
    Ok(())
}

fn doctests(counts: &mut Counts) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--doc", "--quiet", TOOL]);
    let by_hand = process::shell_line(&command);
    let mut output = String::new();
    let title = "Run the examples in the documentation";
    process::run_visibly(title, &mut command, by_hand, |line| {
        counts.add_summary(line);
        output.push_str(line);
        output.push('\n');
    })
    .inspect_err(|_| progress::say(&output))
}

/// How many tests did what.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    /// Adds an event of libtest's JSON output, if it ends a suite.
    fn add_suite(&mut self, line: &str) {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            return;
        };
        if event["type"] == "suite" {
            let count = |name: &str| event[name].as_u64().unwrap_or(0);
            self.passed += count("passed");
            self.failed += count("failed");
        }
    }

    /// Adds the closing line of one of libtest's plain outputs:
    /// `test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s`.
    fn add_summary(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|result| result.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            if let Some((number, what)) = count.split_once(' ')
                && let Ok(number) = number.parse::<u64>()
            {
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    _ => {}
                }
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The steps that failed, each shown when it did.
#[derive(Debug, Default)]
struct Failures(Vec<String>);

impl Failures {
    /// Shows an error and remembers what to run by hand; tells whether there was none.
    fn note(&mut self, result: Result<()>) -> bool {
        let Err(error) = result else {
            return true;
        };
        progress::say(&format!("\n{error:#}\n"));
        self.0.push(match error.downcast_ref::<Failed>() {
            Some(Failed { title, command, .. }) => format!("{title}: {command}"),
            None => format!("{error:#}"),
        });
        false
    }

    fn list(&self) {
        if !self.0.is_empty() {
            eprintln!("Failed:\n  {}\n", self.0.join("\n  "));
        }
    }
}

const DENY_WARNINGS: &[&str] = &["--", "--deny", "warnings"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_both_runners_report() {
        let mut counts = Counts::default();
        counts.add_suite(r#"{"type":"suite","event":"started","test_count":3}"#);
        counts.add_suite(r#"{"type":"test","event":"ok","name":"a"}"#);
        counts.add_suite(r#"{"type":"suite","event":"failed","passed":2,"failed":1,"ignored":4}"#);
        counts.add_summary("running 1 test");
        counts.add_summary(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );

        assert_eq!(counts.to_string(), "7 passed, 1 failed");
    }
}
