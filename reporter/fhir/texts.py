"""The narrative of each resource, in French, made of the resource's own codes and values (dom-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reporter.fhir import constants as c
from reporter.fhir import labels, narrative, summary
from reporter.fhir.datatypes import Json
from reporter.fhir.graph import Graph
from reporter.french import numbers, typography
from reporter.model.dates import PartialDate

NBSP = "\u00a0"
SEX = {"female": "féminin", "male": "masculin", "other": "autre", "unknown": "non précisé"}
STATUS = {
    "preliminary": "provisoire",
    "final": "définitif",
    "amended": "modifié",
    "corrected": "corrigé",
    "appended": "complété",
    "cancelled": "annulé",
    "entered-in-error": "saisi par erreur",
}
UNNAMED = "Identité non renseignée"
NUMBERS = {c.ACCESSION: "Numéro d’accès", c.PLACER: "Numéro de la demande", c.STUDY_UID: "Identifiant DICOM de l’étude"}
VERSIONS = {"software": "Version", "catalogue": "Catalogue", "catalogue-hash": "Empreinte du catalogue"}
Lines = Iterator[str]


def add(graph: Graph, title: str) -> None:
    """Give every resource its narrative; that of the report and its document is said by `title`."""
    said = {key: [line for line in _lines(graph, resource, title) if line] for key, resource in graph.resources.items()}
    for key, resource in graph.resources.items():
        if said[key]:
            graph.resources[key] = _with(resource, _narrative(graph, said[key]))


def _lines(graph: Graph, resource: Json, title: str) -> Lines:
    if resource["resourceType"] in ("Composition", "DiagnosticReport", "Provenance"):
        return _report(graph, labels.exam(graph.exam.study, title, graph.catalog))
    if resource["resourceType"] == "PractitionerRole":
        return _role(graph, resource)
    return _WRITERS[resource["resourceType"]](resource)


def _narrative(graph: Graph, lines: list[str]) -> Json:
    head, *rest = [narrative.text(typography.typeset(line, graph.settings)) for line in lines]
    items = "".join(f"<li>{line}</li>" for line in rest)
    return narrative.div([f"<p>{head}</p>", f"<ul>{items}</ul>" if items else ""])


def _with(resource: Json, text: Json) -> Json:
    head: Json = {name: resource[name] for name in ("resourceType", "id", "language") if name in resource}
    return {**head, "text": text, **{name: value for name, value in resource.items() if name not in head}}


def _observation(resource: Json) -> Lines:
    yield summary.of(resource)
    if any(name.startswith("value") and name != "valueString" for name in resource):
        yield from (summary.component(part) for part in resource.get("component", []))


def _report(graph: Graph, title: str) -> Lines:
    lifecycle = graph.lifecycle
    yield title
    yield f"Version {lifecycle.version}, compte rendu {STATUS[lifecycle.status]}"
    yield f"Établi le {_day(graph.report.provenance.created.date().isoformat())}"
    if lifecycle.signature:
        signed = lifecycle.signature
        yield f"Signé par {signed.name} le {_day(signed.time.date().isoformat())}"


def _patient(resource: Json) -> Lines:
    yield _name(resource)
    yield _pair("Date de naissance", _day(resource["birthDate"]) if "birthDate" in resource else "")
    yield _pair("Sexe", SEX.get(resource.get("gender", ""), ""))
    yield from _identifiers(resource)


def _practitioner(resource: Json) -> Lines:
    yield _name(resource)
    yield from _identifiers(resource)


def _role(graph: Graph, resource: Json) -> Lines:
    known = {graph.url(key): found for key, found in graph.resources.items()}
    person, place = (known.get(resource.get(n, {}).get("reference"), {}) for n in ("practitioner", "organization"))
    yield _name(person)
    yield place.get("name", "")
    yield from (summary.concept_text(item) for item in resource.get("specialty", []))


def _organization(resource: Json) -> Lines:
    yield resource.get("name", UNNAMED)
    yield from _identifiers(resource)


def _device(resource: Json) -> Lines:
    yield " ".join(item["name"] for item in resource["deviceName"])
    for item in resource.get("version", []):
        kind = summary.concept_text(item.get("type"))
        yield _pair(VERSIONS.get(kind, kind), item["value"])


def _order(resource: Json) -> Lines:
    yield summary.concept_text(resource["code"])
    yield from (summary.concept_text(reason) for reason in resource.get("reasonCode", []))
    yield from (summary.concept_text(place) for place in resource.get("bodySite", []))
    yield from _identifiers(resource)


def _study(resource: Json) -> Lines:
    yield summary.of(resource)
    yield _pair("Date", _day(resource["started"])) if "description" in resource and "started" in resource else ""
    yield from _identifiers(resource)


def _procedure(resource: Json) -> Lines:
    yield summary.concept_text(resource["code"])
    yield _pair("Date", _day(resource["performedDateTime"]))
    yield from (summary.concept_text(used) for used in resource.get("usedCode", []))
    yield from (note["text"] for note in resource.get("note", []))


def _structure(resource: Json) -> Lines:
    yield summary.concept_text(resource.get("location"))


_WRITERS: dict[str, Callable[[Json], Lines]] = {
    "BodyStructure": _structure,
    "Device": _device,
    "ImagingStudy": _study,
    "Observation": _observation,
    "Organization": _organization,
    "Patient": _patient,
    "Practitioner": _practitioner,
    "Procedure": _procedure,
    "ServiceRequest": _order,
}


def _name(resource: Json) -> str:
    name: Json = next(iter(resource.get("name", [])), {})
    parts = [*name.get("given", []), name.get("family", "")]
    return name.get("text") or " ".join(part for part in parts if part) or UNNAMED


def _identifiers(resource: Json) -> Lines:
    """Business identifiers; the technical ones of ours say nothing to a reader."""
    ours = (c.URI, f"{c.IDENTIFIER}statement")
    for item in resource.get("identifier", []):
        if item.get("system") not in ours:
            kind = summary.concept_text(item.get("type"))
            yield _pair(NUMBERS.get(kind, kind) or "Identifiant", item["value"])


def _pair(label: str, value: str) -> str:
    return f"{label}{NBSP}: {value}" if value else ""


def _day(text: str) -> str:
    return numbers.date_fr(PartialDate.parse(text[:10]))
