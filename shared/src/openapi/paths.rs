//! An operation as `OpenAPI` writes it.

use serde_json::{Map, Value, json};

use super::{
    Schemas,
    operation::{Caller, Content, Link, Operation, Reply, RequestBody},
    problems::Answers,
};
use crate::{
    api::staff::ScheduleId,
    edition::EditionId,
    evidence::ReceiptFile,
    export::Format,
    problem::ProblemType as P,
    record::{RecordId, SubjectId},
    token::Role,
};

/// The operation object.
pub(super) fn operation(
    operation: &Operation,
    schemas: &mut Schemas,
    answers: &mut Answers,
) -> Value {
    let mut responses = Map::new();
    for reply in operation.replies {
        responses.insert(reply.status.to_string(), response(reply, schemas));
    }
    responses.extend(answers.of(operation.is_for_people, &problems_of(operation)));
    let mut object = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag.name()],
        "security": security(operation.caller),
        "responses": responses,
    });
    if !operation.description.is_empty() {
        object["description"] = operation.description.into();
    }
    let parameters = parameters(operation, schemas);
    if !parameters.is_empty() {
        object["parameters"] = parameters.into();
    }
    if let Some(body) = &operation.body {
        object["requestBody"] = request_body(body, schemas);
    }
    object
}

/// Who may ask: one of the alternatives has to be met.
pub(super) fn security(caller: Caller) -> Value {
    match caller {
        Caller::Anyone => json!([]),
        Caller::Subject => json!([{ "subjectToken": [] }]),
        Caller::Service => json!([{ "serviceToken": [] }]),
        Caller::Staff(roles) => roles
            .iter()
            .map(|role: &Role| json!({ "staffToken": [role.name()] }))
            .collect(),
    }
}

/// Every problem that the operation may meet: its own, those of its caller and body, and those of any.
fn problems_of(operation: &Operation) -> Vec<P> {
    let mut kinds = EVERYWHERE.to_vec();
    kinds.extend(operation.problems);
    if operation.caller != Caller::Anyone {
        kinds.extend(TOKENS);
        kinds.push(P::Unavailable);
    }
    if matches!(operation.caller, Caller::Staff(_)) {
        kinds.push(P::RoleMissing);
    }
    if operation.body.is_some() {
        kinds.extend(BODIES);
    }
    let all = P::ALL.iter().copied();
    all.filter(|kind| kinds.contains(kind)).collect()
}

fn parameters(operation: &Operation, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameters: Vec<Value> = operation
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| path_parameter(name, schemas))
        .collect();
    for query in operation.queries {
        let schema = if query.values.is_empty() {
            schemas.read.subschema_for::<EditionId>().to_value()
        } else {
            json!({ "type": "string", "enum": query.values })
        };
        parameters.push(json!({
            "name": query.name,
            "in": "query",
            "description": query.description,
            "required": query.required,
            "schema": schema,
        }));
    }
    if operation.replies.iter().any(|reply| reply.is_in_language) {
        parameters.push(json!({
            "name": "lang",
            "in": "query",
            "description": "The language: a tag of `kk`, `ru` or `en`, such as `kk-KZ`. Anything else counts as nothing.",
            "schema": { "type": "string" },
            "example": "kk",
        }));
        parameters.push(json!({
            "name": "Accept-Language",
            "in": "header",
            "description": "The languages that are preferred (RFC 9110, section 12.5.4), where `lang` names none. Else it is Russian.",
            "schema": { "type": "string" },
            "example": "kk-KZ, ru;q=0.8",
        }));
    }
    if operation.replies.iter().any(|reply| reply.status == 304) {
        parameters.push(json!({
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of what the client has (RFC 9110, section 13.1.2).",
            "schema": { "type": "string" },
        }));
    }
    if operation.own_page_only {
        parameters.push(json!({
            "name": "Origin",
            "in": "header",
            "required": true,
            "description": "The edge's own origin (RFC 6454), as browsers send it with a form of the edge's page.",
            "schema": { "type": "string" },
        }));
    }
    parameters
}

fn path_parameter(name: &str, schemas: &mut Schemas) -> Value {
    let read = &mut schemas.read;
    let (schema, description) = match name {
        "subject" => (
            read.subschema_for::<SubjectId>(),
            "The subject's pseudonym.",
        ),
        "schedule" => (
            read.subschema_for::<ScheduleId>(),
            "The scheduled edition's id.",
        ),
        "record" => (read.subschema_for::<RecordId>(), "The record's id."),
        "from" => (read.subschema_for::<EditionId>(), "The old edition's id."),
        "to" => (read.subschema_for::<EditionId>(), "The new edition's id."),
        _ => (read.subschema_for::<EditionId>(), "The edition's id."),
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": schema,
    })
}

fn request_body(body: &RequestBody, schemas: &mut Schemas) -> Value {
    json!({
        "required": true,
        "description": format!("At most {} bytes.", body.limit),
        "x-max-bytes": body.limit,
        "content": { body.media_type: {
            "schema": (body.schema)(&mut schemas.read),
            "examples": { "example": { "value": (body.example)() } },
        }},
    })
}

fn response(reply: &Reply, schemas: &mut Schemas) -> Value {
    let mut response = json!({ "description": reply.description });
    match reply.content {
        Content::Empty => {}
        Content::Html => {
            response["content"]["text/html"]["schema"]["type"] = "string".into();
        }
        Content::Script => {
            response["content"]["text/javascript"]["schema"]["type"] = "string".into();
        }
        Content::Text => {
            response["content"]["text/plain"]["schema"]["type"] = "string".into();
        }
        Content::Receipt => {
            let file = schemas.written.subschema_for::<ReceiptFile>();
            response["content"]["application/json"]["schema"] = json!({ "anyOf": [file, { "type": "object", "description": "A consent receipt of Kantara" }] });
            for format in Format::ALL {
                if format.media_type() != "application/json" {
                    response["content"][format.media_type()]["schema"]["type"] = "object".into();
                }
            }
        }
        Content::Zip => {
            response["content"]["application/zip"] = json!({});
        }
        Content::Json(schema) => {
            response["content"]["application/json"]["schema"] =
                schema(&mut schemas.written).to_value();
        }
    }
    if reply.has_etag {
        response["headers"]["ETag"] = json!({
            "description": "The first half of the SHA-256 of the body, in quotation marks",
            "required": true,
            "schema": { "type": "string", "pattern": "^\"[0-9a-f]{32}\"$" },
        });
    }
    if reply.status == 302 {
        response["headers"]["Location"] = json!({
            "description": "The address to go on to",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        });
    }
    for &Link {
        operation,
        parameter,
        value,
    } in reply.links
    {
        response["links"][operation] = json!({
            "operationId": operation,
            "parameters": { parameter: value },
        });
    }
    response
}

/// What any request may meet.
const EVERYWHERE: [P; 5] = [
    P::OriginNotAllowed,
    P::HttpsRequired,
    P::RateLimited,
    P::Internal,
    P::Misconfigured,
];

/// What a bearer token may be refused for.
const TOKENS: [P; 10] = [
    P::TokenMissing,
    P::TokenMalformed,
    P::TokenAlgorithm,
    P::TokenIssuer,
    P::TokenKey,
    P::TokenSignature,
    P::TokenAudience,
    P::TokenExpired,
    P::TokenNotYetValid,
    P::TokenLifetime,
];

/// What a body may be refused for.
const BODIES: [P; 3] = [P::MalformedBody, P::BodyTooLarge, P::UnsupportedMediaType];
