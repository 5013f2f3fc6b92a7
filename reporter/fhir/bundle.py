"""Three bundles cut from one graph: document, transaction, minimal collection (FHIR_MAPPING §1)."""

from __future__ import annotations

from urllib.parse import quote

from reporter.catalog.entries import Catalog
from reporter.fhir import actors, document, exams, labels, observations
from reporter.fhir import constants as c
from reporter.fhir.codes import coded
from reporter.fhir.datatypes import Json, prune, quantity
from reporter.fhir.graph import Graph, Ids
from reporter.model.report import Narrative, ReportData
from reporter.settings import Settings

PRELIMINARY = "preliminary"
_MINIMAL = ("report", "patient", "study")
_MINIMAL_STUDY = (
    "resourceType",
    "id",
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
    status: str = PRELIMINARY,
) -> Json:
    """The signable report: Composition first, every reference resolves inside."""
    graph = _graph(report, narrative, catalog, ids, settings, status)
    order = [*_FIRST, *(key for key in graph.resources if key not in _FIRST)]
    head = {"identifier": document.report_identifier(graph), "type": "document", "timestamp": document.timestamp(graph)}
    return _bundle(graph, head, [{"fullUrl": graph.url(key), "resource": graph.resources[key]} for key in order])


def transaction_bundle(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    *,
    ids: Ids,
    settings: Settings | None = None,
    status: str = PRELIMINARY,
) -> Json:
    """For a server: conditional updates and creations only, so that sending it twice changes nothing."""
    graph = _graph(report, narrative, catalog, ids, settings, status)
    return _bundle(graph, {"type": "transaction"}, [_request(graph, key) for key in graph.resources])


def collection_bundle(
    report: ReportData,
    narrative: Narrative,
    catalog: Catalog,
    *,
    ids: Ids,
    settings: Settings | None = None,
    status: str = PRELIMINARY,
) -> Json:
    """For a RIS that only shows: DiagnosticReport with its page, ImagingStudy, Patient, and no reference elsewhere."""
    graph = _graph(report, narrative, catalog, ids, settings, status)
    away = ("extension", "basedOn", "performer", "resultsInterpreter", "result")
    minimal = {k: v for k, v in graph.resources["report"].items() if k not in away}
    study = {k: v for k, v in graph.resources["study"].items() if k in _MINIMAL_STUDY}
    resources = {"report": minimal, "study": study, "patient": graph.resources["patient"]}
    head = {
        "identifier": document.report_identifier(graph),
        "type": "collection",
        "timestamp": document.timestamp(graph),
    }
    return _bundle(graph, head, [{"fullUrl": graph.url(key), "resource": resources[key]} for key in _MINIMAL])


def _graph(
    report: ReportData, narrative: Narrative, catalog: Catalog, ids: Ids, settings: Settings | None, status: str
) -> Graph:
    graph = Graph(report, narrative, catalog, settings or Settings(), ids, status)
    title = next((section.text() for section in narrative.sections if section.id == "title"), "").replace("\n", " ")
    actors.add(graph)
    _age(graph)
    exams.add(graph, title)
    observations.add_prior_bmd(graph)
    for statement in report.statements:
        observations.add(graph, statement)
    document.add(graph, title)
    return graph


def _age(graph: Graph) -> None:
    """The age as given, when there is no birth date to compute it from."""
    age = graph.exam.patient.age_years
    if age is not None and graph.exam.patient.birth_date is None:
        what = coded("context", "age_years", text=labels.word("context", "age_years"))
        frame = observations.frame(graph, "context/age_years", "social-history")
        graph.add("context/age_years", "Observation", {**frame, "code": what, "valueQuantity": quantity(age, "a")})


def _bundle(graph: Graph, head: Json, entries: list[Json]) -> Json:
    key = f"{head['type']}-bundle"
    bundle: Json = prune({"resourceType": "Bundle", "id": graph.uid(key), **head, "entry": entries})
    return bundle


def _request(graph: Graph, key: str) -> Json:
    """Shared identities are created once; ours updated by identifier; Provenance, which has none, by its id."""
    resource = graph.resources[key]
    kind = resource["resourceType"]
    if key in graph.shared:
        request = {"method": "POST", "url": kind, "ifNoneExist": f"identifier={_token(graph.shared[key])}"}
        return {"fullUrl": graph.url(key), "resource": _without_id(resource), "request": request}
    if "identifier" not in resource:
        return {
            "fullUrl": graph.url(key),
            "resource": resource,
            "request": {"method": "PUT", "url": f"{kind}/{resource['id']}"},
        }
    search = f"{kind}?identifier={_token(_identity(resource))}"
    return {"fullUrl": graph.url(key), "resource": _without_id(resource), "request": {"method": "PUT", "url": search}}


def _identity(resource: Json) -> str:
    """Our own identifier: the UUID where there is one, else the report identifier."""
    given = resource["identifier"]
    candidates = given if isinstance(given, list) else [given]
    ours = next((i for i in candidates if i.get("system") == c.URI), candidates[0])
    return f"{ours['system']}|{ours['value']}"


def _token(identity: str) -> str:
    """A token search value, escaped for a URL."""
    system, _, value = identity.partition("|")
    return f"{quote(system, safe=':/')}%7C{quote(value, safe='')}"


def _without_id(resource: Json) -> Json:
    return {k: v for k, v in resource.items() if k != "id"}
