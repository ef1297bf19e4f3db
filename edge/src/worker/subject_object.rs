//! The Durable Object of one subject: SQLite as [`SubjectStore`].
//!
//! | table | column | |
//! |---|---|---|
//! | `records` | `sequence` | position in the chain |
//! | | `id`, `jti` | both unique |
//! | | `record` | canonical JSON |
//! | | `statement` | the compact JWS that led to it |
//! | | `receipt` | the compact JWS, once made |
//! | `state` | `state` | JSON of the state after the last record; one row |

use std::panic::AssertUnwindSafe;

use kelisim_shared::{
    record::{Event, Head, Record, RecordId},
    subject::State as SubjectState,
};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object};

use super::{
    config,
    platform::{ACCEPT, RECEIPTS, STATE, WorkerClock},
    sql,
    webcrypto::WebCryptoSigner,
};
use crate::{
    ports::{Clock, Unavailable},
    subject::{Entry, Position, SubjectObject, SubjectStore, Submission},
};

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object]
pub struct Subject {
    storage: AssertUnwindSafe<Storage>,
    env: AssertUnwindSafe<Env>,
}

impl DurableObject for Subject {
    fn new(state: State, env: Env) -> Self {
        Self {
            storage: AssertUnwindSafe(state.storage()),
            env: AssertUnwindSafe(env),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let config = config(&self.env).map_err(super::to_error)?;
        let store = SqliteStore {
            storage: &self.storage,
        };
        let object = SubjectObject {
            store: &store,
            signer: &WebCryptoSigner(config.receipt_key.clone()),
            issuer: &config.receipt_issuer(),
        };
        match request.path().as_str() {
            STATE => answer(object.state()),
            RECEIPTS => answer(object.receipts().await),
            ACCEPT => {
                let submission: Submission = request.json().await?;
                answer(object.accept(&submission, WorkerClock.now()).await)
            }
            _ => Response::error("no such operation", 404),
        }
    }
}

fn answer<T: serde::Serialize>(outcome: std::result::Result<T, Unavailable>) -> Result<Response> {
    match outcome {
        Ok(value) => Response::from_json(&value),
        Err(Unavailable) => Response::error("unavailable", 503),
    }
}

struct SqliteStore<'a> {
    storage: &'a Storage,
}

impl SqliteStore<'_> {
    /// Whether anything was ever written. Reading leaves nothing behind, so most objects have no tables.
    fn has_tables(&self) -> std::result::Result<bool, Unavailable> {
        #[derive(Deserialize)]
        struct Row {}
        let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'records'";
        let rows: Vec<Row> = sql::rows(&self.storage.sql(), query, Vec::new())?;
        Ok(!rows.is_empty())
    }

    fn entries_where(
        &self,
        condition: &str,
        bindings: Vec<worker::SqlStorageValue>,
    ) -> std::result::Result<Vec<Entry>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            record: String,
            receipt: Option<String>,
        }
        if !self.has_tables()? {
            return Ok(Vec::new());
        }
        let query = format!("SELECT record, receipt FROM records {condition}");
        let rows: Vec<Row> = sql::rows(&self.storage.sql(), &query, bindings)?;
        let entry = |row: Row| {
            Ok(Entry {
                record: sql::parse(&row.record)?,
                receipt: row.receipt,
            })
        };
        rows.into_iter().map(entry).collect()
    }
}

impl SubjectStore for SqliteStore<'_> {
    fn position(&self) -> std::result::Result<Position, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            state: String,
            sequence: u32,
            id: String,
        }
        if !self.has_tables()? {
            return Ok(Position {
                state: SubjectState::New {},
                head: None,
            });
        }
        let rows: Vec<Row> = sql::rows(
            &self.storage.sql(),
            "SELECT state, sequence, id FROM state, records ORDER BY sequence DESC LIMIT 1",
            Vec::new(),
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(Position {
                state: SubjectState::New {},
                head: None,
            });
        };
        let record = row.id.parse().map_err(sql::failed)?;
        let head = Some(Head {
            sequence: row.sequence,
            record,
        });
        Ok(Position {
            state: sql::parse(&row.state)?,
            head,
        })
    }

    fn entry_by_jti(&self, jti: &str) -> std::result::Result<Option<Entry>, Unavailable> {
        Ok(self
            .entries_where("WHERE jti = ?", vec![sql::text(jti)])?
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

    async fn append(
        &self,
        record: &Record,
        statement: &str,
        state: SubjectState,
    ) -> std::result::Result<(), Unavailable> {
        let Event::Accepted(acceptance) = &record.event;
        let canonical = String::from_utf8(record.to_canonical_json()).map_err(sql::failed)?;
        let row = vec![
            i64::from(record.sequence).into(),
            sql::text(&record.id()),
            sql::text(&acceptance.jti),
            canonical.into(),
            sql::text(statement),
        ];
        let state = vec![sql::json(&state)?];
        let database = self.storage.sql();
        let write = async move |_| {
            database.exec(TABLES, None)?;
            database.exec(
                "INSERT INTO records (sequence, id, jti, record, statement) VALUES (?, ?, ?, ?, ?)",
                row,
            )?;
            database.exec(
                "INSERT OR REPLACE INTO state (only, state) VALUES (1, ?)",
                state,
            )?;
            Ok(())
        };
        self.storage.transaction(write).await.map_err(sql::failed)
    }

    fn keep_receipt(
        &self,
        record: RecordId,
        receipt: &str,
    ) -> std::result::Result<String, Unavailable> {
        sql::run(
            &self.storage.sql(),
            "UPDATE records SET receipt = ? WHERE id = ? AND receipt IS NULL",
            vec![sql::text(receipt), sql::text(&record)],
        )?;
        let entry = self.entry(record)?.ok_or(Unavailable)?;
        entry.receipt.ok_or(Unavailable)
    }
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS records (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        jti TEXT NOT NULL UNIQUE,
        record TEXT NOT NULL,
        statement TEXT NOT NULL,
        receipt TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS state (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        state TEXT NOT NULL
    ) STRICT;
";
