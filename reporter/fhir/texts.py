"""The narrative of each resource, in French, made of the resource's own codes and values (dom-6)."""

from __future__ import annotations

from collections.abc import Callable

from reporter.fhir import constants as c
from reporter.fhir import labels, narrative, summary
from reporter.fhir.datatypes import Json
from reporter.fhir.graph import Graph

NUMBERS = {c.ACCESSION: "Numéro d’accès", c.PLACER: "Numéro de la demande", c.STUDY_UID: "Identifiant DICOM de l’étude"}
# who a PractitionerRole refers to
_ACTORS = ("performer", "requester", "signer", "organization")
# technical identifiers of ours say nothing to a reader
_OURS = (c.URI, f"{c.IDENTIFIER}statement")
# a French date is written as it is printed: no rule of typography changes these lines
_MADE = "Établi le "
Lines = list[str]


def add(graph: Graph, title: str) -> None:
    """Give what is no Observation its narrative; that of the report and its document is said by `title`."""
    own = _narrative(_report(graph, labels.exam(graph.exam.study, title, graph.catalog)))
    for resource in graph.plain:
        writer = _WRITERS.get(resource["resourceType"])
        if writer is None:
            resource["text"] = own
        elif lines := writer(graph, resource):
            resource["text"] = _narrative(lines)
        else:
            del resource["text"]


def _narrative(lines: Lines) -> Json:
    items = f"<ul><li>{'</li><li>'.join(lines[1:])}</li></ul>" if len(lines) > 1 else ""
    return {"status": "generated", "div": f"{narrative.OPEN}<p>{lines[0]}</p>{items}</div>"}


def _report(graph: Graph, title: str) -> Lines:
    lifecycle, shown = graph.lifecycle, graph.shown
    lines = [shown[title], shown[labels.edition(lifecycle.version, lifecycle.status)], _MADE + shown.day(graph.made)]
    if signed := lifecycle.signature:
        lines.append(shown[f"Signé par {signed.name} le {shown.day(signed.time.isoformat())}"])
    return lines


def _patient(graph: Graph, resource: Json) -> Lines:
    lines = [graph.shown[_name(resource)]]
    if "birthDate" in resource:
        lines.append(_dated(graph, "Date de naissance", resource["birthDate"]))
    if "gender" in resource and (sex := labels.SEX.get(resource["gender"])):
        lines.append(graph.shown[summary.pair("Sexe", sex)])
    return _identified(graph, resource, lines)


def _practitioner(graph: Graph, resource: Json) -> Lines:
    return _identified(graph, resource, [graph.shown[_name(resource)]])


def _role(graph: Graph, resource: Json) -> Lines:
    """Who and where, in the words of the resources it refers to."""
    person, place = (_actor(graph, resource.get(name)) for name in ("practitioner", "organization"))
    said = (_name(person), place.get("name"), *map(summary.concept_text, resource.get("specialty", ())))
    return [graph.shown[line] for line in said if line]


def _actor(graph: Graph, reference: Json | None) -> Json:
    if reference is None:
        return {}
    return next(graph.resources[key] for key in _ACTORS if graph.has(key) and graph.ref(key) == reference)


def _organization(graph: Graph, resource: Json) -> Lines:
    return _identified(graph, resource, [graph.shown[resource.get("name", labels.UNNAMED)]])


def _device(graph: Graph, resource: Json) -> Lines:
    lines = [graph.shown[" ".join([item["name"] for item in resource["deviceName"]])]]
    for item in resource.get("version", ()):
        lines.append(graph.shown[summary.pair(labels.VERSIONS[item["type"]["text"]], item["value"])])
    return lines


def _order(graph: Graph, resource: Json) -> Lines:
    concepts = (resource["code"], *resource.get("reasonCode", ()), *resource.get("bodySite", ()))
    lines = [graph.shown[line] for concept in concepts if (line := summary.concept_text(concept))]
    return _identified(graph, resource, lines)


def _study(graph: Graph, resource: Json) -> Lines:
    line = summary.of(resource)
    lines = [graph.shown[line]] if line else []
    if "description" in resource:
        lines.append(_dated(graph, "Date", resource["started"]))
    return _identified(graph, resource, lines)


def _procedure(graph: Graph, resource: Json) -> Lines:
    shown, done = graph.shown, summary.concept_text(resource["code"])
    date = _dated(graph, "Date", resource["performedDateTime"])
    lines = [shown[done], date] if done else [date]
    for used in resource.get("usedCode", ()):
        lines.append(shown[summary.concept_text(used)])
    for note in resource.get("note", ()):
        lines.append(shown[note["text"]])
    return lines


def _structure(graph: Graph, resource: Json) -> Lines:
    line = summary.concept_text(resource["location"])
    return [graph.shown[line]] if line else []


# the other types are those of the report itself
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
    name: Json = resource["name"][0] if "name" in resource else {}
    if "text" in name:
        text: str = name["text"]
    else:
        text = " ".join([*name.get("given", ()), *([name["family"]] if "family" in name else ())])
    return text or labels.UNNAMED


def _identified(graph: Graph, resource: Json, lines: Lines) -> Lines:
    """With the business identifiers; the technical ones of ours say nothing to a reader."""
    for item in resource["identifier"]:
        if item.get("system") not in _OURS:
            kind = summary.concept_text(item.get("type"))
            lines.append(graph.shown[summary.pair(NUMBERS.get(kind, kind) or "Identifiant", item["value"])])
    return lines


def _dated(graph: Graph, label: str, date: str) -> str:
    return f"{label}{graph.shown.told.colon}{graph.shown.day(date)}"
