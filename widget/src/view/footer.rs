//! The button of acceptance, what it records, and what came of it. Always in sight, and never disabled before its time.

use yew::prelude::*;

use super::{Context, problem_code};
use crate::{
    i18n::fill,
    model::{Action, Failure, Notice, Progress},
};

pub(super) fn view(context: &Context<'_>, notice: &Notice) -> Html {
    let messages = context.messages;
    let (label, busy) = match notice.progress {
        Progress::Idle => (messages.accept, false),
        Progress::Busy { .. } => (messages.recording, true),
        Progress::Failed(_) => (messages.retry, false),
    };
    let page = [context.edge, "/privacy?lang=", context.language.code()].concat();
    html! {
        <footer part="footer">
            // Regions that speak have to be there before what they say.
            <p class="failure" part="failure" role="alert">
                if let Progress::Failed(failure) = notice.progress {
                    { explain(context, failure) }
                }
            </p>
            <p class="unseen" role="status">
                if busy {
                    { messages.recording }
                }
            </p>
            <p class="small">{ messages.what_is_recorded }{ " " }{ messages.what_is_not }</p>
            <div class="actions">
                <button type="button" class="primary" part="accept" aria-busy={busy.then_some("true")}
                    aria-disabled={busy.then_some("true")} onclick={context.on_click(Action::Accept)}>
                    if busy {
                        <span class="spinner" aria-hidden="true"></span>
                    }
                    { label }
                </button>
                <a class="link" part="page" href={page} target="_blank" rel="noopener">
                    { messages.own_page }{ " " }<span class="unseen">{ messages.new_tab }</span>
                </a>
            </div>
        </footer>
    }
}

fn explain(context: &Context<'_>, failure: Failure) -> String {
    let failures = &context.messages.failures;
    match failure {
        Failure::Unreachable => failures.unreachable.to_owned(),
        Failure::TokenRefused => failures.token.to_owned(),
        Failure::Unreadable => failures.unreadable.to_owned(),
        Failure::CryptoUnavailable => failures.crypto.to_owned(),
        Failure::Problem(problem) if problem.status() == 401 => failures.token.to_owned(),
        Failure::Problem(problem) => fill(failures.refused, problem_code(problem)),
    }
}
