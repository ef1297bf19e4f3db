//! The HTTP interface for programs: an `OpenAPI` 3.1 document, made from the very types that the edge reads and writes.
//!
//! | module | what it holds |
//! |---|---|
//! | `operations` | the table of operations |
//! | `operation` | what it says of each: who may ask, what goes in, what comes out, which problems |
//! | `paths` | an operation as `OpenAPI` writes it |
//! | `problems` | problem types as schemas, and the answers that carry them |
//! | `schemas` | schemas of the types that serde reads and writes by hand-written code |
//! | `tidy` | what turns the schemas of Rust types into schemas for readers of JSON |
//!
//! The edge does not make the document: `cargo xtask openapi` writes it to `edge/openapi.json`, which the Worker serves as it
//! is, and a test fails while that file is not what the types say. The preview's own routes are not in it.
//!
//! Sources: `OpenAPI` 3.1.1; JSON Schema 2020-12, whose patterns are those of ECMA-262 with the flag `u`.

mod operation;
mod operations;
mod paths;
mod problems;
mod schemas;
pub(crate) mod tidy;

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value, json};

use self::{operation::Tag, operations::OPERATIONS, problems::Answers};
use crate::problem::ProblemType;

pub use self::schemas::Jws;

/// The document as JSON, as it stands in `edge/openapi.json`. It can be read as YAML too.
#[must_use]
pub fn document() -> String {
    let json = serde_json::to_string_pretty(&tidy::sorted(value()));
    json.expect("a document has string keys only") + "\n"
}

/// Each operation's method, and its path with parameters in braces.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    OPERATIONS
        .iter()
        .map(|operation| (operation.method.name(), operation.path))
}

fn value() -> Value {
    let mut schemas = Schemas::new();
    let mut answers = Answers::default();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let item = paths.entry(operation.path).or_insert_with(|| json!({}));
        item[operation.method.name().to_ascii_lowercase()] =
            paths::operation(operation, &mut schemas, &mut answers);
    }
    let problem = schemas.written.subschema_for::<crate::problem::Problem>();
    let mut components = schemas.into_components();
    for &kind in ProblemType::ALL {
        components.insert(problems::name(kind), problems::schema(kind, &problem));
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Kelisim",
            "summary": "Shows people the privacy policy in force, takes their acceptance of it, and keeps proof of that",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{ "url": "/", "description": "The edge that serves this document" }],
        "tags": Tag::ALL.map(|tag| json!({ "name": tag.name(), "description": tag.description() })),
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": answers.into_components(),
            "securitySchemes": security_schemes(),
        },
    })
}

/// Collects schemas, of what the edge reads and of what it writes.
struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let generator = |contract| {
            SchemaSettings::draft2020_12()
                .with(|settings| {
                    settings.definitions_path = "/components/schemas".into();
                    settings.meta_schema = None;
                    settings.contract = contract;
                })
                .into_generator()
        };
        Self {
            read: generator(Contract::Deserialize),
            written: generator(Contract::Serialize),
        }
    }

    fn into_components(mut self) -> Map<String, Value> {
        let mut components = self.read.take_definitions(true);
        components.values_mut().for_each(tidy::request);
        for (name, mut schema) in self.written.take_definitions(true) {
            tidy::response(&mut schema);
            let before = components.insert(name.clone(), schema);
            assert!(
                before.is_none_or(|before| before == components[&name]),
                "{name} is read otherwise than it is written, or names two types"
            );
        }
        components
    }
}

