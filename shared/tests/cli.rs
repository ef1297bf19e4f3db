//! The command `kelisim`, run as people and programs run it.

#![expect(
    clippy::unwrap_used,
    reason = "what is unwrapped here is what is tested"
)]

mod command;
mod world;

use std::fs;

use command::{Folder, PROVEN, REFUTED, UNPROVEN, UNREADABLE, USAGE, text};
use kelisim_shared::digest::Sha256Digest;
use serde_json::Value;
use world::World;

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
