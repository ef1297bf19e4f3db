//! Keys that issuers publish and change as they like, remembered for a while.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use kelisim_shared::{jwk::JwkSet, time::Timestamp};

use crate::ports::{KeyServers, Unavailable};

/// What an instance of the Worker remembers of published keys.
#[derive(Debug, Default)]
pub struct KeyCache {
    sets: RefCell<HashMap<String, Known>>,
    /// When they were last asked for in vain.
    failures: RefCell<HashMap<String, Timestamp>>,
}

#[derive(Clone, Debug)]
struct Known {
    keys: Rc<JwkSet>,
    learnt_at: Timestamp,
}

impl KeyCache {
    /// The keys at `address` at `now`. They are fetched when they are older than ten minutes, and when `kid` is not among
    /// them and they are older than one: so a new key is found soon, and made-up names of keys fetch nothing. While they
    /// cannot be fetched, those of the last day will do, and they are asked for no more often than every ten seconds.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keys(
        &self,
        address: &str,
        kid: Option<&str>,
        now: Timestamp,
        servers: &impl KeyServers,
    ) -> Result<Rc<JwkSet>, Unavailable> {
        let known = self.sets.borrow().get(address).cloned();
        if let Some(known) = &known
            && known.is_at_most(known.good_for(kid), now)
        {
            return Ok(Rc::clone(&known.keys));
        }
        match self.fetch(address, now, servers).await {
            Ok(keys) => {
                let keys = Rc::new(keys);
                let known = Known {
                    keys: Rc::clone(&keys),
                    learnt_at: now,
                };
                self.sets.borrow_mut().insert(address.to_owned(), known);
                Ok(keys)
            }
            Err(Unavailable) => known
                .filter(|known| known.is_at_most(DAY_MILLISECONDS, now))
                .map(|known| known.keys)
                .ok_or(Unavailable),
        }
    }

    /// What the server answers, unless it failed to a moment ago.
    async fn fetch(
        &self,
        address: &str,
        now: Timestamp,
        servers: &impl KeyServers,
    ) -> Result<JwkSet, Unavailable> {
        let failed_at = self.failures.borrow().get(address).copied();
        if failed_at.is_some_and(|failed_at| is_at_most(TEN_SECONDS_MILLISECONDS, failed_at, now)) {
            return Err(Unavailable);
        }
        let fetched = fetch(address, servers).await;
        if fetched.is_err() {
            self.failures.borrow_mut().insert(address.to_owned(), now);
        }
        fetched
    }
}

impl Known {
    /// For how long they need not be fetched again, in milliseconds.
    fn good_for(&self, kid: Option<&str>) -> i64 {
        if self.keys.find(kid).is_some() {
            TEN_MINUTES_MILLISECONDS
        } else {
            MINUTE_MILLISECONDS
        }
    }

    fn is_at_most(&self, age: i64, now: Timestamp) -> bool {
        is_at_most(age, self.learnt_at, now)
    }
}

fn is_at_most(age: i64, instant: Timestamp, now: Timestamp) -> bool {
    let since = now.unix_milliseconds() - instant.unix_milliseconds();
    (0..=age).contains(&since)
}

async fn fetch(address: &str, servers: &impl KeyServers) -> Result<JwkSet, Unavailable> {
    let json = servers.fetch(address).await?;
    match JwkSet::parse(&json) {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        _ => Err(Unavailable),
    }
}

const TEN_SECONDS_MILLISECONDS: i64 = 10_000;
const MINUTE_MILLISECONDS: i64 = 60_000;
const TEN_MINUTES_MILLISECONDS: i64 = 600_000;
const DAY_MILLISECONDS: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use pollster::block_on;

    use super::*;

    struct Server {
        kid: Cell<Option<&'static str>>,
        asked: Cell<u32>,
    }

    impl KeyServers for Server {
        async fn fetch(&self, _address: &str) -> Result<Vec<u8>, Unavailable> {
            self.asked.set(self.asked.get() + 1);
            let kid = self.kid.get().ok_or(Unavailable)?;
            let zeros = "A".repeat(43);
            let key = format!(
                r#"{{"kty":"EC","crv":"P-256","kid":"{kid}","x":"{zeros}","y":"{zeros}"}}"#
            );
            Ok(format!(r#"{{"keys":[{key}]}}"#).into_bytes())
        }
    }

    #[test]
    fn finds_new_keys_soon_and_asks_no_more_often_than_it_has_to() {
        let server = Server {
            kid: Cell::new(Some("old")),
            asked: Cell::new(0),
        };
        let cache = KeyCache::default();
        let find = |kid, milliseconds| {
            let now = Timestamp::from_unix_milliseconds(milliseconds).unwrap();
            let keys = block_on(cache.keys("a", Some(kid), now, &server));
            keys.map(|keys| keys.find(Some(kid)).is_some())
        };
        let asked = || server.asked.get();
        assert_eq!((find("old", 0), asked()), (Ok(true), 1));
        assert_eq!((find("old", 600_000), asked()), (Ok(true), 1));
        assert_eq!((find("old", 600_001), asked()), (Ok(true), 2));
        server.kid.set(Some("new"));
        assert_eq!((find("new", 660_001), asked()), (Ok(false), 2));
        assert_eq!((find("new", 660_002), asked()), (Ok(true), 3));
        assert_eq!((find("made up", 660_003), asked()), (Ok(false), 3));
        server.kid.set(None);
        assert_eq!((find("new", 87_060_002), asked()), (Ok(true), 4), "a day");
        assert_eq!(
            (find("new", 87_060_003), asked()),
            (Err(Unavailable), 4),
            "it failed a moment ago"
        );
        assert_eq!((find("new", 87_070_003), asked()), (Err(Unavailable), 5));
    }
}
