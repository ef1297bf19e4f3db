//! What the edge refuses, and what cannot be recorded any more.

use super::*;

#[test]
fn recovers_once_by_itself_and_then_says_so() {
    use ProblemType as Type;
    let refresh = |renew| Effect::Refresh {
        token: "token".to_owned(),
        renew,
    };
    let renewed = [
        Type::TokenExpired,
        Type::TokenSignature,
        Type::StatementToken,
    ];
    let renewed = renewed.map(|kind| (kind, refresh(true)));
    let kept = OUTDATED.map(|kind| (kind, refresh(false)));
    for (kind, expected) in renewed.into_iter().chain(kept) {
        let failure = problem(kind);
        let failed = Action::Failed(failure.clone());
        let (state, effects) = after(reading(Language::Ru), [Action::Accept, failed.clone()]);
        assert_eq!(effects, [expected], "{kind:?}");
        let (state, effects) = update(state, Action::Refreshed(access("a")));
        assert!(matches!(effects[..], [Effect::Send(_)]), "{kind:?}");
        let (state, effects) = update(state, failed);
        assert_eq!(notice(&state).progress, Progress::Failed(failure));
        assert_eq!(effects, []);
        let (_, effects) = update(state, Action::Accept);
        assert!(matches!(effects[..], [Effect::Send(_)]), "{kind:?}");
    }
}

#[test]
fn every_refused_token_asks_for_a_fresh_one() {
    for &kind in ProblemType::ALL {
        let failed = Action::Failed(problem(kind));
        let (_, effects) = after(reading(Language::Ru), [Action::Accept, failed]);
        if kind.status() == 401 {
            assert!(
                matches!(effects.as_slice(), [Effect::Refresh { renew: true, .. }]),
                "{kind:?}"
            );
        }
    }
}

#[test]
fn does_not_try_again_unasked_when_that_would_not_help() {
    let helped = |kind: ProblemType| {
        kind.status() == 401 || kind == ProblemType::StatementToken || OUTDATED.contains(&kind)
    };
    let problems = ProblemType::ALL.iter().copied();
    let problems = problems.filter(|&kind| !helped(kind)).map(problem);
    for failure in problems.chain([
        Failure::Unreachable,
        Failure::TokenRefused,
        Failure::Unreadable,
        Failure::CryptoUnavailable,
    ]) {
        let failed = Action::Failed(failure.clone());
        let (state, effects) = after(reading(Language::Ru), [Action::Accept, failed]);
        assert_eq!(effects, [], "{failure:?}");
        assert_eq!(notice(&state).progress, Progress::Failed(failure));
    }
}

#[test]
fn never_accepts_an_edition_that_was_not_on_the_screen() {
    let replaced = Action::Failed(problem(ProblemType::EditionNotInForce));
    let request = Request::of(&access("b"), Language::Ru).unwrap();
    let (state, effects) = after(
        reading(Language::Ru),
        [Action::Accept, replaced, Action::Refreshed(access("b"))],
    );
    assert_eq!(effects, [Effect::Load(request)]);
    let (state, effects) = update(state, loaded("b", Ask::New));
    let present = present(&access("b"), &content("b", Ask::New));
    assert_eq!(effects, [Effect::Show, Effect::Head, present]);
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
    let (_, effects) = after(state, [Action::Presented, Action::Accept]);
    assert_eq!(sent(&effects).event.edition(), id("b"));
}

#[test]
fn closes_when_it_turns_out_that_another_tab_has_answered() {
    let expired = Action::Failed(problem(ProblemType::TokenExpired));
    let fresh = Action::Refreshed(access_standing("a", settled_with("a")));
    for actions in [
        vec![Action::Accept, expired.clone(), fresh.clone()],
        vec![Action::Close, expired, fresh],
        vec![Action::Close, Action::Answered(Reply::Settled(id("a")))],
    ] {
        let (state, effects) = after(reading_as(due()), actions);
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, [announce(Announcement::Settled(id("a")))]);
    }
}

#[test]
fn closes_without_a_word_when_the_subject_was_erased() {
    let gone = Action::Failed(problem(ProblemType::SubjectErased));
    let erased = Action::Refreshed(access_standing("a", Standing::Erased));
    let (state, effects) = after(reading(Language::Ru), [Action::Accept, gone, erased]);
    assert_eq!(*state.screen(), Screen::Closed);
    assert_eq!(effects, []);
}

#[test]
fn a_press_that_says_it_anew_is_sent_with_what_is_fresh() {
    for ask in [Ask::Withdrawn, Ask::Terminated] {
        let expired = Action::Failed(problem(ProblemType::NonceExpired));
        let fresh = Action::Refreshed(access_as("a", ask));
        let (_, effects) = after(pressing(ask), [expired, fresh]);
        assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
    }
}
