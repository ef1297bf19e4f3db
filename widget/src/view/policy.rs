//! The whole text of a policy, as nodes.

use kelisim_shared::{
    language::Language,
    policy::{Clause, Inline, Policy, Section},
};
use yew::prelude::*;

use super::{Context, anchor_id, clause_number};
use crate::model::{Action, Anchor};

pub(super) fn view(context: &Context<'_>, policy: &Policy, language: Language) -> Html {
    html! {
        <article class="policy" part="policy" lang={language.code()}>
            <h3>{ policy.title().to_owned() }</h3>
            <nav aria-labelledby="contents">
                <h4 id="contents" lang={context.language.code()}>{ context.messages.contents }</h4>
                <ol>{ for policy.sections().iter().map(|section| entry(context, section)) }</ol>
            </nav>
            { for policy.sections().iter().map(|section| view_section(context, section)) }
        </article>
    }
}

fn entry(context: &Context<'_>, section: &Section) -> Html {
    let jump = context.on_click(Action::Jump(Anchor::Section(section.number())));
    html! {
        <li>
            <button type="button" class="link" onclick={jump}>
                <span class="number">{ numbered(section.number()) }</span>
                <span>{ section.heading().to_owned() }</span>
            </button>
        </li>
    }
}

fn view_section(context: &Context<'_>, section: &Section) -> Html {
    let number = section.number();
    html! {
        <section>
            <h4 id={anchor_id(Anchor::Section(number))} tabindex="-1">
                <span class="number">{ numbered(number) }</span>
                <span>{ section.heading().to_owned() }</span>
            </h4>
            { for section.clauses().iter().map(|clause| view_clause(context, clause)) }
        </section>
    }
}

fn view_clause(context: &Context<'_>, clause: &Clause) -> Html {
    let number = clause.number();
    let anchor = Anchor::Clause(number.section, number.clause);
    html! {
        <p class="clause" id={anchor_id(anchor)} tabindex="-1">
            <span class="number">{ [&*clause_number(number.section, number.clause), ". "].concat() }</span>
            <span>{ for clause.body().iter().map(|piece| inline(context, piece)) }</span>
        </p>
    }
}

fn inline(context: &Context<'_>, piece: &Inline) -> Html {
    match piece {
        Inline::Text(text) => Html::from(text.clone()),
        Inline::Link { text, href } => html! {
            <a href={href.as_str().to_owned()} target="_blank" rel="noopener noreferrer">
                { text.clone() }
                <span class="unseen" lang={context.language.code()}>{ context.messages.new_tab }</span>
            </a>
        },
    }
}

fn numbered(number: u16) -> String {
    [&*number.to_string(), ". "].concat()
}
