"""Holds documents against a JSON Schema with `jsonschema_rs`, or expands JSON-LD with `rdflib`.

`validate` reads {"schema": …, "documents": […]} and prints, for each document, a list of what is wrong with it.
`expand` reads a document of JSON-LD and prints {"triples": [[subject, predicate, object], …], "unknown": […]}: the triples
as N-Triples has them, and the terms of vocabularies which `rdflib` knows that are not in those.
"""

import json
import sys

import jsonschema_rs
import rdflib

KNOWN = (rdflib.DCTERMS, rdflib.RDF, rdflib.SDO, rdflib.XSD)


def validate(request):
    validator = jsonschema_rs.validator_for(request["schema"], validate_formats=True)
    return [
        [error.message for error in validator.iter_errors(document)]
        for document in request["documents"]
    ]


def expand(document):
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    terms = {term for triple in graph for term in triple if isinstance(term, rdflib.URIRef)}
    terms |= {term.datatype for term in graph.objects() if isinstance(term, rdflib.Literal) and term.datatype}
    unknown = [
        term for term in terms for known in KNOWN if term.startswith(str(known)) and term not in known
    ]
    return {
        "triples": sorted([term.n3() for term in triple] for triple in graph),
        "unknown": sorted(unknown),
    }


command = {"validate": validate, "expand": expand}[sys.argv[1]]
json.dump(command(json.load(sys.stdin)), sys.stdout)
