//! The Durable Object of the log: SQLite as [`LogStore`], R2 for its tiles, a queue on the way to it.
//!
//! | table | column | |
//! |---|---|---|
//! | `leaves` | `position` | the index of the entry, from 0 |
//! | | `entry` | its bytes; unique |
//! | `nodes` | `level`, `position` | of a hash above the leaves, as tiles count them; together unique |
//! | | `hash` | 32 bytes |
//! | `checkpoint` | `size`, `note` | of the checkpoint that was published last; one row |
//! | `witnesses` | `name`, `size` | at which size a witness signed last |

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use futures_util::{
    StreamExt,
    future::{Either, join_all, select},
};
use kelisim_shared::{
    digest::Sha256Digest,
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, SignatureVerifier},
    log::{
        Commitment,
        note::Name,
        tile::{Tile, WIDTH},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use worker::{
    Bucket, Delay, DurableObject, Env, Fetch, MessageBatch, MessageExt, Method,
    QueueRetryOptionsBuilder, Request, RequestInit, RequestRedirect, Response, Result,
    SqlStorageValue, State, console_error, durable_object,
};

#[cfg(feature = "preview")]
use super::objects::EXERCISE;
use super::{
    config as configuration,
    objects::{APPEND, CHECKPOINT, LOG, LOGGED, PROOF, answer, call},
    sql,
    webcrypto::{WebCrypto, WebCryptoEd25519Signer},
};
#[cfg(feature = "preview")]
use crate::preview::LogExercise;
use crate::{
    config::{self, Witness},
    log::{Growth, LogObject, LogRefusal, LogStore, Published},
    ports::{EditionLog, LogQueue, TileFiles, Unavailable, Witnesses},
    subject::LogMessage,
};

/// Asks the log object.
pub(super) async fn ask<Q: Serialize, A: DeserializeOwned>(
    env: &Env,
    operation: &str,
    question: &Q,
) -> std::result::Result<A, Unavailable> {
    call(env, "LOG", "log", operation, question).await
}

/// A file of the log, if it is published.
pub(super) async fn tile(
    env: &Env,
    tile: Tile,
) -> std::result::Result<Option<Vec<u8>>, Unavailable> {
    let get = async {
        let object = bucket(env)?.get(tile.to_string()).execute().await?;
        match object.as_ref().and_then(worker::Object::body) {
            None => Ok(None),
            Some(body) => body.bytes().await.map(Some),
        }
    };
    get.await.map_err(sql::failed)
}

fn bucket(env: &Env) -> Result<Bucket> {
    env.bucket("LOG_TILES")
}

/// The queue that subjects' objects send their commitments to.
pub(super) struct WorkerLogQueue<'a> {
    pub(super) env: &'a Env,
}

impl LogQueue for WorkerLogQueue<'_> {
    async fn send(&self, message: &LogMessage) -> std::result::Result<(), Unavailable> {
        let send = async { self.env.queue("LOG_QUEUE")?.send(message.clone()).await };
        send.await.map_err(sql::failed)
    }
}

/// Hands what came by the queue to the log, and its indices back to the subjects' objects. What fails is tried again; what
/// arrives twice gets the index that it has.
pub(super) async fn take(batch: MessageBatch<LogMessage>, env: &Env) -> Result<()> {
    let messages = batch.messages()?;
    let commitments: Vec<Commitment> = messages
        .iter()
        .flat_map(|message| message.body().commitments.iter().copied())
        .collect();
    let patience = QueueRetryOptionsBuilder::new()
        .with_delay_seconds(PATIENCE_SECONDS)
        .build();
    let appended: std::result::Result<std::result::Result<Vec<u64>, LogRefusal>, _> =
        ask(env, APPEND, &commitments).await;
    let Ok(Ok(indices)) = appended else {
        batch.retry_all_with_options(&patience);
        return Ok(());
    };
    let mut indices = commitments.into_iter().zip(indices);
    let told = messages.iter().map(|message| {
        let count = message.body().commitments.len();
        let indices: Vec<_> = indices.by_ref().take(count).collect();
        async move {
            let name = message.body().subject.to_string();
            match call::<_, ()>(env, "SUBJECTS", &name, LOGGED, &indices).await {
                Ok(()) => message.ack(),
                Err(Unavailable) => message.retry(),
            }
        }
    });
    join_all(told).await;
    Ok(())
}

