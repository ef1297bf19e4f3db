//! The log and a witness of another make: `aics-witness` of `PyPI`, a process of its own, which speaks C2SP tlog-witness.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::Child,
    thread,
    time::Duration,
};

use anyhow::{Result, ensure};
use kelisim_shared::log::note::VerifierKey;
use kelisim_tests::{Device, Edge, log::LogReader};
use serde_json::json;
use tempfile::TempDir;
use xtask::{python, seed};

#[test]
fn a_witness_signs_the_checkpoints_that_it_is_asked_for_and_the_log_goes_on_without_it()
-> Result<()> {
    let mut witness = Witness::new()?;
    let variables = [("WITNESSES", witness.configuration())];
    let edge = Edge::start_empty(&variables)?;
    let reader = LogReader::of(&edge)?;
    assert_eq!(reader.witnesses, [witness.key.clone()]);
    witness.trust(&reader.key)?;
    witness.start()?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    let first = reader.checkpoint(&edge)?;
    assert_eq!(first.cosignatures()[0].witness, witness.key.name);

    let (host, device) = (edge.host()?, Device::new(1));
    let accept = |user: &str| -> Result<_> {
        let token = host.token(user);
        let reply = edge.submit(&token, &device.acceptance(&edge, &token, user)?)?;
        reader.proven(&edge, &token, reply.accepted(201)?.record)
    };
    accept("aigerim")?;
    let second = reader.checkpoint(&edge)?;
    assert_eq!(second.cosignatures().len(), 1);

    witness.stop()?;
    accept("dana")?;
    assert_eq!(reader.checkpoint(&edge)?.cosignatures(), []);

    witness.start()?;
    accept("yerlan")?;
    assert_eq!(
        reader.checkpoint(&edge)?.cosignatures().len(),
        1,
        "from where it knew the log"
    );
    for checkpoint in [&first, &second] {
        reader.read(&edge)?.follows(checkpoint)?;
    }
    witness.stop()
}

struct Witness {
    folder: TempDir,
    port: u16,
    key: VerifierKey,
    process: Option<Child>,
}

impl Witness {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Free a moment ago.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let listen = format!("127.0.0.1:{port}");
        let key = run(
            folder.path(),
            &["init", "--name", "witness.example/1", "--listen", &listen],
        )?;
        Ok(Self {
            folder,
            port,
            key: key.trim().parse()?,
            process: None,
        })
    }

    /// What the edge is told of it.
    fn configuration(&self) -> String {
        let url = format!("http://127.0.0.1:{}", self.port);
        json!([{ "key": self.key.to_string(), "url": url }]).to_string()
    }

    fn trust(&self, log: &VerifierKey) -> Result<()> {
        let (origin, key) = (log.name.to_string(), log.to_string());
        let arguments = ["add-log", "--origin", &origin, "--vkey", &key];
        run(self.folder.path(), &arguments).map(drop)
    }

    fn start(&mut self) -> Result<()> {
        let log = fs::File::create(self.folder.path().join("witness.log"))?;
        let process = command(self.folder.path(), &["serve"])?
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.process = Some(process);
        for _ in 0..200 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        anyhow::bail!("the witness does not listen")
    }

    fn stop(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // There is nobody to tell if it is gone already.
        let _ = self.stop();
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = command(folder, arguments)?.output()?;
    let problem = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {problem}");
    Ok(String::from_utf8(output.stdout)?)
}

fn command(folder: &Path, arguments: &[&str]) -> Result<std::process::Command> {
    let mut command = python::command()?;
    command
        .args(["-m", "aics_witness"])
        .args(arguments)
        .args(["--config", "witness.json"])
        .current_dir(folder);
    Ok(command)
}
