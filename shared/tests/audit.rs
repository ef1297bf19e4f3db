//! `kelisim audit`, of sites that are as they should be and of sites that are not.

#![expect(
    clippy::unwrap_used,
    reason = "what is unwrapped here is what is tested"
)]

mod command;
mod world;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use command::{Folder, PROVEN, REFUTED, UNPROVEN, UNREADABLE, findings, text};
use kelisim_shared::{
    digest::Sha256Digest,
    edition::DraftChange,
    log::{Commitment, Entry},
};
use serde_json::Value;
use world::{Files, SECOND_INDEX, World, edition};

/// An edge that answers with what it is given, until the tests end.
struct Site {
    url: String,
    served: Arc<(Files, Refusals)>,
}

impl Site {
    fn serve(files: Files) -> Self {
        Self::refuse(files, Refusals::none())
    }

    fn refuse(files: Files, refusals: Refusals) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::new((files, refusals));
        let answers = Arc::clone(&served);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let answers = Arc::clone(&answers);
                thread::spawn(move || talk(connection.unwrap(), &answers.0, &answers.1));
            }
        });
        Self { url, served }
    }
}

/// The first so many requests for the checkpoint are answered with this.
struct Refusals {
    left: AtomicU32,
    /// The status line without its version, and header lines after it.
    head: String,
    problem: &'static str,
}

impl Refusals {
    fn none() -> Self {
        Self::new(0, "", "")
    }

    fn new(count: u32, head: &str, problem: &'static str) -> Self {
        Self {
            left: AtomicU32::new(count),
            head: format!("{head}\r\nContent-Type: application/problem+json"),
            problem,
        }
    }

    fn next(&self) -> Option<(&str, &[u8])> {
        let less = |left: u32| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .ok()?;
        Some((&self.head, self.problem.as_bytes()))
    }
}

/// Answers the requests of one connection, which have no bodies.
fn talk(connection: TcpStream, files: &Files, refusals: &Refusals) -> Option<()> {
    let mut answers = connection.try_clone().ok()?;
    let mut lines = BufReader::new(connection).lines();
    loop {
        let request = lines.next()?.ok()?;
        let path = request.split(' ').nth(1)?;
        while !lines.next()?.ok()?.is_empty() {}
        let refusal = Some(()).filter(|()| path == "/log/checkpoint");
        let (head, content) = match (refusal.and_then(|()| refusals.next()), files.get(path)) {
            (Some(refusal), _) => refusal,
            (None, Some(content)) => (
                "200 OK\r\nContent-Type: application/octet-stream",
                content.as_slice(),
            ),
            (None, None) => ("404 Not Found\r\nContent-Type: text/plain", &b""[..]),
        };
        let length = content.len();
        let head = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n");
        answers
            .write_all(&[head.as_bytes(), content].concat())
            .ok()?;
    }
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
    let state = folder.path("other-state");
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
            state: folder.path("kept"),
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

/// How long an audit takes: `cargo test -p kelisim-shared --features cli --test audit -- --ignored --nocapture`.
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
        .env("HOME", folder.path("."))
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
    let refusals = |head, problem| Refusals::new(u32::MAX, head, problem);
    let site = Site::refuse(world.site(), refusals("500 Internal Server Error", problem));
    let (code, json) = folder.with_trust(&world, &["audit", &site.url]);
    assert_eq!((code, &json["log"]), (REFUTED, &Value::Null));
    let detail = json["findings"][1]["detail"].as_str().unwrap();
    assert!(detail.contains("somebody has changed it"), "{detail}");

    let problem = r#"{"type":"urn:kelisim:problem:unavailable","title":"Try again","status":503}"#;
    let site = Site::refuse(world.site(), refusals("503 Service Unavailable", problem));
    let (code, words) = folder.run(&["audit", &site.url]);
    assert_eq!(code, UNREADABLE);
    assert!(words.contains("Try again"), "{words}");
}

#[test]
fn a_site_that_was_asked_too_much_is_waited_for() {
    let (world, folder) = (World::new(), Folder::new());
    let busy = |count, wait: &str| {
        let head = format!("429 Too Many Requests\r\nRetry-After: {wait}");
        let problem =
            r#"{"type":"urn:kelisim:problem:rate-limited","title":"Asked too much","status":429}"#;
        Site::refuse(world.site(), Refusals::new(count, &head, problem))
    };
    // Who does not wait is refused before it relents.
    let site = busy(u32::MAX, "1");
    let served = Arc::clone(&site.served);
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1));
        served.1.left.store(0, Ordering::Relaxed);
    });
    let (code, json) = folder.with_trust(&world, &["audit", &site.url]);
    assert_eq!(code, PROVEN, "{json:#}");
    let (code, json) = folder.with_trust(&world, &["audit", &busy(5, "0").url]);
    assert_eq!(code, PROVEN, "{json:#}");
    for site in [busy(6, "0"), busy(1, "61"), busy(1, "soon")] {
        let (code, words) = folder.run(&["audit", &site.url]);
        assert_eq!(code, UNREADABLE, "{words}");
        assert!(words.contains("429: Asked too much"), "{words}");
    }
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
