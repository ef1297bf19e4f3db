//! The whole text of a policy.

use kelisim_shared::{
    language::Language,
    policy::{Clause, Inline, Policy, Section},
};
use yew::prelude::*;

use super::Scene;

pub(super) fn view(scene: &Scene<'_>, policy: &Policy, language: Language) -> Html {
    html! {
        <article class="policy" part="policy" lang={language.code()}>
            <h3>{ policy.title().to_owned() }</h3>
            <nav aria-labelledby="contents">
                <h4 id="contents" lang={scene.notice.language.code()}>{ scene.words.contents }</h4>
                <ol>{ for policy.sections().iter().map(entry) }</ol>
            </nav>
            { for policy.sections().iter().map(|section| view_section(scene, section)) }
        </article>
    }
}

/// The id of the element of a clause, by its number.
pub(super) fn clause_id(number: &str) -> String {
    ["clause-", number].concat()
}

fn section_id(section: &Section) -> String {
    ["section-", &section.number().to_string()].concat()
}

fn entry(section: &Section) -> Html {
    html! {
        <li>
            <button type="button" class="link" data-jump={section_id(section)}>
                <span class="number">{ numbered(section) }</span>
                <span>{ section.heading().to_owned() }</span>
            </button>
        </li>
    }
}

fn view_section(scene: &Scene<'_>, section: &Section) -> Html {
    html! {
        <section>
            <h4 id={section_id(section)} tabindex="-1">
                <span class="number">{ numbered(section) }</span>
                <span>{ section.heading().to_owned() }</span>
            </h4>
            { for section.clauses().iter().map(|clause| view_clause(scene, clause)) }
        </section>
    }
}

fn view_clause(scene: &Scene<'_>, clause: &Clause) -> Html {
    let number = clause.number().to_string();
    html! {
        <p class="clause" id={clause_id(&number)} tabindex="-1">
            <span class="number">{ [&number, ". "].concat() }</span>
            <span>{ for clause.body().iter().map(|piece| inline(scene, piece)) }</span>
        </p>
    }
}

fn inline(scene: &Scene<'_>, piece: &Inline) -> Html {
    match piece {
        Inline::Text(text) => Html::from(text.clone()),
        Inline::Link { text, href } => html! {
            <a href={href.as_str().to_owned()} target="_blank" rel="noopener noreferrer">
                { text.clone() }
                <span class="unseen" lang={scene.notice.language.code()}>{ scene.messages.new_tab() }</span>
            </a>
        },
    }
}

fn numbered(section: &Section) -> String {
    [&*section.number().to_string(), ". "].concat()
}
