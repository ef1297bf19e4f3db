//! The whole life of an acceptance, from the first edition to the last byte.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use anyhow::Result;
use kelisim_shared::{
    api::{MessageReply, Notice, staff::SubjectFile},
    counts::EditionCounts,
    diff::{Change, Edit, SpanKind, TextDiff},
    problem::ProblemType as P,
    record::{Basis, Event, Ground, Record, verify_chain},
    subject::{Facts, State},
};
use kelisim_tests::{Edge, Person};
use serde_json::{Value, json};
use xtask::seed;

#[test]
fn an_acceptance_from_its_edition_to_its_erasure() -> Result<()> {
    let edge = Edge::start_empty(&[])?;
    let aigerim = Person::new(&edge, "aigerim");
    let aigerim_path = edge.subject_path("aigerim")?;

    // Monday, 2 November 2026: the first edition. It can be accepted by pressing the button only.
    edge.set_clock("2026-11-02T05:00:00.000Z")?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    assert_eq!(aigerim.standing()?, "new");
    assert_eq!(aigerim.uses_the_app()?.problem()?, P::ConsentRequired);
    let first = aigerim.accepts()?.accepted(201)?;
    assert_eq!(aigerim.standing()?, "accepted");

    // Monday, 23 November, 10:00 in Almaty: a material change. Seven days are over at the end of Monday, the 30th.
    edge.set_clock("2026-11-23T05:00:00.000Z")?;
    let published = edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?;
    assert_eq!(published.status, 201);
    let notice: Notice = edge.get_as(&aigerim.token()?, "/v1/notice")?.parsed(200)?;
    assert_eq!(
        notice.deadline.unwrap().instant().to_string(),
        "2026-11-30T19:00:00.000Z"
    );
    assert_eq!(changed_words(&notice), ("2.4", "трех", "пяти"));
    let shown = aigerim.is_shown_the_notice()?;
    assert_eq!(shown.status, 201);
    assert_eq!(aigerim.is_shown_the_notice()?.status, 200, "only once");

    // Six days of use, and the last seconds of the seventh: nothing follows.
    for day in 24..=29 {
        edge.set_clock(&format!("2026-11-{day}T12:00:00.000Z"))?;
        assert_unchanged(&aigerim)?;
    }
    edge.set_clock("2026-11-30T18:59:50.000Z")?;
    assert_unchanged(&aigerim)?;

    // The eighth day begins: use is acceptance now.
    edge.set_clock("2026-11-30T19:00:00.000Z")?;
    let implied = aigerim.uses_the_app()?.accepted(201)?;
    assert_unchanged_at(&aigerim, "accepted")?;

    // She presses the button after all: that outranks it, and nothing takes its place again.
    let explicit = aigerim.accepts()?.accepted(201)?;
    assert_eq!(aigerim.accepts()?.accepted(200)?, explicit);
    assert_unchanged_at(&aigerim, "accepted")?;
    let receipts = edge.receipts(&aigerim.token()?)?;
    assert_eq!(
        receipts,
        [&first, &implied, &explicit].map(|accepted| accepted.receipt.clone())
    );

    // Monday, 7 December: another edition. The older clock has no meaning any more.
    edge.set_clock("2026-12-07T05:00:00.000Z")?;
    let published = edge.publish_changed("material", &[("пяти лет после", "шести лет после")])?;
    assert_eq!(published.status, 201);
    assert_eq!(aigerim.standing()?, "pending");
    assert_unchanged(&aigerim)?;

    // She withdraws in writing. Whatever she uses afterwards, that accepts nothing.
    let withdrawal = json!({
        "application": "17/2026",
        "document_sha256": "ab".repeat(32),
        "channel": "office",
        "received_at": "2026-12-07T04:00:00.000Z",
        "effective_at": "2026-12-07T04:00:00.000Z",
    });
    let withdraw = || {
        let path = format!("{aigerim_path}/withdrawals");
        edge.order("officer", "POST", &path, &withdrawal)
    };
    assert_eq!(withdraw()?.status, 201);
    assert_eq!(withdraw()?.status, 200, "the same application");
    assert_eq!(aigerim.standing()?, "withdrawn");
    edge.set_clock("2026-12-20T05:00:00.000Z")?;
    assert_eq!(aigerim.uses_the_app()?.problem()?, P::ConsentRequired);

    // The agreement ends. What is on record by now holds together, the look at it included.
    let path = format!("{aigerim_path}/terminations");
    let ended = edge.order(
        "officer",
        "POST",
        &path,
        &json!({ "ended_on": "2026-12-20" }),
    )?;
    assert_eq!(ended.status, 201);
    assert_eq!(aigerim.uses_the_app()?.problem()?, P::ConsentRequired);
    let records = records(&edge, &aigerim_path)?;
    assert_eq!(
        in_words(&records),
        [
            "accepted, explicit",
            "presented",
            "accepted, implied, citing 2",
            "accepted, explicit, citing 2",
            "withdrawn",
            "terminated",
            "viewed",
        ]
    );
    assert!(verify_chain(&records)?.is_some());
    assert_eq!(
        Facts::of(&records).erase_at.unwrap().to_string(),
        "2029-12-20T19:00:00.000Z"
    );
    assert_eq!(counts(&edge)?, [[0, 0, 0, 1], [0, 0, 0, 0]]);

    three_years_later(&edge, &aigerim)?;
    assert_eq!(withdraw()?.parsed::<Value>(200)?["outcome"], "noted");
    let file = edge.order("auditor", "GET", &aigerim_path, &json!(null))?;
    let SubjectFile::Erased { tombstone } = file.parsed(200)? else {
        panic!("{file:?}");
    };
    assert_eq!(tombstone.withdrawals.len(), 1);
    Ok(())
}

