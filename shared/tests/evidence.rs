//! Archives of evidence, receipt files and their parts: what is proven, and whatever is changed is found.

#![expect(
    clippy::unwrap_used,
    reason = "what is unwrapped here is what is tested"
)]

mod world;

use std::{collections::BTreeSet, io::Write, process::Command};

use kelisim_shared::{
    digest::Sha256Digest,
    edition::{DraftChange, Edition, EditionId},
    evidence::{
        self, Archive, Check, Evidence, Kind, NotAnArchive, Report, Trust, Verdict, editions_named,
        pack, unpack,
    },
    log::Salt,
    record::{Event, Ground, Head, Record},
    software::{SoftwareSigner, SoftwareVerifier},
};
use pollster::block_on;
use proptest::{
    prelude::{any, prop},
    prop_assert_eq, prop_assert_ne, proptest,
};
use world::{World, edition};

fn verify(archive: &[u8], trust: &Trust) -> Report {
    block_on(
        Archive::parse(archive)
            .unwrap()
            .verify(trust, &SoftwareVerifier),
    )
}

fn verify_as(kind: Kind, bytes: &[u8], of: Option<&[u8]>, trust: &Trust) -> Report {
    assert_eq!(Kind::of(bytes), Some(kind));
    block_on(evidence::verify(kind, bytes, of, trust, &SoftwareVerifier))
}

/// The checks with that verdict.
fn checks(report: &Report, verdict: Verdict) -> BTreeSet<Check> {
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.verdict == verdict);
    findings.map(|finding| finding.check).collect()
}

#[test]
fn everything_in_an_archive_is_proven_to_who_has_the_keys() {
    let world = World::new();
    let report = verify(&world.seal(&world.evidence()), &world.trust());
    assert_eq!(report.verdict(), Verdict::Proven, "{:#?}", report.findings);
    let beyond = checks(&report, Verdict::Beyond);
    assert_eq!(
        beyond,
        [Check::Complete, Check::Freshness, Check::Logged].into(),
        "{:#?}",
        report.findings
    );
    let expected = [
        Check::Form,
        Check::Keys,
        Check::LogKey,
        Check::Manifest,
        Check::Files,
        Check::Chain,
        Check::Receipt,
        Check::ReceiptRecord,
        Check::Message,
        Check::MessageContent,
        Check::Logged,
        Check::Witnessed,
        Check::Edition,
        Check::Text,
        Check::Subject,
        Check::Presentation,
        Check::Deadline,
        Check::Calendar,
        Check::Implied,
        Check::Earlier,
    ];
    assert_eq!(checks(&report, Verdict::Proven), expected.into());
    assert_eq!(report.records.len(), 6);
    assert_eq!(report.logged.len(), 7, "five records and two editions");
}

#[test]
fn the_keys_in_an_archive_prove_nothing_by_themselves() {
    let world = World::new();
    let report = verify(&world.seal(&world.evidence()), &Trust::default());
    assert_eq!(report.verdict(), Verdict::Unproven);
    assert_eq!(
        checks(&report, Verdict::Unproven),
        [Check::Keys, Check::LogKey].into()
    );
    assert_eq!(checks(&report, Verdict::Refuted), BTreeSet::new());
    let keys = report
        .findings
        .iter()
        .find(|finding| finding.check == Check::Keys)
        .unwrap();
    let fingerprint = world.operator.public_key().thumbprint().to_jkt();
    assert!(keys.detail.contains(&fingerprint), "{}", keys.detail);
}

#[test]
fn no_byte_of_an_archive_can_be_changed() {
    let world = World::new();
    let archive = world.seal(&world.evidence());
    let mut changed = archive.clone();
    for place in 0..archive.len() {
        changed[place] ^= 1 << (place % 8);
        assert_eq!(Archive::parse(&changed), Err(NotAnArchive), "byte {place}");
        changed[place] = archive[place];
    }
}

