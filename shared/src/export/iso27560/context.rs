//! The context of a record (JSON-LD 1.1).

use serde::{
    Serialize,
    ser::{SerializeMap, Serializer},
};

/// What the prefixes stand for, and which members hold addresses and instants: so that both can be plain strings, as in the
/// guide, and are what they are to whoever expands the record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context;

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Typed {
            #[serde(rename = "@type")]
            kind: &'static str,
        }
        let length = PREFIXES.len() + ADDRESSES.len() + INSTANTS.len();
        let mut context = serializer.serialize_map(Some(length))?;
        for (prefix, namespace) in PREFIXES {
            context.serialize_entry(prefix, namespace)?;
        }
        for (members, kind) in [(ADDRESSES, "@id"), (INSTANTS, "xsd:dateTime")] {
            for member in members {
                context.serialize_entry(member, &Typed { kind })?;
            }
        }
        context.end()
    }
}

const PREFIXES: &[(&str, &str)] = &[
    ("dct", "http://purl.org/dc/terms/"),
    ("dpv", "https://w3id.org/dpv#"),
    ("loc", "https://w3id.org/dpv/loc#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("schema", "https://schema.org/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

const ADDRESSES: &[&str] = &[
    "dct:conformsTo",
    "dct:replaces",
    "dct:source",
    "dpv:hasDataController",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:isExercisedAt",
    "dpv:isIndicatedBy",
    "schema:url",
];

const INSTANTS: &[&str] = &[
    "dct:created",
    "dct:date",
    "dct:issued",
    "dpv:isIndicatedAtTime",
];
