//! The registry object: every edition that was published, in order.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use kelisim_shared::{
    edition::{Draft, Edition, EditionDocument, EditionError, EditionId, Operator},
    text::Line,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ports::Unavailable;

/// The registry's durable memory.
pub trait RegistryStore {
    /// The edition published last.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn last(&self) -> Result<Option<EditionDocument>, Unavailable>;

    /// The ids of all editions.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn ids(&self) -> Result<Vec<EditionId>, Unavailable>;

    /// The edition of that id.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn edition(&self, id: EditionId) -> Result<Option<EditionDocument>, Unavailable>;

    /// Adds an edition after the last one: whole, or not at all.
    ///
    /// # Errors
    /// [`Unavailable`].
    fn append(&self, document: &EditionDocument) -> Result<(), Unavailable>;
}

/// Which editions there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The one in force, if there is one.
    pub current: Option<EditionDocument>,
    /// All of them.
    pub ids: Vec<EditionId>,
}

/// Tells which editions there are.
///
/// # Errors
/// [`Unavailable`].
pub fn overview(store: &impl RegistryStore) -> Result<Overview, Unavailable> {
    Ok(Overview {
        current: store.last()?,
        ids: store.ids()?,
    })
}

/// Publishes a draft at `now`, as the first edition.
///
/// # Errors
/// [`Unavailable`] outside, [`PublishError`] inside; nothing is published then.
pub fn publish(
    store: &impl RegistryStore,
    draft: Draft,
    now: Timestamp,
    operator: &Operator,
    policy_url: &Line<200>,
) -> Result<Result<EditionDocument, PublishError>, Unavailable> {
    if store.last()?.is_some() {
        return Ok(Err(PublishError::Exists));
    }
    match draft.publish(now, operator.clone(), policy_url.clone()) {
        Err(error) => Ok(Err(error.into())),
        Ok(edition) => {
            store.append(edition.document())?;
            Ok(Ok(edition.document().clone()))
        }
    }
}

/// Why a draft is not published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
pub enum PublishError {
    /// There is an edition already, and the draft is an initial one.
    #[error("there is an edition already")]
    Exists,
    /// The draft is no edition, and why.
    #[error("{0}")]
    Invalid(String),
}

impl From<EditionError> for PublishError {
    fn from(error: EditionError) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// What an instance of the Worker remembers of the registry, so that it need not be asked for each request, nor for
/// ids that somebody made up. Editions never change; which there are and which is in force is forgotten after two
/// seconds, so an instance may hold a new edition back for that long, and no longer.
#[derive(Debug, Default)]
pub struct EditionCache {
    known: RefCell<Option<Known>>,
    editions: RefCell<HashMap<EditionId, Rc<Edition>>>,
}

#[derive(Debug)]
struct Known {
    learnt_at: Timestamp,
    current: Option<Rc<Edition>>,
    ids: HashSet<EditionId>,
}

impl EditionCache {
    /// The edition in force, or that none is, if that was learnt a short while before `now`.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> Option<Option<Rc<Edition>>> {
        self.known
            .borrow()
            .as_ref()
            .filter(|known| known.holds(now))
            .map(|known| known.current.clone())
    }

    /// Whether there is an edition of that id, if that was learnt a short while before `now`.
    #[must_use]
    pub fn exists(&self, id: EditionId, now: Timestamp) -> Option<bool> {
        self.known
            .borrow()
            .as_ref()
            .filter(|known| known.holds(now))
            .map(|known| known.ids.contains(&id))
    }

    /// The edition of that id, if it was seen before.
    #[must_use]
    pub fn edition(&self, id: EditionId) -> Option<Rc<Edition>> {
        self.editions.borrow().get(&id).cloned()
    }

    /// Checks a document, and remembers its edition.
    ///
    /// # Errors
    /// [`Unavailable`]: the registry holds what is no edition.
    pub fn learn(&self, document: EditionDocument) -> Result<Rc<Edition>, Unavailable> {
        if let Some(edition) = self.edition(document.id) {
            return Ok(edition);
        }
        let edition = Rc::new(Edition::from_document(document).map_err(|_| Unavailable)?);
        let mut editions = self.editions.borrow_mut();
        if editions.len() >= EDITIONS {
            editions.clear();
        }
        editions.insert(edition.id(), Rc::clone(&edition));
        Ok(edition)
    }

