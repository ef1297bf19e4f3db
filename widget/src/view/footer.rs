//! The buttons, what they record, and what came of them. Always in sight, and never disabled before their time.
//!
//! The edge renders them, too, so that they can be pressed before the app is there: in a page by the loader, which keeps
//! the press, and where nothing runs by a form.

use kelisim_shared::date;
use yew::prelude::*;

use super::Context;
use crate::{
    i18n::fill,
    model::{Action, Ask, Failure, Press, Progress, Remaining},
};

/// What stands in the footer.
#[derive(Clone, Debug)]
pub struct Footer<'a> {
    /// What the person is asked.
    pub ask: Ask,
    /// What has come of the buttons so far.
    pub progress: &'a Progress,
    /// How long there is until the deadline, where that is known.
    pub remaining: Option<Remaining>,
    /// Whether the edition took the place of another that was being read.
    pub replaced: bool,
    /// What a form brings back to the edge, which then takes the press where nothing runs in the page.
    pub ticket: Option<&'a str>,
}

/// The footer of a notice.
pub fn footer(context: &Context<'_>, footer: &Footer<'_>) -> Html {
    let Footer {
        ask,
        progress,
        remaining,
        replaced,
        ticket,
    } = *footer;
    let messages = context.messages;
    let busy = matches!(progress, Progress::Busy { .. });
    html! {
        <footer part="footer">
            // Regions that speak have to be there before what they say.
            <p class="failure" part="failure" role="alert">{ explain(context, progress) }</p>
            <p class="note" part="note" role="status">
                if let Progress::Kept(_) = progress {
                    { messages.kept() }
                } else if replaced {
                    { messages.replaced() }
                }
            </p>
            <p class="unseen" role="status">
                if busy {
                    { messages.recording() }
                } else if let Some(remaining) = remaining {
                    { messages.remaining_aloud(context.language, remaining) }
                }
            </p>
            { terms(context, ask, remaining) }
            if let Some(ticket) = ticket {
                <form class="actions" method="post" autocomplete="off"
                    action={["/consent/accept?lang=", context.language.code()].concat()}>
                    <input type="hidden" name="ticket" value={ticket.to_owned()} />
                    <button class="primary" part="accept">{ messages.accept() }</button>
                    { own_page(context) }
                </form>
            } else {
                <div class="actions">
                    { buttons(context, ask, progress) }
                    { own_page(context) }
                </div>
            }
        </footer>
    }
}

/// What a button does, or what follows if none is pressed.
pub fn terms(context: &Context<'_>, ask: Ask, remaining: Option<Remaining>) -> Html {
    let messages = context.messages;
    let (sentence, deadline) = match ask {
        Ask::Pending { deadline } => (messages.until(), deadline),
        Ask::Due { deadline } => (messages.since(), deadline),
        _ => {
            return html! { <p class="small">{ messages.what_is_recorded() }{ " " }{ messages.what_is_not() }</p> };
        }
    };
    let moment = date::moment(context.language, deadline);
    html! {
        <p class="small term" part="term">
            if let Some(remaining) = remaining {
                <strong part="remaining">{ messages.remaining(context.language, remaining) }</strong>{ ". " }
            }
            { fill(sentence, &moment) }
        </p>
    }
}

/// The buttons of a notice that an app answers.
pub fn buttons(context: &Context<'_>, ask: Ask, progress: &Progress) -> Html {
    let messages = context.messages;
    let accept = match progress {
        Progress::Failed(_) | Progress::Kept(_) => messages.retry(),
        _ => messages.accept(),
    };
    let leave = match (progress, ask) {
        (Progress::Kept(_), _) => Some(messages.close()),
        (_, Ask::Pending { .. }) => Some(messages.later()),
        (_, Ask::Due { .. }) => Some(messages.go_on()),
        _ => None,
    };
    let (accepts, goes_on) = match progress {
        Progress::Busy { press, .. } => match press {
            Press::Accept { .. } => (true, false),
            Press::GoOn { .. } => (false, true),
        },
        _ => (false, false),
    };
    let busy = accepts || goes_on;
    html! {
        <>
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
        </>
    }
}

fn own_page(context: &Context<'_>) -> Html {
    let page = [context.edge, "/privacy?lang=", context.language.code()].concat();
    html! {
        <a class="link" part="page" href={page} target="_blank" rel="noopener">
            { context.messages.own_page() }{ " " }<span class="unseen">{ context.messages.new_tab() }</span>
        </a>
    }
}

fn label(context: &Context<'_>, label: &AttrValue, is_busy: bool) -> Html {
    if is_busy {
        html! { <><span class="spinner" aria-hidden="true"></span>{ context.messages.recording() }</> }
    } else {
        html! { label.clone() }
    }
}

/// The value of an attribute that is there only where it is true.
fn is(condition: bool) -> Option<&'static str> {
    condition.then_some("true")
}

fn explain(context: &Context<'_>, progress: &Progress) -> AttrValue {
    let messages = context.messages;
    let sentence = match progress {
        Progress::NotLoaded => messages.not_loaded(),
        Progress::Failed(failure) => match failure {
            Failure::Unreachable => messages.unreachable(),
            Failure::TokenRefused | Failure::Problem { status: 401, .. } => messages.token(),
            Failure::Unreadable => messages.unreadable(),
            Failure::CryptoUnavailable => messages.crypto(),
            Failure::Problem { uri, .. } => {
                let slug = uri.rsplit(':').next().unwrap_or_default();
                return fill(messages.refused(), slug).into();
            }
        },
        Progress::Idle | Progress::Busy { .. } | Progress::Kept(_) => return AttrValue::default(),
    };
    sentence.clone()
}
