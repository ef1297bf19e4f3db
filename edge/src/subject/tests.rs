mod world;

use kelisim_shared::{
    digest::Sha256Digest,
    jwk::{JwkSet, NamedKey, PublicKey},
    receipt::VerifiedReceipt,
    record::{Basis, ChainFull, RecordId, verify_chain},
    software::SoftwareVerifier,
};
use pollster::block_on;

use self::world::*;
use super::*;

const NOW: &str = "2026-11-23T05:00:00.000Z";

/// For tests that are about something else.
const NO_LOG: Option<&MemoryQueue> = None;

fn acceptance(jti: &str) -> Submission {
    submission(jti, accepted(edition("first")), first())
}

fn erasure() -> Order {
    Order::Erase { officer: officer() }
}

fn receipt_of(outcome: &Outcome<MessageReply>) -> (RecordId, String) {
    match &outcome.reply {
        MessageReply::Accepted {
            record, receipt, ..
        } => (*record, receipt.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_an_acceptance_once_however_often_it_is_submitted() {
    let world = World::new();
    let first = world.submit(&acceptance("a"), at(NOW)).unwrap();
    let again = world.submit(&acceptance("a"), at(NOW)).unwrap();
    assert!(first.is_new && !again.is_new);
    assert_eq!(again.reply, first.reply);
    let second_press = world.submit(&acceptance("b"), at(NOW)).unwrap();
    assert_eq!(second_press, again);
    assert_eq!(world.records().len(), 1);
    assert_eq!(world.receipts(at(NOW)), [receipt_of(&first).1]);
}

#[test]
fn refuses_a_jti_that_stands_for_another_statement() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let mut other = acceptance("a");
    let Source::Device { statement, .. } = &mut other.message.source else {
        unreachable!("it is a statement");
    };
    *statement = Sha256Digest::of(b"other");
    assert_eq!(world.submit(&other, at(NOW)), Err(Refusal::JtiReused));
    assert_eq!(world.records().len(), 1);
}

#[test]
fn refuses_a_nonce_unless_the_statement_is_recorded_already() {
    for (nonce, refusal) in [
        (Verdict::Expired {}, Refusal::NonceExpired),
        (Verdict::Invalid {}, Refusal::NonceInvalid),
    ] {
        let world = World::new();
        let stale = Submission {
            nonce,
            ..acceptance("a")
        };
        assert_eq!(world.submit(&stale, at(NOW)), Err(refusal));
        assert_eq!(world.state(&first(), at(NOW)), State::New {});
        let recorded = world.submit(&acceptance("a"), at(NOW)).unwrap();
        let replayed = world.submit(&stale, at(NOW)).unwrap();
        assert_eq!(replayed.reply, recorded.reply);
    }
}

#[test]
fn an_acceptance_cites_the_first_showing_of_its_edition() {
    let world = World::new();
    let show = |jti| {
        let showing = submission(jti, presented(edition("first")), first());
        world.submit(&showing, at(NOW)).unwrap()
    };
    let shown = show("a");
    let MessageReply::Presented { record, .. } = shown.reply else {
        panic!("{shown:?}");
    };
    assert_eq!(
        show("b").reply,
        shown.reply,
        "a second showing adds nothing"
    );
    world.submit(&acceptance("c"), at(NOW)).unwrap();
    let Event::Accepted(acceptance) = &world.records()[1].event else {
        panic!("{:?}", world.records());
    };
    assert_eq!(acceptance.presentation, Some(record));
    assert_eq!(
        world.receipts(at(NOW)).len(),
        1,
        "a showing earns no receipt"
    );
}

#[test]
fn chains_records_and_keeps_the_facts_that_they_add_up_to() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let newer = submission("b", accepted(edition("second")), second());
    world.submit(&newer, at(NOW)).unwrap();
    world
        .order(Order::Withdraw(withdrawal("1", at(NOW))), at(NOW))
        .unwrap();
    let records = world.records();
    let head = verify_chain(&records).unwrap();
    let facts = Facts::of(&records);
    assert_eq!(
        world.store.memory(),
        Ok(Memory::Chain(Box::new(Position { facts, head })))
    );
    assert!(verify_chain(&records[1..]).is_err());
}

#[test]
fn a_failure_before_the_write_leaves_nothing_and_after_it_everything() {
    for (fault, kept) in [
        (Fault::BeforeAppend, 0),
        (Fault::AfterAppend, 1),
        (Fault::KeepReceipt, 1),
    ] {
        let world = World::new();
        world.store.0.borrow_mut().fault = Some(fault);
        assert_eq!(
            world.try_submit(&acceptance("a"), at(NOW)),
            Err(Unavailable),
            "{fault:?}"
        );
        assert_eq!(world.records().len(), kept, "{fault:?}");
        let retried = world.submit(&acceptance("a"), at(NOW)).unwrap();
        assert_eq!(world.records().len(), 1, "{fault:?}");
        assert_eq!(world.receipts(at(NOW)), [receipt_of(&retried).1]);
        assert_eq!(world.store.0.borrow().deliveries.len(), 1, "{fault:?}");
    }
}

#[test]
fn a_chain_that_can_count_no_further_takes_nothing() {
    let full = Head {
        sequence: u32::MAX,
        record: RecordId::new(Sha256Digest::of(b"last")),
    };
    let view = Event::Viewed(View { reader: officer() });
    assert_eq!(
        Head::next(Some(full), subject(), at(NOW), view),
        Err(ChainFull)
    );
}

#[test]
fn a_receipt_proves_its_record() {
    let world = World::new();
    let recorded = world.submit(&acceptance("a"), at(NOW)).unwrap();
    let key = PublicKey::P256(world.signer.public_key());
    let keys = JwkSet::new(vec![NamedKey {
        kid: Some("k".into()),
        key,
    }]);
    let (record, receipt) = receipt_of(&recorded);
    let verify = VerifiedReceipt::verify(&receipt, &keys, &SoftwareVerifier);
    let receipt = block_on(verify).unwrap();
    assert_eq!(receipt.claims().record, world.records()[0]);
    assert_eq!(receipt.claims().jti, record);
}

#[test]
fn use_counts_from_the_deadline_on_and_not_a_millisecond_before() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let deadline = at(DEADLINE);
    let before = Timestamp::from_unix_milliseconds(deadline.unix_milliseconds() - 1).unwrap();
    let use_of = |jti| submission(jti, used(), second());
    let unchanged = world.submit(&use_of("b"), before).unwrap();
    assert!(matches!(unchanged.reply, MessageReply::Unchanged { .. }));
    assert_eq!(world.records().len(), 1);

    let implied = world.submit(&use_of("c"), deadline).unwrap();
    assert!(implied.is_new);
    let State::Accepted { basis, edition, .. } = world.state(&second(), deadline) else {
        panic!("{implied:?}");
    };
    assert_eq!((basis, edition), (Basis::Implied, self::edition("second")));
    let set_back = world.submit(&use_of("d"), before).unwrap();
    assert!(
        !set_back.is_new,
        "a clock that was set back records nothing"
    );
    assert_eq!(world.records().len(), 2);
}

