//! The Durable Object of a tally: SQLite as [`TallyStore`].
//!
//! | table | column | |
//! |---|---|---|
//! | `tally` | `day`, `edition`, `basis` | together unique |
//! | | `gained`, `withdrawn`, `moved_on` | how many |
//! | `deliveries` | `id` | unique |
//! | | `arrived_at` | milliseconds since 1970 |

use std::{cell::Cell, panic::AssertUnwindSafe};

use kelisim_shared::{counts::Tally, time::Timestamp};
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object};

use super::{
    clock::WorkerClock,
    objects::{ROWS, TELL, answer, call},
    sql,
};
use crate::{
    ports::{Clock, TallyInbox, Unavailable},
    subject::{Delivery, DeliveryId},
    tally::{self, SHARDS, TallyStore},
};

/// All tally objects, which share the movements.
pub(super) struct WorkerTallyInbox<'a> {
    pub(super) env: &'a Env,
}

impl TallyInbox for WorkerTallyInbox<'_> {
    async fn tell(&self, delivery: &Delivery) -> std::result::Result<(), Unavailable> {
        let name = tally::shard(delivery.id).to_string();
        call(self.env, "TALLIES", &name, TELL, delivery).await
    }
}

/// What all tally objects have added up.
pub(super) async fn rows(env: &Env) -> std::result::Result<Vec<Tally>, Unavailable> {
    let shards = (0..SHARDS).map(async |shard| {
        call::<_, Vec<Tally>>(env, "TALLIES", &shard.to_string(), ROWS, &()).await
    });
    let rows = futures_util::future::try_join_all(shards).await?;
    Ok(rows.into_iter().flatten().collect())
}

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object(fetch)]
pub struct TallyShard {
    storage: AssertUnwindSafe<Storage>,
    env: AssertUnwindSafe<Env>,
    /// Whether its tables are known to be there; nothing removes them.
    has_tables: AssertUnwindSafe<Cell<bool>>,
}

impl DurableObject for TallyShard {
    fn new(state: State, env: Env) -> Self {
        Self {
            storage: AssertUnwindSafe(state.storage()),
            env: AssertUnwindSafe(env),
            has_tables: AssertUnwindSafe(Cell::new(false)),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if !self.has_tables.get() {
            sql::run(&self.storage.sql(), TABLES, Vec::new()).map_err(super::to_error)?;
            self.has_tables.set(true);
        }
        let store = SqliteStore {
            storage: &self.storage,
        };
        match request.path().as_str() {
            TELL => {
                let delivery: Delivery = request.json().await?;
                let now = WorkerClock::of(&self.env).await?.now();
                answer(tally::add(&store, &delivery, now).await)
            }
            ROWS => answer(store.rows()),
            _ => Response::error("no such operation", 404),
        }
    }
}

struct SqliteStore<'a> {
    storage: &'a Storage,
}

impl TallyStore for SqliteStore<'_> {
    async fn add(
        &self,
        id: DeliveryId,
        rows: &[Tally],
        now: Timestamp,
    ) -> std::result::Result<(), Unavailable> {
        #[derive(serde::Deserialize)]
        struct Row {}
        let id = sql::text(id.digest());
        let known: Vec<Row> = sql::rows(
            &self.storage.sql(),
            "SELECT id FROM deliveries WHERE id = ?",
            vec![id.clone()],
        )?;
        if !known.is_empty() {
            return Ok(());
        }
        let rows = rows
            .iter()
            .map(|row| {
                Ok(vec![
                    sql::text(&row.day),
                    sql::text(&row.edition),
                    sql::json(&row.basis)?,
                    i64::from(row.gained).into(),
                    i64::from(row.withdrawn).into(),
                    i64::from(row.moved_on).into(),
                ])
            })
            .collect::<std::result::Result<Vec<_>, Unavailable>>()?;
        let database = self.storage.sql();
        let write = async move |_| {
            let arrived_at = now.unix_milliseconds().into();
            database.exec(
                "INSERT INTO deliveries (id, arrived_at) VALUES (?, ?)",
                vec![id, arrived_at],
            )?;
            for row in rows {
                database.exec(
                    "INSERT INTO tally (day, edition, basis, gained, withdrawn, moved_on)
                     VALUES (?, ?, ?, ?, ?, ?)
                     ON CONFLICT (day, edition, basis) DO UPDATE SET
                         gained = gained + excluded.gained,
                         withdrawn = withdrawn + excluded.withdrawn,
                         moved_on = moved_on + excluded.moved_on",
                    row,
                )?;
            }
            Ok(())
        };
        self.storage.transaction(write).await.map_err(sql::failed)
    }

    fn forget_before(&self, instant: Timestamp) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.storage.sql(),
            "DELETE FROM deliveries WHERE arrived_at < ?",
            vec![instant.unix_milliseconds().into()],
        )
    }

    fn rows(&self) -> std::result::Result<Vec<Tally>, Unavailable> {
        #[derive(serde::Deserialize)]
        struct Row {
            day: String,
            edition: String,
            basis: String,
            gained: u32,
            withdrawn: u32,
            moved_on: u32,
        }
        let query = "SELECT day, edition, basis, gained, withdrawn, moved_on FROM tally";
        let rows: Vec<Row> = sql::rows(&self.storage.sql(), query, Vec::new())?;
        rows.into_iter()
            .map(|row| {
                Ok(Tally {
                    day: row.day.parse().map_err(sql::failed)?,
                    edition: row.edition.parse().map_err(sql::failed)?,
                    basis: sql::parse(&row.basis)?,
                    gained: row.gained,
                    withdrawn: row.withdrawn,
                    moved_on: row.moved_on,
                })
            })
            .collect()
    }
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS tally (
        day TEXT NOT NULL,
        edition TEXT NOT NULL,
        basis TEXT NOT NULL,
        gained INTEGER NOT NULL,
        withdrawn INTEGER NOT NULL,
        moved_on INTEGER NOT NULL,
        PRIMARY KEY (day, edition, basis)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS deliveries (
        id TEXT PRIMARY KEY,
        arrived_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS deliveries_by_arrival ON deliveries (arrived_at);
";