/// To the second: everything is erased, from the disk too, and nobody had to ask.
fn three_years_later(edge: &Edge, aigerim: &Person<'_>) -> Result<()> {
    let agreement = "\"agreement\"";
    edge.set_clock("2029-12-20T18:59:50.000Z")?;
    assert_eq!(aigerim.standing()?, "terminated");
    assert!(edge.has_on_disk(agreement)?);
    edge.set_clock("2029-12-20T19:00:00.000Z")?;
    eventually(|| Ok(!edge.has_on_disk(agreement)?))?;
    assert_eq!(aigerim.standing()?, "erased");
    assert_eq!(aigerim.accepts()?.problem()?, P::SubjectErased);
    assert_eq!(edge.receipts(&aigerim.token()?)?, Vec::<String>::new());
    Ok(())
}

fn assert_unchanged(person: &Person<'_>) -> Result<()> {
    assert_unchanged_at(person, "pending")
}

fn assert_unchanged_at(person: &Person<'_>, standing: &str) -> Result<()> {
    let reply: MessageReply = person.uses_the_app()?.parsed(200)?;
    assert!(matches!(reply, MessageReply::Unchanged { .. }), "{reply:?}");
    assert_eq!(person.standing()?, standing);
    Ok(())
}

/// The one clause that a notice says has changed, with the word that went and the word that came.
fn changed_words(notice: &Notice) -> (&str, &str, &str) {
    assert!(matches!(notice.state, State::Pending { .. }));
    let [TextDiff::Compared { changes, .. }] = notice.diff.as_ref().unwrap().texts.as_slice()
    else {
        panic!("{notice:?}");
    };
    let [Change::Clause(Edit::Changed { number, spans })] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(number.to_string(), "2.4");
    let word = |kind| {
        let mut spans = spans.iter().filter(|span| span.kind == kind);
        spans.next().unwrap().text.trim()
    };
    ("2.4", word(SpanKind::Deleted), word(SpanKind::Inserted))
}

fn records(edge: &Edge, path: &str) -> Result<Vec<Record>> {
    let file = edge.order("officer", "GET", path, &json!(null))?;
    let SubjectFile::Kept { entries, .. } = file.parsed(200)? else {
        panic!("{file:?}");
    };
    Ok(entries.into_iter().map(|entry| entry.record).collect())
}

fn in_words(records: &[Record]) -> Vec<String> {
    let words = |record: &Record| match &record.event {
        Event::Presented(_) => "presented".to_owned(),
        Event::Accepted(acceptance) => {
            let basis = match acceptance.ground {
                Ground::Explicit { .. } => "explicit",
                Ground::Implied { .. } => "implied",
            };
            assert_eq!(
                acceptance.ground.basis() == Basis::Explicit,
                basis == "explicit"
            );
            let cited = acceptance.presentation.map(|cited| {
                let mut all = records.iter();
                all.position(|record| record.id() == cited).unwrap() + 1
            });
            match cited {
                Some(number) => format!("accepted, {basis}, citing {number}"),
                None => format!("accepted, {basis}"),
            }
        }
        Event::Withdrawn(_) => "withdrawn".to_owned(),
        Event::Terminated(_) => "terminated".to_owned(),
        Event::Held(_) => "held".to_owned(),
        Event::Released(_) => "released".to_owned(),
        Event::Viewed(_) => "viewed".to_owned(),
    };
    records.iter().map(words).collect()
}

/// Explicit, implied, pending and withdrawn of the last two editions, the earlier first, once they are counted.
fn counts(edge: &Edge) -> Result<[[u64; 4]; 2]> {
    let editions: Value = edge.get("/v1/editions")?.parsed(200)?;
    let editions = editions["editions"].as_array().unwrap();
    let of = |index: usize| -> Result<[u64; 4]> {
        let id = editions[index]["id"].as_str().unwrap();
        let path = format!("/v1/admin/editions/{id}/counts");
        let counts: EditionCounts = edge
            .order("auditor", "GET", &path, &json!(null))?
            .parsed(200)?;
        Ok([
            counts.explicit,
            counts.implied,
            counts.pending,
            counts.withdrawn,
        ])
    };
    eventually(|| Ok(of(1)?[3] == 1))?;
    Ok([of(1)?, of(2)?])
}

/// Waits until what happens behind an answer has happened, by the objects' alarms: some seconds at most.
fn eventually(mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    for _ in 0..100 {
        if holds()? {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("it did not come about within ten seconds");
}
