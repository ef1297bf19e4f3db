//! What people state, and their receipts.

use super::*;

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
