//! The button of acceptance, and the receipt.

use super::*;

#[test]
fn a_press_waits_until_the_edge_knows_that_the_notice_is_shown() {
    let (pressed, effects) = update(opening(Language::Ru), Action::Accept);
    assert_eq!(notice(&pressed).progress, busy(accepting(), false));
    assert_eq!(effects, []);
    let (again, effects) = update(pressed.clone(), Action::Accept);
    assert_eq!((again, effects), (pressed.clone(), vec![]));
    let in_english = Action::Loaded(content_in("a", Ask::New, Language::En));
    let other_language = Action::ChooseLanguage(Language::En);
    let (state, effects) = after(pressed, [other_language, in_english, Action::Presented]);
    assert_eq!(notice(&state).progress, busy(accepting(), false));
    assert_eq!(
        sent(&effects).event,
        accepted_in(Language::Ru),
        "what was on the screen when it was pressed"
    );
}

#[test]
fn a_press_waits_for_that_though_another_language_does_not_load() {
    let not_loaded = [Action::ChooseLanguage(Language::En), Action::NotLoaded];
    let [choose, fail] = not_loaded;
    for (name, actions) in [
        ("before", [choose.clone(), fail.clone(), Action::Accept]),
        ("after", [Action::Accept, choose, fail]),
    ] {
        let (state, effects) = after(opening(Language::Ru), actions);
        assert_eq!(effects, [], "pressed {name}");
        let (_, effects) = update(state, Action::Presented);
        assert_eq!(sent(&effects).event, accepted_in(Language::Ru));
    }
}

#[test]
fn a_press_sends_what_was_on_the_screen() {
    for language in Language::ALL {
        let (_, effects) = update(reading(language), Action::Accept);
        assert_eq!(sent(&effects).event, accepted_in(language));
        assert_eq!(sent(&effects).access, access("a"));
        assert_eq!(sent(&effects).claimed, None, "it was now");
    }
}

#[test]
fn a_second_press_while_the_first_is_under_way_does_nothing() {
    let (pressed, _) = update(reading(Language::Ru), Action::Accept);
    let (again, effects) = update(pressed.clone(), Action::Accept);
    assert_eq!(again, pressed);
    assert_eq!(effects, []);
}

#[test]
fn shows_the_receipt_and_tells_the_host_when_it_is_recorded() {
    let (state, effects) = after(reading(Language::Ru), [Action::Accept, accepted("a")]);
    let expected = Screen::Receipt(content("a", Ask::New), receipt("a"));
    assert_eq!(*state.screen(), expected);
    let announced = announce(Announcement::Accepted(receipt("a")));
    assert_eq!(effects, [announced, Effect::Head]);
}

#[test]
fn a_receipt_for_another_edition_is_none() {
    let (state, effects) = after(reading(Language::Ru), [Action::Accept, accepted("b")]);
    let unreadable = Progress::Failed(Failure::Unreadable);
    assert_eq!((&notice(&state).progress, effects), (&unreadable, vec![]));
}

#[test]
fn a_receipt_is_a_file_to_keep_and_closes() {
    assert_eq!(receipt("a").address(), "data:application/jose,jws");
    let id = receipt("a").record.to_string();
    let name = format!("kelisim-receipt-{}.jws", &id[..12]);
    assert_eq!(receipt("a").file_name(), name);
    let (state, _) = after(reading(Language::Ru), [Action::Accept, accepted("a")]);
    for action in [Action::Close, Action::Dismissed] {
        let (state, effects) = update(state.clone(), action);
        assert_eq!(*state.screen(), Screen::Closed);
        assert_eq!(effects, []);
    }
}

#[test]
fn nothing_but_acceptance_closes_the_notice_for_who_has_none() {
    for ask in NO_ACCEPTANCE {
        for (action, expected) in [
            (Action::Close, vec![]),
            (Action::Dismissed, vec![Effect::Head]),
        ] {
            let (state, effects) = update(reading_as(ask), action);
            assert_eq!(state, reading_as(ask));
            assert_eq!(effects, expected, "{ask:?}");
        }
    }
}
