use std::cell::{Cell, RefCell};

use kelisim_shared::digest::Sha256Digest;
use pollster::block_on;
use serde_json::json;

use super::*;

#[derive(Default)]
struct MemoryStore {
    editions: RefCell<Vec<(EditionDocument, Option<u64>)>>,
    prepared: RefCell<Option<EditionDocument>>,
    scheduled: RefCell<Option<Schedule>>,
    append_fails: Cell<bool>,
}

/// Counts what it is given, unless it is away.
#[derive(Default)]
struct MemoryLog {
    entries: RefCell<Vec<Vec<u8>>>,
    is_away: Cell<bool>,
}

impl EditionLog for MemoryLog {
    async fn log(&self, entry: Vec<u8>) -> Result<Option<u64>, Unavailable> {
        if self.is_away.get() {
            return Err(Unavailable);
        }
        let mut entries = self.entries.borrow_mut();
        let place = entries.iter().position(|known| *known == entry);
        let index = place.unwrap_or_else(|| {
            entries.push(entry);
            entries.len() - 1
        });
        Ok(Some(index as u64))
    }
}

impl RegistryStore for MemoryStore {
    fn history(&self) -> Result<Vec<EditionSummary>, Unavailable> {
        let editions = self.editions.borrow();
        Ok(editions
            .iter()
            .map(|(document, _)| (&document.manifest).into())
            .collect())
    }

    fn edition(&self, id: EditionId) -> Result<Option<EditionDocument>, Unavailable> {
        let editions = self.editions.borrow();
        let found = editions.iter().find(|(document, _)| document.id == id);
        Ok(found.map(|(document, _)| document.clone()))
    }

    fn prepared(&self) -> Result<Option<EditionDocument>, Unavailable> {
        Ok(self.prepared.borrow().clone())
    }

    fn prepare(&self, document: Option<&EditionDocument>) -> Result<(), Unavailable> {
        *self.prepared.borrow_mut() = document.cloned();
        Ok(())
    }

    fn log_index(&self, id: EditionId) -> Result<Option<u64>, Unavailable> {
        let editions = self.editions.borrow();
        let found = editions.iter().find(|(document, _)| document.id == id);
        Ok(found.and_then(|(_, index)| *index))
    }

    fn scheduled(&self) -> Result<Option<Schedule>, Unavailable> {
        Ok(self.scheduled.borrow().clone())
    }

    async fn append(
        &self,
        document: &EditionDocument,
        log_index: Option<u64>,
    ) -> Result<(), Unavailable> {
        if self.append_fails.take() {
            return Err(Unavailable);
        }
        let mut editions = self.editions.borrow_mut();
        editions.push((document.clone(), log_index));
        *self.prepared.borrow_mut() = None;
        *self.scheduled.borrow_mut() = None;
        Ok(())
    }

    async fn schedule(&self, schedule: Option<&Schedule>) -> Result<(), Unavailable> {
        *self.scheduled.borrow_mut() = schedule.cloned();
        Ok(())
    }
}

struct World {
    store: MemoryStore,
    log: MemoryLog,
    operator: Operator,
    policy_url: Line<200>,
}

impl World {
    fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            log: MemoryLog::default(),
            operator: Operator {
                name: "T".parse().unwrap(),
                bin: None,
                address: None,
            },
            policy_url: "https://a.kz/privacy".parse().unwrap(),
        }
    }

    fn object(&self) -> RegistryObject<'_, MemoryStore, MemoryLog> {
        RegistryObject {
            store: &self.store,
            log: &self.log,
            operator: &self.operator,
            policy_url: &self.policy_url,
        }
    }

    fn publish(&self, draft: Draft, now: Timestamp) -> Result<Published, PublishError> {
        block_on(self.object().publish(draft, now)).unwrap()
    }

    fn publish_now(&self, draft: Draft, now: Timestamp) -> EditionSummary {
        match self.publish(draft, now) {
            Ok(Published::Now(summary)) => summary,
            other => panic!("{other:?}"),
        }
    }

    fn overview(&self, now: Timestamp) -> Overview {
        block_on(self.object().overview(now)).unwrap()
    }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_unix_milliseconds(1_795_410_000_000 + milliseconds).unwrap()
}

