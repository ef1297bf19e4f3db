//! The contract in other languages, made from the types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};
use ts_rs::{Config, TS};

use super::{
    Accepted, Answer, Command, Content, Event, Failed, Kept, Message, Postponed, Print, Save,
    Settled, Standing, StatusSnapshot, Version, View,
};
use crate::openapi::tidy;

/// The declarations of the npm package, as TypeScript.
#[must_use]
pub fn declarations() -> String {
    let types = [
        declaration::<Accepted>(),
        declaration::<Postponed>(),
        declaration::<Settled>(),
        declaration::<Kept>(),
        declaration::<Failed>(),
        declaration::<Event>(),
        declaration::<Standing>(),
        declaration::<StatusSnapshot>(),
        declaration::<View>(),
        declaration::<Message>(),
        declaration::<Content>(),
        declaration::<Answer>(),
        declaration::<Print>(),
        declaration::<Save>(),
        declaration::<Command>(),
    ];
    [HEAD, &types.join("\n"), METHODS].concat()
}

/// [`Message`] and [`Command`], which cross bridges, and [`StatusSnapshot`], as JSON Schema 2020-12.
#[must_use]
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let roots = [
        generator.subschema_for::<Message>(),
        generator.subschema_for::<Command>(),
        generator.subschema_for::<StatusSnapshot>(),
    ];
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What Kelisim and the apps and pages around it say to each other",
        "description": "A message to an app, a command of an app, or the status that a page is given.",
        "anyOf": roots,
        "$defs": Value::from(generator.take_definitions(true)),
    });
    tidy::request(&mut schema);
    let text = serde_json::to_string_pretty(&tidy::sorted(schema));
    text.expect("a schema has string keys only") + "\n"
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}

fn declaration<T: TS>() -> String {
    let docs = T::docs().unwrap_or_default();
    let declaration = T::decl(&Config::new());
    laid_out(&format!("{docs}export {declaration}"))
}

/// A declaration with each member on its line, and comments of one line on one.
fn laid_out(declaration: &str) -> String {
    let broken = declaration
        .replace(", \n", ";\n")
        .replace("{ \n", "{\n")
        .replace(", }", ";\n}");
    let mut written = Vec::new();
    let mut depth = 0;
    let mut lines = broken.lines();
    while let Some(line) = lines.next() {
        if line == "/**" {
            let words = lines.by_ref().take_while(|line| *line != " */");
            let words = words.map(|line| line.trim_start_matches(" *"));
            let words: Vec<&str> = words.collect();
            written.push(comment(&words, &"  ".repeat(depth)));
            continue;
        }
        let closed = usize::from(line.starts_with('}'));
        depth -= closed;
        written.push(format!("{}{line}\n", "  ".repeat(depth)));
        depth += line.matches('{').count() + closed - line.matches('}').count();
    }
    written.concat()
}

fn comment(words: &[&str], indent: &str) -> String {
    if let [words] = words {
        return format!("{indent}/**{words} */\n");
    }
    let words = words.join(&format!("\n{indent} *"));
    format!("{indent}/**\n{indent} *{words}\n{indent} */\n")
}

/// What the types are made of.
const HEAD: &str = include_str!("head.d.ts");

/// What `window.kelisim` and the package can do, in terms of the types.
const METHODS: &str = include_str!("methods.d.ts");