/// Makes a type's schema, in the components unless it is trivial.
type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn security_schemes() -> Value {
    let bearer = |description: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": description });
    json!({
        "subjectToken": bearer(
            "A JWT (RFC 7519) by which a host's backend vouches for one of its users. Signed with ES256, EdDSA or RS256 by a key \
             of a configured issuer (`SUBJECT_ISSUERS`). Claims: `iss`; `aud`, the edge's `AUDIENCE`; `sub`, the user's id, 1 to \
             255 bytes; `iat` and `exp`, at most 15 minutes apart; `agreement`, the version of the user agreement that the user \
             has joined, 1 to 64 bytes; optionally `nbf`, and `cnf.jkt`, the thumbprint of the device key (RFC 7800)."
        ),
        "serviceToken": bearer(
            "A JWT by which a host's backend speaks for itself: as a subject token, without `agreement` and `cnf`, by an issuer \
             of `SERVICE_ISSUERS`; `aud` is the edge's `AUDIENCE` followed by `/v1/uses`, and `sub` names the backend. It may \
             speak of the users of its own issuer only."
        ),
        "staffToken": bearer(
            "A JWT of the organisation's identity provider for a member of staff (`STAFF_ISSUERS`). Claims: `iss`; `aud`, as \
             configured for the issuer; `sub`; `iat` and `exp`, at most 24 hours apart; and the roles, in the claim that is \
             configured. A security requirement lists the role that it needs: `publisher`, `officer` or `auditor`. Without an \
             `Authorization` header, the token is taken from `Cf-Access-Jwt-Assertion`, where Cloudflare Access puts it."
        ),
    })
}

const DESCRIPTION: &str = "\
Every error is a problem document (RFC 9457), whose `type` is stable; each type is a schema here, with its cause and cure, and \
stands at `/problems` for people. A browser that asks for `/consent` or sends its form gets a page instead. An address that is \
not here answers `not-found`. A method that an address does not take answers `method-not-allowed` with the header `Allow`; \
`OPTIONS` always answers 204 with that header, also to a browser's preflight. Every `GET` takes `HEAD` as well (RFC 9110, \
section 9.3.2), but for the records of a subject and the evidence about one, where each look is recorded.\n\n\
Bodies are UTF-8. Members that are not in the schema of a JSON request are refused, and so is one that comes twice. Lengths of \
texts are limited in bytes of UTF-8; `maxLength` gives that number, which is right for ASCII.\n\n\
What is signed is a compact JWS (RFC 7515); `contentSchema` describes its header and payload.";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_has_its_own_name_and_address() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
        assert_eq!(names.len(), OPERATIONS.len());
        let addresses: BTreeSet<_> = operations().collect();
        assert_eq!(addresses.len(), OPERATIONS.len());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn check(schema: &Value, document: &Value) {
            match schema {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.strip_prefix('#').expect("a local reference");
                        assert!(document.pointer(pointer).is_some(), "{reference}");
                    }
                    members.values().for_each(|member| check(member, document));
                }
                Value::Array(items) => items.iter().for_each(|item| check(item, document)),
                _ => {}
            }
        }
        let document = value();
        check(&document, &document);
    }

    #[test]
    fn every_problem_type_is_described_and_belongs_to_some_operation() {
        let document = value();
        let answers = document["components"]["responses"].to_string();
        for &kind in ProblemType::ALL {
            let name = problems::name(kind);
            let schema = &document["components"]["schemas"][&name];
            assert_eq!(schema["properties"]["type"]["const"], kind.uri());
            let reference = format!("#/components/schemas/{name}\"");
            let is_of_no_operation = [ProblemType::NotFound, ProblemType::MethodNotAllowed];
            assert_eq!(
                answers.contains(&reference),
                !is_of_no_operation.contains(&kind),
                "{name}"
            );
        }
    }

    #[test]
    fn an_operation_needs_the_token_that_its_caller_has() {
        for operation::Operation { id, caller, .. } in OPERATIONS {
            let security = paths::security(*caller);
            let schemes = security_schemes();
            for requirement in security.as_array().unwrap() {
                for (scheme, roles) in requirement.as_object().unwrap() {
                    assert!(schemes.get(scheme).is_some(), "{id}");
                    assert_eq!(scheme == "staffToken", roles != &json!([]), "{id}");
                }
            }
        }
    }
}
