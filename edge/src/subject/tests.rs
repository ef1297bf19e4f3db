mod alarm;
mod message;
mod staff;
mod world;

use kelisim_shared::{
    digest::Sha256Digest,
    jwk::{JwkSet, NamedKey, PublicKey},
    receipt::VerifiedReceipt,
    record::{Basis, ChainFull, RecordId, verify_chain},
    software::SoftwareVerifier,
};
use pollster::block_on;

use self::world::*;
use super::*;

const NOW: &str = "2026-11-23T05:00:00.000Z";

/// For tests that are about something else.
const NO_LOG: Option<&MemoryQueue> = None;

fn acceptance(jti: &str) -> Submission {
    submission(jti, accepted(edition("first")), first())
}

fn erasure() -> Order {
    Order::Erase { officer: officer() }
}

fn receipt_of(outcome: &Outcome<MessageReply>) -> (RecordId, String) {
    match &outcome.reply {
        MessageReply::Accepted {
            record, receipt, ..
        } => (*record, receipt.clone()),
        other => panic!("{other:?}"),
    }
}