/// How long a message waits that the log does not take, in seconds.
const PATIENCE_SECONDS: u32 = 5;

/// The log as the registry sees it.
pub(super) struct WorkerEditionLog<'a> {
    pub(super) env: &'a Env,
    pub(super) logs: bool,
}

impl EditionLog for WorkerEditionLog<'_> {
    async fn log(&self, entry: Vec<u8>) -> std::result::Result<Option<u64>, Unavailable> {
        if !self.logs {
            return Ok(None);
        }
        let entry = String::from_utf8(entry).map_err(sql::failed)?;
        let index: std::result::Result<u64, LogRefusal> = ask(self.env, LOG, &entry).await?;
        index.map(Some).map_err(sql::failed)
    }
}

/// The Durable Object class, named so in the wrangler configuration.
#[durable_object]
pub struct Log {
    state: AssertUnwindSafe<State>,
    env: AssertUnwindSafe<Env>,
}

impl DurableObject for Log {
    fn new(state: State, env: Env) -> Self {
        Self {
            state: AssertUnwindSafe(state),
            env: AssertUnwindSafe(env),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let config = configuration(&self.env).map_err(super::to_error)?;
        let Some(log) = &config.log else {
            return Response::error("no log", 404);
        };
        let store = SqliteStore::open(&self.state).map_err(super::to_error)?;
        let (files, signer) = self.tools(log);
        let object = object(&store, &files, &signer, log);
        match request.path().as_str() {
            APPEND => {
                let commitments: Vec<Commitment> = request.json().await?;
                let entry = |commitment: &Commitment| commitment.digest().as_bytes().to_vec();
                let entries: Vec<_> = commitments.iter().map(entry).collect();
                answer(object.append(&entries).await)
            }
            LOG => {
                let entry: String = request.json().await?;
                answer(object.append_and_publish(entry.into_bytes()).await)
            }
            CHECKPOINT => answer(object.checkpoint()),
            PROOF => {
                let index: u64 = request.json().await?;
                answer(object.prove(index))
            }
            #[cfg(feature = "preview")]
            EXERCISE => {
                let exercise: LogExercise = request.json().await?;
                answer(object.exercise(exercise).await)
            }
            _ => Response::error("no such operation", 404),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let config = configuration(&self.env).map_err(super::to_error)?;
        if let Some(log) = &config.log {
            let store = SqliteStore::open(&self.state).map_err(super::to_error)?;
            let (files, signer) = self.tools(log);
            match object(&store, &files, &signer, log).publish().await {
                Ok(Ok(())) => {}
                // The platform would give up after some attempts.
                Err(Unavailable) => self.state.storage().set_alarm(RETRY).await?,
                // Trying again changes nothing.
                Ok(Err(refusal)) => console_error!("{refusal}"),
            }
        }
        Response::empty()
    }
}

impl Log {
    fn tools(&self, log: &config::Log) -> (R2Files<'_>, WebCryptoEd25519Signer) {
        let files = R2Files { env: &self.env };
        (files, WebCryptoEd25519Signer(log.signing_key.clone()))
    }
}

fn object<'a>(
    store: &'a SqliteStore<'a>,
    files: &'a R2Files<'a>,
    signer: &'a WebCryptoEd25519Signer,
    log: &'a config::Log,
) -> LogObject<'a, SqliteStore<'a>, R2Files<'a>, WebCryptoEd25519Signer, Network> {
    LogObject {
        store,
        files,
        signer,
        key: &log.key,
        witnesses: &log.witnesses,
        network: &Network,
    }
}

/// How soon publishing is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Tiles in R2, by their path.
struct R2Files<'a> {
    env: &'a Env,
}

