"""Composition, DiagnosticReport and Provenance: the resources that hold the report together."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from html import escape

from reporter.fhir import constants as c
from reporter.fhir import exams, labels, lifecycle
from reporter.fhir.datatypes import Json, coding, concept, extension, plain
from reporter.fhir.graph import Graph
from reporter.fhir.intact import constant, constants
from reporter.fhir.sections import Sections

_TYPE = constant(concept(coding(c.LOINC, c.REPORT_CODE, "Diagnostic imaging study")))
_AGENTS = constants(
    {
        "software": concept(coding(c.PROVENANCE_AGENT, "assembler", "Assembler")),
        "role": concept(coding(c.PROVENANCE_AGENT, "author", "Author")),
        "signer-role": concept(coding(c.PROVENANCE_AGENT, "attester", "Attester")),
    }
)


def add(graph: Graph, title: str) -> None:
    """Add the three resources."""
    sections, identity = Sections(graph), lifecycle.report_identifier(graph)
    _composition(graph, sections, identity)
    _report(graph, sections, title, identity)
    _provenance(graph)


def provenance_key(graph: Graph) -> str:
    """Every version has its own Provenance."""
    return f"provenance/{graph.lifecycle.version}"


def _organization(graph: Graph) -> list[Json]:
    return [graph.ref("organization")] if graph.has("organization") else []


def _composition(graph: Graph, sections: Sections, identity: Json) -> None:
    organization = _organization(graph)
    made = graph.begin("composition", "Composition", language="fr")
    made["extension"] = [
        {"url": c.BASED_ON, "valueReference": graph.ref("order")},
        {"url": c.REPORT_REFERENCE, "valueReference": graph.ref("report")},
        lifecycle.version(graph),
    ]
    made["identifier"] = identity
    made["status"] = lifecycle.composition_status(graph)
    made["type"] = _TYPE
    made["category"] = graph.concepts.category[graph.exam.study.modality]
    made["subject"] = graph.ref("patient")
    made["date"] = graph.made
    # the radiologist when there is one, else the software; then the organization
    made["author"] = [graph.ref("role" if graph.has("role") else "software"), *organization]
    if graph.title:
        made["title"] = graph.title
    if attesters := lifecycle.attesters(graph):
        made["attester"] = attesters
    if organization:
        made["custodian"] = organization[0]
    if relations := lifecycle.relations(graph):
        made["relatesTo"] = relations
    made["event"] = [_event(graph)]
    made["section"] = sections.made


def _event(graph: Graph) -> Json:
    """The act that is documented (French document core: Composition.event)."""
    return {
        "code": [graph.resources["procedure"]["code"]],
        "period": {"start": graph.day},
        "detail": [graph.ref("procedure")],
    }


def _report(graph: Graph, sections: Sections, title: str, identity: Json) -> None:
    signed = graph.lifecycle.signature
    made = graph.begin("report", "DiagnosticReport", language="fr")
    composed = {"url": c.REPORT_COMPOSITION, "valueReference": graph.ref("composition")}
    made["extension"] = [composed, *_notes(sections)]
    made["identifier"] = [identity]
    made["basedOn"] = [exams.order_reference(graph)]
    made["status"] = graph.lifecycle.status
    made["category"] = graph.concepts.category[graph.exam.study.modality]
    made["code"] = graph.resources["procedure"]["code"]
    made["subject"] = graph.ref("patient")
    made["effectiveDateTime"] = graph.day
    made["issued"] = signed.time.isoformat(timespec="seconds") if signed else graph.made
    if organization := _organization(graph):
        made["performer"] = organization
    if graph.has("role"):
        made["resultsInterpreter"] = [graph.ref("role")]
    if graph.results:
        made["result"] = graph.results
    made["imagingStudy"] = [graph.ref("study")]
    _concluded(graph, made)
    made["presentedForm"] = [_presented(graph, sections, title)]


def _concluded(graph: Graph, made: Json) -> None:
    """The conclusion; only what the radiologist retains is a code, once for left and right of one diagnosis."""
    for section in graph.narrative.sections:
        if section.id == "conclusion" and (said := plain(section.text())):
            made["conclusion"] = said
    retained = [s.concept for _, s in graph.keyed if s.status == "retained" and s.kind == "diagnosis"]
    if retained:
        made["conclusionCode"] = [graph.concepts.diagnosis[code] for code in dict.fromkeys(retained)]


def _notes(sections: Sections) -> list[Json]:
    """Free text by section (annotationType), addenda last."""
    if not sections.noted and not sections.graph.lifecycle.addenda:
        return []
    notes = [_typed(note, code) for name, code in c.SECTION_CODES.items() for note in sections.notes(name)]
    added = [_typed(note, c.ADDENDUM) for note in lifecycle.addendum_notes(sections.graph)]
    return [extension(c.REPORT_NOTE, valueAnnotation=note) for note in (*notes, *added)]


def _typed(note: Json, code: str) -> Json:
    kind = extension(c.ANNOTATION_TYPE, valueCodeableConcept=concept(coding(c.LOINC, code)))
    return {**note, "extension": [kind, *note["extension"]]}


def _presented(graph: Graph, sections: Sections, title: str) -> Json:
    """The sections as one HTML page."""
    heading = escape(labels.exam(graph.exam.study, title, graph.catalog), quote=False)
    said = sections.said.items()
    body = "".join([f"<h2>{labels.SECTIONS[name]}</h2>{part}" for name, part in said if part and name != "exam"])
    if addenda := sections.addenda():
        body = f"{body}<h2>{labels.ADDENDUM}</h2>{''.join(addenda)}"
    head = f'<head><meta charset="utf-8"/><title>{heading}</title></head>'
    page = f'<!DOCTYPE html>\n<html lang="fr">{head}<body><h1>{heading}</h1>{body}</body></html>\n'.encode()
    return {
        "contentType": "text/html",
        "language": "fr",
        "data": b2a_base64(page, newline=False).decode("ascii"),
        "size": len(page),
        "hash": b2a_base64(hashlib.sha1(page, usedforsecurity=False).digest(), newline=False).decode("ascii"),
        "creation": graph.made,
    }


def _provenance(graph: Graph) -> None:
    made = graph.begin(provenance_key(graph), "Provenance")
    composition = {**graph.ref("composition"), "identifier": lifecycle.own_document(graph)}
    made["target"] = [composition, graph.ref("report")]
    made["recorded"] = graph.made
    made["activity"] = lifecycle.operation(graph)
    made["agent"] = [{"type": type_, "who": graph.ref(key)} for key, type_ in _AGENTS.items() if graph.has(key)]
