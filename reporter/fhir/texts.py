"""The narrative of each resource, in French, made of the resource's own codes and values (dom-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reporter.fhir import constants as c
from reporter.fhir import labels, narrative, summary
from reporter.fhir.datatypes import Json
from reporter.fhir.graph import Graph

NUMBERS = {c.ACCESSION: "Numéro d’accès", c.PLACER: "Numéro de la demande", c.STUDY_UID: "Identifiant DICOM de l’étude"}
# who a PractitionerRole refers to
_ACTORS = ("performer", "requester", "signer", "organization")
# technical identifiers of ours say nothing to a reader
_OURS = (c.URI, f"{c.IDENTIFIER}statement")
_OF_REPORT = ("Composition", "DiagnosticReport", "Provenance")
# a French date is written as it is printed: no rule of typography changes these lines
_MADE = "Établi le {}"
Lines = list[str]


def add(graph: Graph, title: str) -> None:
    """Give every resource its narrative; that of the report and its document is said by `title`."""
    own = _narrative(_report(graph, labels.exam(graph.exam.study, title, graph.catalog)))
    for resource in graph.resources.values():
        kind = resource["resourceType"]
        if kind == "Observation":  # it has
            continue
        if kind in _OF_REPORT:
            resource["text"] = own
        elif lines := _WRITERS[kind](graph, resource):
            resource["text"] = _narrative(lines)
        else:
            del resource["text"]


def _narrative(lines: Lines) -> Json:
    items = f"<ul><li>{'</li><li>'.join(lines[1:])}</li></ul>" if len(lines) > 1 else ""
    return {"status": "generated", "div": f"{narrative.OPEN}<p>{lines[0]}</p>{items}</div>"}


def _shown(graph: Graph, *lines: str) -> Lines:
    """Lines in print, without the empty ones."""
    shown = graph.shown
    return [shown[line] for line in lines if line]


def _report(graph: Graph, title: str) -> Lines:
    lifecycle = graph.lifecycle
    made = _MADE.format(graph.shown.day(graph.made))
    lines = _shown(graph, title, labels.edition(lifecycle.version, lifecycle.status))
    if signed := lifecycle.signature:
        return [*lines, made, *_shown(graph, f"Signé par {signed.name} le {graph.shown.day(signed.time.isoformat())}")]
    return [*lines, made]


def _patient(graph: Graph, resource: Json) -> Lines:
    lines = _shown(graph, _name(resource))
    if "birthDate" in resource:
        lines.append(_dated(graph, "Date de naissance", resource["birthDate"]))
    if sex := labels.SEX.get(resource.get("gender", "")):
        lines.append(graph.shown[summary.pair("Sexe", sex)])
    return lines + _identifiers(graph, resource)


def _practitioner(graph: Graph, resource: Json) -> Lines:
    return _shown(graph, _name(resource)) + _identifiers(graph, resource)


def _role(graph: Graph, resource: Json) -> Lines:
    """Who and where, in the words of the resources it refers to."""
    person, place = (_actor(graph, resource.get(name)) for name in ("practitioner", "organization"))
    return _shown(graph, _name(person), place.get("name", ""), *_texts(resource.get("specialty", ())))


def _actor(graph: Graph, reference: Json | None) -> Json:
    if reference is None:
        return {}
    return next(graph.resources[key] for key in _ACTORS if graph.has(key) and graph.ref(key) == reference)


def _organization(graph: Graph, resource: Json) -> Lines:
    return _shown(graph, resource.get("name", labels.UNNAMED)) + _identifiers(graph, resource)


def _device(graph: Graph, resource: Json) -> Lines:
    lines = [" ".join([item["name"] for item in resource["deviceName"]])]
    for item in resource.get("version", ()):
        kind = summary.concept_text(item.get("type"))
        lines.append(summary.pair(labels.VERSIONS.get(kind, kind), item["value"]))
    return _shown(graph, *lines)


def _order(graph: Graph, resource: Json) -> Lines:
    concepts = (resource["code"], *resource.get("reasonCode", ()), *resource.get("bodySite", ()))
    return _shown(graph, *_texts(concepts)) + _identifiers(graph, resource)


def _study(graph: Graph, resource: Json) -> Lines:
    lines = _shown(graph, summary.of(resource))
    if "description" in resource and "started" in resource:
        lines.append(_dated(graph, "Date", resource["started"]))
    return lines + _identifiers(graph, resource)


def _procedure(graph: Graph, resource: Json) -> Lines:
    used, notes = _texts(resource.get("usedCode", ())), [note["text"] for note in resource.get("note", ())]
    date = _dated(graph, "Date", resource["performedDateTime"])
    return [*_shown(graph, *_texts((resource["code"],))), date, *_shown(graph, *used, *notes)]


def _structure(graph: Graph, resource: Json) -> Lines:
    return _shown(graph, summary.concept_text(resource.get("location")))


_WRITERS: dict[str, Callable[[Graph, Json], Lines]] = {
    "BodyStructure": _structure,
    "Device": _device,
    "ImagingStudy": _study,
    "Organization": _organization,
    "Patient": _patient,
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
    "Procedure": _procedure,
    "ServiceRequest": _order,
}


def _name(resource: Json) -> str:
    name: Json = next(iter(resource.get("name", ())), {})
    parts = [*name.get("given", ()), name.get("family", "")]
    return name.get("text") or " ".join([part for part in parts if part]) or labels.UNNAMED


def _identifiers(graph: Graph, resource: Json) -> Lines:
    """Business identifiers; the technical ones of ours say nothing to a reader."""
    lines = []
    for item in resource.get("identifier", ()):
        if item.get("system") not in _OURS:
            kind = summary.concept_text(item.get("type"))
            lines.append(graph.shown[summary.pair(NUMBERS.get(kind, kind) or "Identifiant", item["value"])])
    return lines


def _texts(concepts: Iterable[Json]) -> list[str]:
    return [summary.concept_text(concept) for concept in concepts]


def _dated(graph: Graph, label: str, date: str) -> str:
    return f"{label}{graph.shown.told.colon}{graph.shown.day(date)}"
