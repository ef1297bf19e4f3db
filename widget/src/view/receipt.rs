//! What was recorded, with the receipt to keep.

use kelisim_shared::{date, time::Timestamp};
use yew::prelude::*;

use super::{Context, short};
use crate::{
    i18n::fill,
    model::{Action, Ground, Receipt},
};

pub(super) fn view(context: &Context<'_>, published_at: Timestamp, receipt: &Receipt) -> Html {
    let messages = context.messages;
    let published = date::day(context.language, published_at);
    let recorded = date::moment(context.language, receipt.recorded_at);
    let (title, lead) = match receipt.ground {
        Ground::Explicit { .. } => (messages.receipt_title(), messages.receipt_lead()),
        Ground::Implied { .. } => (messages.implied_title(), messages.implied_lead()),
    };
    html! {
            <>
                <div class="scroll receipt" part="content receipt">
                    <span class="mark" aria-hidden="true"></span>
                    <h2 id="title" part="title" tabindex="-1">{ title }</h2>
                    <p class="lead">{ lead }</p>
                    <dl>
                        { entry(messages.accepted(), html! {
                            <>
                                { messages.title() }<br />
                                { fill(messages.edition(), &short(receipt.edition)) }<br />
                                { fill(messages.published(), &published) }
                            </>
                        }) }
                        { entry(messages.when(), html! { <>{ recorded }{ ", " }{ messages.server_clock() }</> }) }
                        { ground(context, receipt.ground) }
                        { entry(messages.record(), html! { <code>{ receipt.record.to_string() }</code> }) }
                    </dl>
                </div>
                <footer part="footer">
                    <div class="actions">
                        <button type="button" class="primary" part="close" onclick={context.on_click(Action::Close)}>
                            { messages.close() }
                        </button>
    <a class="secondary" part="save" href={receipt.address()} download={receipt.file_name()}>
                            { messages.save() }
                        </a>
                    </div>
                </footer>
            </>
        }
}

fn ground(context: &Context<'_>, ground: Ground) -> Html {
    let messages = context.messages;
    let (term, description) = match ground {
        Ground::Explicit { language } => (
            messages.language(),
            messages.in_language(language).to_string(),
        ),
        Ground::Implied { deadline } => (
            messages.ground(),
            fill(
                messages.use_since(),
                &date::moment(context.language, deadline),
            ),
        ),
    };
    entry(term, Html::from(description))
}

fn entry(term: &AttrValue, description: Html) -> Html {
    html! { <div><dt>{ term }</dt><dd>{ description }</dd></div> }
}
