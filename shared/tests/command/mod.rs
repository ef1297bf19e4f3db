//! The command `kelisim`, and where it is run.

#![expect(dead_code, reason = "no test uses all of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{self, World};

/// The exit codes, as the manual has them.
pub(crate) const PROVEN: i32 = 0;
pub(crate) const REFUTED: i32 = 1;
pub(crate) const USAGE: i32 = 2;
pub(crate) const UNPROVEN: i32 = 3;
pub(crate) const UNREADABLE: i32 = 4;

/// A folder in which the command is run, and which is all that it has of the user.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.output(arguments);
        let printed = [stdout, stderr].concat();
        (status.code().unwrap(), String::from_utf8(printed).unwrap())
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.output(&[arguments, &["--json"]].concat());
        let json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let json: Value = json;
        assert_eq!(json["format"], "kelisim-cli/v1");
        (output.status.code().unwrap(), json)
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_kelisim"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("XDG_DATA_HOME", self.0.path().join("data"))
            .env_remove("http_proxy")
            .env_remove("HTTP_PROXY")
            .env_remove("ALL_PROXY")
            .env_remove("all_proxy")
            .output()
            .unwrap()
    }

    /// What gives an audit or a verification the keys to trust.
    pub(crate) fn trust(&self, world: &World) -> Vec<String> {
        let keys = self.write("jwks.json", world.keys().to_string());
        [
            "--keys".to_owned(),
            keys.display().to_string(),
            "--log".to_owned(),
            world::log_key().to_string(),
            "--witness".to_owned(),
            world::witness_key().to_string(),
        ]
        .to_vec()
    }

    pub(crate) fn with_trust(&self, world: &World, arguments: &[&str]) -> (i32, Value) {
        let trust = self.trust(world);
        let arguments: Vec<&str> = arguments
            .iter()
            .copied()
            .chain(trust.iter().map(String::as_str))
            .collect();
        self.json(&arguments)
    }
}

/// The names of the checks with that verdict, and what they are about.
pub(crate) fn findings(json: &Value, verdict: &str) -> Vec<(String, String)> {
    let findings = json["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["verdict"] == verdict);
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .map(|finding| (word(finding, "check"), word(finding, "about")))
        .collect()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