impl TileFiles for R2Files<'_> {
    async fn put(&self, tile: Tile, bytes: Vec<u8>) -> std::result::Result<(), Unavailable> {
        let put = async {
            let bucket = bucket(self.env)?;
            bucket.put(tile.to_string(), bytes).execute().await
        };
        put.await.map(drop).map_err(sql::failed)
    }

    async fn remove_partial(&self, full: Tile) -> std::result::Result<(), Unavailable> {
        let partial = (1..WIDTH).map(|width| Tile { width, ..full }.to_string());
        let remove = async {
            let bucket = bucket(self.env)?;
            bucket.delete_multiple(partial.collect::<Vec<_>>()).await
        };
        remove.await.map_err(sql::failed)
    }
}

/// Witnesses over the network.
struct Network;

impl Witnesses for Network {
    async fn ask(
        &self,
        witness: &Witness,
        body: String,
    ) -> std::result::Result<(u16, String), Unavailable> {
        let asked = pin!(post(&witness.url, body));
        let patience = pin!(Delay::from(WITNESS_PATIENCE));
        match select(asked, patience).await {
            Either::Left((Ok(answer), _)) => Ok(answer),
            Either::Left((Err(error), _)) => {
                console_error!("the witness {}: {error}", witness.key.name);
                Err(Unavailable)
            }
            Either::Right(_) => {
                console_error!("the witness {}: no answer", witness.key.name);
                Err(Unavailable)
            }
        }
    }
}

impl SignatureVerifier for Network {
    async fn verify(
        &self,
        algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> std::result::Result<bool, CryptoUnavailable> {
        WebCrypto.verify(algorithm, key, message, signature).await
    }
}

async fn post(prefix: &str, body: String) -> Result<(u16, String)> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(body.into()));
    let address = format!("{prefix}/add-checkpoint");
    let request = Request::new_with_init(&address, &init)?;
    let mut response = Fetch::Request(request).send().await?;
    let status = response.status_code();
    let mut body = Vec::new();
    let mut stream = response.stream()?;
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > MOST_WITNESS_BYTES {
            return Err(worker::Error::RustError("too long".into()));
        }
    }
    let body = String::from_utf8(body).map_err(super::to_error)?;
    Ok((status, body))
}

/// How long to wait for a witness.
const WITNESS_PATIENCE: Duration = Duration::from_secs(2);

/// The longest answer of a witness, in bytes.
const MOST_WITNESS_BYTES: usize = 65_536;

struct SqliteStore<'a> {
    state: &'a State,
}

impl<'a> SqliteStore<'a> {
    fn open(state: &'a State) -> std::result::Result<Self, Unavailable> {
        sql::run(&state.storage().sql(), TABLES, Vec::new())?;
        Ok(Self { state })
    }

    /// The one column of a query, of bytes.
    fn blobs(
        &self,
        query: &str,
        bindings: Vec<SqlStorageValue>,
    ) -> std::result::Result<Vec<Vec<u8>>, Unavailable> {
        let cursor = self.state.storage().sql().exec(query, bindings);
        let rows = cursor.map_err(sql::failed)?.raw();
        rows.map(|row| match row.map_err(sql::failed)?.pop() {
            Some(SqlStorageValue::Blob(bytes)) => Ok(bytes),
            _ => Err(Unavailable),
        })
        .collect()
    }

    /// Rows with a number, and nothing where there is none.
    fn number(
        &self,
        query: &str,
        bindings: Vec<SqlStorageValue>,
    ) -> std::result::Result<Option<u64>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            number: Option<u64>,
        }
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, bindings)?;
        Ok(rows.first().and_then(|row| row.number))
    }
}

