//! What has changed since the edition that the person accepted.
//!
//! Words are marked by `ins` and `del`, and by words that are hidden from sight: many screen readers pass over the elements
//! in silence.

use kelisim_shared::{diff::SpanKind, language::Language};
use yew::prelude::*;

use super::Context;
use crate::{
    i18n::fill,
    model::{Change, Changes, Edition, Fate, Part, Text},
};

/// The changes of the text that is shown; of the authoritative one where that text is new.
pub(super) fn view(
    context: &Context<'_>,
    changes: &Changes,
    edition: &Edition,
    text: &Text,
) -> Html {
    let messages = &context.messages.change;
    let shown = changes.text(text.language);
    let authoritative = edition.authoritative().language;
    let (language, compared) = match shown {
        Some(compared) => (text.language, Some(compared)),
        None => (authoritative, changes.text(authoritative)),
    };
    html! {
        <>
            <h3>{ messages.since_accepted }</h3>
            if shown.is_none() {
                <p>{ messages.text_is_new }</p>
            }
            if compared.is_some_and(<[Change]>::is_empty) {
                <p>{ messages.none }</p>
            }
            { for compared.into_iter().flatten().map(|change| one(context, change, language)) }
        </>
    }
}

fn one(context: &Context<'_>, change: &Change, language: Language) -> Html {
    let messages = &context.messages.change;
    let part = match &change.part {
        Part::Purposes => context.messages.purposes.to_owned(),
        Part::DataCategories => context.messages.data_categories.to_owned(),
        Part::Title => messages.title.to_owned(),
        Part::Section(number) => fill(messages.section, number),
        Part::Clause(number) => fill(messages.clause, number),
    };
    let fate = match &change.fate {
        Fate::Added => messages.added.to_owned(),
        Fate::Removed => messages.removed.to_owned(),
        Fate::Changed => messages.changed.to_owned(),
        Fate::Moved(from) => fill(messages.moved, from),
    };
    html! {
        <>
            <h4>{ [&*part, ": ", &fate].concat() }</h4>
            if !change.spans.is_empty() {
                <p lang={language.code()}>
                    { for change.spans.iter().map(|(kind, text)| span(context, *kind, text)) }
                </p>
            }
        </>
    }
}

fn span(context: &Context<'_>, kind: SpanKind, text: &str) -> Html {
    let messages = &context.messages.change;
    let said = |before: &'static str| {
        html! {
            <>
                <span class="unseen" lang={context.language.code()}>{ before }</span>
                { text.to_owned() }
                <span class="unseen">{ "]" }</span>
            </>
        }
    };
    match kind {
        SpanKind::Kept => Html::from(text.to_owned()),
        SpanKind::Inserted => html! { <ins>{ said(messages.inserted) }</ins> },
        SpanKind::Deleted => html! { <del>{ said(messages.deleted) }</del> },
    }
}
