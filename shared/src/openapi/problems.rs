//! Problem types as schemas, and the answers that carry them.

use std::collections::BTreeMap;

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::problem::ProblemType;

/// The name of a problem type's schema.
pub(super) fn name(kind: ProblemType) -> String {
    format!("{kind:?}Problem")
}

/// The schema of a problem type: that of all problems, whose reference is `problem`, and what tells this one apart.
pub(super) fn schema(kind: ProblemType, problem: &Schema) -> Value {
    json!({
        "title": kind.title(),
        "description": format!("{} {}", kind.cause(), kind.cure()),
        "allOf": [problem],
        "properties": {
            "type": { "const": kind.uri() },
            "title": { "const": kind.title() },
            "status": { "const": kind.status() },
        },
    })
}

/// Answers that carry problems, each described once: by status.
#[derive(Default)]
pub(super) struct Answers(BTreeMap<u16, Vec<Answer>>);

/// An answer that carries one of some problems.
#[derive(PartialEq)]
struct Answer {
    /// Whether a browser gets a page.
    is_for_people: bool,
    /// The problem types, of one status.
    kinds: Vec<ProblemType>,
}

impl Answers {
    /// The answers of an operation that may meet these problems, by status.
    pub(super) fn of(&mut self, is_for_people: bool, kinds: &[ProblemType]) -> Map<String, Value> {
        let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
        for &kind in kinds {
            by_status.entry(kind.status()).or_default().push(kind);
        }
        let mut reference = |(status, kinds): (u16, Vec<ProblemType>)| {
            let answer = Answer {
                is_for_people,
                kinds,
            };
            let answers = self.0.entry(status).or_default();
            let position = answers.iter().position(|other| *other == answer);
            let position = position.unwrap_or_else(|| {
                answers.push(answer);
                answers.len() - 1
            });
            let reference = format!("#/components/responses/{}", Self::name(status, position));
            (status.to_string(), json!({ "$ref": reference }))
        };
        by_status.into_iter().map(&mut reference).collect()
    }

    /// The answers, as components.
    pub(super) fn into_components(self) -> Value {
        let mut components = Map::new();
        for (status, answers) in self.0 {
            for (position, answer) in answers.iter().enumerate() {
                components.insert(Self::name(status, position), response(status, answer));
            }
        }
        components.into()
    }

    fn name(status: u16, position: usize) -> String {
        format!("Problems{status}-{}", position + 1)
    }
}

fn response(
    status: u16,
    Answer {
        is_for_people,
        kinds,
    }: &Answer,
) -> Value {
    let titles: Vec<String> = kinds
        .iter()
        .map(|kind| format!("- {}: `{}`", kind.title(), kind.uri()))
        .collect();
    let references: Vec<Value> = kinds
        .iter()
        .map(|&kind| json!({ "$ref": format!("#/components/schemas/{}", name(kind)) }))
        .collect();
    let schema = match references.as_slice() {
        [only] => only.clone(),
        _ => json!({ "oneOf": references }),
    };
    let mut response = json!({
        "description": titles.join("\n"),
        "content": { "application/problem+json": { "schema": schema } },
    });
    if *is_for_people {
        // For requests whose header `Accept` starts with this, as those of browsers for a page do.
        response["content"]["text/html"]["schema"]["type"] = "string".into();
    }
    match status {
        401 => {
            response["headers"]["WWW-Authenticate"] = json!({
                "description": "The scheme to authenticate with (RFC 6750, section 3)",
                "required": true,
                "schema": { "type": "string", "const": "Bearer" },
            });
        }
        429 => {
            response["headers"]["Retry-After"] = json!({
                "description": "How many seconds to wait",
                "required": true,
                "schema": { "type": "integer", "minimum": 1, "maximum": 60 },
            });
        }
        _ => {}
    }
    response
}
