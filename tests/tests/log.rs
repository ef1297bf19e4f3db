//! The log: what is accepted gets into it, stays in it, and can be proven by it, whatever happens to the server.

use std::{thread, time::Duration};

use anyhow::{Context, Result, ensure};
use kelisim_shared::{
    api::staff::SubjectFile,
    log::{Entry, proof::LogProof},
    software::SoftwareVerifier,
};
use kelisim_tests::{
    Device, Edge,
    log::{LogReader, recorded},
};
use pollster::block_on;
use serde_json::json;

#[test]
fn an_acceptance_is_proven_by_the_log_and_an_edition_before_it_is_in_force() -> Result<()> {
    let edge = Edge::start()?;
    let (host, reader) = (edge.host()?, LogReader::of(&edge)?);
    let first = edge.edition()?;
    let token = host.token("aigerim");
    let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
    let reply = edge.submit(&token, &statement)?.accepted(201)?;
    let file = reader.proven(&edge, &token, reply.record)?;
    assert_eq!(file.receipt, reply.receipt);
    assert_eq!(file.message.as_deref(), Some(&*statement));
    assert_eq!(file.edition.as_ref(), Some(first.document()));
    assert_eq!(
        edge.get_as(
            &host.token("other"),
            &format!("/v1/receipts/{}", reply.record)
        )?
        .status,
        404,
        "it is nobody else's"
    );

    let export = |format: &str| {
        let path = format!("/v1/receipts/{}?format={format}", reply.record);
        edge.get_as(&token, &path)
    };
    let exported = export("iso27560")?;
    assert_eq!(
        (exported.status, exported.header("content-type")),
        (200, "application/ld+json")
    );
    assert!(exported.text()?.contains(&reply.record.to_string()));
    assert_eq!(export("kantara")?.status, 409, "there is no imprint");
    assert_eq!(export("other")?.status, 400);

    let second: kelisim_shared::api::EditionSummary = edge
        .publish_changed("material", &[("трех лет после", "пяти лет после")])?
        .parsed(201)?;
    let log = reader.read(&edge)?;
    let editions: Vec<_> = log
        .entries
        .iter()
        .filter_map(|entry| match Entry::parse(entry) {
            Some(Entry::Edition(manifest)) => Some(manifest.id()),
            _ => None,
        })
        .collect();
    assert_eq!(editions, [first.id(), second.id]);
    let proof = edge.get(&format!("/v1/editions/{}/proof", second.id))?;
    let proof = LogProof::parse(proof.text()?)?;
    let entry = edge.edition()?.manifest().to_canonical_json();
    let verify = |entry: &[u8]| {
        block_on(
            proof
                .clone()
                .verify(entry, &reader.key, &[], &SoftwareVerifier),
        )
    };
    verify(&entry)?;
    assert!(verify(&first.manifest().to_canonical_json()).is_err());
    let unknown = format!("/v1/editions/{}/proof", "0".repeat(64));
    assert_eq!(edge.get(&unknown)?.status, 404);
    Ok(())
}

/// Twenty times the server is killed while people are accepting. Whoever got a receipt finds it proven by the log in the end,
/// and the log has grown from every state that it was ever seen in.
#[test]
fn twenty_kills_lose_nothing_that_was_acknowledged_and_fork_nothing() -> Result<()> {
    const KILLS: u8 = 20;
    const PEOPLE: u8 = 6;
    let mut edge = Edge::start()?;
    let (host, reader) = (edge.host()?, LogReader::of(&edge)?);
    let mut acknowledged = Vec::new();
    let mut seen = vec![reader.checkpoint(&edge)?];
    for kill in 0..KILLS {
        let mut prepared = Vec::new();
        for number in 0..PEOPLE {
            let user = format!("user-{kill}-{number}");
            let token = host.token(&user);
            let device = Device::new(1 + kill * PEOPLE + number);
            prepared.push((user, device.acceptance(&edge, &token, "jti")?, token));
        }
        let accepted = thread::scope(|scope| {
            let submit = |(user, statement, token): &(String, String, String)| {
                let answer = edge.submit(token, statement).ok()?;
                Some((user.clone(), answer.accepted(201).ok()?.record))
            };
            let running: Vec<_> = prepared
                .iter()
                .map(|entry| scope.spawn(move || submit(entry)))
                .collect();
            // Sometimes amid the requests, sometimes while the log takes in what they led to.
            thread::sleep(Duration::from_millis(u64::from(kill) * 150));
            edge.kill();
            running
                .into_iter()
                .filter_map(|thread| thread.join().expect("it does not panic"))
                .collect::<Vec<_>>()
        });
        acknowledged.extend(accepted);
        edge.restart()?;
        seen.push(reader.checkpoint(&edge)?);
    }
    ensure!(
        acknowledged.len() > usize::from(KILLS),
        "hardly anything was acknowledged: {}",
        acknowledged.len()
    );
    for (user, record) in &acknowledged {
        reader
            .proven(&edge, &host.token(user), *record)
            .with_context(|| user.clone())?;
    }
    let log = reader.read(&edge)?;
    for checkpoint in &seen {
        log.follows(checkpoint)?;
    }
    Ok(())
}

#[test]
fn an_erased_person_leaves_a_log_that_verifies_and_nothing_of_theirs() -> Result<()> {
    let edge = Edge::start()?;
    let (host, reader) = (edge.host()?, LogReader::of(&edge)?);
    let mut files = Vec::new();
    for user in ["aigerim", "dana"] {
        let token = host.token(user);
        let statement = Device::new(1).acceptance(&edge, &token, user)?;
        let reply = edge.submit(&token, &statement)?.accepted(201)?;
        files.push((reader.proven(&edge, &token, reply.record)?, statement));
    }
    let path = edge.subject_path("aigerim")?;
    let file: SubjectFile = edge
        .order("officer", "GET", &path, &json!(null))?
        .parsed(200)?;
    let SubjectFile::Kept { entries, .. } = file else {
        panic!("{file:?}");
    };
    let salt = serde_json::to_value(entries[0].salt)?;
    let salt = salt.as_str().context("a salt is text")?;
    assert!(edge.has_on_disk(salt)?);

    let erased = edge.order("officer", "DELETE", &path, &json!(null))?;
    assert_eq!(erased.status, 200);
    let log = reader.read(&edge)?;
    let (proven, statement) = &files[0];
    let record = recorded(&proven.receipt)?;
    let proof = proven.proof.as_deref().context("it is proven")?;
    log.follows(&reader.verify(proof, &record)?)?;
    reader.proven(
        &edge,
        &host.token("dana"),
        recorded(&files[1].0.receipt)?.id(),
    )?;
    edge.stop()?;
    for trace in [salt, &proven.receipt, statement, &entries[0].id.to_string()] {
        assert!(!edge.has_on_disk(trace)?, "{trace}");
    }
    Ok(())
}
