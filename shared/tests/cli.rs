//! The command `kelisim`, run as people and programs run it.

#![expect(
    clippy::unwrap_used,
    reason = "what is unwrapped here is what is tested"
)]

mod world;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    thread,
};

use kelisim_shared::{
    digest::Sha256Digest,
    edition::DraftChange,
    log::{Commitment, Entry},
};
use serde_json::Value;
use tempfile::TempDir;
use world::{Files, SECOND_INDEX, World, edition};

/// The exit codes, as the manual has them.
const PROVEN: i32 = 0;
const REFUTED: i32 = 1;
const USAGE: i32 = 2;
const UNPROVEN: i32 = 3;
const UNREADABLE: i32 = 4;

/// A folder in which the command is run, and which is all that it has of the user.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.output(arguments);
        let printed = [stdout, stderr].concat();
        (status.code().unwrap(), String::from_utf8(printed).unwrap())
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.output(&[arguments, &["--json"]].concat());
        let json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let json: Value = json;
        assert_eq!(json["format"], "kelisim-cli/v1");
        (output.status.code().unwrap(), json)
    }

    fn output(&self, arguments: &[&str]) -> Output {
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
    fn trust(&self, world: &World) -> Vec<String> {
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

    fn with_trust(&self, world: &World, arguments: &[&str]) -> (i32, Value) {
        let trust = self.trust(world);
        let arguments: Vec<&str> = arguments
            .iter()
            .copied()
            .chain(trust.iter().map(String::as_str))
            .collect();
        self.json(&arguments)
    }
}

/// An edge that answers with what it is given, until the tests end.
struct Site {
    url: String,
}

impl Site {
    fn serve(files: Files) -> Self {
        Self::answer(files, None)
    }

    /// Answers the request for a checkpoint with that problem.
    fn answer(files: Files, problem: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let files = Arc::new(files);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let files = Arc::clone(&files);
                thread::spawn(move || talk(connection.unwrap(), &files, problem));
            }
        });
        Self { url }
    }
}

/// Answers the requests of one connection, which have no bodies.
fn talk(connection: TcpStream, files: &Files, problem: Option<&str>) -> Option<()> {
    let mut answers = connection.try_clone().ok()?;
    let mut lines = BufReader::new(connection).lines();
    loop {
        let request = lines.next()?.ok()?;
        let path = request.split(' ').nth(1)?;
        while !lines.next()?.ok()?.is_empty() {}
        let (status, media_type, content) = match (files.get(path), problem) {
            (_, Some(problem)) if path == "/log/checkpoint" => (
                "500 Internal Server Error",
                "application/problem+json",
                problem.as_bytes(),
            ),
            (Some(content), _) => ("200 OK", "application/octet-stream", content.as_slice()),
            (None, _) => ("404 Not Found", "text/plain", &b""[..]),
        };
        let length = content.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
        );
        answers
            .write_all(&[head.as_bytes(), content].concat())
            .ok()?;
    }
}

