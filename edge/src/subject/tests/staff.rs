//! What members of staff order and see.

use super::*;

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
