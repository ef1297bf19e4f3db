//! What was acknowledged survives whatever happens to the server.

use anyhow::Result;
use kelisim_shared::{api::StatementReply, subject::State};
use kelisim_tests::{Device, Edge};

#[test]
fn an_acknowledged_acceptance_survives_a_kill_and_a_restart() -> Result<()> {
    let mut edge = Edge::start()?;
    let (device, host) = (Device::new(1), edge.host()?);
    let edition = edge.edition()?;
    let token = host.token("aigerim");
    let statement = device.acceptance(&edge, &token, "jti-1")?;
    let reply: StatementReply = edge.submit(&token, &statement)?.parsed(201)?;

    edge.kill();
    edge.restart()?;
    let replayed: StatementReply = edge.submit(&token, &statement)?.parsed(200)?;
    assert_eq!(
        replayed, reply,
        "the same statement still gives the same receipt"
    );
    assert!(edge.status(&host.token("aigerim"))?.is_settled());
    assert_eq!(
        edge.edition()?,
        edition,
        "the edition is the one that was published"
    );

    edge.stop()?;
    edge.restart()?;
    assert_eq!(edge.receipts(&token)?, [reply.receipt]);
    Ok(())
}

/// Kills the server while eight subjects are accepting. Whoever got a receipt has it afterwards, whoever
/// got none is either recorded whole or not at all, and everybody can accept again.
#[test]
fn a_kill_in_the_midst_of_acceptances_leaves_whole_records_only() -> Result<()> {
    let mut edge = Edge::start()?;
    let host = edge.host()?;
    let mut prepared = Vec::new();
    for number in 1..=40_u8 {
        let token = host.token(&format!("user-{number}"));
        let statement = Device::new(number).acceptance(&edge, &token, "jti")?;
        prepared.push((token, statement));
    }
    let acknowledged: Vec<Option<String>> = std::thread::scope(|scope| {
        let submit = |(token, statement): &(String, String)| {
            let answer = edge.submit(token, statement).ok()?;
            Some(answer.parsed::<StatementReply>(201).ok()?.receipt)
        };
        let running: Vec<_> = prepared
            .iter()
            .map(|entry| scope.spawn(move || submit(entry)))
            .collect();
        while !running
            .iter()
            .any(std::thread::ScopedJoinHandle::is_finished)
        {
            std::thread::yield_now();
        }
        edge.kill();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    edge.restart()?;
    for ((token, statement), receipt) in prepared.iter().zip(&acknowledged) {
        let stored = edge.receipts(token)?;
        let state = edge.status(token)?.state;
        if let Some(receipt) = receipt {
            assert_eq!(stored, std::slice::from_ref(receipt));
        }
        assert_eq!(stored.is_empty(), state == State::New {});
        let reply: StatementReply = {
            let answer = edge.submit(token, statement)?;
            answer.parsed(if stored.is_empty() { 201 } else { 200 })?
        };
        assert_eq!(edge.receipts(token)?, [reply.receipt]);
    }
    assert!(
        acknowledged.iter().any(Option::is_some),
        "killed before anything was acknowledged"
    );
    Ok(())
}
