use std::rc::Rc;

use kelisim_shared::{
    digest::Sha256Digest, problem::ProblemType, record::RecordId, statement::Control,
};

use super::*;
use crate::i18n::Messages;

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
fn a_language_that_comes_after_another_was_chosen_is_not_shown() {
    let choose = |language| Action::ChooseLanguage(language);
    let chosen = after(
        reading(Language::Ru),
        [choose(Language::En), choose(Language::Kk)],
    )
    .0;
    let late = Action::Loaded(content_in("a", Ask::New, Language::En));
    let (state, effects) = update(chosen.clone(), late);
    assert_eq!((&state, effects), (&chosen, vec![]));
    let wanted = Action::Loaded(content_in("a", Ask::New, Language::Kk));
    assert_eq!(update(state, wanted).1, [Effect::Show]);
}

#[test]
fn changes_the_language_and_nothing_else() {
    let russian = reading(Language::Ru);
    let (state, effects) = update(russian.clone(), Action::ChooseLanguage(Language::Ru));
    assert_eq!((state, effects), (russian.clone(), vec![]), "it is there");
    let request = Request::of(&access("a"), Language::En).unwrap();
    let (state, effects) = update(russian.clone(), Action::ChooseLanguage(Language::En));
    assert_eq!(notice(&state).content, notice(&russian).content);
    assert_eq!(effects, [Effect::Load(request)]);
    let english = Action::Loaded(content_in("a", Ask::New, Language::En));
    let (state, effects) = update(state, english.clone());
    assert_eq!(state, reading(Language::En));
    assert_eq!(effects, [Effect::Show]);
    for begin in [pressing(Ask::New), keeping(Ask::New)] {
        let before = notice(&begin).clone();
        let chosen = update(begin, Action::ChooseLanguage(Language::En)).0;
        let (state, effects) = update(chosen, english.clone());
        assert_eq!(notice(&state).progress, before.progress);
        assert_eq!(effects, [Effect::Show]);
    }
}

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
            assert_eq!(*state.screen(), Screen::Closed, "{ask:?}");
            assert_eq!(effects, [], "{ask:?}");
        }
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

/// Who cannot leave the notice without an answer.
const NO_ACCEPTANCE: [Ask; 3] = [Ask::New, Ask::Withdrawn, Ask::Terminated];

/// Problems that a fresh status may help against.
const OUTDATED: [ProblemType; 8] = [
    ProblemType::NonceInvalid,
    ProblemType::NonceExpired,
    ProblemType::JtiReused,
    ProblemType::StatementAudience,
    ProblemType::EditionNotInForce,
    ProblemType::EditionUnknown,
    ProblemType::ConsentRequired,
    ProblemType::SubjectErased,
];

/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn opening(language: Language) -> State {
    State::open(access("a"), content_in("a", Ask::New, language), None).0
}

fn opening_as(ask: Ask) -> State {
    State::open(access_as("a", ask), content("a", ask), None).0
}

fn reading(language: Language) -> State {
    update(opening(language), Action::Presented).0
}

fn reading_as(ask: Ask) -> State {
    update(opening_as(ask), Action::Presented).0
}

/// The button of acceptance has been pressed.
fn pressing(ask: Ask) -> State {
    update(reading_as(ask), Action::Accept).0
}

/// That press is kept on the device.
fn keeping(ask: Ask) -> State {
    let kept = Action::Answered(Reply::Kept(claimed()));
    update(pressing(ask), kept).0
}

/// The state after an action, and its effects.
fn update(mut state: State, action: Action) -> (State, Vec<Effect>) {
    let effects = state.take(action);
    (state, effects)
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

fn is_busy(state: &State) -> bool {
    matches!(notice(state).progress, Progress::Busy { .. })
}

fn sent(effects: &[Effect]) -> &Sending {
    match effects {
        [Effect::Send(sending)] => sending,
        other => panic!("{other:?}"),
    }
}

fn asks() -> [Ask; 5] {
    [Ask::New, Ask::Withdrawn, Ask::Terminated, pending(), due()]
}

fn pending() -> Ask {
    Ask::Pending {
        deadline: deadline(),
    }
}

fn due() -> Ask {
    Ask::Due {
        deadline: deadline(),
    }
}

fn deadline() -> Timestamp {
    "2026-11-30T19:00:00.000Z".parse().unwrap()
}

/// The time is that many milliseconds after the deadline.
fn tick(milliseconds: i64) -> Action {
    let now = deadline().unix_milliseconds() + milliseconds;
    Action::Tick(Timestamp::from_unix_milliseconds(now).unwrap())
}

fn settled_with(name: &str) -> Standing {
    Standing::Settled { edition: id(name) }
}

fn accepting() -> Press {
    Press::Accept {
        edition: id("a"),
        shown: shown_in(Language::Ru),
        claimed: None,
    }
}

fn kept_press(name: &str) -> Press {
    Press::Accept {
        edition: id(name),
        shown: shown_in(Language::Ru),
        claimed: Some(claimed()),
    }
}

fn going_on() -> Press {
    Press::GoOn {
        edition: id("a"),
        deadline: deadline(),
    }
}

fn problem(kind: ProblemType) -> Failure {
    Failure::Problem {
        uri: kind.uri().to_owned(),
        status: kind.status().into(),
    }
}

const fn busy(press: Press, retried: bool) -> Progress {
    Progress::Busy { press, retried }
}

fn kept(name: &str) -> Kept {
    Kept {
        edition: id(name),
        shown: shown_in(Language::Ru),
        claimed: claimed(),
    }
}

fn claimed() -> ClaimedSeconds {
    1_795_410_000.try_into().unwrap()
}

fn accepted_in(interface_language: Language) -> Event {
    Event::Accepted {
        edition: id("a"),
        shown: shown_in(interface_language),
        control: Control::DialogAccept,
    }
}

fn present(access: &Access, content: &Content) -> Effect {
    Effect::Present(Box::new(Sending {
        access: access.clone(),
        event: Event::Presented {
            edition: content.edition,
            shown: content.shown,
        },
        claimed: None,
    }))
}

fn recall() -> Effect {
    Effect::Recall {
        token: "token".to_owned(),
    }
}

const fn announce(announcement: Announcement) -> Effect {
    Effect::Announce(announcement)
}

fn postponed(name: &str) -> Effect {
    announce(Announcement::Postponed {
        edition: id(name),
        deadline: deadline(),
    })
}

fn access(name: &str) -> Access {
    access_as(name, Ask::New)
}

fn access_as(name: &str, ask: Ask) -> Access {
    access_standing(name, Standing::Asked(ask))
}

fn access_standing(name: &str, standing: Standing) -> Access {
    Access {
        token: "token".to_owned(),
        edition: id(name),
        published_at: "2026-11-23T05:00:00.000Z".parse().unwrap(),
        standing,
        accepted: None,
        audience: "https://consent.example".parse().unwrap(),
        nonce: "nonce".parse().unwrap(),
    }
}

fn loaded(name: &str, ask: Ask) -> Action {
    Action::Loaded(content(name, ask))
}

fn content(name: &str, ask: Ask) -> Content {
    content_in(name, ask, Language::Ru)
}

fn content_in(name: &str, ask: Ask, interface_language: Language) -> Content {
    Content {
        edition: id(name),
        shown: shown_in(interface_language),
        standing: ask.name().to_owned(),
        messages: Rc::new(Messages::of(interface_language)),
    }
}

fn shown_in(interface_language: Language) -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language,
    }
}

fn id(name: &str) -> EditionId {
    EditionId::new(Sha256Digest::of(name.as_bytes()))
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
