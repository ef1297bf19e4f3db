//! The notice that was there before the app, and what was pressed on it.

use super::*;

#[test]
fn takes_over_with_the_button_unpressed_and_tells_the_edge() {
    for ask in asks() {
        for language in Language::ALL {
            let content = content_in("a", ask, language);
            let access = access_as("a", ask);
            let (state, effects) = State::open(access.clone(), content.clone(), None);
            assert_eq!(notice(&state).content, content);
            assert_eq!(notice(&state).progress, Progress::Idle);
            assert!(!notice(&state).replaced);
            assert_eq!(effects, [present(&access, &content), recall()]);
        }
    }
}

#[test]
fn closes_at_once_where_there_is_nothing_to_ask() {
    let settled = announce(Announcement::Settled(id("a")));
    for pressed in [None, Some(Pressed::Accept), Some(Pressed::Leave)] {
        for (standing, expected) in [
            (settled_with("a"), vec![settled.clone()]),
            (Standing::Erased, vec![]),
        ] {
            let access = access_standing("a", standing);
            let (state, effects) = State::open(access, content("a", pending()), pressed);
            assert_eq!(*state.screen(), Screen::Closed);
            assert_eq!(effects, expected, "{standing:?}, {pressed:?}");
        }
    }
}

#[test]
fn what_does_not_fit_is_replaced_before_the_edge_is_told() {
    let fits = content_in("b", due(), Language::Kk);
    for (name, content, met) in [
        ("it fits", fits.clone(), true),
        ("edition", content_in("a", due(), Language::Kk), false),
        ("standing", content_in("b", pending(), Language::Kk), false),
    ] {
        let mut access = access_as("b", due());
        access.accepted = Some(id("a"));
        let expected = if met {
            present(&access, &content)
        } else {
            Effect::Load(Request {
                edition: id("b"),
                language: Language::Kk,
                standing: "due",
                since: Some(id("a")),
            })
        };
        let (_, effects) = State::open(access, content, None);
        assert_eq!(effects, [expected, recall()], "{name}");
    }
    let (state, _) = State::open(access_as("b", due()), fits.clone(), None);
    let in_russian = Request::of(state.access(), Language::Ru).unwrap();
    assert!(!in_russian.is_met_by(&fits), "language");
}

#[test]
fn shows_the_edition_that_took_the_place_of_the_one_on_the_screen_and_tells_the_edge() {
    let (state, _) = State::open(access("b"), content("a", Ask::New), None);
    let (state, effects) = update(state, loaded("b", Ask::New));
    let present = present(&access("b"), &content("b", Ask::New));
    assert_eq!(effects, [Effect::Show, Effect::Head, present]);
    assert_eq!(notice(&state).content, content("b", Ask::New));
    assert!(notice(&state).replaced);
}

#[test]
fn the_edge_is_told_of_a_notice_that_had_to_be_loaded_for_another_standing() {
    let (state, _) = State::open(access_as("a", due()), content("a", pending()), None);
    let (state, effects) = update(state, loaded("a", due()));
    let present = present(&access_as("a", due()), &content("a", due()));
    assert_eq!(effects, [Effect::Show, present]);
    assert!(!notice(&state).replaced);
    let (state, effects) = update(state, Action::Accept);
    assert_eq!(effects, []);
    let (_, effects) = update(state, Action::Presented);
    assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
}

#[test]
fn a_press_before_the_takeover_is_sent_once_the_edge_knows_of_the_notice() {
    let go_on = (Pressed::Leave, Event::Used { edition: id("a") });
    let accept = (Pressed::Accept, accepted_in(Language::Ru));
    for (ask, (pressed, expected)) in asks()
        .map(|ask| (ask, accept.clone()))
        .into_iter()
        .chain([(due(), go_on)])
    {
        let content = content("a", ask);
        let access = access_as("a", ask);
        let (state, effects) = State::open(access.clone(), content.clone(), Some(pressed));
        assert_eq!(effects, [present(&access, &content), recall()], "{ask:?}");
        assert!(is_busy(&state));
        let (again, effects) = after(state, [Action::Accept, Action::Close]);
        assert_eq!(effects, [], "it is pressed already");
        let (_, effects) = update(again, Action::Presented);
        assert_eq!(sent(&effects).event, expected, "{ask:?}");
        assert_eq!(sent(&effects).claimed, None);
    }
}

#[test]
fn leaving_a_change_before_its_deadline_is_all_that_happens() {
    let content = content("a", pending());
    let (state, effects) = State::open(access_as("a", pending()), content, Some(Pressed::Leave));
    assert_eq!(*state.screen(), Screen::Closed);
    assert_eq!(effects, [postponed("a")]);
}

