//! `cargo xtask`: sets up, builds, runs, tests and measures Kelisim.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::environment::Environment;
use xtask::secrets::Secrets;
use xtask::setup::Setup;
use xtask::{bench, build, contract, dev, fuzz, openapi, sizes, test};

/// Sets up, builds, runs, tests and measures Kelisim. What is missing on this machine is installed first.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run a preview on this machine: the edge in real workerd with its data in target/preview, the first edition
    /// published, and the preview page.
    Dev {
        /// The port on 127.0.0.1.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Do not open the preview page in a browser.
        #[arg(long)]
        no_open: bool,
    },
    /// Run every check: formatting, lints, documentation, builds, tests against real workerd and in real browsers, sizes.
    Test {
        /// Arguments for `cargo nextest run`, such as the part of a test's name.
        #[arg(last = true)]
        nextest: Vec<String>,
    },
    /// Build the widget, the worker and the static assets, and the npm package, into target/dist.
    Build {
        /// Build the preview, which has its own token issuer and the preview page, in place of production.
        #[arg(long)]
        preview: bool,
    },
    /// Make the secrets of a deployment, in a file for `wrangler secret bulk`.
    Secrets {
        /// The file, which must not be there yet. Keep it safe, or remove it once it is uploaded.
        file: PathBuf,
    },
    /// Write edge/openapi.json, the description of the HTTP interface, from the types.
    Openapi,
    /// Write www/npm/kelisim.d.ts and www/npm/kelisim.schema.json, the contract with hosts, from the types.
    Contract,
    /// Print the sizes of the production build and compare them with their budgets.
    Sizes,
    /// Fuzz every parser of bytes from outside.
    Fuzz {
        /// For how many seconds each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// The targets, of those in `tests/fuzz`; all unless given.
        targets: Vec<String>,
    },
    /// Measure against others, and write the results into tests/bench/RESULTS.md.
    Bench {
        #[command(subcommand)]
        subject: Bench,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// The widget, beside its peers from npm, in real Chromium: how soon the button can be pressed, and at what cost.
    Widget {
        /// How often each page is opened, with and without throttling.
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
    },
    /// The log, as it grows to a million entries: what an append and a proof cost, in native code and in workerd.
    Log,
    /// The edge, beside the backend of c15t on PostgreSQL: how many accept in a second, how long each waits, at what cost.
    Edge {
        /// How often each is measured, after a round that warms up.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// How many accept in a round. Those who did a moment ago are still in memory, each with open files.
        #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(100..=5000))]
        requests: u32,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is in order; what is not was shown.
fn run(task: Task) -> Result<bool> {
    match task {
        Task::Dev { port, no_open } => dev::run(port, !no_open)?,
        Task::Test { nextest } => return test::run(&nextest),
        Task::Build { preview: true } => build::build(&Setup::install()?, Environment::Preview)?,
        Task::Build { preview: false } => {
            build::build(&Setup::install()?, Environment::Production)?;
        }
        Task::Secrets { file } => Secrets::for_production()?.write_new(&file)?,
        Task::Openapi => openapi::write()?,
        Task::Contract => contract::write()?,
        Task::Sizes => {
            let setup = Setup::install()?;
            build::build(&setup, Environment::Production)?;
            sizes::report(&setup)?;
        }
        Task::Fuzz { seconds, targets } => fuzz::run(seconds, &targets)?,
        Task::Bench {
            subject: Bench::Widget { runs },
        } => return bench::widget::run(runs),
        Task::Bench {
            subject: Bench::Log,
        } => return bench::log::run(),
        Task::Bench {
            subject: Bench::Edge { rounds, requests },
        } => return bench::edge::run(rounds, requests),
    }
    Ok(true)
}