/// The names of the checks with that verdict, and what they are about.
fn findings(json: &Value, verdict: &str) -> Vec<(String, String)> {
    let findings = json["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["verdict"] == verdict);
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .map(|finding| (word(finding, "check"), word(finding, "about")))
        .collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn verifies_every_kind_of_document() {
    let (world, folder) = (World::new(), Folder::new());
    let archive = folder.write("evidence.zip", world.seal(&world.evidence()));
    let file = folder.write(
        "receipt.json",
        serde_json::to_vec(&world.receipt_file(2)).unwrap(),
    );
    let receipt = folder.write(
        "receipt.jws",
        world.entries[1].receipt.clone().unwrap() + "\n",
    );
    for (path, kind, without) in [
        (&archive, "evidence", UNPROVEN),
        (&file, "receipt-file", UNPROVEN),
        (&receipt, "receipt", UNPROVEN),
    ] {
        let (code, json) = folder.with_trust(&world, &["verify", text(path)]);
        assert_eq!(code, PROVEN, "{json:#}");
        assert_eq!(
            (&json["kind"], &json["verdict"]),
            (&kind.into(), &"proven".into())
        );
        assert_eq!(folder.json(&["verify", text(path)]).0, without, "{kind}");
    }
    let (_, words) = folder.run(&["verify", text(&archive)]);
    for part in [
        "1 December 2026 at 10:00 (UTC+5): person",
        "by going on to use https://smartaqkol.chat after 1 December 2026 at 00:00 (UTC+5), signed by the device",
        "? not proven: The operator's keys are known from elsewhere (keys.json): they come with what they vouch for",
        "✓ The issuer has signed the receipt (receipts/0002.jws and 3 more)",
        "· no file can prove: The message was made when and for whom the record says",
        "Nothing is refuted, but not everything is proven.",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }

    let entry = &world.entries[1];
    let proof = folder.write(
        "a.tlog-proof",
        world.log.proof(entry.log_index.unwrap(), Some(entry.salt)),
    );
    let record = folder.write("record.json", entry.record.to_canonical_json());
    assert_eq!(
        folder
            .with_trust(&world, &["verify", text(&proof), "--of", text(&record)])
            .0,
        PROVEN
    );
    assert_eq!(folder.json(&["verify", text(&proof)]).0, UNPROVEN);
    let document = folder.write(
        "edition.json",
        serde_json::to_vec(world.second.document()).unwrap(),
    );
    assert_eq!(folder.json(&["verify", text(&document)]).0, PROVEN);
}

#[test]
fn no_file_writes_to_the_terminal_what_it_likes() {
    let folder = Folder::new();
    let content = r#"{"receipt":"","keys":{},"\u001b[2Jall is proven\u202e":1}"#;
    let hostile = folder.write("hostile.json", content);
    let (code, words) = folder.run(&["verify", text(&hostile)]);
    assert_eq!(code, REFUTED);
    assert!(words.contains("all is proven"), "{words}");
    assert!(!words.contains(['\u{1b}', '\u{202e}']), "{words:?}");
}

#[test]
fn exit_codes_are_those_of_the_manual() {
    let (world, folder) = (World::new(), Folder::new());
    let mut archive = world.seal(&world.evidence());
    archive[0] ^= 1;
    let broken = folder.write("broken.zip", archive);
    let (code, words) = folder.run(&["verify", text(&broken)]);
    assert_eq!(code, REFUTED, "{words}");
    let unknown = folder.write("unknown", "hello");
    for (arguments, expected) in [
        (&["verify", text(&unknown)][..], UNREADABLE),
        (&["verify", "missing"], UNREADABLE),
        (&["audit", "http://127.0.0.1:1"], UNREADABLE),
        (&["audit", "https://127.0.0.1:1"], UNREADABLE),
        (&["audit", "consent.example"], UNREADABLE),
        (&["verify"], USAGE),
        (&["verify", "a", "--log", "x"], USAGE),
        (&["deadline", "--published", "today"], USAGE),
        (&["keygen", "--kind", "log"], USAGE),
        (
            &["deadline", "--published", "2031-01-01T00:00:00Z"],
            UNREADABLE,
        ),
        (&["man", "nothing"], UNREADABLE),
    ] {
        let (code, words) = folder.run(arguments);
        assert_eq!(code, expected, "{arguments:?}: {words}");
    }
    for arguments in [
        &["--help"][..],
        &["verify", "--help"],
        &["audit", "--help"],
        &["man"],
        &["man", "audit"],
    ] {
        let (code, words) = folder.run(arguments);
        assert_eq!(code, PROVEN);
        assert!(
            words.contains("nothing is refuted, and something is not proven"),
            "{words}"
        );
    }
    let (code, words) = folder.run(&["completions", "bash"]);
    assert_eq!(code, PROVEN);
    assert!(words.contains("keygen"));
}

#[test]
fn an_honest_log_is_proven_and_may_grow() {
    let (mut world, folder) = (World::new(), Folder::new());
    let archive = folder.write("evidence.zip", world.seal(&world.evidence()));
    let receipt = folder.write(
        "receipt.json",
        serde_json::to_vec(&world.receipt_file(2)).unwrap(),
    );
    let site = Site::serve(world.site());
    let (code, json) = folder.with_trust(
        &world,
        &["audit", &site.url, text(&archive), text(&receipt)],
    );
    assert_eq!(code, PROVEN, "{json:#}");
    assert_eq!(json["log"]["commitments"], 305);
    assert_eq!(json["log"]["editions"], 2);
    let logged_now = |file: usize| {
        let proven = findings(&json["files"][file], "proven");
        proven
            .iter()
            .filter(|(check, _)| check == "logged-now")
            .count()
    };
    assert_eq!((logged_now(0), logged_now(1)), (7, 1));
    assert!(
        !findings(&json, "proven")
            .iter()
            .any(|(check, _)| check == "growth")
    );

    for number in 0..600_u64 {
        let other = Commitment::new(Sha256Digest::of(&(1 << 40 | number).to_be_bytes()));
        world.log.add(Entry::Commitment(other).to_bytes().unwrap());
    }
    let mut files = world.site();
    let site = Site::serve(files.clone());
    let (code, json) = folder.with_trust(&world, &["audit", &site.url, text(&archive)]);
    assert_eq!(code, PROVEN, "{json:#}");
    assert!(findings(&json, "proven").contains(&("growth".into(), "log".into())));

    // A checkpoint that is a little old: the tiles that were not full then are, and the others are there in both widths.
    let mut older = world.log.clone();
    older.entries.truncate(world.log.entries.len() - 200);
    let is_above = |path: &String| path.starts_with("/log/tile/1/") || path == "/log/checkpoint";
    files.extend(older.files().into_iter().filter(|(path, _)| is_above(path)));
    let site = Site::serve(files);
    let state = folder.0.path().join("other-state");
    let (code, json) = folder.with_trust(&world, &["audit", &site.url, "--state", text(&state)]);
    assert_eq!(code, PROVEN, "{json:#}");
    assert_eq!(json["log"]["size"], older.size());
    assert!(state.exists());
}

#[test]
fn the_keys_that_a_site_gives_prove_nothing_by_themselves() {
    let (world, folder) = (World::new(), Folder::new());
    let receipt = folder.write(
        "receipt.json",
        serde_json::to_vec(&world.receipt_file(2)).unwrap(),
    );
    let site = Site::serve(world.site());
    let (code, json) = folder.json(&["audit", &site.url, text(&receipt)]);
    assert_eq!(code, UNPROVEN, "{json:#}");
    let unproven = findings(&json, "unproven");
    assert_eq!(
        unproven,
        [
            ("log-key".into(), "log".into()),
            ("keys".into(), "keys".into())
        ]
    );
    let (code, words) = folder.run(&["audit", &site.url]);
    assert_eq!(code, UNPROVEN);
    let first =
        "consent.example/log: 307 entries, of which 305 are commitments to records and 2 editions.";
    assert!(words.contains(first), "{words}");
    assert!(
        words.contains("✓ The log has kept everything that it had before (log): 307 entries"),
        "{words}"
    );
}

/// Audits of one log, time and again, with a receipt.
struct Auditor {
    world: World,
    folder: Folder,
    state: PathBuf,
    receipt: PathBuf,
}

impl Auditor {
    /// After an audit of the log as it should be.
    fn new() -> Self {
        let (world, folder) = (World::new(), Folder::new());
        let receipt = serde_json::to_vec(&world.receipt_file(2)).unwrap();
        let auditor = Self {
            receipt: folder.write("receipt.json", receipt),
            state: folder.0.path().join("kept"),
            folder,
            world,
        };
        assert_eq!(auditor.audit(auditor.world.site()).0, PROVEN);
        auditor
    }

    fn audit(&self, files: Files) -> (i32, Value) {
        let site = Site::serve(files);
        let (state, receipt) = (text(&self.state), text(&self.receipt));
        let arguments = ["audit", &site.url, "--state", state, receipt];
        self.folder.with_trust(&self.world, &arguments)
    }

    /// Checks that an audit of these files finds out by that check, and leaves what was kept.
    fn finds(&self, check: &str, what: &str, files: Files) {
        let kept = fs::read(&self.state).unwrap();
        let (code, json) = self.audit(files);
        assert_eq!(code, REFUTED, "{what}: {json:#}");
        let refuted = findings(&json, "refuted");
        assert!(
            refuted.iter().any(|(found, _)| found == check),
            "{what}: {refuted:?}"
        );
        assert_eq!(fs::read(&self.state).unwrap(), kept, "{what}");
    }

    /// The files of the log as it should be, one of them changed.
    fn changed(&self, path: &str, change: impl Fn(&mut Vec<u8>)) -> Files {
        let mut files = self.world.site();
        change(files.get_mut(path).unwrap());
        files
    }
}

/// What another world serves, signed by the same keys.
fn remade(change: impl Fn(&mut World)) -> Files {
    let mut world = World::new();
    change(&mut world);
    world.site()
}

fn other_entry() -> Vec<u8> {
    let other = Commitment::new(Sha256Digest::of(b"other"));
    Entry::Commitment(other).to_bytes().unwrap()
}

#[test]
fn a_log_that_serves_other_than_it_has_signed_is_found() {
    let auditor = Auditor::new();
    let (first, last) = ("/log/tile/entries/000", "/log/tile/entries/001.p/51");
    let drop_last = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    let flip = |place: usize| move |bytes: &mut Vec<u8>| bytes[place] ^= 1;
    for (check, what, path, place) in [
        ("tiles", "an entry", first, 3000),
        ("entries", "an edition in the log", first, 20),
        ("tiles", "a hash", "/log/tile/0/001.p/51", 0),
        ("tiles", "a hash above", "/log/tile/1/000.p/1", 31),
        ("checkpoint", "the root", "/log/checkpoint", 30),
    ] {
        auditor.finds(check, what, auditor.changed(path, flip(place)));
    }
    auditor.finds(
        "entries",
        "a bundle cut short",
        auditor.changed(last, drop_last),
    );
    auditor.finds(
        "tiles",
        "a tile cut short",
        auditor.changed("/log/tile/0/000", drop_last),
    );
    for (check, path) in [
        ("tiles", "/log/tile/0/000"),
        ("tiles", last),
        ("checkpoint", "/log/checkpoint"),
    ] {
        let mut files = auditor.world.site();
        files.remove(path);
        auditor.finds(check, path, files);
    }
}

#[test]
fn a_log_that_forgets_or_forks_is_found() {
    let auditor = Auditor::new();
    let smaller = remade(|world| drop(world.log.entries.pop()));
    auditor.finds("growth", "a smaller log", smaller);
    let fork = remade(|world| world.log.entries[250] = other_entry());
    auditor.finds("growth", "another entry", fork);
    let dropped = remade(|world| {
        world.log.entries.remove(100);
        world.log.add(other_entry());
        world.log.add(other_entry());
    });
    auditor.finds("growth", "an entry dropped, and others added", dropped);
    let junk = remade(|world| {
        world.log.add(b"hello".to_vec());
    });
    auditor.finds("entries", "an entry that is nothing", junk);
}

#[test]
fn an_edition_in_the_place_of_another_is_found() {
    let auditor = Auditor::new();
    let unlogged = remade(|world| {
        world.second = edition(DraftChange::Initial {}, "three", "2026-11-23T05:00:00.000Z");
    });
    auditor.finds("listed", "an edition that is not in the log", unlogged);
    let disordered = remade(|world| std::mem::swap(&mut world.first, &mut world.second));
    auditor.finds("listed", "editions in another order", disordered);
    let path = format!("/v1/editions/{}", auditor.world.second.id());
    let other_word = auditor.changed(&path, |document| {
        let place = document
            .windows(3)
            .rposition(|three| three == b"two")
            .unwrap();
        document[place] = b'b';
    });
    auditor.finds("edition", "another text", other_word);
    let first = serde_json::to_vec(auditor.world.first.document()).unwrap();
    let other = auditor.changed(&path, |document| document.clone_from(&first));
    auditor.finds("edition", "another edition", other);
}

/// How long an audit takes: `cargo test -p kelisim-shared --features cli --test cli -- --ignored --nocapture`.
#[test]
#[ignore = "measures, and tests nothing"]
fn measures_an_audit_of_a_large_log() {
    let (mut world, folder) = (World::new(), Folder::new());
    for number in 0..100_000_u64 {
        let other = Commitment::new(Sha256Digest::of(&(1 << 41 | number).to_be_bytes()));
        world.log.add(Entry::Commitment(other).to_bytes().unwrap());
    }
    let site = Site::serve(world.site());
    let command = [
        "-c",
        "time $0 audit $1 >/dev/null",
        env!("CARGO_BIN_EXE_kelisim"),
        &site.url,
    ];
    let output = Command::new("bash")
        .args(command)
        .env("HOME", folder.0.path())
        .output();
    let printed = output.unwrap().stderr;
    println!(
        "{} entries:{}",
        world.log.size(),
        String::from_utf8(printed).unwrap()
    );
}

#[test]
fn a_receipt_that_is_not_in_the_log_is_found() {
    let (world, folder) = (World::new(), Folder::new());
    // A log of the same name and key, which only the holder of this receipt was shown.
    let mut other = World::new();
    other.log.entries.truncate(SECOND_INDEX);
    for entry in &mut other.entries {
        entry.log_index = entry.log_index.filter(|&index| index < other.log.size());
    }
    other.log.entries[50] = other.log.entries[2].clone();
    other.entries[1].log_index = Some(50);
    let receipt = folder.write(
        "receipt.json",
        serde_json::to_vec(&other.receipt_file(2)).unwrap(),
    );
    assert_eq!(
        folder.with_trust(&world, &["verify", text(&receipt)]).0,
        PROVEN
    );
    let site = Site::serve(world.site());
    let (code, json) = folder.with_trust(&world, &["audit", &site.url, text(&receipt)]);
    assert_eq!(code, REFUTED);
    assert_eq!(
        findings(&json["files"][0], "refuted"),
        [("logged-now".into(), "proof".into())]
    );
    assert_eq!(findings(&json, "refuted"), []);
}

#[test]
fn a_log_that_says_that_it_contradicts_itself_is_refuted() {
    let (world, folder) = (World::new(), Folder::new());
    let problem = r#"{"type":"urn:kelisim:problem:log-contradiction","title":"The log contradicts itself","status":500}"#;
    let site = Site::answer(world.site(), Some(problem));
    let (code, json) = folder.with_trust(&world, &["audit", &site.url]);
    assert_eq!((code, &json["log"]), (REFUTED, &Value::Null));
    let detail = json["findings"][1]["detail"].as_str().unwrap();
    assert!(detail.contains("somebody has changed it"), "{detail}");

    let problem = r#"{"type":"urn:kelisim:problem:unavailable","title":"Try again","status":503}"#;
    let site = Site::answer(world.site(), Some(problem));
    let (code, words) = folder.run(&["audit", &site.url]);
    assert_eq!(code, UNREADABLE);
    assert!(words.contains("Try again"), "{words}");
}

#[test]
fn an_edition_that_the_site_does_not_list_is_told_of() {
    let (mut world, folder) = (World::new(), Folder::new());
    let list = world.site()["/v1/editions"].clone();
    let third = edition(DraftChange::Initial {}, "three", "2026-12-20T05:00:00.000Z");
    world.log.add_edition(&third);
    let mut files = world.site();
    files.insert("/v1/editions".into(), list);
    let site = Site::serve(files);
    let (code, json) = folder.with_trust(&world, &["audit", &site.url]);
    assert_eq!(code, UNPROVEN);
    assert_eq!(
        findings(&json, "unproven"),
        [("published".into(), format!("edition {}", third.id()))]
    );
}

#[test]
fn every_deadline_of_the_vectors_is_computed() {
    let folder = Folder::new();
    let vectors: Value =
        serde_json::from_str(include_str!("../../tests/vectors/deadlines.json")).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let (code, json) = folder.json(&[
            "deadline",
            "--published",
            case["published_at"].as_str().unwrap(),
        ]);
        assert_eq!(code, PROVEN);
        let expected =
            chrono::DateTime::parse_from_rfc3339(case["deadline"].as_str().unwrap()).unwrap();
        let computed =
            chrono::DateTime::parse_from_rfc3339(json["deadline"].as_str().unwrap()).unwrap();
        assert_eq!(computed, expected, "{}", case["name"]);
    }
    let arguments = [
        "deadline",
        "--published",
        "2026-11-28T12:00:00+05:00",
        "--rule",
        "seventh-day",
    ];
    let (_, words) = folder.run(&arguments);
    assert!(words.starts_with("2026-12-05T19:00:00.000Z\n"), "{words}");
}

#[test]
fn editions_are_hashed_read_and_compared() {
    let (world, folder) = (World::new(), Folder::new());
    let write = |name, edition: &kelisim_shared::edition::Edition| {
        folder.write(name, serde_json::to_vec(edition.document()).unwrap())
    };
    let (first, second) = (
        write("first.json", &world.first),
        write("second.json", &world.second),
    );
    let plain = folder.write(
        "plain.txt",
        "Title\n1. First\n1.1. The word is three.\n1.2. More.\n",
    );

    let (code, json) = folder.json(&["edition", "hash", text(&first), text(&plain)]);
    assert_eq!(code, PROVEN);
    assert_eq!(
        json["files"][0]["content"]["id"],
        world.first.id().to_string()
    );
    let digest = Sha256Digest::of(&fs::read(&plain).unwrap()).to_string();
    assert_eq!(json["files"][1]["content"]["texts"][0]["sha256"], digest);

    let (code, words) = folder.run(&["edition", "parse", text(&plain)]);
    assert_eq!(code, PROVEN);
    assert!(words.contains("    1.2. More."), "{words}");

    let (code, words) = folder.run(&["edition", "diff", text(&first), text(&second)]);
    assert_eq!(code, PROVEN);
    assert!(
        words.contains("1.1: The word is [-one-]{+two+}."),
        "{words}"
    );
    let (_, words) = folder.run(&["edition", "diff", text(&first), text(&plain)]);
    assert!(words.contains("1.2 is new: {+More.+}"), "{words}");
    let (_, json) = folder.json(&["edition", "diff", text(&first), text(&second)]);
    assert_eq!(json["texts"][0]["changes"][0]["number"], "1.1");

    let wrong = folder.write("wrong.txt", "Title\n1. First\nno number\n");
    let (code, words) = folder.run(&["edition", "parse", text(&wrong)]);
    assert_eq!(code, UNREADABLE);
    assert!(words.contains("line 3"), "{words}");
}

#[test]
fn keys_are_new_each_time_and_belong_together() {
    let folder = Folder::new();
    let arguments = ["keygen", "--kind", "log", "--name", "consent.example/log"];
    let (code, json) = folder.json(&arguments);
    assert_eq!(code, PROVEN);
    assert_ne!(
        folder.json(&arguments).1["private"]["d"],
        json["private"]["d"]
    );
    let private = &json["private"];
    assert_eq!(
        (&private["kty"], &private["crv"]),
        (&"OKP".into(), &"Ed25519".into())
    );
    assert!(private["kid"].as_str().unwrap().starts_with("log-"));
    let key: kelisim_shared::log::note::VerifierKey =
        json["public"].as_str().unwrap().parse().unwrap();
    assert_eq!(key.name.as_str(), "consent.example/log");

    let (_, json) = folder.json(&["keygen", "--kind", "receipt", "--kid", "2026-12"]);
    let signer =
        kelisim_shared::software::SoftwareSigner::from_private_jwk(&json["private"].to_string())
            .unwrap();
    let mut public = json["public"].clone();
    assert_eq!(public["kid"], "2026-12");
    for member in ["kid", "alg", "use"] {
        public.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(public, serde_json::to_value(signer.public_key()).unwrap());
    let (_, json) = folder.json(&["keygen", "--kind", "witness", "--name", "witness.example"]);
    assert!(
        json["public"]
            .as_str()
            .unwrap()
            .starts_with("witness.example+")
    );
}
