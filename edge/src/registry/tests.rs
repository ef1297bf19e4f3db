use std::cell::RefCell;

use kelisim_shared::digest::Sha256Digest;
use pollster::block_on;
use serde_json::json;

use super::*;

#[derive(Default)]
struct MemoryStore {
    editions: RefCell<Vec<EditionDocument>>,
    scheduled: RefCell<Option<Schedule>>,
}

impl RegistryStore for MemoryStore {
    fn history(&self) -> Result<Vec<EditionSummary>, Unavailable> {
        let editions = self.editions.borrow();
        Ok(editions
            .iter()
            .map(|document| (&document.manifest).into())
            .collect())
    }

    fn edition(&self, id: EditionId) -> Result<Option<EditionDocument>, Unavailable> {
        let editions = self.editions.borrow();
        Ok(editions.iter().find(|document| document.id == id).cloned())
    }

    fn scheduled(&self) -> Result<Option<Schedule>, Unavailable> {
        Ok(self.scheduled.borrow().clone())
    }

    async fn append(&self, document: &EditionDocument) -> Result<(), Unavailable> {
        self.editions.borrow_mut().push(document.clone());
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
    operator: Operator,
    policy_url: Line<200>,
}

impl World {
    fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            operator: Operator {
                name: "T".parse().unwrap(),
                bin: None,
                address: None,
            },
            policy_url: "https://a.kz/privacy".parse().unwrap(),
        }
    }

    fn object(&self) -> RegistryObject<'_, MemoryStore> {
        RegistryObject {
            store: &self.store,
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
