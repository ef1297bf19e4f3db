//! Another language.

use super::*;

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