impl LogStore for SqliteStore<'_> {
    fn size(&self) -> std::result::Result<u64, Unavailable> {
        let query = "SELECT max(position) + 1 AS number FROM leaves";
        Ok(self.number(query, Vec::new())?.unwrap_or(0))
    }

    fn index(&self, entry: &[u8]) -> std::result::Result<Option<u64>, Unavailable> {
        let query = "SELECT position AS number FROM leaves WHERE entry = ?";
        self.number(query, vec![entry.to_vec().into()])
    }

    fn entries(&self, first: u64, count: usize) -> std::result::Result<Vec<Vec<u8>>, Unavailable> {
        let entries = self.blobs(
            "SELECT entry FROM leaves WHERE position >= ? AND position < ? ORDER BY position",
            vec![sql::integer(first)?, sql::integer(first + count as u64)?],
        )?;
        if entries.len() == count {
            Ok(entries)
        } else {
            Err(Unavailable)
        }
    }

    fn nodes(
        &self,
        level: u8,
        first: u64,
        count: usize,
    ) -> std::result::Result<Vec<Sha256Digest>, Unavailable> {
        let rows = self.blobs(
            "SELECT hash FROM nodes WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
            vec![
                i64::from(level).into(),
                sql::integer(first)?,
                sql::integer(first + count as u64)?,
            ],
        )?;
        let hash = |bytes: Vec<u8>| {
            let bytes = bytes.try_into().map_err(|_| Unavailable)?;
            Ok(Sha256Digest::from_bytes(bytes))
        };
        let hashes: Vec<_> = rows
            .into_iter()
            .map(hash)
            .collect::<std::result::Result<_, _>>()?;
        if hashes.len() == count {
            Ok(hashes)
        } else {
            Err(Unavailable)
        }
    }

    async fn append(&self, growth: Growth) -> std::result::Result<(), Unavailable> {
        let mut leaves = Vec::with_capacity(growth.entries.len());
        for (position, entry) in (growth.first..).zip(growth.entries) {
            leaves.push(vec![sql::integer(position)?, entry.into()]);
        }
        let mut nodes = Vec::with_capacity(growth.nodes.len());
        for node in growth.nodes {
            nodes.push(vec![
                i64::from(node.level).into(),
                sql::integer(node.index)?,
                node.hash.as_bytes().to_vec().into(),
            ]);
        }
        let storage = self.state.storage();
        let write = async move |_| {
            let database = storage.sql();
            for leaf in leaves {
                database.exec("INSERT INTO leaves (position, entry) VALUES (?, ?)", leaf)?;
            }
            for node in nodes {
                database.exec(
                    "INSERT INTO nodes (level, position, hash) VALUES (?, ?, ?)",
                    node,
                )?;
            }
            // One that is set is not put off: else nothing would be published while entries keep coming.
            match storage.get_alarm().await? {
                Some(_) => Ok(()),
                None => storage.set_alarm(GATHER).await,
            }
        };
        sql::transaction(self.state, write).await
    }

    fn published(&self) -> std::result::Result<Option<Published>, Unavailable> {
        #[derive(Deserialize)]
        struct Row {
            size: u64,
            note: String,
        }
        let query = "SELECT size, note FROM checkpoint";
        let rows: Vec<Row> = sql::rows(&self.state.storage().sql(), query, Vec::new())?;
        let published = |Row { size, note }| Published { size, note };
        Ok(rows.into_iter().next().map(published))
    }

    fn publish(&self, published: &Published) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.state.storage().sql(),
            "INSERT INTO checkpoint (only, size, note) VALUES (1, ?, ?)
             ON CONFLICT (only) DO UPDATE SET size = excluded.size, note = excluded.note WHERE excluded.size > size",
            vec![sql::integer(published.size)?, sql::text(&published.note)],
        )
    }

    fn witnessed(&self, witness: &Name) -> std::result::Result<u64, Unavailable> {
        let query = "SELECT size AS number FROM witnesses WHERE name = ?";
        Ok(self.number(query, vec![sql::text(witness)])?.unwrap_or(0))
    }

    fn set_witnessed(&self, witness: &Name, size: u64) -> std::result::Result<(), Unavailable> {
        sql::run(
            &self.state.storage().sql(),
            "INSERT OR REPLACE INTO witnesses (name, size) VALUES (?, ?)",
            vec![sql::text(witness), sql::integer(size)?],
        )
    }
}

/// How long entries are gathered before they are published together.
const GATHER: Duration = Duration::from_millis(500);

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS leaves (
        position INTEGER PRIMARY KEY,
        entry BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE IF NOT EXISTS nodes (
        level INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS checkpoint (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        size INTEGER NOT NULL,
        note TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS witnesses (
        name TEXT PRIMARY KEY,
        size INTEGER NOT NULL
    ) STRICT;
";
