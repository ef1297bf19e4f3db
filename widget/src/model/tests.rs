use kelisim_shared::{
    digest::Sha256Digest,
    policy::Policy,
    problem::ProblemType,
    record::RecordId,
    statement::{Control, Shown},
};

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
fn shows_the_edition_with_the_button_unpressed_and_tells_the_edge() {
    let (state, effects) = update(opening("kk"), Action::Opened(edition("a")));
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(!notice(&state).replaced);
    let sending = Sending {
        access: access("a"),
        event: Event::Presented {
            edition: id("a"),
            shown: shown_in(Language::Kk),
        },
    };
    let present = Effect::Present(Box::new(sending));
    assert_eq!(effects, [Effect::MoveTo(Place::Heading), present]);
}

#[test]
fn shows_what_has_changed_once_it_is_here_unless_the_edition_was_replaced() {
    let deadline = Standing::Pending {
        deadline: Timestamp::from_unix_milliseconds(1_000).unwrap(),
    };
    for (standing, compares) in [(Standing::New, false), (deadline, true)] {
        let mut access = access("a");
        access.standing = standing;
        let token = access.token.clone();
        let (state, _) = State::open(access, "ru");
        let (_, effects) = update(state, Action::Opened(edition("a")));
        assert_eq!(effects.contains(&Effect::Compare { token }), compares);
    }
    let changes = |to| {
        let texts = vec![(Language::Ru, vec![])];
        Some(Rc::new(Changes { to: id(to), texts }))
    };
    for (answer, expected) in [
        (changes("a"), changes("a")),
        (changes("b"), None),
        (None, None),
    ] {
        let (state, effects) = update(reading("ru"), Action::Compared(answer));
        assert_eq!((&notice(&state).changes, effects), (&expected, vec![]));
    }
    let (pressed, _) = update(reading("ru"), Action::Accept);
    let (state, _) = update(pressed, Action::Compared(changes("a")));
    assert_eq!(notice(&state).progress, busy(accepting(), false));
}

#[test]
fn a_press_waits_until_the_edge_knows_that_the_notice_is_shown() {
    let shown = update(opening("ru"), Action::Opened(edition("a"))).0;
    let (pressed, effects) = update(shown, Action::Accept);
    assert_eq!(notice(&pressed).progress, busy(accepting(), false));
    assert_eq!(effects, []);
    let (again, effects) = update(pressed.clone(), Action::Accept);
    assert_eq!((again, effects), (pressed.clone(), vec![]));
    let other_language = Action::ChooseLanguage(Language::En);
    let (state, effects) = after(pressed, [other_language, Action::Presented]);
    assert_eq!(notice(&state).progress, busy(accepting(), false));
    let [Effect::Send(sending)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let expected = Event::Accepted {
        edition: id("a"),
        shown: shown_in(Language::Ru),
        control: Control::DialogAccept,
    };
    assert_eq!(
        sending.event, expected,
        "what was on the screen when it was pressed"
    );
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
    let expected = Event::Accepted {
        edition: id("a"),
        shown: shown_in(Language::Kk),
        control: Control::DialogAccept,
    };
    assert_eq!(sending.event, expected);
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
    let (state, effects) = after(reading("ru"), [Action::Accept, accepted("a")]);
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
    let (state, effects) = after(reading("ru"), [Action::Accept, accepted("b")]);
    assert_eq!(
        notice(&state).progress,
        Progress::Failed(Failure::Unreadable)
    );
    assert_eq!(effects, []);
}

#[test]
fn keeps_and_closes_the_receipt() {
    let (state, _) = after(reading("ru"), [Action::Accept, accepted("a")]);
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
fn nothing_but_acceptance_closes_the_notice_for_who_has_none() {
    for standing in [Standing::New, Standing::Withdrawn, Standing::Terminated] {
        for (action, expected) in [
            (Action::Close, vec![]),
            (Action::Dismissed, vec![Effect::MoveTo(Place::Heading)]),
        ] {
            let (state, effects) = update(reading_as(standing), action);
            assert_eq!(state, reading_as(standing));
            assert_eq!(effects, expected, "{standing:?}");
        }
    }
}

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
        (Action::Dismissed, vec![Effect::MoveTo(Place::Heading)]),
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
        let [Effect::Send(sending)] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(sending.event, Event::Used { edition: id("a") });
    }
    let shown = update(opening_as(due()), Action::Opened(edition("a"))).0;
    let (state, effects) = update(shown, Action::Close);
    assert_eq!(effects, [], "it waits as any press does");
    let (_, effects) = update(state, Action::Presented);
    assert!(matches!(effects[..], [Effect::Send(_)]), "{effects:?}");
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
    assert_eq!(
        *state.screen(),
        Screen::Receipt(edition("a"), receipt.clone())
    );
    let announced = Effect::Announce(Announcement::Accepted(receipt));
    assert_eq!(effects, [announced, Effect::MoveTo(Place::Heading)]);
}

#[test]
fn who_goes_on_using_the_app_is_never_held_up() {
    for action in [
        Action::Answered(Reply::Unchanged),
        accepted("b"),
        Action::Failed(Failure::Unreachable),
        Action::Failed(Failure::CryptoUnavailable),
        Action::Failed(Failure::Problem(ProblemType::RateLimited)),
    ] {
        let (state, effects) = after(reading_as(due()), [Action::Close, action.clone()]);
        assert_eq!(*state.screen(), Screen::Closed, "{action:?}");
        assert_eq!(effects, [postponed("a")], "{action:?}");
    }
}

