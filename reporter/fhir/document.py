"""Composition, DiagnosticReport and Provenance: the resources that hold the report together."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from reporter.fhir import constants as c
from reporter.fhir import exams, labels, lifecycle
from reporter.fhir.datatypes import Json, coding, concept, extension, given
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
_RESULTS = ("finding", "dxa", "derived", "diagnosis", "recommendation")


def add(graph: Graph, title: str) -> None:
    """Add the three resources."""
    sections = Sections(graph)
    graph.add("composition", "Composition", _composition(graph, sections))
    graph.add("report", "DiagnosticReport", _report(graph, sections, title))
    graph.add(provenance_key(graph), "Provenance", _provenance(graph))


def provenance_key(graph: Graph) -> str:
    """Every version has its own Provenance."""
    return f"provenance/{graph.lifecycle.version}"


def _authors(graph: Graph) -> list[Json]:
    """The radiologist when there is one, else the software; then the organization."""
    first = graph.ref("role") if graph.has("role") else graph.ref("software")
    return [first, *_organization(graph)]


def _organization(graph: Graph) -> list[Json]:
    return [graph.ref("organization")] if graph.has("organization") else []


def _composition(graph: Graph, sections: Sections) -> Json:
    return {
        "language": "fr",
        "extension": [
            extension(c.BASED_ON, valueReference=graph.ref("order")),
            extension(c.REPORT_REFERENCE, valueReference=graph.ref("report")),
            lifecycle.version(graph),
        ],
        "identifier": lifecycle.report_identifier(graph),
        "status": lifecycle.composition_status(graph),
        "type": _TYPE,
        "category": graph.concepts.category[graph.exam.study.modality],
        "subject": graph.ref("patient"),
        "date": graph.made,
        "author": _authors(graph),
        "title": graph.title,
        "attester": lifecycle.attesters(graph),
        "custodian": next(iter(_organization(graph)), None),
        "relatesTo": lifecycle.relations(graph),
        "event": [_event(graph)],
        "section": sections.build(),
    }


def _event(graph: Graph) -> Json:
    """The act that is documented (French document core: Composition.event)."""
    return {
        "code": [graph.resources["procedure"]["code"]],
        "period": {"start": graph.day},
        "detail": [graph.ref("procedure")],
    }


def _report(graph: Graph, sections: Sections, title: str) -> Json:
    conclusion = sections.homes.texts.get("conclusion")
    signed = graph.lifecycle.signature
    return {
        "language": "fr",
        "extension": [extension(c.REPORT_COMPOSITION, valueReference=graph.ref("composition")), *_notes(sections)],
        "identifier": [lifecycle.report_identifier(graph)],
        "basedOn": [exams.order_reference(graph)],
        "status": graph.lifecycle.status,
        "category": graph.concepts.category[graph.exam.study.modality],
        "code": graph.resources["procedure"]["code"],
        "subject": graph.ref("patient"),
        "effectiveDateTime": graph.day,
        "issued": signed.time.isoformat(timespec="seconds") if signed else graph.made,
        "performer": _organization(graph),
        "resultsInterpreter": [graph.ref("role")] if graph.has("role") else None,
        "result": [graph.ref(key) for key, statement in graph.keyed if statement.kind in _RESULTS],
        "imagingStudy": [graph.ref("study")],
        "conclusion": given(conclusion.text()) if conclusion else None,
        "conclusionCode": _retained(graph),
        "presentedForm": [_presented(graph, sections, title)],
    }


def _notes(sections: Sections) -> list[Json]:
    """Free text by section (annotationType), addenda last."""
    codes = c.SECTION_CODES.items() if sections.noted else ()
    notes = [_typed(note, code) for name, code in codes for note in sections.notes(name)]
    added = [_typed(note, c.ADDENDUM) for note in lifecycle.addendum_notes(sections.graph)]
    return [extension(c.REPORT_NOTE, valueAnnotation=note) for note in (*notes, *added)]


def _typed(note: Json, code: str) -> Json:
    kind = extension(c.ANNOTATION_TYPE, valueCodeableConcept=concept(coding(c.LOINC, code)))
    return {**note, "extension": [kind, *note["extension"]]}


def _retained(graph: Graph) -> list[Json]:
    """Only what the radiologist retains is a conclusion code; left and right of one diagnosis count once."""
    codes = [s.concept for s in graph.report.statements if s.kind == "diagnosis" and s.status == "retained"]
    return [graph.concepts.diagnosis[code] for code in dict.fromkeys(codes)]


def _presented(graph: Graph, sections: Sections, title: str) -> Json:
    """The sections as one HTML page."""
    heading = escape(labels.exam(graph.exam.study, title, graph.catalog), quote=False)
    parts = {labels.SECTIONS[name]: said for name, said in sections.said.items() if name != "exam"}
    parts[labels.ADDENDUM] = "".join(sections.addenda())
    body = "".join([f"<h2>{name}</h2>{said}" for name, said in parts.items() if said])
    head = f'<head><meta charset="utf-8"/><title>{heading}</title></head>'
    page = f'<!DOCTYPE html>\n<html lang="fr">{head}<body><h1>{heading}</h1>{body}</body></html>\n'.encode()
    return {
        "contentType": "text/html",
        "language": "fr",
        "data": base64.b64encode(page).decode("ascii"),
        "size": len(page),
        "hash": base64.b64encode(hashlib.sha1(page, usedforsecurity=False).digest()).decode("ascii"),
        "creation": graph.made,
    }


def _provenance(graph: Graph) -> Json:
    composition = {**graph.ref("composition"), "identifier": lifecycle.own_document(graph)}
    return {
        "target": [composition, graph.ref("report")],
        "recorded": graph.made,
        "activity": lifecycle.operation(graph),
        "agent": [{"type": type_, "who": graph.ref(key)} for key, type_ in _AGENTS.items() if graph.has(key)],
    }
