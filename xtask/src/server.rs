//! A running edge: real workerd, started through wrangler, with its state in a folder.
//!
//! wrangler and workerd form a [`Group`], which ends with the [`Server`] and with the process that started it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::group::Group;
use crate::npm::Packages;
use crate::progress::now;
use crate::root;

/// How to start a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which build to run, under which configuration.
    pub environment: Environment,
    /// The port on 127.0.0.1; a free one when there is none.
    pub port: Option<u16>,
    /// The folder for everything that the server stores; it is made when it is missing.
    pub state: PathBuf,
    /// The file that holds the secrets, as [`Secrets::write`](crate::secrets::Secrets::write) makes it.
    pub env_file: PathBuf,
    /// Variables in place of those in `edge/wrangler.toml`.
    pub vars: Vec<(String, String)>,
    /// When the server counts as started.
    pub ready: Ready,
    /// Where its output goes.
    pub log: Log,
}

/// When a server counts as started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// When `GET /healthz` answers 200.
    Healthy,
    /// When it answers anything, for a configuration that the edge is expected to refuse.
    Answering,
}

/// Where a server's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// To `server.log` in the state's folder, and into the error when the server does not start.
    File,
    /// To this process's own streams.
    Inherited,
}

impl Options {
    /// A server on a free port that counts as started when it is healthy and logs to a file.
    pub fn new(
        environment: Environment,
        state: impl Into<PathBuf>,
        env_file: impl Into<PathBuf>,
    ) -> Self {
        Self {
            environment,
            port: None,
            state: state.into(),
            env_file: env_file.into(),
            vars: Vec::new(),
            ready: Ready::Healthy,
            log: Log::File,
        }
    }
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    port: u16,
    log: Option<PathBuf>,
    group: Group,
}

impl Server {
    /// Starts a server and waits until it is ready. A free port may be taken by the time that it is asked for; then another
    /// one is tried.
    ///
    /// # Errors
    /// When it ends or does not become ready within a minute. The error holds its log, where that is a file.
    pub fn start(options: &Options) -> Result<Self> {
        let mut started = Self::start_once(options);
        for _ in 0..3 {
            match &started {
                Err(error) if options.port.is_none() && error.to_string().contains(TAKEN) => {
                    started = Self::start_once(options);
                }
                _ => break,
            }
        }
        started
    }

    fn start_once(options: &Options) -> Result<Self> {
        let packages = Packages::installed()?;
        fs::create_dir_all(options.state.join("tmp"))
            .with_context(|| format!("cannot make {}", options.state.display()))?;
        let (port, inspector) = ports(options.port)?;
        let command = wrangler(&packages, options, port, inspector);
        let (group, log) = match options.log {
            Log::Inherited => {
                let group = Group::start(&command, Stdio::inherit(), Stdio::inherit());
                (group, None)
            }
            Log::File => {
                let path = options.state.join("server.log");
                let file = File::create(&path)?;
                (Group::start(&command, file.try_clone()?, file), Some(path))
            }
        };
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            log,
            group: group.context("cannot start wrangler")?,
        };
        server.wait_until(options.ready)?;
        Ok(server)
    }

    /// The server's origin, without a slash at the end: `http://127.0.0.1:8787`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The status with which the server ended by itself, if it did.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.group.ended()?)
    }

    /// Kills the server as a power failure would, workerd included; returns when nothing of it runs.
    pub fn kill(mut self) {
        self.group.kill();
        drop(self);
    }

    /// Asks the server to end and waits until it has, at most five seconds; what is left then is killed.
    ///
    /// # Errors
    /// When the operating system does not tell whether it ended.
    pub fn stop(mut self) -> Result<()> {
        self.terminate()
    }

    fn terminate(&mut self) -> Result<()> {
        Ok(self.group.terminate(Duration::from_secs(5))?)
    }

    fn wait_until(&mut self, ready: Ready) -> Result<()> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(5)))
            .build()
            .into();
        let health = format!("{}/healthz", self.url);
        let deadline = now() + Duration::from_mins(1);
        let mut last = "nothing listened".to_owned();
        while now() < deadline {
            if let Some(status) = self.ended()? {
                bail!("the server ended ({status}){}", self.logged());
            }
            match agent.get(&health).call() {
                Ok(answer) if ready == Ready::Answering || answer.status() == 200 => return Ok(()),
                Ok(answer) => last = format!("{health} answered {}", answer.status()),
                Err(error) => last = error.to_string(),
            }
            sleep(POLL);
        }
        bail!(
            "the server was not ready within a minute: {last}{}",
            self.logged()
        );
    }

    /// The log so far, to be put behind a message.
    fn logged(&self) -> String {
        let log = self.log.as_deref().map(fs::read_to_string);
        match log {
            Some(Ok(text)) => format!("; it logged:\n{text}"),
            _ => String::new(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // First asked, so that wrangler removes its temporary files in `edge/.wrangler`; then killed, so that nothing is
        // left. There is nobody to tell if any of it fails.
        let _ = self.terminate();
        self.group.kill();
        // workerd is not our child, so its end shows by its port only. The group cannot be asked: it has members until
        // init has reaped them, which may take seconds.
        let deadline = now() + Duration::from_secs(2);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() && now() < deadline {
            sleep(POLL);
        }
    }
}

/// Two ports that are free: the server's, unless that is given, and its inspector's.
fn ports(given: Option<u16>) -> Result<(u16, u16)> {
    let listen = |port| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            format!("port {port} on 127.0.0.1 is taken: choose another with --port")
        })
    };
    let server = listen(given.unwrap_or(0))?;
    let inspector = listen(0)?;
    Ok((server.local_addr()?.port(), inspector.local_addr()?.port()))
}

fn wrangler(packages: &Packages, options: &Options, port: u16, inspector: u16) -> Command {
    let mut command = packages.command("wrangler/bin/wrangler.js");
    command
        .args([
            "dev",
            "--ip",
            "127.0.0.1",
            "--show-interactive-dev-session=false",
        ])
        .args(["--port", &port.to_string()])
        .args(["--inspector-port", &inspector.to_string()])
        .arg("--config")
        .arg(root().join("edge/wrangler.toml"))
        .arg("--persist-to")
        .arg(&options.state)
        .arg("--env-file")
        .arg(&options.env_file);
    match options.environment {
        Environment::Preview => command.arg("--env=preview"),
        // The top level of the configuration has no name.
        Environment::Production => command.arg("--env="),
    };
    for (name, value) in &options.vars {
        command.arg("--var").arg(format!("{name}:{value}"));
    }
    quiet(&mut command, &options.state);
    command
}

/// Keeps wrangler from talking to anyone and from writing anywhere but into the state's folder.
fn quiet(command: &mut Command, state: &Path) {
    for name in [
        "WRANGLER_SEND_METRICS",
        "WRANGLER_SEND_ERROR_REPORTS",
        "CLOUDFLARE_CF_FETCH_ENABLED",
        // Observability halves the throughput.
        "X_LOCAL_OBSERVABILITY",
        "X_LOCAL_EXPLORER",
    ] {
        command.env(name, "false");
    }
    command
        .env("CI", "true")
        // With the banner goes a question to the registry for newer versions.
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("WRANGLER_REGISTRY_PATH", state.join("tmp/registry"))
        .env("WRANGLER_LOG_PATH", state.join("tmp/logs"))
        .env("TMPDIR", state.join("tmp"));
}

const POLL: Duration = Duration::from_millis(20);

/// What wrangler says of a port that something else has.
const TAKEN: &str = "Address already in use";
