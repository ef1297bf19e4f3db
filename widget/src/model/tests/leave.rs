//! Leaving the notice: before the deadline, and from then on.

use super::*;

#[test]
fn before_the_deadline_a_change_can_be_put_off() {
    for action in [Action::Close, Action::Dismissed] {
        let (state, effects) = update(reading_as(pending()), action);
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, [postponed("a")]);
    }
    let failed = Action::Failed(Failure::Unreachable);
    let (state, effects) = after(
        reading_as(pending()),
        [Action::Accept, failed, Action::Close],
    );
    assert_eq!(*state.screen(), Screen::Closed, "after a press in vain");
    assert_eq!(effects, [postponed("a")]);
}

#[test]
fn a_press_under_way_is_not_put_off() {
    let (pressed, _) = update(reading_as(pending()), Action::Accept);
    for (action, expected) in [
        (Action::Close, vec![]),
        (Action::Dismissed, vec![Effect::Head]),
    ] {
        let (state, effects) = update(pressed.clone(), action);
        assert_eq!((state, effects), (pressed.clone(), expected));
    }
}

#[test]
fn from_the_deadline_on_leaving_states_use_of_the_app() {
    for action in [Action::Close, Action::Dismissed] {
        let (state, effects) = update(reading_as(due()), action);
        assert_eq!(notice(&state).progress, busy(going_on(), false));
        assert_eq!(sent(&effects).event, Event::Used { edition: id("a") });
        assert_eq!(sent(&effects).claimed, None);
    }
    let (state, effects) = update(opening_as(due()), Action::Close);
    assert_eq!(effects, [], "it waits as any press does");
    let (_, effects) = update(state, Action::Presented);
    assert_eq!(sent(&effects).event, Event::Used { edition: id("a") });
}

#[test]
fn shows_the_receipt_of_use_that_counts_as_acceptance() {
    let receipt = Receipt {
        ground: Ground::Implied {
            deadline: deadline(),
        },
        ..receipt("a")
    };
    let answered = Action::Answered(Reply::Accepted(receipt.clone()));
    let (state, effects) = after(reading_as(due()), [Action::Close, answered]);
    let expected = Screen::Receipt(content("a", due()), receipt.clone());
    assert_eq!(*state.screen(), expected);
    let announced = announce(Announcement::Accepted(receipt));
    assert_eq!(effects, [announced, Effect::Head]);
}

#[test]
fn who_goes_on_using_the_app_is_never_held_up() {
    for action in [
        Action::Answered(Reply::Unchanged),
        Action::Answered(Reply::Kept(claimed())),
        accepted("b"),
        Action::Failed(Failure::Unreachable),
        Action::Failed(Failure::CryptoUnavailable),
        Action::Failed(problem(ProblemType::RateLimited)),
    ] {
        let (state, effects) = after(reading_as(due()), [Action::Close, action.clone()]);
        assert_eq!(*state.screen(), Screen::Closed, "{action:?}");
        assert_eq!(effects, [postponed("a")], "{action:?}");
    }
}

#[test]
fn use_that_there_is_no_acceptance_for_asks_for_one() {
    let refused = Action::Failed(problem(ProblemType::ConsentRequired));
    let withdrawn = access_as("a", Ask::Withdrawn);
    let load = Effect::Load(Request::of(&withdrawn, Language::Ru).unwrap());
    let (state, effects) = after(
        reading_as(due()),
        [Action::Close, refused, Action::Refreshed(withdrawn.clone())],
    );
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert_eq!(*state.access(), withdrawn);
    assert_eq!(effects, [load, Effect::Head]);
    let (state, _) = update(state, loaded("a", Ask::Withdrawn));
    let (state, effects) = update(state, Action::Close);
    assert_eq!(effects, [], "it cannot be left any more");
    assert_eq!(notice(&state).progress, Progress::Idle);
}

#[test]
fn use_is_stated_again_with_what_is_fresh_and_never_of_an_edition_unseen() {
    let expired = Action::Failed(problem(ProblemType::TokenExpired));
    let begin = after(reading_as(due()), [Action::Close, expired]).0;
    for ask in [due(), pending()] {
        let fresh = Action::Refreshed(access_as("a", ask));
        let (_, effects) = update(begin.clone(), fresh);
        assert_eq!(sent(&effects).event, Event::Used { edition: id("a") });
        assert_eq!(sent(&effects).access, access_as("a", ask));
    }
    let replaced = access_as("b", pending());
    let load = Effect::Load(Request::of(&replaced, Language::Ru).unwrap());
    let (state, effects) = update(begin, Action::Refreshed(replaced));
    assert_eq!(effects, [load]);
    let (state, _) = update(state, loaded("b", pending()));
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
}