#[test]
fn use_by_somebody_who_has_accepted_nothing_is_refused() {
    let world = World::new();
    let refused = Err(Refusal::Rule(subject::Refusal::ConsentRequired {}));
    let use_of = |jti| submission(jti, used(), second());
    assert_eq!(world.submit(&use_of("a"), at(DEADLINE)), refused);
    world.submit(&acceptance("b"), at(NOW)).unwrap();
    world
        .order(Order::Withdraw(withdrawal("1", at(NOW))), at(NOW))
        .unwrap();
    assert_eq!(world.submit(&use_of("c"), at(DEADLINE)), refused);
}

#[test]
fn a_withdrawal_is_recorded_once_and_its_number_stands_for_no_other() {
    let world = World::new();
    let first = world.order(Order::Withdraw(withdrawal("1", at(NOW))), at(NOW));
    let Ok(OrderReply::Recorded {
        receipt: Some(_), ..
    }) = &first
    else {
        panic!("{first:?}");
    };
    let mut by_another = withdrawal("1", at(NOW));
    by_another.officer.subject = "another".parse().unwrap();
    assert_eq!(
        world.order(Order::Withdraw(by_another), at(DEADLINE)),
        first
    );
    let other = withdrawal("1", at("2026-11-22T05:00:00.000Z"));
    assert_eq!(
        world.order(Order::Withdraw(other), at(NOW)),
        Err(Refusal::ApplicationReused)
    );
    let early = Withdrawal {
        received_at: at(NOW),
        ..withdrawal("2", at("2026-11-22T05:00:00.000Z"))
    };
    assert_eq!(
        world.order(Order::Withdraw(early), at(NOW)),
        Err(Refusal::Rule(subject::Refusal::EffectiveTooEarly {}))
    );
    assert_eq!(
        world.order(Order::Withdraw(withdrawal("2", at(DEADLINE))), at(NOW)),
        Err(Refusal::Rule(subject::Refusal::InFuture {}))
    );
    assert_eq!(world.records().len(), 1);
}

