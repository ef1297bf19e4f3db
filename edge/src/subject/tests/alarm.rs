//! What the object does when it is woken.

use super::*;

#[test]
fn records_are_erased_three_years_after_the_agreement_ended_unless_they_are_held() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let termination = |ended_on: &str| {
        Order::Terminate(Termination {
            ended_on: ended_on.parse().unwrap(),
            officer: officer(),
        })
    };
    let rule = |refusal| Err(Refusal::Rule(refusal));
    let now = at("2027-01-10T05:00:00.000Z");
    assert_eq!(
        world.order(termination("2027-01-11"), now),
        rule(subject::Refusal::InFuture {})
    );
    assert_eq!(
        World::new().order(termination("2024-01-09"), now),
        rule(subject::Refusal::Lapsed {}),
        "it would be erased at once"
    );
    let recorded = world.order(termination("2027-01-10"), now).unwrap();
    assert!(matches!(recorded, OrderReply::Recorded { .. }));
    assert_eq!(
        world.order(termination("2027-01-10"), now),
        Ok(OrderReply::Unchanged {})
    );

    let due = at("2030-01-10T19:00:00.000Z");
    assert_eq!(
        world.state(&first(), now),
        State::Terminated {
            accepted: Some(edition("first")),
            erase_at: due
        }
    );
    let tallies = MemoryTallyInbox::default();
    block_on(wake(&world.store, &tallies, NO_LOG, now)).unwrap();
    assert_eq!(world.store.0.borrow().wake_at, Some(due));

    let hold = Order::Hold(Hold {
        case: "7".parse().unwrap(),
        officer: officer(),
    });
    world.order(hold, now).unwrap();
    assert_eq!(world.store.0.borrow().wake_at, None);
    assert_eq!(world.order(erasure(), now), rule(subject::Refusal::Held {}));
    assert_eq!(
        world.state(&first(), due),
        State::Terminated {
            accepted: Some(edition("first")),
            erase_at: due
        },
        "it is held"
    );
    let release = || {
        Order::Release(Release {
            case: "7".parse().unwrap(),
            officer: officer(),
        })
    };
    world.order(release(), now).unwrap();
    assert_eq!(world.order(release(), now), Ok(OrderReply::Unchanged {}));
    let before = Timestamp::from_unix_milliseconds(due.unix_milliseconds() - 1).unwrap();
    block_on(wake(&world.store, &tallies, NO_LOG, before)).unwrap();
    assert_eq!(world.records().len(), 4);
    block_on(wake(&world.store, &tallies, NO_LOG, due)).unwrap();
    assert_eq!(world.records(), []);
    assert_eq!(world.state(&first(), due), State::Erased { erased_at: due });
}

#[test]
fn the_tallies_are_told_of_every_movement_until_they_know() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    world.order(erasure(), at(NOW)).unwrap();
    let tallies = MemoryTallyInbox::default();
    *tallies.is_away.borrow_mut() = true;
    block_on(wake(&world.store, &tallies, NO_LOG, at(NOW))).unwrap();
    assert_eq!(world.store.0.borrow().deliveries.len(), 2);
    assert_eq!(
        world.store.0.borrow().wake_at,
        Some(at("2026-11-23T05:00:30.000Z"))
    );

    *tallies.is_away.borrow_mut() = false;
    world.store.0.borrow_mut().fault = Some(Fault::ForgetDelivery);
    block_on(wake(&world.store, &tallies, NO_LOG, at(NOW))).unwrap();
    assert_eq!(
        world.store.0.borrow().wake_at,
        Some(at("2026-11-23T05:00:30.000Z"))
    );
    block_on(wake(&world.store, &tallies, NO_LOG, at(NOW))).unwrap();
    let told: Vec<_> = tallies.told.borrow().iter().map(|told| told.id).collect();
    assert_eq!(told.len(), 3);
    assert_eq!(
        told[0], told[1],
        "the one that was told twice is known by its id"
    );
    assert_eq!(world.store.0.borrow().deliveries, []);
    assert_eq!(world.store.0.borrow().wake_at, None);
}

#[test]
fn a_record_that_moves_nothing_does_not_put_off_what_the_tallies_are_to_be_told() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let view = View { reader: officer() };
    block_on(world.object().file(subject(), view, None, at(NOW))).unwrap();
    assert_eq!(
        world.store.0.borrow().wake_at,
        Some(at("2026-11-23T05:00:01.000Z"))
    );
}

#[test]
fn a_record_is_sent_to_the_log_until_the_log_tells_its_index() {
    let mut world = World::new();
    world.logs = true;
    let (tallies, queue) = (MemoryTallyInbox::default(), MemoryQueue::default());
    let wake_up = |now| block_on(wake(&world.store, &tallies, Some(&queue), at(now))).unwrap();
    let wakes_at = || world.store.0.borrow().wake_at;
    let sent = || queue.sent.borrow().len();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    assert_eq!(wakes_at(), Some(at("2026-11-23T05:00:01.000Z")));

    queue.is_away.replace(true);
    wake_up("2026-11-23T05:00:01.000Z");
    assert_eq!(sent(), 0);
    assert_eq!(
        tallies.told.borrow().len(),
        1,
        "others are told all the same"
    );
    assert_eq!(wakes_at(), Some(at("2026-11-23T05:00:31.000Z")));

    queue.is_away.replace(false);
    wake_up("2026-11-23T05:00:31.000Z");
    assert_eq!(sent(), 1);
    assert_eq!(
        wakes_at(),
        Some(at("2026-11-23T05:01:01.000Z")),
        "it may be lost"
    );
    wake_up("2026-11-23T05:01:01.000Z");
    let message = queue.sent.borrow()[1].clone();
    assert_eq!(message, queue.sent.borrow()[0]);

    let entry = &world.store.entries().unwrap()[0];
    assert_eq!(
        message.commitments,
        [Commitment::to(&entry.record, &entry.salt)]
    );
    assert_eq!(message.subject, subject());
    let other = Commitment::new(Sha256Digest::of(b"other"));
    let told = |indices: &[_]| block_on(logged(&world.store, indices, at(NOW))).unwrap();
    told(&[(other, 3)]);
    assert_eq!(world.store.unlogged().unwrap().len(), 1);
    told(&[(other, 3), (message.commitments[0], 4)]);
    assert_eq!(world.store.entries().unwrap()[0].log_index, Some(4));
    assert_eq!(wakes_at(), None, "there is nothing left to do");
}

#[test]
fn records_have_different_salts_and_no_log_gets_what_was_erased() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let newer = submission("b", accepted(edition("second")), second());
    world.submit(&newer, at(NOW)).unwrap();
    let entries = world.store.entries().unwrap();
    assert_ne!(entries[0].salt, entries[1].salt);

    world.order(erasure(), at(NOW)).unwrap();
    let (tallies, queue) = (MemoryTallyInbox::default(), MemoryQueue::default());
    block_on(wake(&world.store, &tallies, Some(&queue), at(NOW))).unwrap();
    assert_eq!(queue.sent.borrow().len(), 0);
    let late = [(entries[0].commitment(), 7)];
    block_on(logged(&world.store, &late, at(NOW))).unwrap();
    assert_eq!(world.store.entries().unwrap(), []);
}