/// A draft with that body; the initial one unless it replaces another.
fn draft(body: &str, supersedes: Option<EditionId>, publish_at: Option<Timestamp>) -> Draft {
    let (change, summary) = match supersedes {
        None => (json!({ "class": "initial" }), None),
        Some(id) => (
            json!({ "class": "material", "supersedes": id }),
            Some("changed"),
        ),
    };
    let draft = json!({
        "authoritative": "ru", "channels": ["site"], "change": change, "publish_at": publish_at,
        "texts": [{ "language": "ru", "body": body, "purposes": ["a"], "data_categories": ["b"],
            "summary": summary }],
    });
    serde_json::from_value(draft).unwrap()
}

const BODY: &str = "T\n1. A\n1.1. b";
const NEXT: &str = "T\n1. A\n1.1. c";

#[test]
fn publishes_each_edition_in_the_place_of_the_one_that_it_was_written_to_replace() {
    let world = World::new();
    let invalid = world
        .publish(draft("T\n1. A", None, None), at(0))
        .unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "text in ru, line 2: section 1 has no clause"
    );
    assert_eq!(world.overview(at(0)).history, []);

    let first = world.publish_now(draft(BODY, None, None), at(1));
    assert_eq!(first.published_at, at(1));
    let superseded = Err(PublishError::Superseded(Some(first.id)));
    assert_eq!(
        world.publish(draft(NEXT, None, None), at(2)),
        superseded,
        "a second initial one"
    );
    let second = world.publish_now(draft(NEXT, Some(first.id), None), at(2));
    assert_eq!(
        world.publish(draft(NEXT, Some(first.id), None), at(3)),
        Err(PublishError::Superseded(Some(second.id))),
        "somebody was faster"
    );
    let overview = world.overview(at(4));
    assert_eq!(overview.history, [first, second.clone()]);
}

#[test]
fn does_not_publish_behind_the_last_publication_when_the_clock_was_set_back() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(10));
    for now in [at(9), at(10)] {
        let next = draft(NEXT, Some(first.id), None);
        assert_eq!(
            block_on(world.object().publish(next, now)),
            Err(Unavailable)
        );
    }
    world.publish_now(draft(NEXT, Some(first.id), None), at(11));
}

#[test]
fn a_scheduled_edition_is_out_when_its_time_has_come_and_not_before() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    let next = || draft(NEXT, Some(first.id), Some(at(100)));
    let scheduled = match world.publish(next(), at(1)) {
        Ok(Published::Scheduled(scheduled)) => scheduled,
        other => panic!("{other:?}"),
    };
    assert_eq!(world.overview(at(99)).next_at, Some(at(100)));
    assert_eq!(world.overview(at(99)).history.len(), 1);
    let other = draft("T\n1. A\n1.1. d", Some(first.id), None);
    assert_eq!(
        world.publish(other, at(99)),
        Err(PublishError::Scheduled),
        "the scheduled one replaces the same edition"
    );

    let overview = world.overview(at(103));
    assert_eq!(overview.next_at, None);
    assert_eq!(
        overview.history[1].published_at,
        at(103),
        "it counts from when it could be read"
    );
    assert_eq!(
        block_on(world.object().cancel(scheduled.id, at(104))),
        Ok(false)
    );
}

#[test]
fn a_scheduled_edition_can_be_cancelled_until_it_is_out() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    let scheduled = match world.publish(draft(NEXT, Some(first.id), Some(at(100))), at(1)) {
        Ok(Published::Scheduled(scheduled)) => scheduled,
        other => panic!("{other:?}"),
    };
    let unknown = ScheduleId::new(Sha256Digest::of(b"made up"));
    assert_eq!(block_on(world.object().cancel(unknown, at(2))), Ok(false));
    assert_eq!(
        block_on(world.object().cancel(scheduled.id, at(99))),
        Ok(true)
    );
    assert_eq!(block_on(world.object().wake(at(100))), Ok(()));
    assert_eq!(world.overview(at(101)).history.len(), 1);
}

