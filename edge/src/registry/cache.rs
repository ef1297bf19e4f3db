//! What an instance of the Worker remembers of the registry.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use kelisim_shared::{
    diff::EditionDiff,
    edition::{Edition, EditionDocument, EditionId},
    time::Timestamp,
};

use super::{InForce, Overview, terms};
use crate::ports::Unavailable;

/// What an instance of the Worker remembers of the registry, so that it need not be asked for each request, nor for
/// ids that somebody made up. Editions never change; which there are and which is in force is forgotten after two
/// seconds, and when a scheduled one is due, so an instance may hold a new edition back for that long, counted from when
/// it asked. Where that would matter, the registry is asked again: see `routes::in_force_for_use`.
#[derive(Debug, Default)]
pub struct EditionCache {
    known: RefCell<Option<Known>>,
    editions: RefCell<HashMap<EditionId, Rc<Edition>>>,
    diffs: RefCell<HashMap<(EditionId, EditionId), Rc<EditionDiff>>>,
}

#[derive(Debug)]
struct Known {
    learnt_at: Timestamp,
    in_force: Option<Rc<InForce>>,
    next_at: Option<Timestamp>,
}

impl EditionCache {
    /// The edition in force, or that none is, if that was learnt a short while before `now`.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> Option<Option<Rc<InForce>>> {
        self.known
            .borrow()
            .as_ref()
            .filter(|known| known.holds(now))
            .map(|known| known.in_force.clone())
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

    /// Remembers which editions there were at `now`, of which that one was in force.
    pub fn learn_overview(
        &self,
        overview: Overview,
        edition: Option<Rc<Edition>>,
        now: Timestamp,
    ) -> Option<Rc<InForce>> {
        let Overview { history, next_at } = overview;
        let in_force = edition.zip(terms(&history)).map(|(edition, terms)| {
            Rc::new(InForce {
                edition,
                terms,
                history,
            })
        });
        *self.known.borrow_mut() = Some(Known {
            learnt_at: now,
            in_force: in_force.clone(),
            next_at,
        });
        in_force
    }

    /// What differs between two editions, which takes up to a second to find out for long texts.
    #[must_use]
    pub fn diff(&self, from: &Edition, to: &Edition) -> Rc<EditionDiff> {
        let pair = (from.id(), to.id());
        if let Some(diff) = self.diffs.borrow().get(&pair) {
            return Rc::clone(diff);
        }
        let diff = Rc::new(EditionDiff::between(from, to));
        let mut diffs = self.diffs.borrow_mut();
        if diffs.len() >= EDITIONS {
            diffs.clear();
        }
        diffs.insert(pair, Rc::clone(&diff));
        diff
    }

    /// Forgets which editions there are: another was published, or is scheduled.
    pub fn forget(&self) {
        *self.known.borrow_mut() = None;
    }
}

impl Known {
    fn holds(&self, now: Timestamp) -> bool {
        let age = now.unix_milliseconds() - self.learnt_at.unix_milliseconds();
        let is_out = self.next_at.is_some_and(|next_at| next_at <= now);
        (0..=KNOWN_MILLISECONDS).contains(&age) && !is_out
    }
}

/// How long an instance trusts its memory of which edition is in force, in milliseconds.
const KNOWN_MILLISECONDS: i64 = 2_000;

/// How many editions an instance keeps in memory, and how many diffs; one is some 50 KB.
const EDITIONS: usize = 32;
