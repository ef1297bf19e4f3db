//! The Durable Object of a subject: SQLite as [`SubjectStore`].
//!
//! | table | column | |
//! |---|---|---|
//! | `records` | `sequence` | position in the chain |
//! | | `id`, `key` | both unique; a record of staff may have no key |
//! | | `earns_receipt` | 1 if the subject is to have a receipt of it |
//! | | `record` | canonical JSON |
//! | | `text` | the message that led to it, as it was received |
//! | | `receipt` | the compact JWS, once made |
//! | | `salt` | what the log commits to the record by: base64url |
//! | | `log_index` | the index of that in the log; until it is known, the record is to be sent there |
//! | `facts` | `facts` | JSON of what the records add up to; one row |
//! | `deliveries` | `position` | their order |
//! | | `delivery` | JSON of what the tallies are to be told |
//! | `tombstone` | `tombstone` | JSON; one row, and then nothing of the first two tables is left |

use std::panic::AssertUnwindSafe;

use futures_util::future::try_join;
use kelisim_shared::{
    erasure::Tombstone,
    log::{Commitment, Salt},
    record::{Head, RecordId, SubjectId, View},
    subject::{Facts, Terms},
    time::Timestamp,
};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::{
    clock::WorkerClock,
    config,
    log_object::WorkerLogQueue,
    objects::{FILE, LOGGED, ORDER, RECEIPT, RECEIPTS, STATE, SUBMIT, answer},
    sql,
    tally_object::WorkerTallyInbox,
    webcrypto::{WebCrypto, WebCryptoSigner},
};
use crate::{
    ports::{Clock, Unavailable},
    subject::{
        self, Addition, Delivery, DeliveryId, Entry, Memory, Order, Position, SubjectObject,
        SubjectStore, Submission,
    },
};

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object]
pub struct Subject {
    state: AssertUnwindSafe<State>,
    env: AssertUnwindSafe<Env>,
}

impl DurableObject for Subject {
    fn new(state: State, env: Env) -> Self {
        Self {
            state: AssertUnwindSafe(state),
            env: AssertUnwindSafe(env),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let config = config(&self.env).map_err(super::to_error)?;
        let clock = WorkerClock::of(&self.env).await?;
        let now = clock.now();
        let store = SqliteStore {
            state: &self.state,
            clock,
        };
        let object = SubjectObject {
            store: &store,
            signer: &WebCryptoSigner(config.receipt_key.clone()),
            issuer: &config.receipt_issuer(),
            entropy: &WebCrypto,
            logs: config.log.is_some(),
        };
        match request.path().as_str() {
            STATE => {
                let terms: Terms = request.json().await?;
                answer(object.state(&terms, now).await)
            }
            SUBMIT => {
                let submission: Submission = request.json().await?;
                answer(object.submit(&submission, now).await)
            }
            RECEIPT => {
                let record: RecordId = request.json().await?;
                answer(object.receipt(record, now).await)
            }
            LOGGED => {
                let indices: Vec<(Commitment, u64)> = request.json().await?;
                answer(subject::logged(&store, &indices, now).await)
            }
            RECEIPTS => answer(object.receipts(now).await),
            ORDER => {
                let (subject, order): (SubjectId, Order) = request.json().await?;
                answer(object.carry_out(subject, order, now).await)
            }
            FILE => {
                let (subject, view, terms): (SubjectId, View, Option<Terms>) =
                    request.json().await?;
                answer(object.file(subject, view, terms.as_ref(), now).await)
            }
            _ => Response::error("no such operation", 404),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let clock = WorkerClock::of(&self.env).await?;
        let store = SqliteStore {
            state: &self.state,
            clock,
        };
        let tallies = WorkerTallyInbox { env: &self.env };
        let queue = WorkerLogQueue { env: &self.env };
        // An edge that is not configured right may have a log.
        let logs = config(&self.env).map_or(true, |config| config.log.is_some());
        let log = logs.then_some(&queue);
        let woken = subject::wake(&store, &tallies, log, clock.now()).await;
        woken.map_err(super::to_error)?;
        Response::empty()
    }
}

struct SqliteStore<'a> {
    state: &'a State,
    clock: WorkerClock,
}

impl SqliteStore<'_> {
    /// Which of these tables there are. Reading leaves nothing behind, so most objects have none.
    fn has_tables<const N: usize>(
        &self,
        names: [&str; N],
    ) -> std::result::Result<[bool; N], Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            name: String,
        }
        let query = "SELECT name FROM sqlite_master WHERE type = 'table'";
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, Vec::new())?;
        Ok(names.map(|name| rows.iter().any(|row| row.name == name)))
    }

    fn entries_where(
        &self,
        condition: &str,
        bindings: Vec<worker::SqlStorageValue>,
    ) -> std::result::Result<Vec<Entry>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            record: String,
            text: Option<String>,
            receipt: Option<String>,
            salt: Salt,
            log_index: Option<u64>,
        }
        let [true] = self.has_tables(["records"])? else {
            return Ok(Vec::new());
        };
        let query =
            format!("SELECT record, text, receipt, salt, log_index FROM records {condition}");
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), &query, bindings)?;
        let entry = |row: Row| {
            Ok(Entry {
                record: sql::parse(&row.record)?,
                text: row.text,
                receipt: row.receipt,
                salt: row.salt,
                log_index: row.log_index,
            })
        };
        rows.into_iter().map(entry).collect()
    }

    fn tombstone(&self) -> std::result::Result<Option<Tombstone>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            tombstone: String,
        }
        let query = "SELECT tombstone FROM tombstone";
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, Vec::new())?;
        rows.first()
            .map(|row| sql::parse(&row.tombstone))
            .transpose()
    }

    fn position(&self) -> std::result::Result<Position, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            facts: String,
            sequence: u32,
            id: String,
        }
        let rows: Vec<Row> = sql::rows(
            &self.state.storage().sql(),
            "SELECT facts, sequence, id FROM facts, records ORDER BY sequence DESC LIMIT 1",
            Vec::new(),
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(Position::default());
        };
        let record: RecordId = row.id.parse().map_err(sql::failed)?;
        let facts: Facts = sql::parse(&row.facts)?;
        Ok(Position {
            facts,
            head: Some(Head {
                sequence: row.sequence,
                record,
            }),
        })
    }
}

