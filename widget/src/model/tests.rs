use kelisim_shared::{digest::Sha256Digest, policy::Policy, record::RecordId};

use super::*;

#[test]
fn opens_with_the_edition_in_the_language_that_is_preferred() {
    for (languages, expected) in [
        ("kk,ru", Language::Kk),
        ("de-DE,en-US", Language::En),
        ("de", Language::Ru),
        ("", Language::Ru),
    ] {
        let (state, effects) = State::open(access("a"), languages);
        assert_eq!(state.language(), expected, "{languages}");
        assert_eq!(*state.screen(), Screen::Opening);
        assert_eq!(effects, [Effect::LoadEdition(id("a"))]);
    }
}

#[test]
fn shows_the_edition_with_the_button_unpressed() {
    let (state, effects) = update(opening("ru"), Action::Opened(edition("a")));
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(!notice(&state).replaced);
    assert_eq!(effects, [Effect::MoveTo(Place::Heading)]);
}

#[test]
fn shows_nothing_and_tells_the_host_when_the_edition_does_not_come() {
    for failure in [Failure::Unreachable, Failure::Unreadable] {
        let (state, effects) = update(opening("ru"), Action::Failed(failure));
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, [Effect::Announce(Announcement::Error(failure))]);
    }
}

#[test]
fn a_press_sends_what_was_on_the_screen() {
    let (_, effects) = update(reading("kk"), Action::Accept);
    let [Effect::Send(sending)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let edition = edition("a");
    let expected = Acceptance {
        edition: edition.id(),
        language: Language::Ru,
        text_sha256: edition.text(Language::Ru).sha256,
        interface_language: Language::Kk,
        control: Control::DialogAccept,
    };
    assert_eq!(sending.acceptance, expected);
    assert_eq!(sending.access, access("a"));
}

#[test]
fn a_second_press_while_the_first_is_under_way_does_nothing() {
    let (pressed, _) = update(reading("ru"), Action::Accept);
    let (again, effects) = update(pressed.clone(), Action::Accept);
    assert_eq!(again, pressed);
    assert_eq!(effects, []);
}

#[test]
fn shows_the_receipt_and_tells_the_host_when_it_is_recorded() {
    let (state, effects) = after(
        reading("ru"),
        [Action::Accept, Action::Recorded(receipt("a"))],
    );
    assert_eq!(*state.screen(), Screen::Receipt(edition("a"), receipt("a")));
    assert_eq!(
        effects,
        [
            Effect::Announce(Announcement::Accepted(receipt("a"))),
            Effect::MoveTo(Place::Heading)
        ]
    );
}

#[test]
fn a_receipt_for_another_edition_is_none() {
    let (state, effects) = after(
        reading("ru"),
        [Action::Accept, Action::Recorded(receipt("b"))],
    );
    assert_eq!(
        notice(&state).progress,
        Progress::Failed(Failure::Unreadable)
    );
    assert_eq!(effects, []);
}

#[test]
fn keeps_and_closes_the_receipt() {
    let (state, _) = after(
        reading("ru"),
        [Action::Accept, Action::Recorded(receipt("a"))],
    );
    let (state, effects) = update(state, Action::SaveReceipt);
    let file = Effect::Save {
        name: receipt("a").file_name(),
        text: "jws".to_owned(),
    };
    assert_eq!(effects, [file]);
    for action in [Action::Close, Action::Dismissed] {
        let (state, effects) = update(state.clone(), action);
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, []);
    }
}

#[test]
fn nothing_but_an_answer_closes_the_notice() {
    for action in [Action::Close, Action::Dismissed] {
        let (state, _) = update(reading("ru"), action);
        assert_eq!(state, reading("ru"));
    }
    let (_, effects) = update(reading("ru"), Action::Dismissed);
    assert_eq!(
        effects,
        [Effect::MoveTo(Place::Heading)],
        "it is shown again"
    );
}

#[test]
fn recovers_once_by_itself_and_then_says_so() {
    use ProblemType as Type;
    let refresh = |renew| Effect::Refresh {
        token: "token".to_owned(),
        renew,
    };
    let kept = refresh(false);
    for (problem, expected) in [
        (Type::TokenExpired, refresh(true)),
        (Type::TokenSignature, refresh(true)),
        (Type::StatementToken, refresh(true)),
        (Type::NonceExpired, kept.clone()),
        (Type::NonceInvalid, kept.clone()),
        (Type::JtiReused, kept.clone()),
        (Type::EditionNotInForce, kept),
    ] {
        let failure = Failure::Problem(problem);
        let failed = Action::Failed(failure);
        let (state, effects) = after(reading("ru"), [Action::Accept, failed.clone()]);
        assert_eq!(effects, [expected], "{problem:?}");
        let (state, effects) = update(state, Action::Refreshed(access("a")));
        assert!(matches!(effects[..], [Effect::Send(_)]), "{problem:?}");
        let (state, effects) = update(state, failed);
        assert_eq!(notice(&state).progress, Progress::Failed(failure));
        assert_eq!(effects, []);
        let (_, effects) = update(state, Action::Accept);
        assert!(matches!(effects[..], [Effect::Send(_)]), "{problem:?}");
    }
}

