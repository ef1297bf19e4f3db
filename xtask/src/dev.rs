//! `cargo xtask dev`: a preview on this machine, from nothing.

use std::env;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::progress::{Step, note};
use crate::secrets::Secrets;
use crate::seed::{self, Outcome};
use crate::server::{Log, Options, Server};
use crate::setup::Setup;
use crate::{build, target};

/// Sets up, builds, serves and seeds a preview; returns when it is interrupted.
///
/// # Errors
/// When a step fails, or the server ends by itself.
pub fn run(port: u16, open: bool) -> Result<()> {
    let setup = Setup::install()?;
    build::build(&setup, Environment::Preview)?;

    let (interrupt, interrupted) = mpsc::channel();
    ctrlc::set_handler(move || {
        // It fails once nobody waits for it any more: the server is being stopped already.
        let _ = interrupt.send(());
    })?;
    let mut server = start(port)?;
    welcome(&server, open)?;
    loop {
        match interrupted.recv_timeout(Duration::from_millis(500)) {
            Ok(()) => break,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = server.ended()? {
                    bail!("the server ended by itself ({status})");
                }
            }
            Err(RecvTimeoutError::Disconnected) => bail!("nothing can interrupt the server"),
        }
    }
    note("stopping");
    server.stop()
}

fn start(port: u16) -> Result<Server> {
    let folder = target().join("preview").join(FORM);
    let secrets = folder.join("secrets.env");
    Secrets::load_or_generate(&secrets)?;
    Server::start(&Options {
        port: Some(port),
        log: Log::Inherited,
        ..Options::new(Environment::Preview, folder.join("state"), secrets)
    })
}

/// Which form the stored data has. What an older build has stored in another one is left where it is.
const FORM: &str = "2";

fn welcome(server: &Server, open: bool) -> Result<()> {
    let step = Step::start("Publish the first edition unless one is in force");
    match seed::publish_if_missing(server.url(), &seed::first_edition()) {
        Ok(outcome) => {
            step.done();
            if outcome == Outcome::Published {
                note("published the first edition from www/editions/first");
            }
        }
        Err(error) => {
            step.failed();
            return Err(error.context("no edition could be published"));
        }
    }

    let url = server.url();
    let preview = format!("{url}/preview/");
    println!(
        "\nKelisim is running; Ctrl-C stops it.\n  preview    {preview}\n  demo page  {url}/demo/\n  policy     {url}/privacy\n"
    );
    if open && has_desktop() {
        open_browser(&preview)?;
    }
    Ok(())
}

fn has_desktop() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    has_display && !is_set("CI")
}

fn open_browser(url: &str) -> Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot open the browser with {program}: use --no-open"))?;
    Ok(())
}
