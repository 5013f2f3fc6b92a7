"""Who: Patient, Practitioner, PractitionerRole, Organization, Device. Nobody is invented (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import (
    Json,
    absent,
    coding,
    concept,
    extension,
    given,
    identifier,
    local,
    plain,
    prune,
)
from reporter.fhir.graph import Graph
from reporter.fhir.identities import business_identifiers
from reporter.fhir.intact import constant, constants
from reporter.model.exam import Identifier, Patient

_UNKNOWN = {"extension": [absent()]}
_LOCAL_ID = constant(concept(local("identifier-type", "patient-id"), text=labels.PATIENT_ID))
_VERSIONS = constants({name: concept(text=name) for name in ("software", "catalogue", "catalogue-hash")})
_SOFTWARE = [{"name": labels.SOFTWARE, "type": "user-friendly-name"}]
_SCANNER = [extension(c.DEVICE_CATEGORY, valueCodeableConcept=concept(coding(c.SNOMED, c.IMAGING_EQUIPMENT)))]


def add(graph: Graph) -> None:
    """Add every actor the input names, and our own software."""
    _patient(graph, graph.exam.patient)
    _software(graph)
    _organization(graph)
    _performer(graph)
    _requester(graph)
    _signer(graph)
    _scanner(graph)


def _adopt(graph: Graph, key: str, received: tuple[Identifier, ...]) -> list[Json]:
    """Our identity, or the business identity when an identifier has a system: then every report shares the resource."""
    numbers = business_identifiers(received)
    token = next(iter(_tokens(numbers)), None)
    if token is not None:
        graph.names.share(key, f"{key}/{token}")
        graph.shared[key] = token
    return [graph.own(key), *prune(numbers)]


def _tokens(numbers: list[Json]) -> list[str]:
    """The identifiers that stand on their own, as search tokens."""
    return [f"{item['system']}|{item['value']}" for item in numbers if item["system"]]


def _patient(graph: Graph, patient: Patient) -> None:
    numbers = _adopt(graph, "patient", patient.identifiers) if patient.identifiers else [graph.own("patient")]
    if patient.id:
        numbers.append(identifier(patient.id, type_=_LOCAL_ID))
    made = graph.begin("patient", "Patient")
    made["identifier"] = numbers
    named = patient.name or patient.family_name or patient.given_names
    made["name"] = [(_name(patient) if named else None) or _UNKNOWN]
    if patient.sex:
        made["gender"] = patient.sex
    if patient.birth_date:
        made["birthDate"] = str(patient.birth_date)
    else:
        made["_birthDate"] = _UNKNOWN


def _name(patient: Patient) -> Json:
    name: Json = {}
    if text := given(patient.name):
        name["text"] = text
    if family := given(patient.family_name):
        name["family"] = family
    if first := [said for said in map(plain, patient.given_names) if said]:
        name["given"] = first
    return name


def _software(graph: Graph) -> None:
    by = graph.report.provenance
    versions = (by.engine_version, by.catalog_version, by.catalog_hash)
    graph.names.share("software", "/".join(("software", *versions)))
    made = graph.begin("software", "Device")
    made["identifier"] = [graph.own("software")]
    made["status"] = "active"
    made["deviceName"] = _SOFTWARE
    if known := _release(graph.catalog, *versions):
        made["version"] = known


@per_catalog
def _release(catalog: Catalog, *versions: str) -> list[Json]:  # noqa: ARG001 - the key
    """The versions of our code and of the catalogue."""
    named = zip(_VERSIONS.items(), versions, strict=True)
    return [{"type": type_, "value": value} for (_, type_), value in named if value]


def _organization(graph: Graph) -> None:
    name, received = graph.exam.study.organization, graph.exam.study.organization_identifiers
    if name or received:
        numbers = _adopt(graph, "organization", received)
        made = graph.begin("organization", "Organization")
        made["identifier"] = numbers
        if named := given(name):
            made["name"] = named
        if not name:
            made["_name"] = _UNKNOWN


def _performer(graph: Graph) -> None:
    study = graph.exam.study
    if study.performer or study.performer_identifiers:
        _practitioner(graph, "performer", study.performer, study.performer_identifiers)
        _role(graph, "role", "performer")


def _practitioner(graph: Graph, key: str, name: str | None, received: tuple[Identifier, ...]) -> None:
    numbers = _adopt(graph, key, received)
    made = graph.begin(key, "Practitioner")
    made["identifier"] = numbers
    made["name"] = [{"text": plain(name)} if name else _UNKNOWN]


def _role(graph: Graph, key: str, practitioner: str, speciality: str | None = None) -> None:
    made = graph.begin(key, "PractitionerRole")
    made["identifier"] = graph.identifiers(key)
    if graph.has(practitioner):
        made["practitioner"] = graph.ref(practitioner)
    if key in ("role", "signer-role") and graph.has("organization"):
        made["organization"] = graph.ref("organization")
    if speciality:
        made["specialty"] = [concept(text=speciality)]


def _requester(graph: Graph) -> None:
    order = graph.exam.order
    if order.requester_name:
        made = graph.begin("requester", "Practitioner")
        made["identifier"] = graph.identifiers("requester")
        made["name"] = [{"text": plain(order.requester_name)}]
    if order.requester_name or order.requester_speciality:
        _role(graph, "requester-role", "requester", order.requester_speciality)


def _signer(graph: Graph) -> None:
    """Who signed; the same person as the one who did the exam when a business identifier says so."""
    signed = graph.lifecycle.signature
    if signed is None:
        return
    same = graph.shared.get("performer") in _tokens(business_identifiers(signed.identifiers))
    if not same:
        _practitioner(graph, "signer", signed.name, signed.identifiers)
    _role(graph, "signer-role", "performer" if same else "signer")


def _scanner(graph: Graph) -> None:
    study = graph.exam.study
    names = {"user-friendly-name": study.device, "model-name": study.technique.device}
    device_name = [{"name": plain(name), "type": kind} for kind, name in names.items() if name]
    if device_name:
        made = graph.begin("scanner", "Device")
        made["extension"] = _SCANNER
        made["identifier"] = graph.identifiers("scanner")
        made["status"] = "active"
        made["deviceName"] = device_name
