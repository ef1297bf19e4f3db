//! State to elements: what is alive in the notice. Functions of what they are given.

mod footer;
mod receipt;

use kelisim_shared::{edition::EditionId, language::Language};
use yew::prelude::*;

use crate::{
    i18n::Messages,
    model::{Action, Screen, Standing, State},
};

pub use footer::{Footer, buttons, footer, terms};

/// What every view needs.
pub struct Context<'a> {
    /// The language of the interface.
    pub language: Language,
    /// Its sentences.
    pub messages: &'a Messages,
    /// Where actions go.
    pub dispatch: &'a Callback<Action>,
    /// The edge's address, without a slash at its end.
    pub edge: &'a str,
}

impl Context<'_> {
    /// A handler of clicks that makes this action.
    fn on_click(&self, action: Action) -> Callback<MouseEvent> {
        self.dispatch.reform(move |_| action.clone())
    }
}

/// What is alive on the screen; nothing where there is nothing to show.
pub fn live(state: &State, dispatch: &Callback<Action>, edge: &str) -> Html {
    let shown = match state.screen() {
        Screen::Notice(notice) => &notice.content,
        Screen::Receipt(content, _) => content,
        Screen::Left(_) | Screen::Closed => return Html::default(),
    };
    let context = Context {
        language: shown.shown.interface_language,
        messages: &shown.messages,
        dispatch,
        edge,
    };
    match (state.screen(), state.access().standing) {
        (Screen::Notice(notice), Standing::Asked(ask)) => footer(
            &context,
            &Footer {
                ask,
                progress: &notice.progress,
                remaining: notice.remaining,
                replaced: notice.replaced,
                ticket: None,
            },
        ),
        (Screen::Receipt(_, receipt), _) => {
            receipt::view(&context, state.access().published_at, receipt)
        }
        _ => Html::default(),
    }
}

/// The first digits of an id: enough for people to compare by eye, as with Git's commits.
pub(crate) fn short(id: EditionId) -> String {
    let mut digits = id.to_string();
    digits.truncate(8);
    digits
}
