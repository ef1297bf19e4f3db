//! The buttons, what they record, and what came of them. Always in sight, and never disabled before their time.

use kelisim_shared::date;
use yew::prelude::*;

use super::Context;
use crate::{
    i18n::fill,
    model::{Action, Failure, Notice, Press, Progress, Standing},
};

pub(super) fn view(context: &Context<'_>, notice: &Notice, standing: Standing) -> Html {
    let messages = context.messages;
    let change = &messages.change;
    let accept = match notice.progress {
        Progress::Failed(_) => messages.retry,
        Progress::Idle | Progress::Busy { .. } => messages.accept,
    };
    let leave = match standing {
        Standing::Pending { .. } => Some(change.later),
        Standing::Due { .. } => Some(change.go_on),
        _ => None,
    };
    let (accepts, goes_on) = match notice.progress {
        Progress::Busy { press, .. } => match press {
            Press::Accept { .. } => (true, false),
            Press::GoOn { .. } => (false, true),
        },
        Progress::Idle | Progress::Failed(_) => (false, false),
    };
    let busy = accepts || goes_on;
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
            { terms(context, standing) }
            <div class="actions">
                <button type="button" class="primary" part="accept" onclick={context.on_click(Action::Accept)}
                    aria-busy={is(accepts)} aria-disabled={is(busy)}>
                    { label(context, accept, accepts) }
                </button>
                if let Some(leave) = leave {
                    <button type="button" class="secondary" part="leave" onclick={context.on_click(Action::Close)}
                        aria-busy={is(goes_on)} aria-disabled={is(busy)}>
                        { label(context, leave, goes_on) }
                    </button>
                }
                <a class="link" part="page" href={page} target="_blank" rel="noopener">
                    { messages.own_page }{ " " }<span class="unseen">{ messages.new_tab }</span>
                </a>
            </div>
        </footer>
    }
}

/// What a button does, or what follows if none is pressed.
fn terms(context: &Context<'_>, standing: Standing) -> Html {
    let messages = context.messages;
    let (sentence, deadline) = match standing {
        Standing::Pending { deadline } => (messages.change.until, deadline),
        Standing::Due { deadline } => (messages.change.since, deadline),
        _ => {
            return html! { <p class="small">{ messages.what_is_recorded }{ " " }{ messages.what_is_not }</p> };
        }
    };
    let moment = date::moment(context.language, deadline);
    html! { <p class="small term">{ fill(sentence, &moment) }</p> }
}

fn label(context: &Context<'_>, label: &'static str, is_busy: bool) -> Html {
    if is_busy {
        html! { <><span class="spinner" aria-hidden="true"></span>{ context.messages.recording }</> }
    } else {
        html! { label }
    }
}

/// The value of an attribute that is there only where it is true.
fn is(condition: bool) -> Option<&'static str> {
    condition.then_some("true")
}

fn explain(context: &Context<'_>, failure: Failure) -> String {
    let failures = &context.messages.failures;
    match failure {
        Failure::Unreachable => failures.unreachable.to_owned(),
        Failure::TokenRefused => failures.token.to_owned(),
        Failure::Unreadable => failures.unreadable.to_owned(),
        Failure::CryptoUnavailable => failures.crypto.to_owned(),
        Failure::Problem(problem) if problem.status() == 401 => failures.token.to_owned(),
        Failure::Problem(problem) => fill(failures.refused, problem.slug()),
    }
}