/// Packed again by somebody who knows the format and has not got the operator's key.
#[test]
fn no_file_can_be_changed_added_or_dropped() {
    let world = World::new();
    let files = unpack(&world.seal(&world.evidence())).unwrap();
    let refuted = |changed: &evidence::Files, what: &str| {
        let report = verify(&pack(changed).unwrap(), &world.trust());
        assert_eq!(report.verdict(), Verdict::Refuted, "{what}");
    };
    for (number, (path, content)) in files.iter().enumerate() {
        // One byte of each, at another place in each: that the hash covers all of them needs no test.
        let place = number * 37 % content.len();
        let mut changed = files.clone();
        changed.get_mut(path).unwrap()[place] ^= 1;
        refuted(&changed, &format!("byte {place} of {path}"));
        let mut fewer = files.clone();
        fewer.remove(path);
        refuted(&fewer, &format!("without {path}"));
    }
    for path in [
        "records/0007.json",
        "other.txt",
        "receipts/0001.jws",
        "editions/x.json",
    ] {
        let mut more = files.clone();
        more.insert(path.to_owned(), b"{}".to_vec());
        refuted(&more, &format!("with {path}"));
    }
}

/// What an operator could try, who has the key of receipts and signs the list of the files anew: in words, what finds it, and
/// what they do.
type Change<'a> = (&'a str, Check, Box<dyn Fn(&mut Evidence) + 'a>);

fn each_is_found(world: &World, changes: Vec<Change<'_>>) {
    for (what, check, change) in changes {
        let mut evidence = world.evidence();
        change(&mut evidence);
        let report = verify(&world.seal(&evidence), &world.trust());
        let refuted = checks(&report, Verdict::Refuted);
        assert!(refuted.contains(&check), "{what}: {refuted:?}");
    }
}

#[test]
fn records_that_contradict_themselves_are_found_though_the_operator_signs_them() {
    let world = World::new();
    let changes: Vec<Change<'_>> = vec![
        (
            "a record dropped",
            Check::Chain,
            Box::new(|e| {
                e.entries.remove(2);
            }),
        ),
        (
            "the first record dropped",
            Check::Chain,
            Box::new(|e| {
                e.entries.remove(0);
            }),
        ),
        (
            "another time in a record",
            Check::ReceiptRecord,
            Box::new(|e| {
                e.entries[1].record.recorded_at = world::at("2026-11-03T05:01:00.001Z");
            }),
        ),
        (
            "a record after the fact, with a new receipt",
            Check::Logged,
            Box::new(|e| {
                let earlier = world::at("2026-11-03T05:00:30.000Z");
                rewrite(e, &world, 1, |record| record.recorded_at = earlier);
            }),
        ),
        (
            "use before the deadline",
            Check::Implied,
            Box::new(|e| {
                let early = world::at("2026-11-30T18:59:59.999Z");
                rewrite(e, &world, 2, |record| record.recorded_at = early);
            }),
        ),
        (
            "another deadline in the record",
            Check::Implied,
            Box::new(|e| {
                let deadline = serde_json::from_value("2026-11-29T19:00:00.000Z".into()).unwrap();
                rewrite(e, &world, 2, |record| {
                    if let Event::Accepted(acceptance) = &mut record.event
                        && let Ground::Implied {
                            deadline: stored, ..
                        } = &mut acceptance.ground
                    {
                        *stored = deadline;
                    }
                });
            }),
        ),
        (
            "use without an earlier acceptance",
            Check::Earlier,
            Box::new(|e| {
                e.entries.drain(..2);
                rewrite(e, &world, 0, |_| {});
            }),
        ),
        (
            "another text on the screen",
            Check::Subject,
            Box::new(|e| {
                rewrite(e, &world, 1, |record| {
                    if let Event::Accepted(acceptance) = &mut record.event
                        && let Ground::Explicit { shown, .. } = &mut acceptance.ground
                    {
                        shown.text_sha256 = Sha256Digest::of(b"other");
                    }
                });
            }),
        ),
        (
            "another presentation",
            Check::Presentation,
            Box::new(|e| {
                let other = e.entries[2].id;
                rewrite(e, &world, 1, |record| {
                    if let Event::Accepted(acceptance) = &mut record.event {
                        acceptance.presentation = Some(other);
                    }
                });
            }),
        ),
    ];
    each_is_found(&world, changes);
}

