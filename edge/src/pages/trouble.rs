//! Why the form of consent could not be opened or taken, for the person who is looking at it.

use kelisim_shared::{
    language::Language,
    problem::{Problem, ProblemType},
};
use maud::html;

use super::{
    Page,
    words::{self, Trouble},
};

/// The page in the place of a problem document.
#[must_use]
pub fn trouble(problem: &Problem, language: Language) -> String {
    let words = &words::of(language).trouble;
    let slug = problem.r#type.slug();
    let page = Page {
        language,
        title: words.title,
        operator: None,
        languages: None,
        main: html! {
            h1 { (words.title) }
            div.note { p { (lead(problem.r#type, words)) } }
            p { (words.nothing_recorded) }
        },
        footer: Some(html! {
            p { a href={ "/problems#" (slug) } lang="en" { code { (slug) } } }
            p { a href={ "/privacy?lang=" (language) } { (words.policy) } }
        }),
    };
    page.into_html()
}

const fn lead(problem: ProblemType, words: &Trouble) -> &'static str {
    match problem {
        ProblemType::FormExpired | ProblemType::FormInvalid => words.form,
        ProblemType::SubjectErased => words.erased,
        ProblemType::Unavailable | ProblemType::RateLimited => words.later,
        _ => words.reopen,
    }
}
