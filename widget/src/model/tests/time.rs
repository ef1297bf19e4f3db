//! What time does while the notice is open.

use super::*;

#[test]
fn counts_down_and_asks_where_the_person_stands_once_the_deadline_has_come() {
    let review = Effect::Review {
        token: "token".to_owned(),
    };
    for (milliseconds, remaining, expected) in [
        (-7 * DAY, Some(Remaining::Days(7)), vec![]),
        (-DAY + 1, Some(Remaining::Hours(23)), vec![]),
        (-1, Some(Remaining::Minutes(1)), vec![]),
        (0, None, vec![review.clone()]),
        (DAY, None, vec![review]),
    ] {
        let (state, effects) = update(reading_as(pending()), tick(milliseconds));
        assert_eq!(notice(&state).remaining, remaining, "{milliseconds} ms");
        assert_eq!(effects, expected, "{milliseconds} ms");
    }
    let (state, _) = after(reading_as(pending()), [tick(-DAY), tick(0)]);
    assert_eq!(notice(&state).remaining, None);
    let (state, _) = update(pressing(pending()), tick(-DAY));
    assert_eq!(notice(&state).progress, busy(accepting(), false));
    assert_eq!(notice(&state).remaining, Some(Remaining::Days(1)));
}

#[test]
fn counts_nothing_down_where_no_deadline_is_ahead() {
    for ask in [Ask::New, Ask::Withdrawn, Ask::Terminated, due()] {
        let (state, effects) = update(reading_as(ask), tick(-DAY));
        assert_eq!((state, effects), (reading_as(ask), vec![]));
    }
    let (receipt, _) = after(reading_as(pending()), [Action::Accept, accepted("a")]);
    assert_eq!(update(receipt.clone(), tick(0)), (receipt, vec![]));
}

#[test]
fn a_review_shows_what_fits_the_new_standing() {
    let reviewed = |access: &Access| Action::Reviewed(access.clone());
    let now_due = access_as("a", due());
    let load = |access| Effect::Load(Request::of(access, Language::Ru).unwrap());
    let (state, effects) = update(reading_as(pending()), reviewed(&now_due));
    assert_eq!(*state.access(), now_due);
    assert_eq!(effects, [load(&now_due)]);
    let (state, effects) = update(state, loaded("a", due()));
    assert_eq!(state, reading_as(due()));
    assert_eq!(effects, [Effect::Show], "the edge knows of the edition");

    let replaced = access_as("b", pending());
    let (state, effects) = update(state, reviewed(&replaced));
    assert_eq!(effects, [load(&replaced)]);
    let (state, effects) = update(state, loaded("b", pending()));
    let present = present(&replaced, &content("b", pending()));
    assert_eq!(effects, [Effect::Show, Effect::Head, present]);
    assert!(notice(&state).replaced);

    let fresh = Access {
        nonce: "fresh".parse().unwrap(),
        ..access_as("a", pending())
    };
    let (state, effects) = update(reading_as(pending()), reviewed(&fresh));
    assert_eq!((state.access(), effects), (&fresh, vec![]));
}

#[test]
fn a_review_closes_the_notice_where_there_is_nothing_to_ask_any_more() {
    let failed = Action::Failed(Failure::Unreachable);
    let failed = after(reading_as(pending()), [Action::Accept, failed]).0;
    let not_loaded = [Action::ChooseLanguage(Language::En), Action::NotLoaded];
    let not_loaded = after(reading_as(pending()), not_loaded).0;
    for state in [reading_as(pending()), failed, not_loaded] {
        for (standing, expected) in [
            (
                settled_with("a"),
                vec![announce(Announcement::Settled(id("a")))],
            ),
            (Standing::Erased, vec![]),
        ] {
            let reviewed = Action::Reviewed(access_standing("a", standing));
            let (state, effects) = update(state.clone(), reviewed);
            assert_eq!(*state.screen(), Screen::Closed);
            assert_eq!(effects, expected, "{standing:?}");
        }
    }
}

#[test]
fn a_review_disturbs_no_press_under_way() {
    let (goes_on, _) = update(reading_as(due()), Action::Close);
    let (receipt, _) = after(reading_as(due()), [Action::Accept, accepted("a")]);
    for state in [pressing(pending()), goes_on, keeping(pending()), receipt] {
        for standing in [
            settled_with("a"),
            Standing::Erased,
            Standing::Asked(due()),
            Standing::Asked(Ask::Withdrawn),
        ] {
            for edition in ["a", "b"] {
                let reviewed = Action::Reviewed(access_standing(edition, standing));
                assert_eq!(update(state.clone(), reviewed), (state.clone(), vec![]));
            }
        }
    }
}

#[test]
fn the_browser_may_close_what_can_be_left_without_an_answer() {
    let failed = |ask| {
        let failed = Action::Failed(Failure::Unreachable);
        after(reading_as(ask), [Action::Accept, failed]).0
    };
    let not_loaded = |ask| {
        let not_loaded = [Action::ChooseLanguage(Language::En), Action::NotLoaded];
        after(reading_as(ask), not_loaded).0
    };
    for ask in asks() {
        let can_leave = !NO_ACCEPTANCE.contains(&ask);
        let (receipt, _) = update(pressing(ask), accepted("a"));
        let (closed, _) = update(receipt.clone(), Action::Close);
        for (name, state, expected) in [
            ("opening", opening_as(ask), can_leave),
            ("idle", reading_as(ask), can_leave),
            ("failed", failed(ask), can_leave),
            ("not loaded", not_loaded(ask), can_leave),
            ("busy", pressing(ask), false),
            ("kept", keeping(ask), true),
            ("receipt", receipt, true),
            ("closed", closed, true),
        ] {
            assert_eq!(state.can_close(), expected, "{ask:?}, {name}");
        }
    }
    let (goes_on, _) = update(reading_as(due()), Action::Close);
    assert!(!goes_on.can_close());
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    let (closed, _) = update(reading_as(pending()), Action::Close);
    for action in [
        loaded("a", pending()),
        Action::NotLoaded,
        Action::Presented,
        Action::Recalled(Some(kept("a"))),
        accepted("a"),
        Action::Failed(Failure::Unreachable),
        Action::Refreshed(access("b")),
        Action::Reviewed(access("b")),
        Action::Online,
        tick(0),
        Action::Accept,
        Action::Dismissed,
    ] {
        assert_eq!(update(closed.clone(), action), (closed.clone(), vec![]));
    }
    for action in [
        accepted("a"),
        Action::Failed(Failure::Unreachable),
        Action::Refreshed(access("b")),
    ] {
        let state = reading(Language::Ru);
        assert_eq!(update(state.clone(), action), (state, vec![]));
    }
}
