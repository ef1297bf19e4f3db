//! `kelisim`: verifies what Kelisim gives out, without asking anybody; audits its log; and the small things that come with
//! publishing editions.

mod audit;
mod completions;
mod deadline;
mod edition;
mod files;
mod keygen;
mod man;
mod output;
mod trust;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Outcome;

/// Verify receipts, proofs and archives of evidence of Kelisim, audit its log, and prepare editions.
#[derive(Parser)]
#[command(name = "kelisim", version, after_help = EXIT_CODES, after_long_help = EXIT_CODES)]
struct Arguments {
    /// Write JSON for programs to standard output, in place of words for people.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Verify(verify::Arguments),
    Audit(audit::Arguments),
    Deadline(deadline::Arguments),
    #[command(subcommand)]
    Edition(edition::Command),
    Keygen(keygen::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

fn main() -> ExitCode {
    let Arguments { json, command } = Arguments::parse();
    let outcome = match command {
        Command::Verify(arguments) => verify::run(&arguments, json),
        Command::Audit(arguments) => audit::run(&arguments, json),
        Command::Deadline(arguments) => deadline::run(&arguments, json),
        Command::Edition(command) => edition::run(&command, json),
        Command::Keygen(arguments) => keygen::run(&arguments, json),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("error: {}", output::plain(&format!("{error:#}")));
            Outcome::Unreadable.into()
        }
    }
}

/// What the exit code tells: documented here, made in [`output`].
const EXIT_CODES: &str = "\
Exit codes:
  0  everything is proven, or done
  1  something is refuted
  2  the command line is wrong
  3  nothing is refuted, and something is not proven: no key to trust was given, or it is not in the log yet
  4  something could not be read or fetched";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
