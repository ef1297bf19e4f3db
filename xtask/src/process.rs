//! Running other programs: quietly while they work, in full when they fail, and always with the command to run by hand.

use std::env;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};

use crate::progress::Step;
use crate::root;

/// A command that ran and failed. Its text holds the output and the command to run by hand.
#[derive(Debug)]
pub struct Failed {
    /// What the command was for.
    pub title: String,
    /// The command, as one would type it at the top of the repository.
    pub command: String,
    /// What it printed, where that was not shown already.
    output: String,
    status: ExitStatus,
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            title,
            command,
            output,
            status,
        } = self;
        writeln!(formatter, "{title}: failed ({status})")?;
        if !output.is_empty() {
            writeln!(formatter, "\n{}\n", output.trim_end())?;
        }
        write!(
            formatter,
            "To run it by hand, at the top of the repository:\n  {command}"
        )
    }
}

impl std::error::Error for Failed {}

/// Runs `command` at the top of the repository to its end, with a progress line instead of its output.
///
/// # Errors
/// When it cannot be started, or [`Failed`] with all of its output.
pub fn run(title: &str, command: &mut Command) -> Result<()> {
    let step = Step::start(title);
    let (output, status) = match captured(command, &step) {
        Ok(ended) => ended,
        Err(error) => {
            step.failed();
            return Err(error.context(title.to_owned()));
        }
    };
    if status.success() {
        step.done();
        return Ok(());
    }
    step.failed();
    Err(Failed {
        title: title.to_owned(),
        command: shell_line(command),
        output,
        status,
    }
    .into())
}

/// Runs `command` like [`run`] and tells whether it succeeded; a failure is no one's concern, for there is another way.
pub fn attempt(title: &str, command: &mut Command) -> bool {
    let step = Step::start(title);
    let succeeded = captured(command, &step).is_ok_and(|(_, status)| status.success());
    if succeeded {
        step.done();
    } else {
        step.abandoned();
    }
    succeeded
}

/// Runs `command` at the top of the repository to its end, its standard error shown as it comes; each line of standard
/// output goes to `line`. `by_hand` is what one would type instead.
///
/// # Errors
/// When it cannot be started, or [`Failed`].
pub fn run_visibly(
    title: &str,
    command: &mut Command,
    by_hand: String,
    mut line: impl FnMut(&str),
) -> Result<()> {
    let mut child = command
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {by_hand}"))?;
    if let Some(output) = child.stdout.take() {
        for text in BufReader::new(output).lines() {
            line(&text?);
        }
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(Failed {
        title: title.to_owned(),
        command: by_hand,
        output: String::new(),
        status,
    }
    .into())
}

/// What `command` prints on standard output, trimmed, when it succeeds; its standard error is dropped.
///
/// # Errors
/// When it cannot be started, fails, or prints something that is not UTF-8.
pub fn stdout(command: &mut Command) -> Result<String> {
    let output = command
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shell_line(command)))?;
    ensure!(
        output.status.success(),
        "{} failed ({})",
        shell_line(command),
        output.status
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Whether `command` runs and succeeds; nothing that it prints is shown.
pub fn succeeds(command: &mut Command) -> bool {
    stdout(command).is_ok()
}

/// The program of that name on `PATH`.
#[must_use]
pub fn find_on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// `command` as one would type it at the top of the repository.
#[must_use]
pub fn shell_line(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = write!(line, "{}={} ", name.display(), quoted(value));
        }
    }
    line.push_str(&quoted(command.get_program()));
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&quoted(argument));
    }
    line
}

/// Both output streams of `command` in the order in which they were written, without cargo's news of its progress.
fn captured(command: &mut Command, step: &Step) -> Result<(String, ExitStatus)> {
    let (reader, writer) = std::io::pipe()?;
    let mut child = command
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("cannot start {}", shell_line(command)))?;
    // The command keeps its ends of the pipe until they are replaced; while it has them the reader sees no end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut output = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        step.detail(&line);
        if !is_progress(&line) {
            output.push_str(&line);
            output.push('\n');
        }
    }
    Ok((output, child.wait()?))
}

/// Whether cargo says with this line what it is busy with: a verb, right-aligned to twelve columns.
fn is_progress(line: &str) -> bool {
    line.starts_with("  ")
        && line
            .split_whitespace()
            .next()
            .is_some_and(|verb| CARGO_VERBS.contains(&verb))
}

fn quoted(text: &OsStr) -> String {
    let text = text.to_string_lossy();
    let text = text.replace(&format!("{}/", root().display()), "");
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./=:,@+%".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

const CARGO_VERBS: &[&str] = &[
    "Blocking",
    "Checking",
    "Compiling",
    "Documenting",
    "Downloaded",
    "Downloading",
    "Finished",
    "Installing",
    "Locking",
    "Updating",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_line_is_relative_to_the_repository_and_quotes_what_a_shell_would_split() {
        let mut command = Command::new(root().join("target/tool"));
        command
            .env("FLAGS", "-a -b")
            .args(["--name", "it's", "--plain=1"]);

        assert_eq!(
            shell_line(&command),
            r"FLAGS='-a -b' target/tool --name 'it'\''s' --plain=1"
        );
    }

    #[test]
    fn a_failed_step_tells_its_output_without_progress_and_the_command() {
        let script = "echo '   Compiling x'; echo out; echo err >&2; exit 3";
        let error =
            run("Try", Command::new("sh").args(["-c", script])).expect_err("it exits with 3");

        let text = error.to_string();
        assert!(
            text.starts_with("Try: failed (exit status: 3)\n\nout\nerr\n\nTo run it by hand"),
            "{text}"
        );
        assert!(text.contains("\n  sh -c 'echo "), "{text}");
    }
}