impl SubjectStore for SqliteStore<'_> {
    fn memory(&self) -> std::result::Result<Memory, Unavailable> {
        let [has_tombstone, has_records] = self.has_tables(["tombstone", "records"])?;
        if has_tombstone && let Some(tombstone) = self.tombstone()? {
            return Ok(Memory::Erased(tombstone));
        }
        let position = if has_records {
            self.position()?
        } else {
            Position::default()
        };
        Ok(Memory::Chain(Box::new(position)))
    }

    fn entry_by_key(&self, key: &str) -> std::result::Result<Option<Entry>, Unavailable> {
        Ok(self
            .entries_where("WHERE key = ?", vec![sql::text(key)])?
            .pop())
    }

    fn entry(&self, record: RecordId) -> std::result::Result<Option<Entry>, Unavailable> {
        Ok(self
            .entries_where("WHERE id = ?", vec![sql::text(&record)])?
            .pop())
    }

    fn entries(&self) -> std::result::Result<Vec<Entry>, Unavailable> {
        self.entries_where("ORDER BY sequence", Vec::new())
    }

    fn entries_with_receipts(&self) -> std::result::Result<Vec<Entry>, Unavailable> {
        self.entries_where("WHERE earns_receipt ORDER BY sequence", Vec::new())
    }

    async fn append(&self, addition: Addition<'_>) -> std::result::Result<(), Unavailable> {
        let Addition {
            record,
            key,
            text,
            salt,
            facts,
            delivery,
            wake_at,
        } = addition;
        let salt = serde_json::to_value(salt).map_err(sql::failed)?;
        let canonical = String::from_utf8(record.to_canonical_json()).map_err(sql::failed)?;
        let record = vec![
            i64::from(record.sequence).into(),
            sql::text(&record.id()),
            sql::optional_text(key),
            i64::from(record.event.earns_receipt()).into(),
            canonical.into(),
            sql::optional_text(text),
            sql::optional_text(salt.as_str()),
        ];
        let facts = vec![sql::json(facts)?];
        let delivery = delivery.map(sql::json).transpose()?;
        let alarm = wake_at.map(|at| self.clock.alarm(at));
        let storage = self.state.storage();
        let write = async move |_| {
            let database = storage.sql();
            database.exec(RECORD_TABLES, None)?;
            database.exec(DELIVERY_TABLE, None)?;
            database.exec(
                "INSERT INTO records (sequence, id, key, earns_receipt, record, text, salt)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
                record,
            )?;
            database.exec(
                "INSERT OR REPLACE INTO facts (only, facts) VALUES (1, ?)",
                facts,
            )?;
            if let Some(delivery) = delivery {
                database.exec(ADD_DELIVERY, vec![delivery])?;
            }
            sql::set_alarm(&storage, alarm).await
        };
        sql::transaction(self.state, write).await
    }

    fn keep_receipt(
        &self,
        record: RecordId,
        receipt: &str,
    ) -> std::result::Result<String, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            receipt: String,
        }
        let rows: Vec<Row> = sql::rows(
            &self.state.storage().sql(),
            "UPDATE records SET receipt = COALESCE(receipt, ?) WHERE id = ? RETURNING receipt",
            vec![sql::text(receipt), sql::text(&record)],
        )?;
        let kept = rows.into_iter().next().ok_or(Unavailable)?;
        Ok(kept.receipt)
    }

    fn unlogged(&self) -> std::result::Result<Vec<Entry>, Unavailable> {
        self.entries_where("WHERE log_index IS NULL ORDER BY sequence", Vec::new())
    }

    fn set_logged(&self, record: RecordId, index: u64) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.state.storage().sql(),
            "UPDATE records SET log_index = ? WHERE id = ?",
            vec![sql::integer(index)?, sql::text(&record)],
        )
    }

    /// Deleted rows would stay readable in the file until their pages are used again, so the whole file is removed, and a
    /// new one begun. Nothing is waited for between the two, so that both are kept together.
    async fn erase(
        &self,
        tombstone: &Tombstone,
        delivery: Option<&Delivery>,
        wake_at: Timestamp,
    ) -> std::result::Result<(), Unavailable> {
        let mut deliveries = self.deliveries()?;
        deliveries.extend(delivery.copied());
        let deliveries = deliveries
            .iter()
            .map(sql::json)
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let tombstone = vec![sql::json(tombstone)?];
        let alarm = (!deliveries.is_empty()).then(|| self.clock.alarm(wake_at));
        let storage = self.state.storage();
        let remove = storage.delete_all();
        let begin = async {
            let database = storage.sql();
            database.exec(TOMBSTONE_TABLE, None)?;
            database.exec(DELIVERY_TABLE, None)?;
            database.exec(SET_TOMBSTONE, tombstone)?;
            for delivery in deliveries {
                database.exec(ADD_DELIVERY, vec![delivery])?;
            }
            sql::set_alarm(&storage, alarm).await
        };
        try_join(remove, begin).await.map_err(sql::failed)?;
        Ok(())
    }

    fn set_tombstone(&self, tombstone: &Tombstone) -> std::result::Result<(), Unavailable> {
        let database = self.state.storage().sql();
        sql::run(&database, SET_TOMBSTONE, vec![sql::json(tombstone)?])
    }

    fn deliveries(&self) -> std::result::Result<Vec<Delivery>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            delivery: String,
        }
        let [true] = self.has_tables(["deliveries"])? else {
            return Ok(Vec::new());
        };
        let query = "SELECT delivery FROM deliveries ORDER BY position";
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, Vec::new())?;
        rows.iter().map(|row| sql::parse(&row.delivery)).collect()
    }

    fn forget_delivery(&self, id: DeliveryId) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.state.storage().sql(),
            "DELETE FROM deliveries WHERE delivery ->> 'id' = ?",
            vec![sql::text(id.digest())],
        )
    }

    async fn wake_at(&self, at: Option<Timestamp>) -> std::result::Result<(), Unavailable> {
        let alarm = at.map(|at| self.clock.alarm(at));
        sql::set_alarm(&self.state.storage(), alarm)
            .await
            .map_err(sql::failed)
    }
}

const RECORD_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS records (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        key TEXT UNIQUE,
        earns_receipt INTEGER NOT NULL,
        record TEXT NOT NULL,
        text TEXT,
        receipt TEXT,
        salt TEXT NOT NULL,
        log_index INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS facts (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        facts TEXT NOT NULL
    ) STRICT;
";

const DELIVERY_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS deliveries (
        position INTEGER PRIMARY KEY,
        delivery TEXT NOT NULL
    ) STRICT
";

const TOMBSTONE_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS tombstone (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        tombstone TEXT NOT NULL
    ) STRICT;
";

const SET_TOMBSTONE: &str = "INSERT OR REPLACE INTO tombstone (only, tombstone) VALUES (1, ?)";

const ADD_DELIVERY: &str = "INSERT INTO deliveries (delivery) VALUES (?)";