    /// Remembers which editions there are at `now`.
    ///
    /// # Errors
    /// As [`EditionCache::learn`].
    pub fn learn_overview(&self, overview: Overview, now: Timestamp) -> Result<(), Unavailable> {
        let current = overview
            .current
            .map(|document| self.learn(document))
            .transpose()?;
        let ids = overview.ids.into_iter().collect();
        *self.known.borrow_mut() = Some(Known {
            learnt_at: now,
            current,
            ids,
        });
        Ok(())
    }

    /// Forgets which editions there are: another was published.
    pub fn forget(&self) {
        *self.known.borrow_mut() = None;
    }
}

impl Known {
    fn holds(&self, now: Timestamp) -> bool {
        let age = now.unix_milliseconds() - self.learnt_at.unix_milliseconds();
        (0..=CURRENT_MILLISECONDS).contains(&age)
    }
}

/// How long an instance trusts its memory of which edition is in force, in milliseconds.
const CURRENT_MILLISECONDS: i64 = 2_000;

/// How many editions an instance keeps in memory; one is some 50 KB.
const EDITIONS: usize = 32;

#[cfg(test)]
mod tests {
    use kelisim_shared::digest::Sha256Digest;

    use super::*;

    #[derive(Default)]
    struct MemoryStore(RefCell<Vec<EditionDocument>>);

    impl RegistryStore for MemoryStore {
        fn last(&self) -> Result<Option<EditionDocument>, Unavailable> {
            Ok(self.0.borrow().last().cloned())
        }

        fn edition(&self, id: EditionId) -> Result<Option<EditionDocument>, Unavailable> {
            Ok(self
                .0
                .borrow()
                .iter()
                .find(|document| document.id == id)
                .cloned())
        }

        fn ids(&self) -> Result<Vec<EditionId>, Unavailable> {
            Ok(self.0.borrow().iter().map(|document| document.id).collect())
        }

        fn append(&self, document: &EditionDocument) -> Result<(), Unavailable> {
            self.0.borrow_mut().push(document.clone());
            Ok(())
        }
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_unix_milliseconds(1_795_410_000_000 + milliseconds).unwrap()
    }

    fn publish_body(store: &MemoryStore, body: &str) -> Result<EditionDocument, PublishError> {
        let draft = serde_json::json!({
            "authoritative": "ru", "channels": ["site"], "change": { "class": "initial" },
            "texts": [{ "language": "ru", "body": body, "purposes": ["a"], "data_categories": ["b"] }],
        });
        let draft = serde_json::from_value(draft).unwrap();
        let operator = Operator {
            name: "T".parse().unwrap(),
            bin: None,
            address: None,
        };
        publish(
            store,
            draft,
            at(0),
            &operator,
            &"https://a.kz/privacy".parse().unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn publishes_one_initial_edition_and_no_other() {
        let store = MemoryStore::default();
        let invalid = publish_body(&store, "T\n1. A").unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "text in ru, line 2: section 1 has no clause"
        );
        assert_eq!(store.last(), Ok(None));
        let published = publish_body(&store, "T\n1. A\n1.1. b").unwrap();
        assert_eq!(published.manifest.published_at, at(0));
        assert_eq!(
            publish_body(&store, "T\n1. A\n1.1. c"),
            Err(PublishError::Exists)
        );
        assert_eq!(store.edition(published.id), Ok(Some(published.clone())));
        assert_eq!(store.last(), Ok(Some(published)));
    }

    #[test]
    fn the_cache_forgets_what_is_in_force_and_checks_what_it_learns() {
        let store = MemoryStore::default();
        let document = publish_body(&store, "T\n1. A\n1.1. b").unwrap();
        let cache = EditionCache::default();
        let mut forged = document.clone();
        forged.texts[0].push_str(" c");
        assert_eq!(cache.learn(forged), Err(Unavailable));
        cache
            .learn_overview(overview(&store).unwrap(), at(0))
            .unwrap();
        let edition = cache.learn(document).unwrap();
        let unknown = EditionId::new(Sha256Digest::of(b"made up"));
        assert_eq!(cache.current(at(2_000)), Some(Some(Rc::clone(&edition))));
        assert_eq!(cache.exists(edition.id(), at(2_000)), Some(true));
        assert_eq!(cache.exists(unknown, at(2_000)), Some(false));
        assert_eq!(cache.current(at(2_001)), None);
        assert_eq!(cache.exists(unknown, at(2_001)), None);
        assert_eq!(cache.current(at(-1)), None, "a clock that was set back");
        cache.forget();
        assert_eq!(cache.current(at(0)), None);
    }
}
