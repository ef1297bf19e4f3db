//! The edition in force, before a person who has not accepted it: purposes and data first, then the whole text.

use kelisim_shared::{
    date,
    edition::EditionId,
    language::Language,
    policy::{Clause, Policy, Section},
    text::Line,
};
use yew::prelude::*;

use super::{Context, changes, clause_number, footer, policy};
use crate::{
    i18n::fill,
    model::{Action, Anchor, Edition, Notice, Standing, Text},
};

/// The clause that names the purposes, and the one that names the data, in the first edition and every one that keeps its
/// numbers. A reference to a clause that is not there is not shown.
const PURPOSES: (u16, u16) = (2, 1);
const DATA_CATEGORIES: (u16, u16) = (2, 2);

pub(super) fn view(context: &Context<'_>, notice: &Notice, standing: Standing) -> Html {
    let edition = &*notice.edition;
    let text = edition.text(context.language);
    let policy = &text.policy;
    html! {
        <>
            <div class="scroll" part="content">
                { header(context, edition, standing) }
                if notice.replaced {
                    <p class="note" part="note" role="status">{ context.messages.replaced }</p>
                }
                if let Some(why) = why_again(context, standing) {
                    <p class="note" part="note">{ why }</p>
                }
                if standing.can_leave() {
                    { change(context, notice, text) }
                }
                if text.language != context.language {
                    <p class="note" part="note">{ no_text(context, text.language) }</p>
                }
                <div class="summary">
                    { summary(context, context.messages.purposes, &text.purposes, text.language, reference(policy, PURPOSES)) }
                    { summary(context, context.messages.data_categories, &text.data_categories, text.language,
                        reference(policy, DATA_CATEGORIES)) }
                </div>
                { policy::view(context, policy, text.language) }
            </div>
            { footer::view(context, notice, standing) }
        </>
    }
}

fn header(context: &Context<'_>, edition: &Edition, standing: Standing) -> Html {
    let messages = context.messages;
    let lead = if standing.can_leave() {
        messages.change.lead
    } else {
        messages.lead
    };
    let published = edition.published_at();
    html! {
        <header>
            <p class="operator" lang={edition.authoritative().language.code()}>{ edition.operator().as_str() }</p>
            <h2 id="title" part="title" tabindex="-1" ref={context.heading.clone()}>{ messages.title }</h2>
            { languages(context) }
            <p class="lead">{ lead }</p>
            <details class="edition">
                <summary>
                    <span>{ fill(messages.published, &date::day(context.language, published)) }</span>
                    <span>{ fill(messages.edition, &short(edition.id())) }</span>
                </summary>
                <dl>
                    <dt>{ messages.published_at }</dt>
                    <dd>{ date::moment(context.language, published) }</dd>
                    <dt>{ messages.edition_id }</dt>
                    <dd><code>{ edition.id().to_string() }</code></dd>
                </dl>
            </details>
        </header>
    }
}

/// Why a person who has accepted before is asked as if for the first time.
fn why_again(context: &Context<'_>, standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Withdrawn => Some(context.messages.withdrawn),
        Standing::Terminated => Some(context.messages.terminated),
        _ => None,
    }
}

fn change(context: &Context<'_>, notice: &Notice, text: &Text) -> Html {
    html! {
        <section class="change" part="change">
            if let Some(summary) = &text.summary {
                <h3>{ context.messages.change.heading }</h3>
                <p lang={text.language.code()}>{ summary.as_str() }</p>
            }
            if let Some(changes) = &notice.changes {
                { changes::view(context, changes, &notice.edition, text) }
            }
        </section>
    }
}

fn languages(context: &Context<'_>) -> Html {
    let button = |language: Language| {
        let pressed = if language == context.language {
            "true"
        } else {
            "false"
        };
        html! {
            <button type="button" lang={language.code()} aria-pressed={pressed}
                onclick={context.on_click(Action::ChooseLanguage(language))}>{ language.autonym() }</button>
        }
    };
    html! {
        <div class="languages" part="languages" role="group" aria-label={context.messages.interface_language}>
            { for Language::ALL.into_iter().map(button) }
        </div>
    }
}

fn summary(
    context: &Context<'_>,
    heading: &'static str,
    lines: &[Line<300>],
    language: Language,
    clause: Option<(u16, u16)>,
) -> Html {
    html! {
        <section part="summary">
            <h3>{ heading }</h3>
            <ul lang={language.code()}>
                { for lines.iter().map(|line| html! { <li>{ line.as_str() }</li> }) }
            </ul>
            if let Some((section, clause)) = clause {
                { jump(context, section, clause) }
            }
        </section>
    }
}

fn jump(context: &Context<'_>, section: u16, clause: u16) -> Html {
    let number = clause_number(section, clause);
    html! {
        <button type="button" class="link" onclick={context.on_click(Action::Jump(Anchor::Clause(section, clause)))}>
            { fill(context.messages.in_full, &number) }
        </button>
    }
}

/// The clause, if the policy has it.
fn reference(policy: &Policy, (section, clause): (u16, u16)) -> Option<(u16, u16)> {
    policy
        .sections()
        .iter()
        .flat_map(Section::clauses)
        .map(Clause::number)
        .any(|number| (number.section, number.clause) == (section, clause))
        .then_some((section, clause))
}

fn no_text(context: &Context<'_>, shown: Language) -> String {
    let messages = context.messages;
    fill(messages.no_text, (messages.in_language)(shown))
}

/// The first digits of an id: enough for people to compare by eye, as with Git's commits.
pub(super) fn short(id: EditionId) -> String {
    let mut digits = id.to_string();
    digits.truncate(8);
    digits
}
