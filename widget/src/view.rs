//! State to elements. Functions of what they are given.
//!
//! Whatever the operator published stands in elements with the `lang` of its text; the rest of the dialog has that
//! of the interface.

mod changes;
mod footer;
mod notice;
mod policy;
mod receipt;

use kelisim_shared::language::Language;
use yew::prelude::*;

use crate::{
    i18n::{self, Messages},
    model::{Action, Anchor, Progress, Screen, State},
};

/// What every view needs.
pub struct Context<'a> {
    /// The language of the interface.
    pub language: Language,
    /// Its sentences.
    pub messages: &'static Messages,
    /// Where actions go.
    pub dispatch: &'a Callback<Action>,
    /// The edge's address, without a slash at its end.
    pub edge: &'a str,
    /// The heading, which takes focus when the screen changes.
    pub heading: &'a NodeRef,
}

impl Context<'_> {
    /// A handler of clicks that makes this action.
    fn on_click(&self, action: Action) -> Callback<MouseEvent> {
        self.dispatch.reform(move |_| action.clone())
    }
}

/// The dialog with what is on the screen; nothing where there is nothing to show.
pub fn dialog(
    state: &State,
    dialog: &NodeRef,
    heading: &NodeRef,
    dispatch: &Callback<Action>,
    edge: &str,
) -> Html {
    let context = Context {
        language: state.language(),
        messages: i18n::messages(state.language()),
        dispatch,
        edge,
        heading,
    };
    let standing = state.standing();
    let (body, can_close) = match state.screen() {
        Screen::Opening | Screen::Closed => return Html::default(),
        Screen::Notice(notice) => (
            notice::view(&context, notice, standing),
            standing.can_leave() && !matches!(notice.progress, Progress::Busy { .. }),
        ),
        Screen::Receipt(edition, receipt) => (receipt::view(&context, edition, receipt), true),
    };
    html! {
        <dialog ref={dialog} part="dialog" role="dialog" aria-modal="true" aria-labelledby="title"
            closedby={if can_close { "closerequest" } else { "none" }} lang={context.language.code()}
            onkeydown={(!can_close).then(stay_on_escape)} oncancel={(!can_close).then(stay)}
            onclose={dispatch.reform(|_| Action::Dismissed)}>
            { body }
        </dialog>
    }
}

/// The id of an anchor's element.
#[must_use]
pub fn anchor_id(anchor: Anchor) -> String {
    match anchor {
        Anchor::Section(section) => ["section-", &section.to_string()].concat(),
        Anchor::Clause(section, clause) => {
            ["clause-", &section.to_string(), "-", &clause.to_string()].concat()
        }
    }
}

/// The number of a clause, such as `2.6`.
fn clause_number(section: u16, clause: u16) -> String {
    [&*section.to_string(), ".", &clause.to_string()].concat()
}

/// Escape is no answer where one is needed. To refuse `cancel` is not enough: browsers that do not know `closedby` yet
/// let the second Escape through.
fn stay_on_escape() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
        }
    })
}

fn stay() -> Callback<Event> {
    Callback::from(|event: Event| event.prevent_default())
}
