//! The Durable Object of the registry: SQLite as [`RegistryStore`].
//!
//! | table | column | |
//! |---|---|---|
//! | `editions` | `position` | order of publication, from 1 |
//! | | `id` | unique |
//! | | `summary` | JSON of the edition in short |
//! | | `document` | JSON of the edition's document |
//! | | `log_index` | of its entry, where the edge has a log |
//! | `prepared` | `document` | JSON of the edition that is being logged; at most one row |
//! | `scheduled` | `schedule` | JSON of the draft that is to be published later; at most one row |

use std::panic::AssertUnwindSafe;

use kelisim_shared::{
    api::{EditionSummary, staff::ScheduleId},
    edition::{Draft, EditionDocument, EditionId},
};
use serde::{Deserialize, de::DeserializeOwned};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::{
    clock::WorkerClock,
    config,
    log_object::WorkerEditionLog,
    objects::{CANCEL, EDITION, LOGGED, OVERVIEW, PUBLISH, SCHEDULED, answer},
    sql,
};
use crate::{
    config::Config,
    ports::{Clock, Unavailable},
    registry::{RegistryObject, RegistryStore, Schedule},
};

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object]
pub struct Registry {
    state: AssertUnwindSafe<State>,
    env: AssertUnwindSafe<Env>,
}

impl DurableObject for Registry {
    fn new(state: State, env: Env) -> Self {
        Self {
            state: AssertUnwindSafe(state),
            env: AssertUnwindSafe(env),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let clock = WorkerClock::of(&self.env).await?;
        let now = clock.now();
        let config = config(&self.env).map_err(super::to_error)?;
        let store = SqliteStore::open(&self.state, clock).map_err(super::to_error)?;
        let log = WorkerEditionLog {
            env: &self.env,
            logs: config.log.is_some(),
        };
        let object = object(&store, &log, &config);
        match request.path().as_str() {
            OVERVIEW => answer(object.overview(now).await),
            EDITION => {
                let id: EditionId = request.json().await?;
                answer(store.edition(id))
            }
            PUBLISH => {
                let draft: Draft = request.json().await?;
                answer(object.publish(draft, now).await)
            }
            LOGGED => {
                let id: EditionId = request.json().await?;
                answer(store.log_index(id))
            }
            SCHEDULED => answer(object.scheduled(now).await),
            CANCEL => {
                let id: ScheduleId = request.json().await?;
                answer(object.cancel(id, now).await)
            }
            _ => Response::error("no such operation", 404),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let clock = WorkerClock::of(&self.env).await?;
        let config = config(&self.env).map_err(super::to_error)?;
        let store = SqliteStore::open(&self.state, clock).map_err(super::to_error)?;
        let log = WorkerEditionLog {
            env: &self.env,
            logs: config.log.is_some(),
        };
        let object = object(&store, &log, &config);
        object.wake(clock.now()).await.map_err(super::to_error)?;
        Response::empty()
    }
}

fn object<'a>(
    store: &'a SqliteStore<'a>,
    log: &'a WorkerEditionLog<'a>,
    config: &'a Config,
) -> RegistryObject<'a, SqliteStore<'a>, WorkerEditionLog<'a>> {
    RegistryObject {
        store,
        log,
        operator: &config.operator,
        policy_url: &config.policy_url,
    }
}

struct SqliteStore<'a> {
    state: &'a State,
    clock: WorkerClock,
}

impl<'a> SqliteStore<'a> {
    fn open(state: &'a State, clock: WorkerClock) -> std::result::Result<Self, Unavailable> {
        sql::run(&state.storage().sql(), TABLES, Vec::new())?;
        Ok(Self { state, clock })
    }

    /// The one column of a query, read from JSON.
    fn column<T: DeserializeOwned>(
        &self,
        query: &str,
        bindings: Vec<worker::SqlStorageValue>,
    ) -> std::result::Result<Vec<T>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            json: String,
        }
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, bindings)?;
        rows.iter().map(|row| sql::parse(&row.json)).collect()
    }
}

impl RegistryStore for SqliteStore<'_> {
    fn history(&self) -> std::result::Result<Vec<EditionSummary>, Unavailable> {
        let query = "SELECT summary AS json FROM editions ORDER BY position";
        self.column(query, Vec::new())
    }

    fn edition(&self, id: EditionId) -> std::result::Result<Option<EditionDocument>, Unavailable> {
        let query = "SELECT document AS json FROM editions WHERE id = ?";
        Ok(self.column(query, vec![sql::text(&id)])?.pop())
    }

    fn scheduled(&self) -> std::result::Result<Option<Schedule>, Unavailable> {
        Ok(self
            .column("SELECT schedule AS json FROM scheduled", Vec::new())?
            .pop())
    }

    fn prepared(&self) -> std::result::Result<Option<EditionDocument>, Unavailable> {
        Ok(self
            .column("SELECT document AS json FROM prepared", Vec::new())?
            .pop())
    }

    fn prepare(&self, document: Option<&EditionDocument>) -> std::result::Result<(), Unavailable> {
        let database = self.state.storage().sql();
        match document {
            None => sql::run(&database, "DELETE FROM prepared", Vec::new()),
            Some(document) => sql::run(
                &database,
                "INSERT OR REPLACE INTO prepared (only, document) VALUES (1, ?)",
                vec![sql::json(document)?],
            ),
        }
    }

    fn log_index(&self, id: EditionId) -> std::result::Result<Option<u64>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            log_index: Option<u64>,
        }
        let query = "SELECT log_index FROM editions WHERE id = ?";
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, vec![sql::text(&id)])?;
        Ok(rows.first().and_then(|row| row.log_index))
    }

    async fn append(
        &self,
        document: &EditionDocument,
        log_index: Option<u64>,
    ) -> std::result::Result<(), Unavailable> {
        let row = vec![
            sql::text(&document.id),
            sql::json(&EditionSummary::from(&document.manifest))?,
            sql::json(document)?,
            sql::optional_integer(log_index)?,
        ];
        let storage = self.state.storage();
        let write = async move |_| {
            let database = storage.sql();
            database.exec(
                "INSERT INTO editions (id, summary, document, log_index) VALUES (?, ?, ?, ?)",
                row,
            )?;
            database.exec("DELETE FROM prepared", None)?;
            database.exec("DELETE FROM scheduled", None)?;
            storage.delete_alarm().await
        };
        sql::transaction(self.state, write).await
    }

    async fn schedule(&self, schedule: Option<&Schedule>) -> std::result::Result<(), Unavailable> {
        let row = schedule.map(sql::json).transpose()?;
        let alarm = schedule.map(|schedule| self.clock.alarm(schedule.scheduled.publish_at));
        let storage = self.state.storage();
        let write = async move |_| {
            let database = storage.sql();
            database.exec("DELETE FROM scheduled", None)?;
            if let Some(row) = row {
                database.exec(
                    "INSERT INTO scheduled (only, schedule) VALUES (1, ?)",
                    vec![row],
                )?;
            }
            sql::set_alarm(&storage, alarm).await
        };
        sql::transaction(self.state, write).await
    }
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS editions (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        summary TEXT NOT NULL,
        document TEXT NOT NULL,
        log_index INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS prepared (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        document TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS scheduled (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        schedule TEXT NOT NULL
    ) STRICT;
";
