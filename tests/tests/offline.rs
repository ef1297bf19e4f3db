//! What somebody does who trusts nobody: the tool `kelisim`, without a network where it needs none, on what a real edge gave out
//! and on a real edge that somebody has tampered with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use kelisim_shared::{evidence::ReceiptFile, log::proof::LogProof, record::RecordId};
use kelisim_tests::{
    Browser, Device, Edge, Screen,
    log::{LogReader, recorded},
    steps::accepted,
};
use serde_json::{Value, json};
use tempfile::TempDir;

#[tokio::test]
async fn what_was_accepted_in_a_browser_is_verified_without_a_network() -> Result<()> {
    let edge = Edge::start()?;
    let browser = Browser::start(Screen::PHONE).await?;
    browser.driver.goto(format!("{}/demo/", edge.url())).await?;
    browser.part("button[part=accept]").await?.click().await?;
    accepted(&edge, &browser, "explicit").await?;
    browser.part("button[part=close]").await?.click().await?;
    let keep = "window.saved = []; URL.createObjectURL = (blob) => { blob.text().then((text) => saved.push(text)); return '#' }";
    browser.run(keep).await?;
    browser.run("return kelisim.open('acceptances')").await?;
    let mut said = String::new();
    for _ in 0..60 {
        browser
            .part("[data-account] [part=save]")
            .await?
            .click()
            .await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        said = browser.part("[part=verdict]").await?.text().await?;
        if said.contains("журнал") && !said.contains("через минуту") {
            break;
        }
    }
    assert!(
        said.starts_with("Проверено в этом браузере: квитанция и её запись в журнале верны"),
        "{said}"
    );
    assert_eq!(browser.violations().await?, [""; 0]);
    let saved = browser.run("return saved.at(-1)").await?;
    let saved = saved.as_str().context("a file was saved")?;

    let folder = Folder::new(&edge)?;
    let file = folder.put("receipt.json", saved.as_bytes())?;
    let verified = folder.verify(&file, &[])?;
    folder.expect(&verified, 0)?;
    let said: Value = serde_json::from_slice(&verified.stdout)?;
    assert_eq!(said["verdict"], "proven", "{said}");
    let without_keys = offline(&["verify", &file])?;
    folder.expect(&without_keys, 3)?;
    let other = saved.replacen("\"index 1", "\"index 0", 1);
    assert_eq!(other, saved, "the index is on a line of its own");
    let other = saved.replacen("\\nindex ", "\\nindex 1", 1);
    let file = folder.put("other.json", other.as_bytes())?;
    folder.expect(&folder.verify(&file, &[])?, 1)
}

#[test]
fn the_evidence_about_a_person_is_verified_whole_and_any_flipped_byte_in_it_is_found() -> Result<()>
{
    let edge = Edge::start()?;
    let reader = LogReader::of(&edge)?;
    let user = || edge.token("sub=aigerim");
    let device = Device::new(1);
    let token = user()?;
    let first = edge
        .submit(&token, &device.acceptance(&edge, &token, "a")?)?
        .accepted(201)?;
    reader.proven(&edge, &token, first.record)?;
    edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?;
    let deadline = edge
        .edition()?
        .manifest()
        .change
        .succession()
        .map(|succession| succession.deadline);
    edge.set_clock(&deadline.context("a deadline")?.instant().to_string())?;
    let token = user()?;
    let nonce = edge.status(&token)?.nonce;
    let mut claims = Device::claims(&token, &edge.edition()?, nonce.as_str(), "b");
    claims["event"] = json!({ "kind": "used", "edition": edge.edition()?.id() });
    let second = edge
        .submit(&token, &device.sign(&device.header(), &claims))?
        .accepted(201)?;
    reader.proven(&edge, &user()?, second.record)?;

    let path = edge.subject_path("aigerim")?;
    let archive = edge.order("auditor", "GET", &format!("{path}/evidence"), &json!(null))?;
    ensure!(archive.status == 200, "{}", archive.text()?);
    assert_eq!(archive.header("content-type"), "application/zip");
    let folder = Folder::new(&edge)?;
    let file = folder.put("evidence.zip", &archive.body)?;
    // The look itself is on its way to the log, and no more than that.
    folder.expect(&folder.verify(&file, &[])?, 0)?;
    let listed = Command::new("python3")
        .args(["-m", "zipfile", "--test", &file])
        .output()?;
    ensure!(listed.status.success(), "{}", text(&listed));

    let step = (archive.body.len() / 60).max(1);
    for place in (0..archive.body.len()).step_by(step) {
        let mut flipped = archive.body.clone();
        flipped[place] ^= 1;
        let file = folder.put("flipped.zip", &flipped)?;
        let verified = folder.verify(&file, &[])?;
        ensure!(
            matches!(verified.status.code(), Some(1 | 4)),
            "byte {place}: {}",
            text(&verified)
        );
    }
    folder.expect(&folder.audit(&edge, &[&file])?, 0)?;
    for role in ["publisher", "officer"] {
        let answer = edge.order(role, "GET", &format!("{path}/evidence"), &json!(null))?;
        assert_eq!(answer.status == 200, role == "officer", "{role}");
    }
    Ok(())
}

