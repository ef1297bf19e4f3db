//! What we sign and compute, checked by the JOSE library of npm.

use anyhow::Result;
use kelisim_tests::{Device, Edge, edge::AUDIENCE, jose};
use serde_json::{Value, json};
use xtask::seed;

#[test]
fn a_receipt_verifies_with_another_library() -> Result<()> {
    let edge = Edge::start()?;
    let token = edge.host()?.token("aigerim");
    let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
    let reply = edge.submit(&token, &statement)?.accepted(201)?;
    let keys: Value = edge.get("/.well-known/jwks.json")?.parsed(200)?;

    let verified = jose::verify_receipt(&reply.receipt, &keys, AUDIENCE)?;
    assert_eq!(verified["payload"]["jti"], json!(reply.record));
    assert_eq!(
        verified["payload"]["record"]["event"]["ground"]["basis"],
        "explicit"
    );
    assert_eq!(verified["payload"]["operator"]["name"], "ТОО «BTS Digital»");
    assert_eq!(verified["header"]["kid"], keys["keys"][0]["kid"]);

    let (signed, signature) = reply.receipt.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{signed}.{first}{}", &signature[1..]);
    let refused = jose::verify_receipt(&flipped, &keys, AUDIENCE).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("signature verification failed"),
        "{refused}"
    );
    Ok(())
}

#[test]
fn a_token_of_every_pinned_algorithm_is_taken() -> Result<()> {
    let tokens = jose::tokens()?;
    let edge = Edge::start_empty(&[("SUBJECT_ISSUERS", tokens.issuers)])?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    for (algorithm, token) in tokens.tokens {
        let statement = Device::new(1).acceptance(&edge, &token, "jti-1")?;
        assert_eq!(edge.submit(&token, &statement)?.status, 201, "{algorithm}");
        let (signed, _) = token.rsplit_once('.').unwrap();
        let unsigned = edge.get_as(&format!("{signed}."), "/v1/status")?;
        assert_eq!(unsigned.status, 401, "{algorithm}");
    }
    Ok(())
}

#[test]
fn a_thumbprint_is_the_same_in_another_library() -> Result<()> {
    let key = Device::new(1).public_key();
    assert_eq!(jose::thumbprint(&json!(key))?, key.thumbprint().to_jkt());
    Ok(())
}