#[test]
fn every_look_is_recorded_before_it_is_granted_if_there_is_anything_to_look_at() {
    let world = World::new();
    let look = || {
        let view = View { reader: officer() };
        block_on(
            world
                .object()
                .file(subject(), view, Some(&first()), at(NOW)),
        )
    };
    let Ok(SubjectFile::Kept { entries, .. }) = look() else {
        panic!("nobody was erased");
    };
    assert_eq!(entries, []);
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let Ok(SubjectFile::Kept { entries, .. }) = look() else {
        panic!("nobody was erased");
    };
    assert!(matches!(entries[1].record.event, Event::Viewed(_)));
    assert_eq!(entries[0].message.as_deref(), Some("statement a"));
    world.store.0.borrow_mut().fault = Some(Fault::BeforeAppend);
    assert_eq!(look(), Err(Unavailable), "no record, no look");
}

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
fn who_was_erased_can_withdraw_and_nothing_else() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    assert_eq!(world.order(erasure(), at(NOW)), Ok(OrderReply::Erased {}));
    assert_eq!(
        world.order(erasure(), at(DEADLINE)),
        Ok(OrderReply::Erased {})
    );
    let refused = || Err(Refusal::Rule(subject::Refusal::Erased {}));
    assert_eq!(world.submit(&acceptance("b"), at(NOW)), refused());
    assert_eq!(
        world.submit(&acceptance("a"), at(NOW)),
        refused(),
        "a replay of what was recorded"
    );
    let hold = Order::Hold(Hold {
        case: "7".parse().unwrap(),
        officer: officer(),
    });
    assert_eq!(
        world.order(hold, at(NOW)),
        Err(Refusal::Rule(subject::Refusal::Erased {}))
    );
    assert_eq!(world.receipts(at(NOW)), Vec::<String>::new());

    for _ in 0..2 {
        let withdraw = Order::Withdraw(withdrawal("17/2026", at(NOW)));
        assert_eq!(
            world.order(withdraw, at(DEADLINE)),
            Ok(OrderReply::Noted {})
        );
    }
    let view = View { reader: officer() };
    let file = block_on(world.object().file(subject(), view, None, at(DEADLINE))).unwrap();
    let SubjectFile::Erased { tombstone } = &file else {
        panic!("{file:?}");
    };
    let officer = officer();
    assert_eq!(tombstone.cause, Cause::Order { officer });
    assert_eq!(tombstone.withdrawals.len(), 1);
    let json = serde_json::to_string(&file).unwrap();
    let withdrawal = withdrawal("17/2026", at(NOW));
    for personal in [
        subject().to_string(),
        withdrawal.document_sha256.to_string(),
        withdrawal.application.to_string(),
    ] {
        assert!(!json.contains(&personal), "{json}");
    }
}

#[test]
fn an_erasure_that_failed_can_be_ordered_again() {
    for (fault, kept) in [(Fault::BeforeErase, 1), (Fault::AfterErase, 0)] {
        let world = World::new();
        world.submit(&acceptance("a"), at(NOW)).unwrap();
        world.store.0.borrow_mut().fault = Some(fault);
        let object = world.object();
        let erase = object.carry_out(subject(), erasure(), at(NOW));
        assert_eq!(block_on(erase), Err(Unavailable));
        assert_eq!(world.records().len(), kept, "{fault:?}");
        assert_eq!(world.order(erasure(), at(NOW)), Ok(OrderReply::Erased {}));
        assert_eq!(world.store.0.borrow().deliveries.len(), 2, "{fault:?}");
    }
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
fn a_hold_for_one_case_outlives_that_for_another() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let order = |case: &str, hold: bool| {
        let (case, officer) = (case.parse().unwrap(), officer());
        let order = if hold {
            Order::Hold(Hold { case, officer })
        } else {
            Order::Release(Release { case, officer })
        };
        let reply = world.order(order, at(NOW)).unwrap();
        matches!(reply, OrderReply::Recorded { .. })
    };
    assert!(order("A", true) && order("B", true) && !order("A", true));
    assert!(order("A", false) && !order("A", false));
    let held = Err(Refusal::Rule(subject::Refusal::Held {}));
    assert_eq!(world.order(erasure(), at(NOW)), held);
    assert!(order("B", false));
    assert_eq!(world.order(erasure(), at(NOW)), Ok(OrderReply::Erased {}));
}

#[test]
fn nothing_is_erased_where_nothing_is_on_record() {
    let world = World::new();
    let nothing = Err(Refusal::Rule(subject::Refusal::Nothing {}));
    assert_eq!(world.order(erasure(), at(NOW)), nothing);
    assert_eq!(world.state(&first(), at(NOW)), State::New {});
}

