//! `kelisim man`

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::output::Outcome;

/// Print the manual page, in the format of man.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The command that it is about, such as verify; without one it is about all.
    command: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut command = super::Arguments::command();
    command.build();
    if let Some(name) = &arguments.command {
        let about = command.find_subcommand(name).cloned();
        command = about.with_context(|| format!("there is no command {name}"))?;
    }
    Man::new(command).render(&mut std::io::stdout())?;
    Ok(Outcome::Proven)
}
