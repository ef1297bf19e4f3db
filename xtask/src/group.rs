//! A program with everything that it starts: one process group.
//!
//! The group ends with its [`Group`], and with the process that started it however that ends: a watchdog reads a pipe
//! that nobody writes to, whose other end is held here, and kills the group when the pipe closes.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::progress::now;

/// A process group that runs until it is dropped.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    /// Starts a program in a group of its own, with nothing to read, and its output where it is said to go.
    ///
    /// # Errors
    /// When nothing can be started. That there is no such program shows by its end.
    pub fn start(
        command: &Command,
        stdout: impl Into<Stdio>,
        stderr: impl Into<Stdio>,
    ) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", WATCHDOG, "sh"])
            .arg(command.get_program())
            .args(command.get_args())
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr);
        Ok(Self(shell.spawn()?))
    }

    /// The first line that the program prints, where its output was piped; an empty one when it ends without any. What it
    /// prints later is lost.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn first_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if let Some(output) = self.0.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        Ok(line.trim().to_owned())
    }

    /// The program's process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The status with which the program ended, if it did.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.0.try_wait()
    }

    /// Asks all of the group to end, and waits for the program as long as is said at most.
    ///
    /// # Errors
    /// When the operating system does not tell whether it ended.
    pub fn terminate(&mut self, patience: Duration) -> io::Result<()> {
        self.signal(Signal::TERM);
        let deadline = now() + patience;
        while self.ended()?.is_none() && now() < deadline {
            sleep(POLL);
        }
        Ok(())
    }

    /// Kills what is left of the group.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        // There is nobody to tell if the operating system does not say that it ended.
        let _ = self.0.wait();
    }

    fn signal(&self, signal: Signal) {
        // It fails when the whole group has ended, which is what was wanted.
        let _ = kill_process_group(Pid::from_child(&self.0), signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The watchdog reads the pipe on descriptor 3, for a shell gives what it runs in the background an empty standard
/// input. It has no output, so that the command's ends with the command. The command takes the shell's place, so that its
/// end is the child's.
const WATCHDOG: &str =
    r#"exec 3<&0; { read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-"#;

const POLL: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_program_ends_with_all_that_it_started() -> io::Result<()> {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & echo started; wait"]);
        let mut group = Group::start(&command, Stdio::piped(), Stdio::null())?;
        let mut output = BufReader::new(group.0.stdout.take().expect("it was piped"));
        let mut text = String::new();
        output.read_line(&mut text)?;
        assert!(group.ended()?.is_none());

        let killed = now();
        drop(group);
        output.read_to_string(&mut text)?;
        assert_eq!(text, "started\n");
        let held = now() - killed;
        assert!(
            held < Duration::from_secs(30),
            "something held the pipe: {held:?}"
        );
        Ok(())
    }

    #[test]
    fn a_program_that_is_not_there_says_nothing_and_ends() -> io::Result<()> {
        let missing = Command::new("no-such-program");
        let mut group = Group::start(&missing, Stdio::piped(), Stdio::null())?;

        assert_eq!(group.first_line()?, "");
        assert!(!group.0.wait()?.success());
        Ok(())
    }
}
