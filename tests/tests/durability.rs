//! What was acknowledged survives whatever happens to the server.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
};

use anyhow::Result;
use kelisim_shared::subject::State;
use kelisim_tests::{Device, Edge};

#[test]
fn an_acknowledged_acceptance_survives_a_kill_and_a_restart() -> Result<()> {
    let mut edge = Edge::start()?;
    let (device, host) = (Device::new(1), edge.host()?);
    let edition = edge.edition()?;
    let token = host.token("aigerim");
    let statement = device.acceptance(&edge, &token, "jti-1")?;
    let reply = edge.submit(&token, &statement)?.accepted(201)?;

    edge.kill();
    edge.restart()?;
    let replayed = edge.submit(&token, &statement)?.accepted(200)?;
    assert_eq!(
        replayed, reply,
        "the same statement still gives the same receipt"
    );
    assert!(edge.status(&host.token("aigerim"))?.state.is_settled());
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
            Some(answer.accepted(201).ok()?.receipt)
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
        let reply = {
            let answer = edge.submit(token, statement)?;
            answer.accepted(if stored.is_empty() { 201 } else { 200 })?
        };
        assert_eq!(edge.receipts(token)?, [reply.receipt]);
    }
    assert!(
        acknowledged.iter().any(Option::is_some),
        "killed before anything was acknowledged"
    );
    Ok(())
}

/// A request that is cut in the middle of its body, or whose sender does not wait for the answer.
#[test]
fn a_request_that_is_cut_leaves_nothing_or_a_whole_record() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.token("sub=aigerim")?;
    let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
    let body = serde_json::json!({ "statement": statement }).to_string();
    let address = edge.url().trim_start_matches("http://");
    let head = format!(
        "POST /v1/statements HTTP/1.1\r\nHost: {address}\r\nOrigin: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        edge.url(),
        body.len()
    );
    let half = &body[..body.len() / 2];
    for sent in [&head[..head.len() / 2], &head, &format!("{head}{half}")] {
        let mut connection = TcpStream::connect(address)?;
        connection.write_all(sent.as_bytes())?;
        connection.shutdown(Shutdown::Both)?;
        assert_eq!(edge.status(&token)?.state, State::New {}, "{sent}");
    }
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(format!("{head}{body}").as_bytes())?;
    connection.shutdown(Shutdown::Both)?;
    let again = edge.submit(&token, &statement)?;
    let accepted = again.accepted(again.status)?;
    assert_eq!(edge.receipts(&token)?, [accepted.receipt]);
    Ok(())
}
