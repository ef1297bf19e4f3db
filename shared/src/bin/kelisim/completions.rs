//! `kelisim completions`

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::output::Outcome;

/// Print the completions of the command line for a shell.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

#[expect(clippy::unnecessary_wraps, reason = "every command has this form")]
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut command = super::Arguments::command();
    clap_complete::generate(
        arguments.shell,
        &mut command,
        "kelisim",
        &mut std::io::stdout(),
    );
    Ok(Outcome::Proven)
}