#[test]
fn leaving_before_the_takeover_is_no_answer_of_who_has_accepted_nothing() {
    for ask in NO_ACCEPTANCE {
        let content = content("a", ask);
        let access = access_as("a", ask);
        let (state, _) = State::open(access.clone(), content.clone(), Some(Pressed::Leave));
        let (expected, _) = State::open(access, content, None);
        assert_eq!(state, expected, "{ask:?}");
    }
}

#[test]
fn a_press_before_the_takeover_on_an_edition_that_was_replaced_is_void() {
    for pressed in [Pressed::Accept, Pressed::Leave] {
        let access = access_as("b", due());
        let request = Request::of(&access, Language::Ru).unwrap();
        let (state, effects) = State::open(access, content("a", due()), Some(pressed));
        assert_eq!(effects, [Effect::Load(request), recall()]);
        let (state, _) = update(state, loaded("b", due()));
        assert_eq!(notice(&state).progress, Progress::Idle, "{pressed:?}");
        assert!(notice(&state).replaced);
        let (state, effects) = update(state, Action::Presented);
        assert_eq!(effects, [], "{pressed:?}");
        let (_, effects) = update(state, Action::Accept);
        assert_eq!(sent(&effects).event.edition(), id("b"));
    }
}

#[test]
fn a_press_counts_though_the_notice_for_its_standing_does_not_come() {
    for (pressed, expected) in [
        (Pressed::Accept, accepted_in(Language::Ru)),
        (Pressed::Leave, Event::Used { edition: id("a") }),
    ] {
        let content = content("a", pending());
        let (state, _) = State::open(access_as("a", due()), content, Some(pressed));
        let (state, effects) = update(state, Action::NotLoaded);
        assert_eq!(sent(&effects).event, expected);
        assert!(is_busy(&state));
    }
}

#[test]
fn a_press_fails_where_the_edition_that_replaced_its_own_does_not_come() {
    let content = content("a", due());
    let open = |pressed| State::open(access_as("b", due()), content.clone(), Some(pressed)).0;
    let (state, effects) = update(open(Pressed::Accept), Action::NotLoaded);
    let failed = Progress::Failed(Failure::Unreachable);
    assert_eq!((&notice(&state).progress, effects), (&failed, vec![]));
    let (state, effects) = update(open(Pressed::Leave), Action::NotLoaded);
    assert_eq!(*state.screen(), Screen::Closed);
    assert_eq!(effects, [postponed("a")]);
}

#[test]
fn a_press_after_a_new_edition_failed_to_come_fetches_it_again() {
    let before_the_takeover = after(
        State::open(access("b"), content("a", Ask::New), Some(Pressed::Accept)).0,
        [Action::NotLoaded],
    );
    let unpressed = after(
        State::open(access("b"), content("a", Ask::New), None).0,
        [Action::NotLoaded],
    );
    let on_the_way = after(
        reading(Language::Ru),
        [
            Action::Accept,
            Action::Failed(problem(ProblemType::EditionNotInForce)),
            Action::Refreshed(access("b")),
            Action::NotLoaded,
        ],
    );
    let request = Request::of(&access("b"), Language::Ru).unwrap();
    for (name, (state, _)) in [
        ("on the way", on_the_way),
        ("unpressed", unpressed),
        ("before the takeover", before_the_takeover),
    ] {
        let (_, effects) = update(state, Action::Accept);
        assert_eq!(effects, [Effect::Load(request.clone())], "{name}");
    }
}

#[test]
fn what_does_not_load_leaves_what_was_there_and_says_so() {
    let in_english = Action::ChooseLanguage(Language::En);
    let (state, effects) = after(
        reading_as(pending()),
        [in_english.clone(), Action::NotLoaded],
    );
    assert_eq!(notice(&state).progress, Progress::NotLoaded);
    assert_eq!(notice(&state).content, content("a", pending()));
    assert_eq!(effects, []);
    let (_, effects) = update(state.clone(), Action::Accept);
    assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
    let (_, effects) = update(state.clone(), Action::Close);
    assert_eq!(effects, [postponed("a")]);
    let english = Action::Loaded(content_in("a", pending(), Language::En));
    let (state, effects) = after(state, [in_english, english]);
    assert_eq!(notice(&state).progress, Progress::Idle, "the next one does");
    assert_eq!(effects, [Effect::Show]);
}

#[test]
fn what_does_not_load_hides_no_failure_and_no_press_that_is_kept() {
    let failed = Action::Failed(Failure::CryptoUnavailable);
    let before = after(reading(Language::Ru), [Action::Accept, failed]).0;
    for state in [before, keeping(Ask::New)] {
        let not_loaded = [Action::ChooseLanguage(Language::En), Action::NotLoaded];
        assert_eq!(after(state.clone(), not_loaded), (state, vec![]));
    }
}
