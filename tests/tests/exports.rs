//! Exports of acceptances, held against other people's implementations: JSON Schema by `jsonschema_rs`, JSON-LD by `rdflib`.
//! That the files here are what is exported, the unit tests of `shared::export` say.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use std::{collections::BTreeSet, io::Write as _, process::Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[test]
fn every_export_is_what_its_standard_demands() -> Result<()> {
    for (schema, documents) in [
        (KANTARA_SCHEMA, [EXPLICIT_KANTARA, IMPLIED_KANTARA]),
        (ISO27560_SCHEMA, [EXPLICIT_ISO27560, IMPLIED_ISO27560]),
    ] {
        let documents = documents.map(parse);
        let errors = validate(&parse(schema), &documents)?;
        assert_eq!(errors, [const { Vec::<String>::new() }; 2]);
    }
    Ok(())
}

/// So the schemas do look at what is there.
#[test]
fn without_any_member_that_its_standard_demands_it_is_none() -> Result<()> {
    for (schema, document, at_least) in [
        (KANTARA_SCHEMA, EXPLICIT_KANTARA, 24),
        (ISO27560_SCHEMA, EXPLICIT_ISO27560, 60),
        (ISO27560_SCHEMA, IMPLIED_ISO27560, 58),
    ] {
        let document = parse(document);
        let members = members(&document);
        let without: Vec<Value> = members
            .iter()
            .map(|pointer| {
                let mut document = document.clone();
                remove(&mut document, pointer);
                document
            })
            .collect();
        let errors = validate(&parse(schema), &without)?;
        let needless: Vec<&String> = members
            .iter()
            .zip(&errors)
            .filter(|(_, errors)| errors.is_empty())
            .map(|(pointer, _)| pointer)
            .collect();
        let demanded = members.len() - needless.len();
        ensure!(
            demanded >= at_least,
            "{demanded} demanded; not: {needless:?}"
        );
    }
    Ok(())
}

#[test]
fn every_term_of_json_ld_is_in_its_vocabulary() -> Result<()> {
    let mut used = BTreeSet::new();
    for document in [EXPLICIT_ISO27560, IMPLIED_ISO27560] {
        let Expanded { triples, unknown } = expand(document)?;
        assert!(unknown.is_empty(), "{unknown:?}");
        for [_, predicate, object] in triples {
            used.extend(term(&predicate).map(|term| format!("{term} property")));
            used.extend(term(&object).map(|term| format!("{term} class")));
        }
    }
    let known: BTreeSet<String> = DPV
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
        .collect();
    assert_eq!(used, known);
    Ok(())
}

#[test]
fn expanded_it_says_what_the_record_says() -> Result<()> {
    let Expanded { triples, .. } = expand(EXPLICIT_ISO27560)?;
    let object = |predicate: &str| {
        let predicate = format!("<https://w3id.org/dpv#{predicate}>");
        let mut objects = triples.iter().filter(|triple| triple[1] == predicate);
        let [_, _, object] = objects.next().unwrap();
        assert!(objects.next().is_none(), "{predicate} twice");
        object.clone()
    };
    assert_eq!(
        object("hasLegalBasis"),
        "<https://w3id.org/dpv#ExpressedConsent>"
    );
    assert_eq!(object("hasJurisdiction"), "<https://w3id.org/dpv/loc#KZ>");
    assert_eq!(object("isIndicatedBy"), object("hasDataSubject"));
    assert_eq!(object("hasDataController"), object("hasEntity"));
    assert!(
        object("isIndicatedAtTime").ends_with("^^<http://www.w3.org/2001/XMLSchema#dateTime>"),
        "{}",
        object("isIndicatedAtTime")
    );
    Ok(())
}

#[test]
fn expanded_an_implied_acceptance_is_no_consent() -> Result<()> {
    let Expanded { triples, .. } = expand(IMPLIED_ISO27560)?;
    for triple in &triples {
        let text = triple.concat().to_lowercase();
        assert!(!text.contains("consent"), "{triple:?}");
    }
    let contract = "<https://w3id.org/dpv#Contract>";
    assert!(triples.iter().any(|triple| triple[2] == contract));
    Ok(())
}

/// A document of JSON-LD as triples, each part as N-Triples has it.
#[derive(Deserialize)]
struct Expanded {
    triples: Vec<[String; 3]>,
    /// Terms that are not in their vocabulary, of those that `rdflib` knows.
    unknown: Vec<String>,
}

/// The term of DPV that a part of a triple is, as the list has it.
fn term(part: &str) -> Option<String> {
    let iri = part.strip_prefix('<')?.strip_suffix('>')?;
    let (namespace, name) = iri.split_once('#')?;
    match namespace {
        "https://w3id.org/dpv" => Some(format!("dpv {name}")),
        "https://w3id.org/dpv/loc" => Some(format!("loc {name}")),
        _ => None,
    }
}

/// Pointers to every member of a document (RFC 6901), those of its context left out.
fn members(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        let mut pointers = vec![format!("/{name}")];
        pointers.extend(members(value).iter().map(|rest| format!("/{name}{rest}")));
        pointers
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                if name == "@context" {
                    vec![format!("/{name}")]
                } else {
                    below(name, value)
                }
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| {
                let mut pointers = below(&index.to_string(), item);
                pointers.remove(0);
                pointers
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).unwrap();
    assert!(parent.as_object_mut().unwrap().remove(&name).is_some());
}

fn validate(schema: &Value, documents: &[Value]) -> Result<Vec<Vec<String>>> {
    python(
        "validate",
        &json!({ "schema": schema, "documents": documents }),
    )
}

fn expand(document: &str) -> Result<Expanded> {
    python("expand", &parse(document))
}

fn python<T: DeserializeOwned>(command: &str, input: &Value) -> Result<T> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/exports.py");
    let mut child = xtask::python::command()?
        .args([script, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("it was piped")?;
    stdin.write_all(input.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{command}: {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

const EXPLICIT_ISO27560: &str = include_str!("../vectors/exports/explicit.iso27560.json");
const EXPLICIT_KANTARA: &str = include_str!("../vectors/exports/explicit.kantara.json");
const IMPLIED_ISO27560: &str = include_str!("../vectors/exports/implied.iso27560.json");
const IMPLIED_KANTARA: &str = include_str!("../vectors/exports/implied.kantara.json");

const ISO27560_SCHEMA: &str = include_str!("../vectors/exports/iso27560.schema.json");
const KANTARA_SCHEMA: &str = include_str!("../vectors/exports/kantara.schema.json");

const DPV: &str = include_str!("../vectors/exports/dpv-2.0.txt");
