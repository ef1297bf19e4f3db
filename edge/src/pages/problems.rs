//! Every kind of error that the HTTP interface answers with.

use kelisim_shared::{language::Language, problem::ProblemType};
use maud::{Markup, html};

use super::Page;

/// The page of all problem types, in English. The anchor of each is its URN's last part.
#[must_use]
pub fn problems() -> String {
    let page = Page {
        language: Language::En,
        title: "Problem types",
        operator: None,
        languages: None,
        main: html! {
            h1 { "Problem types" }
            p {
                "Errors are answered with a problem document ("
                a href="https://www.rfc-editor.org/rfc/rfc9457" rel="noopener" { "RFC 9457" }
                ") whose " code { "type" } " is one of these. Types and statuses are stable; wording is not."
            }
            @for &problem in ProblemType::ALL { (entry(problem)) }
        },
        footer: None,
    };
    page.into_html()
}

fn entry(problem: ProblemType) -> Markup {
    let slug = problem.slug();
    html! {
        section id=(slug) {
            h2 { a.number href={ "#" (slug) } { (problem.status()) } " " (problem.title()) }
            p { code { (problem.uri()) } }
            p { (with_code(problem.cause())) }
            p { strong { "What to do: " } (with_code(problem.cure())) }
        }
    }
}

/// Text of which what stands between backticks is code.
fn with_code(text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}
