//! The tally objects: movements added up by day, edition and ground. Sixteen of them, told apart by the first digit of a
//! delivery's id, so that no object is asked by everybody at once.

use kelisim_shared::{counts::Tally, time::Timestamp};

use crate::{
    ports::Unavailable,
    subject::{Delivery, DeliveryId},
};

/// A tally's durable memory.
pub trait TallyStore {
    /// Adds rows to those of the same day, edition and ground, and remembers the delivery; nothing, if it is remembered
    /// already. All of it, or nothing.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn add(
        &self,
        id: DeliveryId,
        rows: &[Tally],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Unavailable>>;

    /// Forgets the deliveries that arrived before that instant.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn forget_before(&self, instant: Timestamp) -> Result<(), Unavailable>;

    /// All rows.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn rows(&self) -> Result<Vec<Tally>, Unavailable>;
}

/// How many tally objects there are.
pub const SHARDS: u8 = 16;

/// The tally object that a delivery goes to: its number, below [`SHARDS`].
#[must_use]
pub const fn shard(id: DeliveryId) -> u8 {
    id.digest().as_bytes()[0] / (u8::MAX / SHARDS + 1)
}

/// Adds a delivery that arrives at `now`, unless it arrived before.
///
/// # Errors
/// [`Unavailable`].
pub async fn add(
    store: &impl TallyStore,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<(), Unavailable> {
    let kept_since = now.unix_milliseconds() - MEMORY_MILLISECONDS;
    if let Ok(instant) = Timestamp::from_unix_milliseconds(kept_since) {
        store.forget_before(instant)?;
    }
    let rows: Vec<Tally> = delivery.movement.rows().collect();
    store.add(delivery.id, &rows, now).await
}

/// How long a delivery is remembered, in milliseconds: 30 days. Deliveries are tried again within seconds.
const MEMORY_MILLISECONDS: i64 = 30 * 24 * 60 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use kelisim_shared::{digest::Sha256Digest, record::RecordId};

    use super::*;

    #[test]
    fn deliveries_are_spread_over_all_objects() {
        let mut shards: Vec<u8> = (0..200_u8)
            .map(|number| shard(DeliveryId::of(RecordId::new(Sha256Digest::of(&[number])))))
            .collect();
        shards.sort_unstable();
        shards.dedup();
        assert_eq!(shards, (0..SHARDS).collect::<Vec<_>>());
    }
}