#[test]
fn an_agreement_under_which_something_was_accepted_has_not_ended_before() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let terminate = |ended_on: &str| {
        let termination = Termination {
            ended_on: ended_on.parse().unwrap(),
            officer: officer(),
        };
        world.order(
            Order::Terminate(termination),
            at("2026-11-25T05:00:00.000Z"),
        )
    };
    let too_early = Err(Refusal::Rule(subject::Refusal::EndedTooEarly {}));
    assert_eq!(terminate("2023-11-25"), too_early);
    assert_eq!(terminate("2026-11-22"), too_early);
    assert!(matches!(
        terminate("2026-11-24"),
        Ok(OrderReply::Recorded { .. })
    ));
    let corrected = terminate("2026-11-23");
    assert!(matches!(corrected, Ok(OrderReply::Recorded { .. })));
}

#[test]
fn what_was_made_before_a_withdrawal_accepts_nothing_after_it() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let kept_back = Submission {
        nonce: Verdict::Fresh { issued_at: at(NOW) },
        ..acceptance("b")
    };
    let unchanged = world.submit(&kept_back, at(NOW)).unwrap();
    assert!(!unchanged.is_new);
    let later = at("2026-11-23T05:01:00.000Z");
    let withdraw = Order::Withdraw(withdrawal("1", later));
    world.order(withdraw, later).unwrap();
    assert_eq!(
        world.submit(&kept_back, later),
        Err(Refusal::Rule(subject::Refusal::Outdated {}))
    );
    let fresh = Submission {
        nonce: Verdict::Fresh { issued_at: later },
        ..acceptance("c")
    };
    assert!(world.submit(&fresh, later).unwrap().is_new);
}

#[test]
fn a_withdrawal_that_is_recorded_late_leaves_a_later_press_as_it_is() {
    for (effective_at, expected) in [
        ("2026-11-23T04:59:59.000Z", "accepted"),
        (NOW, "withdrawn"),
        ("2026-11-23T05:00:01.000Z", "withdrawn"),
    ] {
        let world = World::new();
        world.submit(&acceptance("a"), at(NOW)).unwrap();
        let withdraw = Order::Withdraw(withdrawal("1", at(effective_at)));
        world
            .order(withdraw, at("2026-11-26T05:00:00.000Z"))
            .unwrap();
        let state = world.state(&first(), at("2026-11-26T05:00:00.000Z"));
        let name = serde_json::to_value(state).unwrap()["name"].clone();
        assert_eq!(name, expected, "{effective_at}");
    }
}

#[test]
fn whoever_knows_of_fewer_editions_than_the_subject_decides_nothing() {
    let world = World::new();
    let newer = submission("a", accepted(edition("second")), second());
    world.submit(&newer, at(NOW)).unwrap();
    let not_in_force = Err(Refusal::Rule(subject::Refusal::NotInForce {}));
    for (jti, occurrence) in [("b", accepted(edition("first"))), ("c", used())] {
        let stale = submission(jti, occurrence, first());
        assert_eq!(world.submit(&stale, at(DEADLINE)), not_in_force, "{jti}");
    }
    assert_eq!(world.records().len(), 1);
}

#[test]
fn use_before_the_deadline_does_not_count_when_it_is_reported_after_it() {
    let world = World::new();
    world.submit(&acceptance("a"), at(NOW)).unwrap();
    let deadline = at(DEADLINE);
    let before = Timestamp::from_unix_milliseconds(deadline.unix_milliseconds() - 1).unwrap();
    let use_at = |jti, issued_at| Submission {
        nonce: Verdict::Fresh { issued_at },
        ..submission(jti, used(), second())
    };
    assert!(!world.submit(&use_at("b", before), deadline).unwrap().is_new);
    assert!(!world.submit(&use_at("b", deadline), before).unwrap().is_new);
    assert!(
        world
            .submit(&use_at("b", deadline), deadline)
            .unwrap()
            .is_new
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

#[test]
fn a_subject_has_a_receipt_of_an_acceptance_and_of_no_other_record() {
    let world = World::new();
    let showing = submission("a", presented(edition("first")), first());
    world.submit(&showing, at(NOW)).unwrap();
    let accepted = world.submit(&acceptance("b"), at(NOW)).unwrap();
    let (record, receipt) = receipt_of(&accepted);
    let ask = |record| block_on(world.object().receipt(record, at(NOW))).unwrap();
    let shown = world.records()[0].id();
    assert_eq!(ask(shown), None, "it was only shown");
    assert_eq!(ask(RecordId::new(Sha256Digest::of(b"made up"))), None);
    let receipted = ask(record).unwrap();
    assert_eq!(receipted.receipt, receipt);
    assert_eq!(receipted.message.as_deref(), Some("statement b"));
    assert_eq!(receipted.log_index, None);
}
