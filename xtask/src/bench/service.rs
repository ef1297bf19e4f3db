//! A server that a bench starts and stops.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::folder;
use crate::group::Group;
use crate::progress::now;

/// A server that runs until it is dropped, with its output in a file.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    group: Group,
    log: PathBuf,
}

impl Service {
    /// Starts a server, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or does not become ready within half a minute. The error holds its log.
    pub fn start(
        name: &'static str,
        command: &Command,
        is_ready: impl Fn() -> bool,
    ) -> Result<Self> {
        fs::create_dir_all(folder())?;
        let log = folder().join(name).with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let group = Group::start(command, file.try_clone()?, file)?;
        let mut service = Self { name, group, log };
        let deadline = now() + Duration::from_secs(30);
        while !is_ready() {
            if let Some(status) = service.group.ended()? {
                bail!("{name} ended ({status}){}", service.logged());
            }
            if now() > deadline {
                bail!("{name} was not ready in time{}", service.logged());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(service)
    }

    /// Its process, which has started all the others of it.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.group.id()
    }

    fn logged(&self) -> String {
        match fs::read_to_string(&self.log) {
            Ok(text) => format!("; it logged:\n{text}"),
            Err(_) => String::new(),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.group.terminate(Duration::from_secs(10)).is_err() {
            // Its group is killed next.
            eprintln!("{} may not have ended in good order", self.name);
        }
    }
}