#[test]
fn what_contradicts_the_records_is_found_though_the_operator_signs_it() {
    let world = World::new();
    let other = SoftwareSigner::from_scalar(&[9; 32]).unwrap();
    let changes: Vec<Change<'_>> = vec![
        (
            "the messages of two records swapped",
            Check::Message,
            Box::new(|e| {
                let message = e.entries[0].message.take();
                e.entries[0].message = e.entries[1].message.take();
                e.entries[1].message = message;
            }),
        ),
        (
            "a message that is none",
            Check::Message,
            Box::new(|e| {
                e.entries[4].message = Some("no ticket".into());
            }),
        ),
        (
            "a message that staff never send",
            Check::Message,
            Box::new(|e| {
                e.entries[3].message = Some("hello".into());
            }),
        ),
        (
            "the receipt of another record",
            Check::ReceiptRecord,
            Box::new(|e| {
                e.entries[1].receipt = e.entries[2].receipt.clone();
            }),
        ),
        (
            "keys of somebody else",
            Check::Receipt,
            Box::new(|e| {
                let receipt =
                    block_on(world::issuer().issue(e.entries[1].record.clone(), &other)).unwrap();
                e.entries[1].receipt = Some(receipt);
            }),
        ),
        (
            "another typ",
            Check::Receipt,
            Box::new(|e| {
                e.entries[1].receipt = Some(world::signed(
                    &world.operator,
                    "JWT",
                    &serde_json::json!({}),
                ));
            }),
        ),
    ];
    each_is_found(&world, changes);
}

#[test]
fn proofs_and_editions_that_contradict_are_found_though_the_operator_signs_them() {
    let world = World::new();
    let changes: Vec<Change<'_>> = vec![
        (
            "the proof of another record",
            Check::Logged,
            Box::new(|e| {
                let proof = e.proofs[&e.entries[0].id].clone();
                e.proofs.insert(e.entries[1].id, proof);
            }),
        ),
        (
            "another salt",
            Check::Logged,
            Box::new(|e| {
                let index = e.entries[1].log_index.unwrap();
                let proof = world.log.proof(index, Some(Salt::from_bytes([9; 32])));
                e.proofs.insert(e.entries[1].id, proof);
            }),
        ),
        (
            "no salt",
            Check::Logged,
            Box::new(|e| {
                let proof = world.log.proof(e.entries[1].log_index.unwrap(), None);
                e.proofs.insert(e.entries[1].id, proof);
            }),
        ),
        (
            "the proof of another edition",
            Check::Logged,
            Box::new(|e| {
                let (first, second) = (world.first.id(), world.second.id());
                let proof = e.edition_proofs[&first].clone();
                e.edition_proofs.insert(second, proof);
            }),
        ),
        (
            "a word in an edition",
            Check::Edition,
            Box::new(|e| {
                e.editions[0].texts[0] = e.editions[0].texts[0].replace("one", "all");
            }),
        ),
        (
            "an edition with another deadline",
            Check::Edition,
            Box::new(|e| {
                e.editions[1].manifest.published_at = world::at("2026-11-22T05:00:00.000Z");
            }),
        ),
        (
            "records of somebody else",
            Check::Chain,
            Box::new(|e| {
                e.subject = kelisim_shared::record::SubjectId::new(Sha256Digest::of(b"other"));
            }),
        ),
    ];
    each_is_found(&world, changes);
}

/// Changes a record and writes those after it anew, as the operator could: receipts and ids fit, messages and proofs stay.
fn rewrite(evidence: &mut Evidence, world: &World, place: usize, change: impl Fn(&mut Record)) {
    let old: Vec<_> = evidence.entries.iter().map(|entry| entry.id).collect();
    let mut head: Option<Head> = None;
    for (number, entry) in evidence.entries.iter_mut().enumerate() {
        let Record {
            subject,
            recorded_at,
            event,
            ..
        } = entry.record.clone();
        entry.record = Head::next(head, subject, recorded_at, event).unwrap();
        if number == place {
            change(&mut entry.record);
        }
        entry.id = entry.record.id();
        entry.receipt = entry.receipt.as_ref().map(|_| world.receipt(&entry.record));
        head = Some(Head {
            sequence: entry.record.sequence,
            record: entry.id,
        });
        if let Some(proof) = evidence.proofs.remove(&old[number]) {
            evidence.proofs.insert(entry.id, proof);
        }
    }
}

#[test]
fn an_edition_in_the_place_of_another_is_missed() {
    let world = World::new();
    let mut evidence = world.evidence();
    let other = edition(DraftChange::Initial {}, "three", "2026-11-02T05:00:00.000Z");
    evidence.editions[0] = other.document().clone();
    evidence.edition_proofs.clear();
    let report = verify(&world.seal(&evidence), &world.trust());
    assert_eq!(
        checks(&report, Verdict::Unproven),
        [Check::Logged, Check::Subject].into()
    );
}

