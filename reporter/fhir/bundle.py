"""Three bundles cut from one graph: document, transaction, minimal collection (FHIR_MAPPING §1).

They share what follows from the catalogue alone with every other bundle: read them, or change a copy (`datatypes.own`).
"""

from __future__ import annotations

from reporter.catalog.entries import Catalog
from reporter.fhir import actors, conformity, document, exams, labels, observations, texts, transaction
from reporter.fhir.datatypes import Json, plain
from reporter.fhir.graph import Graph, Ids
from reporter.fhir.lifecycle import own_document
from reporter.model.lifecycle import DRAFT, Lifecycle
from reporter.model.report import Narrative, ReportData
from reporter.settings import Settings

_MINIMAL = ("report", "patient", "study")
_MINIMAL_STUDY = (
    "resourceType",
    "id",
    "meta",
    "text",
    "extension",
    "identifier",
    "status",
    "modality",
    "subject",
    "started",
    "description",
)
_FIRST = ("composition", "report")


def document_bundle(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    *,
    ids: Ids,
    settings: Settings | None = None,
    lifecycle: Lifecycle = DRAFT,
) -> Json:
    """The signable report: Composition first, every reference resolves inside."""
    graph = _graph(report, narrative, catalog, ids, settings, lifecycle)
    names, others = graph.names, graph.resources
    first = [(key, others.pop(key)) for key in _FIRST]
    entries = [{"fullUrl": names[key]["reference"], "resource": held} for key, held in (*first, *others.items())]
    return _bundle(graph, {"identifier": own_document(graph), "type": "document", "timestamp": graph.made}, entries)


def transaction_bundle(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    *,
    ids: Ids,
    settings: Settings | None = None,
    lifecycle: Lifecycle = DRAFT,
) -> Json:
    """For a server: conditional updates and creations only, so that sending it twice changes nothing."""
    graph = _graph(report, narrative, catalog, ids, settings, lifecycle)
    held = graph.resources.items()
    entries = [transaction.entry(graph.url(key), resource, graph.shared.get(key)) for key, resource in held]
    return _bundle(graph, {"type": "transaction"}, entries)


def collection_bundle(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    *,
    ids: Ids,
    settings: Settings | None = None,
    lifecycle: Lifecycle = DRAFT,
) -> Json:
    """For a RIS that only shows: DiagnosticReport with its page, ImagingStudy, Patient, and no reference elsewhere."""
    graph = _graph(report, narrative, catalog, ids, settings, lifecycle)
    away = ("extension", "basedOn", "performer", "resultsInterpreter", "result")
    minimal = {k: v for k, v in graph.resources["report"].items() if k not in away}
    if accession := exams.accession(graph):
        minimal["basedOn"] = [{"identifier": accession}]
    study = {k: v for k, v in graph.resources["study"].items() if k in _MINIMAL_STUDY}
    resources = {"report": minimal, "study": study, "patient": graph.resources["patient"]}
    head = {"identifier": own_document(graph), "type": "collection", "timestamp": graph.made}
    return _bundle(graph, head, [{"fullUrl": graph.url(key), "resource": resources[key]} for key in _MINIMAL])


def _graph(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    ids: Ids,
    settings: Settings | None,
    lifecycle: Lifecycle,
) -> Graph:
    title = next((section.text() for section in narrative.sections if section.id == "title"), "").replace("\n", " ")
    named = plain(labels.exam(report.exam.study, title, catalog))
    graph = Graph(report, narrative, catalog, settings or Settings(), ids, lifecycle, named)
    actors.add(graph)
    exams.add(graph)
    observations.add_all(graph)
    document.add(graph, title)
    texts.add(graph, title)
    return graph


def _bundle(graph: Graph, head: Json, entries: list[Json]) -> Json:
    """The bundle; it and each of its resources name the profiles they meet."""
    key = f"{head['type']}-bundle/{graph.lifecycle.version}"
    return conformity.claimed({"resourceType": "Bundle", "id": graph.uid(key), **head, "entry": entries})
