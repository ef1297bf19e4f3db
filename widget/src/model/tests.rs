use std::rc::Rc;

use kelisim_shared::{
    digest::Sha256Digest, problem::ProblemType, record::RecordId, statement::Control,
};

use super::*;
use crate::i18n::Messages;

mod failure;
mod kept;
mod language;
mod leave;
mod press;
mod takeover;
mod time;

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