#[test]
fn what_is_missing_is_not_proven() {
    let world = World::new();
    let mut evidence = world.evidence();
    evidence.proofs.clear();
    for entry in &mut evidence.entries {
        entry.message = None;
        entry.receipt = None;
    }
    let report = verify(&world.seal(&evidence), &world.trust());
    assert_eq!(report.verdict(), Verdict::Unproven);
    let unproven = checks(&report, Verdict::Unproven);
    assert_eq!(
        unproven,
        [Check::Receipt, Check::Message, Check::Logged].into()
    );
}

#[test]
fn editions_are_named_once() {
    let world = World::new();
    let named = editions_named(world.entries.iter().map(|entry| &entry.record));
    assert_eq!(named, world.editions().map(Edition::id).into());
}

/// Other programs open it as they open any archive.
#[test]
fn pythons_zipfile_opens_an_archive() {
    let world = World::new();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&world.seal(&world.evidence())).unwrap();
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n print(z.testzip(), len(z.namelist()))\n \
                  print(z.read('index.html').decode())";
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .arg(file.path())
        .output();
    let Ok(output) = output else {
        eprintln!("not tested: there is no python3");
        return;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    let files = unpack(&std::fs::read(file.path()).unwrap()).unwrap().len();
    assert_eq!(
        printed,
        format!("None {files}\n<!doctype html><title>Evidence</title>\n")
    );
}

#[test]
fn a_receipt_file_is_proven_and_no_part_of_it_can_be_another() {
    let world = World::new();
    for sequence in [2, 3, 4, 5] {
        let file = serde_json::to_vec(&world.receipt_file(sequence)).unwrap();
        let report = verify_as(Kind::ReceiptFile, &file, None, &world.trust());
        assert_eq!(
            report.verdict(),
            Verdict::Proven,
            "{sequence}: {:#?}",
            report.findings
        );
        let report = verify_as(Kind::ReceiptFile, &file, None, &Trust::default());
        assert_eq!(
            checks(&report, Verdict::Unproven),
            [Check::Keys, Check::LogKey].into()
        );
        assert_eq!(report.verdict(), Verdict::Unproven);
    }
    let (second, third) = (world.receipt_file(2), world.receipt_file(3));
    let mut changed = second.clone();
    changed.message = third.message.clone();
    refuted(&world, &changed, Check::Message);
    let mut changed = second.clone();
    changed.proof = third.proof.clone();
    refuted(&world, &changed, Check::Logged);
    let mut changed = second.clone();
    changed.edition.as_mut().unwrap().texts[0].push(' ');
    refuted(&world, &changed, Check::Edition);
    let mut changed = second.clone();
    changed.receipt.replace_range(100..101, "_");
    refuted(&world, &changed, Check::Receipt);
}

fn refuted(world: &World, file: &evidence::ReceiptFile, check: Check) {
    let file = serde_json::to_vec(file).unwrap();
    let report = verify_as(Kind::ReceiptFile, &file, None, &world.trust());
    assert!(
        checks(&report, Verdict::Refuted).contains(&check),
        "{check:?}: {:#?}",
        report.findings
    );
}

#[test]
fn parts_alone_are_verified_as_far_as_they_go() {
    let world = World::new();
    let trust = world.trust();
    let entry = &world.entries[1];
    let receipt = entry.receipt.clone().unwrap();
    let verdict = |kind, bytes: &[u8], of: Option<&[u8]>, trust: &Trust| {
        verify_as(kind, bytes, of, trust).verdict()
    };

    assert_eq!(
        verdict(Kind::Receipt, receipt.as_bytes(), None, &trust),
        Verdict::Proven
    );
    assert_eq!(
        verdict(Kind::Receipt, receipt.as_bytes(), None, &Trust::default()),
        Verdict::Unproven
    );

    let proof = world.log.proof(entry.log_index.unwrap(), Some(entry.salt));
    let record = entry.record.to_canonical_json();
    for of in [
        &record[..],
        receipt.as_bytes(),
        &serde_json::to_vec(&world.receipt_file(2)).unwrap(),
    ] {
        assert_eq!(
            verdict(Kind::Proof, proof.as_bytes(), Some(of), &trust),
            Verdict::Proven
        );
    }
    assert_eq!(
        verdict(Kind::Proof, proof.as_bytes(), None, &trust),
        Verdict::Unproven
    );
    let other = world.entries[0].record.to_canonical_json();
    assert_eq!(
        verdict(Kind::Proof, proof.as_bytes(), Some(&other), &trust),
        Verdict::Refuted
    );
    assert_eq!(
        verdict(Kind::Proof, proof.as_bytes(), Some(b"x"), &trust),
        Verdict::Refuted
    );

    let manifest = world.second.manifest().to_canonical_json();
    let document = serde_json::to_vec(world.second.document()).unwrap();
    let proof = world.log.proof(world::SECOND_INDEX as u64, None);
    for of in [&manifest, &document] {
        assert_eq!(
            verdict(Kind::Proof, proof.as_bytes(), Some(of), &trust),
            Verdict::Proven
        );
    }
    assert_eq!(
        verdict(Kind::Edition, &document, None, &trust),
        Verdict::Proven
    );
    assert_eq!(
        verdict(Kind::Manifest, &manifest, None, &trust),
        Verdict::Unproven
    );
    let mut wrong = world.second.document().clone();
    wrong.id = EditionId::new(Sha256Digest::of(b"other"));
    assert_eq!(
        verdict(
            Kind::Edition,
            &serde_json::to_vec(&wrong).unwrap(),
            None,
            &trust
        ),
        Verdict::Refuted
    );

    let mut records: Vec<_> = world
        .entries
        .iter()
        .map(|entry| entry.record.clone())
        .collect();
    let chain = serde_json::to_vec(&records).unwrap();
    assert_eq!(
        verdict(Kind::Chain, &chain, None, &trust),
        Verdict::Unproven
    );
    records.remove(1);
    let chain = serde_json::to_vec(&records).unwrap();
    assert_eq!(verdict(Kind::Chain, &chain, None, &trust), Verdict::Refuted);
}