#[test]
fn an_audit_finds_a_byte_that_was_changed_on_disk() -> Result<()> {
    let mut edge = Edge::start()?;
    let (host, reader) = (edge.host()?, LogReader::of(&edge)?);
    let device = Device::new(1);
    let accept = |edge: &Edge, user: &str| -> Result<(RecordId, ReceiptFile)> {
        let token = host.token(user);
        let statement = device.acceptance(edge, &token, user)?;
        let record = edge.submit(&token, &statement)?.accepted(201)?.record;
        Ok((record, reader.proven(edge, &token, record)?))
    };
    let (_, file) = accept(&edge, "aigerim")?;
    let (record, _) = accept(&edge, "dana")?;
    let folder = Folder::new(&edge)?;
    folder.expect(&folder.audit(&edge, &[])?, 0)?;

    // The operator changes which agreement somebody had joined.
    edge.stop()?;
    let disk = edge.disk("Subject");
    ensure!(flip(
        &disk,
        b"\"agreement\":\"2026-01\"",
        &record.to_string()
    )?);
    edge.restart()?;
    let path = edge.subject_path("dana")?;
    let evidence = edge.order("officer", "GET", &format!("{path}/evidence"), &json!(null))?;
    ensure!(evidence.status == 200, "{}", evidence.text()?);
    let evidence = folder.put("evidence.zip", &evidence.body)?;
    folder.expect(&folder.audit(&edge, &[&evidence])?, 1)?;
    folder.expect(&folder.audit(&edge, &[])?, 0)?;

    // And then what the log committed to.
    let proof = LogProof::parse(file.proof.as_deref().context("it is proven")?)?;
    let salt = proof.salt().context("it has a salt")?;
    let record = recorded(&file.receipt)?;
    let commitment = kelisim_shared::log::Commitment::to(&record, &salt);
    edge.stop()?;
    let disk = edge.disk("Log");
    ensure!(flip(&disk, commitment.digest().as_bytes(), "")?);
    edge.restart()?;
    let audited = folder.audit(&edge, &[])?;
    folder.expect(&audited, 1)?;
    ensure!(text(&audited).contains("contradict"), "{}", text(&audited));
    Ok(())
}

/// A folder for what the tool reads and keeps, and the keys that it is told to trust.
struct Folder {
    folder: TempDir,
    trust: Vec<String>,
}

impl Folder {
    fn new(edge: &Edge) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let keys = folder.path().join("keys.json");
        fs::write(&keys, edge.get("/.well-known/jwks.json")?.body)?;
        let log = LogReader::of(edge)?.key.to_string();
        let keys = keys.display().to_string();
        let trust = ["--keys", &keys, "--log", &log].map(str::to_owned).to_vec();
        Ok(Self { folder, trust })
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<String> {
        let path = self.folder.path().join(name);
        fs::write(&path, content)?;
        Ok(path.display().to_string())
    }

    /// Verifies a file with the keys, without a network.
    fn verify(&self, file: &str, arguments: &[&str]) -> Result<Output> {
        let trust = self.trust.iter().map(String::as_str);
        let all: Vec<&str> = ["--json", "verify", file]
            .into_iter()
            .chain(trust)
            .chain(arguments.iter().copied())
            .collect();
        offline(&all)
    }

    fn audit(&self, edge: &Edge, files: &[&str]) -> Result<Output> {
        let state = self.folder.path().join("state");
        Ok(Command::new(tool()?)
            .args(["--json", "audit", edge.url()])
            .args(files)
            .arg("--state")
            .arg(state)
            .args(&self.trust)
            .output()?)
    }

    #[expect(clippy::unused_self, reason = "it reads as the folder's")]
    fn expect(&self, output: &Output, code: i32) -> Result<()> {
        ensure!(output.status.code() == Some(code), "{}", text(output));
        Ok(())
    }
}

/// The tool, in a world without a network, where the system can make one: Linux can, unless it is forbidden.
fn offline(arguments: &[&str]) -> Result<Output> {
    let tool = tool()?;
    let isolated = |program: &Path| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--net"])
            .arg(program);
        command
    };
    let can_isolate = isolated(Path::new("true")).status();
    let mut command = if can_isolate.is_ok_and(|status| status.success()) {
        isolated(&tool)
    } else {
        Command::new(&tool)
    };
    Ok(command.args(arguments).output()?)
}

fn tool() -> Result<PathBuf> {
    let tool = xtask::target().join("debug/kelisim");
    ensure!(
        tool.is_file(),
        "the tool is not built: cargo build -p kelisim-shared --features cli"
    );
    Ok(tool)
}

fn text(output: &Output) -> String {
    let [out, problem] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{}: {out}{problem}", output.status)
}

/// Flips the last bit of a byte where that stands, in the one database of the folder that holds it and the other text.
fn flip(folder: &Path, needle: &[u8], beside: &str) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "sqlite")
        {
            continue;
        }
        // What is still in its journal is moved into the file.
        let fold = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')";
        let journal = Command::new("python3")
            .args(["-c", fold])
            .arg(&path)
            .output()?;
        ensure!(journal.status.success(), "{}", text(&journal));
        let mut bytes = fs::read(&path)?;
        let find = |needle: &[u8]| {
            bytes
                .windows(needle.len())
                .position(|window| window == needle)
        };
        let has_other = beside.is_empty() || find(beside.as_bytes()).is_some();
        if let (true, Some(place)) = (has_other, find(needle)) {
            let last = place + needle.len() - 2;
            bytes[last] ^= 1;
            fs::write(&path, bytes)?;
            return Ok(true);
        }
    }
    Ok(false)
}