#[test]
fn every_refused_token_asks_for_a_fresh_one() {
    for &problem in ProblemType::ALL {
        let failed = Action::Failed(Failure::Problem(problem));
        let (_, effects) = after(reading("ru"), [Action::Accept, failed]);
        if problem.status() == 401 {
            assert!(
                matches!(effects.as_slice(), [Effect::Refresh { renew: true, .. }]),
                "{problem:?}"
            );
        }
    }
}

#[test]
fn does_not_try_again_unasked_when_that_would_not_help() {
    for failure in [
        Failure::Unreachable,
        Failure::TokenRefused,
        Failure::Unreadable,
        Failure::CryptoUnavailable,
        Failure::Problem(ProblemType::OriginNotAllowed),
        Failure::Problem(ProblemType::StatementSignature),
    ] {
        let (state, effects) = after(reading("ru"), [Action::Accept, Action::Failed(failure)]);
        assert_eq!(notice(&state).progress, Progress::Failed(failure));
        assert_eq!(effects, [], "{failure:?}");
    }
}

#[test]
fn never_accepts_an_edition_that_was_not_on_the_screen() {
    let replaced = Action::Failed(Failure::Problem(ProblemType::EditionNotInForce));
    let (state, effects) = after(
        reading("ru"),
        [Action::Accept, replaced, Action::Refreshed(access("b"))],
    );
    assert_eq!(effects, [Effect::LoadEdition(id("b"))]);
    let (state, effects) = update(state, Action::Opened(edition("b")));
    assert_eq!(effects, [Effect::MoveTo(Place::Heading)]);
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
    let (_, effects) = update(state, Action::Accept);
    let [Effect::Send(sending)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(sending.acceptance.edition, id("b"));
}

#[test]
fn a_press_after_a_new_edition_failed_to_come_fetches_it_again() {
    let replaced = Action::Failed(Failure::Problem(ProblemType::EditionNotInForce));
    let (state, _) = after(
        reading("ru"),
        [
            Action::Accept,
            replaced,
            Action::Refreshed(access("b")),
            Action::Failed(Failure::Unreachable),
        ],
    );
    let (_, effects) = update(state, Action::Accept);
    assert_eq!(effects, [Effect::LoadEdition(id("b"))]);
}

#[test]
fn closes_when_it_turns_out_that_another_tab_has_answered() {
    let settled = Access {
        settled: true,
        ..access("a")
    };
    let expired = Action::Failed(Failure::Problem(ProblemType::TokenExpired));
    let (state, effects) = after(
        reading("ru"),
        [Action::Accept, expired, Action::Refreshed(settled)],
    );
    assert_eq!(*state.screen(), Screen::Closed);
    assert_eq!(effects, [Effect::Announce(Announcement::Settled(id("a")))]);
}

#[test]
fn changes_the_language_and_nothing_else() {
    let (state, effects) = update(reading("ru"), Action::ChooseLanguage(Language::En));
    assert_eq!(state, reading("en"));
    assert_eq!(effects, []);
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    let (closed, _) = update(opening("ru"), Action::Failed(Failure::Unreachable));
    for action in [
        Action::Opened(edition("a")),
        Action::Recorded(receipt("a")),
        Action::Failed(Failure::Unreachable),
        Action::Accept,
    ] {
        assert_eq!(update(closed.clone(), action), (closed.clone(), vec![]));
    }
}

fn opening(languages: &str) -> State {
    State::open(access("a"), languages).0
}

fn reading(languages: &str) -> State {
    update(opening(languages), Action::Opened(edition("a"))).0
}

/// The state after all of the actions, and the effects of the last.
fn after(state: State, actions: impl IntoIterator<Item = Action>) -> (State, Vec<Effect>) {
    let begin = (state, vec![]);
    actions
        .into_iter()
        .fold(begin, |(state, _), action| update(state, action))
}

fn notice(state: &State) -> &Notice {
    match state.screen() {
        Screen::Notice(notice) => notice,
        other => panic!("{other:?}"),
    }
}

fn id(name: &str) -> EditionId {
    EditionId::new(Sha256Digest::of(name.as_bytes()))
}

fn access(name: &str) -> Access {
    Access {
        token: "token".to_owned(),
        edition: id(name),
        settled: false,
        authoritative: Language::Ru,
        audience: "https://consent.example".parse().unwrap(),
        nonce: "nonce".parse().unwrap(),
    }
}

fn edition(name: &str) -> Rc<Edition> {
    let text = Text {
        language: Language::Ru,
        sha256: Sha256Digest::of(b"text"),
        purposes: vec![],
        data_categories: vec![],
        policy: Policy::parse("T\n1. A\n1.1. b").unwrap(),
    };
    let published_at = "2026-11-23T05:00:00.000Z".parse().unwrap();
    let operator = "O".parse().unwrap();
    let edition = Edition::new(id(name), published_at, operator, Language::Ru, vec![text]);
    Rc::new(edition.unwrap())
}

fn receipt(name: &str) -> Receipt {
    Receipt {
        edition: id(name),
        language: Language::Ru,
        record: RecordId::new(Sha256Digest::of(b"record")),
        recorded_at: "2026-11-23T06:00:00.000Z".parse().unwrap(),
        jws: "jws".to_owned(),
    }
}
