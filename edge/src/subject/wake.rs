//! What a subject's object does when nobody waits for it: it tells others what they do not know yet, and erases what is due.

use kelisim_shared::{log::Commitment, subject::Facts, time::Timestamp};

use super::{Entry, LogMessage, Memory, SubjectStore, memory};
use crate::ports::{LogQueue, TallyInbox, Unavailable};

/// What is to be done at the time that a subject's object asked to be woken: erase what is due, tell the tallies what has
/// moved, and send the log what it has not got, where there is a log. Whatever fails is tried again later, as often as it takes;
/// it needs nothing of the configuration that could be wrong.
///
/// # Errors
/// [`Unavailable`]: not even that could be asked for.
pub async fn wake(
    store: &impl SubjectStore,
    tallies: &impl TallyInbox,
    log: Option<&impl LogQueue>,
    now: Timestamp,
) -> Result<(), Unavailable> {
    let erased = memory(store, now).await.map(drop);
    let told = tell(store, tallies).await;
    let sent = match log {
        Some(log) => send(store, log).await,
        None => Ok(0),
    };
    let next = match (erased, told, sent) {
        (Ok(()), Ok(()), Ok(sent)) => next(store, log.is_some(), sent, now),
        _ => Err(Unavailable),
    };
    let retry = later(now, RETRY_MILLISECONDS);
    store.wake_at(next.unwrap_or(Some(retry))).await
}

/// Remembers what the log has got, by the index of each commitment; the object need not send that again.
///
/// # Errors
/// [`Unavailable`]: to be told again.
pub async fn logged(
    store: &impl SubjectStore,
    indices: &[(Commitment, u64)],
    now: Timestamp,
) -> Result<(), Unavailable> {
    for entry in store.unlogged()? {
        let commitment = entry.commitment();
        let index = indices.iter().find(|(other, _)| *other == commitment);
        if let Some((_, index)) = index {
            store.set_logged(entry.record.id(), *index)?;
        }
    }
    store.wake_at(next(store, true, 0, now)?).await
}

async fn tell(store: &impl SubjectStore, tallies: &impl TallyInbox) -> Result<(), Unavailable> {
    for delivery in store.deliveries()? {
        tallies.tell(&delivery).await?;
        store.forget_delivery(delivery.id)?;
    }
    Ok(())
}

/// Sends the log what it has not got; tells how much that was.
async fn send(store: &impl SubjectStore, log: &impl LogQueue) -> Result<usize, Unavailable> {
    let mut entries = store.unlogged()?;
    entries.truncate(MOST_COMMITMENTS);
    if let Some(first) = entries.first() {
        let message = LogMessage {
            subject: first.record.subject,
            commitments: entries.iter().map(Entry::commitment).collect(),
        };
        log.send(&message).await?;
    }
    Ok(entries.len())
}

/// When the object is to be woken next, where so many of its entries are on their way to the log. While others were told, other
/// calls may have written.
fn next(
    store: &impl SubjectStore,
    logs: bool,
    sent: usize,
    now: Timestamp,
) -> Result<Option<Timestamp>, Unavailable> {
    let unlogged = if logs { store.unlogged()?.len() } else { 0 };
    let log_at = match unlogged {
        0 => None,
        unlogged if unlogged > sent => Some(soon(now)),
        _ => Some(later(now, RETRY_MILLISECONDS)),
    };
    let tell_at = earliest(telling(store, now)?, log_at);
    Ok(match store.memory()? {
        Memory::Chain(position) => earliest(tell_at, erase_at(&position.facts)),
        Memory::Erased(_) => tell_at,
    })
}

/// When the object is to be woken after a write that others have to be told of, or not.
pub(super) fn after_write(
    store: &impl SubjectStore,
    tells: bool,
    facts: &Facts,
    now: Timestamp,
) -> Result<Option<Timestamp>, Unavailable> {
    let tell_at = if tells {
        Some(soon(now))
    } else {
        telling(store, now)?
    };
    Ok(earliest(tell_at, erase_at(facts)))
}

/// When the tallies are to be told, if there is anything to tell.
fn telling(store: &impl SubjectStore, now: Timestamp) -> Result<Option<Timestamp>, Unavailable> {
    let is_empty = store.deliveries()?.is_empty();
    Ok((!is_empty).then(|| soon(now)))
}

/// When the object has to erase itself, as things stand.
fn erase_at(facts: &Facts) -> Option<Timestamp> {
    facts.erase_at.filter(|_| facts.holds.is_empty())
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

/// That many milliseconds after `now`, or `now` where time ends.
fn later(now: Timestamp, milliseconds: i64) -> Timestamp {
    Timestamp::from_unix_milliseconds(now.unix_milliseconds() + milliseconds).unwrap_or(now)
}

/// When others are to be told of what happens now.
pub(super) fn soon(now: Timestamp) -> Timestamp {
    later(now, TELL_MILLISECONDS)
}

/// How soon the tallies are told of a movement, in milliseconds: late enough that the answer to the person comes first.
const TELL_MILLISECONDS: i64 = 1_000;

/// How soon that is tried again, in milliseconds; also, after how long what was sent to the log counts as lost.
const RETRY_MILLISECONDS: i64 = 30_000;

/// How many commitments are sent at once.
const MOST_COMMITMENTS: usize = 100;