#[test]
fn refuses_to_back_date_and_to_guess_at_days_outside_the_calendar() {
    let world = World::new();
    for (publish_at, refused) in [(at(5), PublishError::InPast), (at(4), PublishError::InPast)] {
        assert_eq!(
            world.publish(draft(BODY, None, Some(publish_at)), at(5)),
            Err(refused)
        );
    }
    let first = world.publish_now(draft(BODY, None, None), at(5));
    let far = "2031-01-01T00:00:00.000Z".parse().unwrap();
    let refused = world.publish(draft(NEXT, Some(first.id), Some(far)), at(6));
    assert_eq!(
        refused,
        Err(PublishError::Invalid(
            "the calendar of working days does not know 2031-01-01".into()
        ))
    );
}

#[test]
fn the_cache_forgets_what_is_in_force_and_checks_what_it_learns() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    let cache = EditionCache::default();
    let document = world.store.edition(first.id).unwrap().unwrap();
    let mut forged = document.clone();
    forged.texts[0].push_str(" c");
    assert_eq!(cache.learn(forged), Err(Unavailable));
    let edition = cache.learn(document).unwrap();
    let learn = |now| cache.learn_overview(world.overview(now), Some(Rc::clone(&edition)), now);
    learn(at(1)).unwrap();
    let known = |now| {
        cache
            .in_force(now)
            .map(|in_force| in_force.map(|in_force| in_force.edition.id()))
    };
    assert_eq!(known(at(2_001)), Some(Some(first.id)));
    assert_eq!(known(at(2_002)), None);
    assert_eq!(known(at(0)), None, "a clock that was set back");
    cache.forget();
    assert_eq!(known(at(1)), None);

    world
        .publish(draft(NEXT, Some(first.id), Some(at(100))), at(2))
        .unwrap();
    learn(at(2)).unwrap();
    assert_eq!(known(at(99)), Some(Some(first.id)));
    assert_eq!(known(at(100)), None, "the scheduled one is due");
}

#[test]
fn an_edition_is_logged_before_it_is_in_force() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    let document = world.store.edition(first.id).unwrap().unwrap();
    let entries = world.log.entries.borrow().clone();
    assert_eq!(entries, [document.manifest.to_canonical_json()]);
    assert_eq!(world.store.log_index(first.id), Ok(Some(0)));

    world.log.is_away.set(true);
    let next = || draft(NEXT, Some(first.id), None);
    assert_eq!(
        block_on(world.object().publish(next(), at(1))),
        Err(Unavailable)
    );
    world.log.is_away.set(false);
    assert_eq!(
        world.overview(at(2)).history.len(),
        1,
        "it was told to have failed"
    );
    world.publish_now(next(), at(3));
}

#[test]
fn what_was_logged_when_it_all_stopped_comes_into_force_within_a_minute_or_not_at_all() {
    for (now, editions) in [(at(60_000), 2), (at(60_001), 1)] {
        let world = World::new();
        let first = world.publish_now(draft(BODY, None, None), at(0));
        let draft = draft(NEXT, Some(first.id), None);
        let edition = world.object().edition(draft, at(1)).unwrap();
        world.store.prepare(Some(edition.document())).unwrap();
        assert_eq!(world.overview(now).history.len(), editions);
        assert_eq!(world.store.prepared(), Ok(None));
    }
}

#[test]
fn a_scheduled_edition_waits_for_the_log_and_nobody_waits_with_it() {
    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    world
        .publish(draft(NEXT, Some(first.id), Some(at(100))), at(1))
        .unwrap();
    world.log.is_away.set(true);
    assert_eq!(world.overview(at(100)).history.len(), 1);
    assert_eq!(
        block_on(world.object().wake(at(101))),
        Err(Unavailable),
        "it is tried again"
    );
    world.log.is_away.set(false);
    world.store.append_fails.set(true);
    assert_eq!(world.overview(at(102)).history.len(), 1);
    let overview = world.overview(at(103));
    assert_eq!(
        overview.history[1].published_at,
        at(100),
        "a moment ago, when it was logged"
    );
    assert_eq!(world.log.entries.borrow().len(), 2);

    let world = World::new();
    let first = world.publish_now(draft(BODY, None, None), at(0));
    world
        .publish(draft(NEXT, Some(first.id), Some(at(100))), at(1))
        .unwrap();
    world.log.is_away.set(true);
    assert_eq!(world.overview(at(100)).history.len(), 1);
    world.log.is_away.set(false);
    let overview = world.overview(at(100 + 60_000));
    assert_eq!(overview.history[1].published_at, at(60_100), "too long ago");
}
