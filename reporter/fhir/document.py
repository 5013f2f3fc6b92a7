"""Composition, DiagnosticReport and Provenance: the resources that hold the report together."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from reporter.fhir import constants as c
from reporter.fhir import exams, labels, observations
from reporter.fhir.codes import equivalents
from reporter.fhir.datatypes import Json, coding, concept, extension, identifier
from reporter.fhir.graph import Graph
from reporter.fhir.sections import Sections

_RESULTS = ("finding", "dxa", "derived", "diagnosis", "recommendation")


def add(graph: Graph, title: str) -> None:
    """Add the three resources, and the narrative link of every Observation."""
    sections = Sections(graph)
    _links(graph, sections)
    graph.add("composition", "Composition", _composition(graph, sections, title))
    graph.add("report", "DiagnosticReport", _report(graph, sections, title))
    graph.add("provenance", "Provenance", _provenance(graph))


def report_identifier(graph: Graph) -> Json:
    """The identity of the report, shared by Composition, DiagnosticReport and Bundle."""
    return identifier(graph.report.identifier, f"{c.IDENTIFIER}report")


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
    return [first, *([graph.ref("organization")] if graph.has("organization") else [])]


def _composition(graph: Graph, sections: Sections, title: str) -> Json:
    return {
        "language": "fr",
        "identifier": report_identifier(graph),
        "status": graph.status,
        "type": concept(coding(c.LOINC, c.REPORT_CODE, "Diagnostic imaging study")),
        "category": _categories(graph),
        "subject": graph.ref("patient"),
        "date": timestamp(graph),
        "author": _authors(graph),
        "title": labels.exam(graph.exam.study, title, graph.catalog),
        "custodian": graph.ref("organization") if graph.has("organization") else None,
        "section": sections.build(),
    }


def _report(graph: Graph, sections: Sections, title: str) -> Json:
    conclusion = sections.texts.get("conclusion")
    return {
        "language": "fr",
        "extension": [extension(c.REPORT_COMPOSITION, valueReference=graph.ref("composition")), *_notes(sections)],
        "identifier": [report_identifier(graph)],
        "basedOn": [graph.ref("order")],
        "status": graph.status,
        "category": _categories(graph),
        "code": exams.exam_concept(graph, title),
        "subject": graph.ref("patient"),
        "effectiveDateTime": str(graph.exam.study.date),
        "issued": timestamp(graph),
        "performer": [graph.ref("organization")] if graph.has("organization") else None,
        "resultsInterpreter": [graph.ref("role")] if graph.has("role") else None,
        "result": [graph.ref(graph.key_of(s)) for s in graph.report.statements if s.kind in _RESULTS],
        "imagingStudy": [graph.ref("study")],
        "conclusion": conclusion.text() if conclusion else None,
        "conclusionCode": _retained(graph),
        "presentedForm": [_presented(graph, sections, title)],
    }


def _notes(sections: Sections) -> list[Json]:
    return [extension(c.REPORT_NOTE, valueAnnotation=note) for name in c.SECTION_CODES for note in sections.notes(name)]


def _retained(graph: Graph) -> list[Json]:
    """Only what the radiologist retains is a conclusion code; left and right of one diagnosis count once."""
    codes = [s.concept for s in graph.report.statements if s.kind == "diagnosis" and s.status == "retained"]
    return [observations.diagnosis(graph, code) for code in dict.fromkeys(codes)]


def _presented(graph: Graph, sections: Sections, title: str) -> Json:
    """The sections as one HTML page."""
    heading = escape(labels.exam(graph.exam.study, title, graph.catalog), quote=False)
    body = "".join(
        f"<h2>{labels.SECTIONS[name]}</h2>{''.join(blocks)}"
        for name in c.SECTION_CODES
        if name != "exam" and (blocks := sections.blocks(name)[0])
    )
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
    agents = [{"type": concept(coding(c.PROVENANCE_AGENT, "assembler", "Assembler")), "who": graph.ref("software")}]
    if graph.has("role"):
        agents.append({"type": concept(coding(c.PROVENANCE_AGENT, "author", "Author")), "who": graph.ref("role")})
    return {
        "target": [graph.ref("composition"), graph.ref("report")],
        "recorded": timestamp(graph),
        "agent": agents,
    }