#[test]
fn use_that_there_is_no_acceptance_for_asks_for_one() {
    let refused = Action::Failed(Failure::Problem(ProblemType::ConsentRequired));
    let withdrawn = Action::Refreshed(access_as("a", Standing::Withdrawn));
    let (state, effects) = after(reading_as(due()), [Action::Close, refused, withdrawn]);
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert_eq!(state.standing(), Standing::Withdrawn);
    assert_eq!(effects, [Effect::MoveTo(Place::Heading)]);
}

#[test]
fn use_is_stated_again_with_what_is_fresh_and_never_of_an_edition_unseen() {
    let expired = Action::Failed(Failure::Problem(ProblemType::TokenExpired));
    let begin = after(reading_as(due()), [Action::Close, expired]).0;
    for standing in [due(), pending()] {
        let fresh = Action::Refreshed(access_as("a", standing));
        let (_, effects) = update(begin.clone(), fresh);
        let [Effect::Send(sending)] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(sending.event, Event::Used { edition: id("a") });
    }
    let replaced = Action::Refreshed(access_as("b", pending()));
    let (state, effects) = update(begin, replaced);
    assert_eq!(effects, [Effect::LoadEdition(id("b"))]);
    let (state, _) = update(state, Action::Opened(edition("b")));
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
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
        (Type::ConsentRequired, kept.clone()),
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
    let [Effect::MoveTo(Place::Heading), Effect::Present(sending)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(sending.event.edition(), id("b"));
    assert_eq!(notice(&state).progress, Progress::Idle);
    assert!(notice(&state).replaced);
    let (_, effects) = after(state, [Action::Presented, Action::Accept]);
    let [Effect::Send(sending)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(sending.event.edition(), id("b"));
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
    let edition = id("a");
    let expired = Action::Failed(Failure::Problem(ProblemType::TokenExpired));
    let fresh = Action::Refreshed(access_as("a", Standing::Settled { edition }));
    for actions in [
        vec![Action::Accept, expired.clone(), fresh.clone()],
        vec![Action::Close, expired, fresh],
        vec![Action::Close, Action::Answered(Reply::Settled(edition))],
    ] {
        let (state, effects) = after(reading_as(due()), actions);
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, [Effect::Announce(Announcement::Settled(edition))]);
    }
}

#[test]
fn closes_without_a_word_when_the_subject_was_erased() {
    let gone = Action::Failed(Failure::Problem(ProblemType::SubjectErased));
    let erased = Action::Refreshed(access_as("a", Standing::Erased));
    let (state, effects) = after(reading("ru"), [Action::Accept, gone, erased]);
    assert_eq!(*state.screen(), Screen::Closed);
    assert_eq!(effects, []);
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
        Action::Presented,
        accepted("a"),
        Action::Failed(Failure::Unreachable),
        Action::Accept,
    ] {
        assert_eq!(update(closed.clone(), action), (closed.clone(), vec![]));
    }
}

fn opening(languages: &str) -> State {
    State::open(access("a"), languages).0
}

fn opening_as(standing: Standing) -> State {
    State::open(access_as("a", standing), "ru").0
}

fn reading(languages: &str) -> State {
    shown_to(opening(languages))
}

fn reading_as(standing: Standing) -> State {
    shown_to(opening_as(standing))
}

fn shown_to(opening: State) -> State {
    let opened = Action::Opened(edition("a"));
    after(opening, [opened, Action::Presented]).0
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

fn deadline() -> Timestamp {
    "2026-11-30T19:00:00.000Z".parse().unwrap()
}

fn pending() -> Standing {
    Standing::Pending {
        deadline: deadline(),
    }
}

fn due() -> Standing {
    Standing::Due {
        deadline: deadline(),
    }
}

fn accepting() -> Press {
    Press::Accept {
        shown: shown_in(Language::Ru),
    }
}

fn going_on() -> Press {
    Press::GoOn {
        deadline: deadline(),
    }
}

const fn busy(press: Press, retried: bool) -> Progress {
    Progress::Busy { press, retried }
}

fn postponed(name: &str) -> Effect {
    Effect::Announce(Announcement::Postponed {
        edition: id(name),
        deadline: deadline(),
    })
}

fn shown_in(interface_language: Language) -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language,
    }
}

fn access(name: &str) -> Access {
    access_as(name, Standing::New)
}

fn access_as(name: &str, standing: Standing) -> Access {
    Access {
        token: "token".to_owned(),
        edition: id(name),
        standing,
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
        summary: None,
        policy: Policy::parse("T\n1. A\n1.1. b").unwrap(),
    };
    let published_at = "2026-11-23T05:00:00.000Z".parse().unwrap();
    let operator = "O".parse().unwrap();
    let edition = Edition::new(id(name), published_at, operator, Language::Ru, vec![text]);
    Rc::new(edition.unwrap())
}

fn accepted(name: &str) -> Action {
    Action::Answered(Reply::Accepted(receipt(name)))
}

fn receipt(name: &str) -> Receipt {
    Receipt {
        edition: id(name),
        ground: Ground::Explicit {
            language: Language::Ru,
        },
        record: RecordId::new(Sha256Digest::of(b"record")),
        recorded_at: "2026-11-23T06:00:00.000Z".parse().unwrap(),
        jws: "jws".to_owned(),
    }
}
