//! A press that is kept on the device.

use super::*;

#[test]
fn a_press_that_finds_no_network_is_kept_and_the_host_is_told() {
    for ask in asks() {
        let kept = Action::Answered(Reply::Kept(claimed()));
        let (state, effects) = after(reading_as(ask), [Action::Accept, kept]);
        assert_eq!(notice(&state).progress, Progress::Kept(kept_press("a")));
        assert_eq!(effects, [announce(Announcement::Kept(id("a")))]);
    }
}

#[test]
fn a_kept_press_is_sent_again_as_it_was() {
    for action in [Action::Online, Action::Accept] {
        let in_english = Action::Loaded(content_in("a", Ask::New, Language::En));
        let choose = Action::ChooseLanguage(Language::En);
        let (state, effects) = after(keeping(Ask::New), [choose, in_english, action.clone()]);
        assert_eq!(notice(&state).progress, busy(kept_press("a"), false));
        assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
        assert_eq!(sent(&effects).claimed, Some(claimed()), "{action:?}");
        let (again, effects) = update(state.clone(), action);
        assert_eq!((again, effects), (state.clone(), vec![]), "once");

        let kept = Action::Answered(Reply::Kept(claimed()));
        let (offline, _) = update(state.clone(), kept);
        assert_eq!(notice(&offline).progress, Progress::Kept(kept_press("a")));
        let (state, effects) = update(state, accepted("a"));
        let announced = announce(Announcement::Accepted(receipt("a")));
        assert_eq!(effects, [announced, Effect::Head]);
        assert!(matches!(state.screen(), Screen::Receipt(..)));
    }
}

#[test]
fn a_kept_press_recovers_as_any_does() {
    let expired = Action::Failed(problem(ProblemType::NonceExpired));
    let fresh = Action::Refreshed(access("a"));
    let (_, effects) = after(keeping(Ask::New), [Action::Online, expired, fresh]);
    assert_eq!(sent(&effects).claimed, Some(claimed()));
}

#[test]
fn a_kept_press_is_void_once_its_edition_was_replaced() {
    let replaced = Action::Failed(problem(ProblemType::EditionNotInForce));
    let fresh = Action::Refreshed(access("b"));
    let (state, effects) = after(keeping(Ask::New), [Action::Online, replaced, fresh]);
    let request = Request::of(&access("b"), Language::Ru).unwrap();
    assert_eq!(effects, [Effect::Load(request)]);
    let (state, _) = after(state, [loaded("b", Ask::New), Action::Presented]);
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
    assert_eq!(update(state.clone(), Action::Online), (state, vec![]));
}

#[test]
fn to_close_over_a_kept_press_claims_no_acceptance() {
    for ask in asks() {
        for action in [Action::Close, Action::Dismissed] {
            let (state, effects) = update(keeping(ask), action);
            assert!(matches!(state.screen(), Screen::Left(_)), "{ask:?}");
            assert_eq!(effects, [], "{ask:?}");
        }
    }
}

#[test]
fn a_kept_press_is_sent_though_the_notice_was_closed_and_stays_so() {
    let left = update(keeping(pending()), Action::Close).0;
    let dismissed = update(left.clone(), Action::Dismissed);
    assert_eq!(dismissed, (left.clone(), vec![]));
    let (sending, effects) = update(left.clone(), Action::Online);
    assert_eq!(sent(&effects).claimed, Some(claimed()));
    let again = update(sending.clone(), Action::Online);
    assert_eq!(again, (sending.clone(), vec![]), "once");

    let (state, effects) = update(sending.clone(), accepted("a"));
    assert_eq!(*state.screen(), Screen::Closed);
    let announced = announce(Announcement::Accepted(receipt("a")));
    assert_eq!(effects, [announced], "the host is told");

    let kept = Action::Answered(Reply::Kept(claimed()));
    let (state, _) = update(sending.clone(), kept);
    assert_eq!(state, left, "until there is a network");

    let replaced = Action::Failed(problem(ProblemType::EditionNotInForce));
    let fresh = Action::Refreshed(access("b"));
    let (state, effects) = after(sending, [replaced, fresh]);
    assert!(matches!(state.screen(), Screen::Left(_)));
    assert_eq!(effects, [], "no other is shown instead");
}

