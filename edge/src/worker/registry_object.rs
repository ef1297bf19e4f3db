//! The Durable Object of the registry: SQLite as [`RegistryStore`].
//!
//! | table | column | |
//! |---|---|---|
//! | `editions` | `position` | order of publication, from 1 |
//! | | `id` | unique |
//! | | `document` | JSON of the edition's document |

use std::panic::AssertUnwindSafe;

use kelisim_shared::edition::{Draft, EditionDocument, EditionId};
use serde::Deserialize;
use worker::{
    DurableObject, Env, Request, Response, Result, SqlStorage, State, Storage, durable_object,
};

use super::{
    config,
    platform::{EDITION, OVERVIEW, PUBLISH, WorkerClock},
    sql,
};
use crate::{
    ports::{Clock, Unavailable},
    registry::{self, RegistryStore},
};

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object]
pub struct Registry {
    storage: AssertUnwindSafe<Storage>,
    env: AssertUnwindSafe<Env>,
}

impl DurableObject for Registry {
    fn new(state: State, env: Env) -> Self {
        Self {
            storage: AssertUnwindSafe(state.storage()),
            env: AssertUnwindSafe(env),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let store = SqliteStore::open(self.storage.sql()).map_err(super::to_error)?;
        match request.path().as_str() {
            OVERVIEW => Response::from_json(&registry::overview(&store).map_err(super::to_error)?),
            EDITION => {
                let id: EditionId = request.json().await?;
                Response::from_json(&store.edition(id).map_err(super::to_error)?)
            }
            PUBLISH => {
                let draft: Draft = request.json().await?;
                let config = config(&self.env).map_err(super::to_error)?;
                let outcome = registry::publish(
                    &store,
                    draft,
                    WorkerClock.now(),
                    &config.operator,
                    &config.policy_url,
                );
                Response::from_json(&outcome.map_err(super::to_error)?)
            }
            _ => Response::error("no such operation", 404),
        }
    }
}

struct SqliteStore {
    sql: SqlStorage,
}

impl SqliteStore {
    fn open(sql: SqlStorage) -> std::result::Result<Self, Unavailable> {
        sql::run(
            &sql,
            "CREATE TABLE IF NOT EXISTS editions (
                 position INTEGER PRIMARY KEY,
                 id TEXT NOT NULL UNIQUE,
                 document TEXT NOT NULL
             ) STRICT",
            Vec::new(),
        )?;
        Ok(Self { sql })
    }

    fn document(
        &self,
        condition: &str,
        bindings: Vec<worker::SqlStorageValue>,
    ) -> std::result::Result<Option<EditionDocument>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            document: String,
        }
        let query = format!("SELECT document FROM editions {condition}");
        let rows: Vec<Row> = sql::rows(&self.sql, &query, bindings)?;
        rows.first()
            .map(|row| sql::parse(&row.document))
            .transpose()
    }
}

impl RegistryStore for SqliteStore {
    fn last(&self) -> std::result::Result<Option<EditionDocument>, Unavailable> {
        self.document("ORDER BY position DESC LIMIT 1", Vec::new())
    }

    fn ids(&self) -> std::result::Result<Vec<EditionId>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            id: EditionId,
        }
        let query = "SELECT id FROM editions ORDER BY position";
        let rows: Vec<Row> = sql::rows(&self.sql, query, Vec::new())?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    fn edition(&self, id: EditionId) -> std::result::Result<Option<EditionDocument>, Unavailable> {
        self.document("WHERE id = ?", vec![sql::text(&id)])
    }

    fn append(&self, document: &EditionDocument) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.sql,
            "INSERT INTO editions (id, document) VALUES (?, ?)",
            vec![sql::text(&document.id), sql::json(document)?],
        )
    }
}