#[test]
fn staff_can_verify_what_they_are_shown() {
    let world = World::new();
    let mut file = serde_json::json!({
        "standing": "kept", "subject": world::subject(), "holds": [], "entries": world.entries,
    });
    let bytes = serde_json::to_vec(&file).unwrap();
    let report = verify_as(Kind::SubjectFile, &bytes, None, &world.trust());
    assert_eq!(checks(&report, Verdict::Unproven), [Check::Logged].into());
    assert_eq!(checks(&report, Verdict::Refuted), BTreeSet::new());
    file["entries"][1]["id"] = file["entries"][0]["id"].clone();
    let bytes = serde_json::to_vec(&file).unwrap();
    let report = verify_as(Kind::SubjectFile, &bytes, None, &world.trust());
    assert_eq!(checks(&report, Verdict::Refuted), [Check::Form].into());
}

/// Files of an archive, changed without sense, in an archive that is well formed: nothing of it panics, and nothing of it is
/// proven.
#[test]
fn hostile_contents_are_refused_without_a_panic() {
    let (world, nobody) = (World::new(), Trust::default());
    let files = unpack(&world.seal(&world.evidence())).unwrap();
    let hostile: [&[u8]; 9] = [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        br#"{"keys":[{"kty":"EC","crv":"P-256","x":"","y":""}]}"#,
        b"version 2026-11\nyears 2147483647 -2147483648\n+262142-12-31 off\n",
        b"a.b.c",
        &[b'9'; 5000],
    ];
    for content in hostile {
        let hostile = files.keys().map(|path| (path.clone(), content.to_vec()));
        let report = verify(&pack(&hostile.collect()).unwrap(), &nobody);
        assert_eq!(report.verdict(), Verdict::Refuted);
        for kind in [
            Kind::Evidence,
            Kind::ReceiptFile,
            Kind::Receipt,
            Kind::Proof,
            Kind::Edition,
            Kind::Manifest,
            Kind::Chain,
            Kind::SubjectFile,
        ] {
            let verify = evidence::verify(kind, content, Some(content), &nobody, &SoftwareVerifier);
            assert_ne!(block_on(verify).verdict(), Verdict::Proven, "{kind:?}");
        }
    }
}

proptest! {
    /// Whatever the bytes are, reading them ends, and in an archive only if they are one.
    #[test]
    fn no_bytes_make_reading_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..300),
        splices in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_usize), 0..6),
    ) {
        let marks: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff"];
        for (place, mark) in splices {
            let place = place.index(bytes.len() + 1);
            bytes.splice(place..place, marks[mark].iter().copied());
        }
        if let Ok(files) = unpack(&bytes) {
            prop_assert_eq!(pack(&files), Ok(bytes.clone()));
        }
        let nobody = Trust::default();
        let kind = Kind::of(&bytes).unwrap_or(Kind::Evidence);
        let verify = evidence::verify(kind, &bytes, None, &nobody, &SoftwareVerifier);
        prop_assert_ne!(block_on(verify).verdict(), Verdict::Proven);
    }
}