#[test]
fn a_kept_press_does_not_revive_an_acceptance_that_has_ended_since() {
    for ask in [Ask::Withdrawn, Ask::Terminated] {
        let recalled = Action::Recalled(Some(kept("a")));
        let state = reading_as(ask);
        assert_eq!(update(state.clone(), recalled), (state, vec![]));

        let outdated = Action::Failed(problem(ProblemType::NonceExpired));
        let fresh = Action::Refreshed(access_as("a", ask));
        let actions = [Action::Online, outdated, fresh];
        let (state, effects) = after(keeping(Ask::New), actions);
        assert_eq!(notice(&state).progress, Progress::Idle);
        let request = Request::of(&access_as("a", ask), Language::Ru).unwrap();
        assert_eq!(effects, [Effect::Load(request), Effect::Head]);
        let (state, effects) = after(state, [loaded("a", ask), Action::Accept]);
        assert!(is_busy(&state));
        assert_eq!(sent(&effects).claimed, None, "a press of its own does");
    }
}

#[test]
fn a_network_that_is_back_sends_nothing_that_is_not_kept() {
    let failed = Action::Failed(Failure::Unreachable);
    let (failed, _) = after(reading(Language::Ru), [Action::Accept, failed]);
    let (receipt, _) = after(reading(Language::Ru), [Action::Accept, accepted("a")]);
    for state in [
        reading(Language::Ru),
        reading_as(due()),
        pressing(Ask::New),
        failed,
        receipt,
    ] {
        assert_eq!(update(state.clone(), Action::Online), (state, vec![]));
    }
}

#[test]
fn a_recalled_press_is_sent_once_with_the_time_that_it_claims() {
    let recalled = Action::Recalled(Some(kept("a")));
    let (early, effects) = update(opening(Language::En), recalled.clone());
    assert_eq!(effects, [], "it waits as any press does");
    let early = update(early, Action::Presented);
    for (state, effects) in [early, update(reading(Language::En), recalled.clone())] {
        assert_eq!(notice(&state).progress, busy(kept_press("a"), false));
        assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
        assert_eq!(sent(&effects).claimed, Some(claimed()));
        for again in [recalled.clone(), Action::Accept, Action::Online] {
            assert_eq!(update(state.clone(), again), (state.clone(), vec![]));
        }
    }
}

#[test]
fn a_recalled_press_is_left_where_it_is_for_another_edition_or_none() {
    for recalled in [None, Some(kept("b"))] {
        let state = reading(Language::Ru);
        let recalled = Action::Recalled(recalled);
        assert_eq!(update(state.clone(), recalled), (state, vec![]));
    }
}

#[test]
fn a_recalled_press_gives_way_to_one_that_is_being_made() {
    let content = content("a", Ask::New);
    let (state, _) = State::open(access("a"), content, Some(Pressed::Accept));
    let recalled = Action::Recalled(Some(kept("a")));
    let (state, effects) = update(state, recalled);
    assert_eq!(notice(&state).progress, busy(accepting(), false));
    assert_eq!(effects, []);
    let (_, effects) = update(state, Action::Presented);
    assert_eq!(sent(&effects).claimed, None);
}

#[test]
fn a_recalled_press_outlasts_the_notice_of_an_edition_before_its_own() {
    let (state, _) = State::open(access("b"), content("a", Ask::New), None);
    let (state, effects) = update(state, Action::Recalled(Some(kept("b"))));
    assert_eq!(effects, [], "the notice is still to come");
    let (come, effects) = after(state.clone(), [loaded("b", Ask::New), Action::Presented]);
    assert_eq!(sent(&effects).event.edition(), id("b"));
    assert_eq!(sent(&effects).claimed, Some(claimed()));
    let (not_come, effects) = update(state, Action::NotLoaded);
    assert_eq!(sent(&effects).event.edition(), id("b"));
    for state in [come, not_come] {
        let (state, _) = update(state, accepted("b"));
        assert!(
            matches!(state.screen(), Screen::Receipt(_, receipt) if receipt.edition == id("b")),
            "{state:?}"
        );
    }
}
