"""Composition, DiagnosticReport and Provenance: the resources that hold the report together."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from reporter.fhir import constants as c
from reporter.fhir import exams, labels, lifecycle, observations
from reporter.fhir.codes import equivalents
from reporter.fhir.datatypes import Json, coding, concept, extension
from reporter.fhir.graph import Graph
from reporter.fhir.sections import Sections

_RESULTS = ("finding", "dxa", "derived", "diagnosis", "recommendation")


def add(graph: Graph, title: str) -> None:
    """Add the three resources, and the narrative link of every Observation."""
    sections = Sections(graph)
    _links(graph, sections)
    graph.add("composition", "Composition", _composition(graph, sections, title))
    graph.add("report", "DiagnosticReport", _report(graph, sections, title))
    graph.add(provenance_key(graph), "Provenance", _provenance(graph))


def provenance_key(graph: Graph) -> str:
    """Every version has its own Provenance."""
    return f"provenance/{graph.lifecycle.version}"


def timestamp(graph: Graph) -> str:
    """When the report was made, with its offset."""
    return graph.report.provenance.created.isoformat(timespec="seconds")


def _links(graph: Graph, sections: Sections) -> None:
    for key, resource in graph.resources.items():
        anchor = sections.link(key)
        if resource["resourceType"] == "Observation" and anchor:
            link = extension(c.NARRATIVE_LINK, valueUrl=f"{graph.url('composition')}#{anchor}")
            rest = {k: v for k, v in resource.items() if k not in ("resourceType", "id", "extension")}
            found = [link, *resource.get("extension", [])]
            graph.resources[key] = {"resourceType": "Observation", "id": resource["id"], "extension": found, **rest}


def _categories(graph: Graph) -> list[Json]:
    code = c.SERVICE_SECTION[graph.exam.study.modality]
    same = equivalents(graph.catalog, graph.settings, "modality", graph.exam.study.modality, systems=(c.V2_0074,))
    display = next((entry["display"] for entry in same if entry["code"] == code), None)
    return [
        concept(coding(c.LOINC, c.REPORT_CODE)),
        concept(coding(c.LOINC, c.REPORT_CATEGORY)),
        concept(coding(c.EHDS_CATEGORY, c.EHDS_IMAGING)),
        concept(coding(c.V2_0074, code, display)),
    ]


def _authors(graph: Graph) -> list[Json]:
    """The radiologist when there is one, else the software; then the organization."""
    first = graph.ref("role") if graph.has("role") else graph.ref("software")
    return [first, *_organization(graph)]


def _organization(graph: Graph) -> list[Json]:
    return [graph.ref("organization")] if graph.has("organization") else []


def _composition(graph: Graph, sections: Sections, title: str) -> Json:
    return {
        "language": "fr",
        "extension": [
            extension(c.BASED_ON, valueReference=graph.ref("order")),
            extension(c.REPORT_REFERENCE, valueReference=graph.ref("report")),
            lifecycle.version(graph),
        ],
        "identifier": lifecycle.report_identifier(graph),
        "status": lifecycle.composition_status(graph),
        "type": concept(coding(c.LOINC, c.REPORT_CODE, "Diagnostic imaging study")),
        "category": _categories(graph),
        "subject": graph.ref("patient"),
        "date": timestamp(graph),
        "author": _authors(graph),
        "title": labels.exam(graph.exam.study, title, graph.catalog),
        "attester": lifecycle.attesters(graph),
        "custodian": next(iter(_organization(graph)), None),
        "relatesTo": lifecycle.relations(graph),
        "event": [_event(graph, title)],
        "section": sections.build(),
    }


def _event(graph: Graph, title: str) -> Json:
    """The act that is documented (French document core: Composition.event)."""
    return {
        "code": [exams.exam_concept(graph, title)],
        "period": {"start": str(graph.exam.study.date)},
        "detail": [graph.ref("procedure")],
    }


def _report(graph: Graph, sections: Sections, title: str) -> Json:
    conclusion = sections.texts.get("conclusion")
    signed = graph.lifecycle.signature
    return {
        "language": "fr",
        "extension": [extension(c.REPORT_COMPOSITION, valueReference=graph.ref("composition")), *_notes(sections)],
        "identifier": [lifecycle.report_identifier(graph)],
        "basedOn": [exams.order_reference(graph)],
        "status": graph.lifecycle.status,
        "category": _categories(graph),
        "code": exams.exam_concept(graph, title),
        "subject": graph.ref("patient"),
        "effectiveDateTime": str(graph.exam.study.date),
        "issued": signed.time.isoformat(timespec="seconds") if signed else timestamp(graph),
        "performer": _organization(graph),
        "resultsInterpreter": [graph.ref("role")] if graph.has("role") else None,
        "result": [graph.ref(graph.key_of(s)) for s in graph.report.statements if s.kind in _RESULTS],
        "imagingStudy": [graph.ref("study")],
        "conclusion": conclusion.text() if conclusion else None,
        "conclusionCode": _retained(graph),
        "presentedForm": [_presented(graph, sections, title)],
    }


def _notes(sections: Sections) -> list[Json]:
    """Free text by section (annotationType), addenda last."""
    codes = {name: code for name, code in c.SECTION_CODES.items() if sections.notes(name)}
    notes = [_typed(note, code) for name, code in codes.items() for note in sections.notes(name)]
    added = [_typed(note, c.ADDENDUM) for note in lifecycle.addendum_notes(sections.graph)]
    return [extension(c.REPORT_NOTE, valueAnnotation=note) for note in (*notes, *added)]


def _typed(note: Json, code: str) -> Json:
    kind = extension(c.ANNOTATION_TYPE, valueCodeableConcept=concept(coding(c.LOINC, code)))
    return {**note, "extension": [kind, *note["extension"]]}


def _retained(graph: Graph) -> list[Json]:
    """Only what the radiologist retains is a conclusion code; left and right of one diagnosis count once."""
    codes = [s.concept for s in graph.report.statements if s.kind == "diagnosis" and s.status == "retained"]
    return [observations.diagnosis(graph, code) for code in dict.fromkeys(codes)]


def _presented(graph: Graph, sections: Sections, title: str) -> Json:
    """The sections as one HTML page."""
    heading = escape(labels.exam(graph.exam.study, title, graph.catalog), quote=False)
    parts = {labels.SECTIONS[name]: sections.blocks(name)[0] for name in c.SECTION_CODES if name != "exam"}
    parts[labels.ADDENDUM] = sections.addenda()
    body = "".join(f"<h2>{name}</h2>{''.join(blocks)}" for name, blocks in parts.items() if blocks)
    head = f'<head><meta charset="utf-8"/><title>{heading}</title></head>'
    page = f'<!DOCTYPE html>\n<html lang="fr">{head}<body><h1>{heading}</h1>{body}</body></html>\n'.encode()
    return {
        "contentType": "text/html",
        "language": "fr",
        "data": base64.b64encode(page).decode("ascii"),
        "size": len(page),
        "hash": base64.b64encode(hashlib.sha1(page, usedforsecurity=False).digest()).decode("ascii"),
        "creation": timestamp(graph),
    }


def _provenance(graph: Graph) -> Json:
    agents = {"assembler": "software", "author": "role", "attester": "signer-role"}
    displays = {"assembler": "Assembler", "author": "Author", "attester": "Attester"}
    composition = {**graph.ref("composition"), "identifier": lifecycle.own_document(graph)}
    return {
        "target": [composition, graph.ref("report")],
        "recorded": timestamp(graph),
        "activity": lifecycle.operation(graph),
        "agent": [
            {"type": concept(coding(c.PROVENANCE_AGENT, code, displays[code])), "who": graph.ref(key)}
            for code, key in agents.items()
            if graph.has(key)
        ],
    }
