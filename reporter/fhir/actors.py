"""Who: Patient, Practitioner, PractitionerRole, Organization, Device. Nobody is invented (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import (
    Json,
    absent,
    coding,
    concept,
    extension,
    filled,
    given,
    identifier,
    local,
    plain,
    prune,
)
from reporter.fhir.graph import Graph
from reporter.fhir.identities import business_identifiers
from reporter.fhir.intact import constant, constants
from reporter.model.exam import Patient

_UNKNOWN = {"extension": [absent()]}
_LOCAL_ID = constant(concept(local("identifier-type", "patient-id"), text=labels.PATIENT_ID))
_VERSIONS = constants({name: concept(text=name) for name in ("software", "catalogue", "catalogue-hash")})
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


def _adopt(graph: Graph, key: str, received: list[Json]) -> list[Json]:
    """Our identity, or the business identity when an identifier has a system: then every report shares the resource."""
    token = next(iter(_tokens(received)), None)
    if token is not None:
        graph.names.business[key] = f"{key}/{token}"
        graph.shared[key] = token
    return [graph.own(key), *prune(received)]


def _tokens(received: list[Json]) -> list[str]:
    """The identifiers that stand on their own, as search tokens."""
    return [f"{item['system']}|{item['value']}" for item in received if item["system"]]


def _patient(graph: Graph, patient: Patient) -> None:
    numbers = _adopt(graph, "patient", business_identifiers(patient.identifiers))
    if patient.id:
        numbers.append(identifier(patient.id, type_=_LOCAL_ID))
    name = {
        "text": given(patient.name),
        "family": given(patient.family_name),
        "given": [said for said in map(plain, patient.given_names) if said],
    }
    content = {
        "identifier": numbers,
        "name": [filled(name) or _UNKNOWN],
        "gender": patient.sex,
        "birthDate": str(patient.birth_date) if patient.birth_date else None,
        "_birthDate": None if patient.birth_date else _UNKNOWN,
    }
    graph.add("patient", "Patient", content)


def _software(graph: Graph) -> None:
    made = graph.report.provenance
    versions = {"software": made.engine_version, "catalogue": made.catalog_version, "catalogue-hash": made.catalog_hash}
    graph.names.business["software"] = "/".join(("software", *versions.values()))
    content = {
        "identifier": [graph.own("software")],
        "status": "active",
        "deviceName": [{"name": labels.SOFTWARE, "type": "user-friendly-name"}],
        "version": [{"type": _VERSIONS[name], "value": value} for name, value in versions.items() if value],
    }
    graph.add("software", "Device", content)


def _organization(graph: Graph) -> None:
    study = graph.exam.study
    received = business_identifiers(study.organization_identifiers)
    if study.organization or received:
        content = {
            "identifier": _adopt(graph, "organization", received),
            "name": given(study.organization),
            "_name": None if study.organization else _UNKNOWN,
        }
        graph.add("organization", "Organization", content)


def _performer(graph: Graph) -> None:
    study = graph.exam.study
    received = business_identifiers(study.performer_identifiers)
    if study.performer or received:
        _practitioner(graph, "performer", study.performer, received)
        _role(graph, "role", "performer")


def _practitioner(graph: Graph, key: str, name: str | None, received: list[Json]) -> None:
    named = {"text": plain(name)} if name else _UNKNOWN
    graph.add(key, "Practitioner", {"identifier": _adopt(graph, key, received), "name": [named]})


def _role(graph: Graph, key: str, practitioner: str, speciality: str | None = None) -> None:
    own = key in ("role", "signer-role") and graph.has("organization")
    content = {
        "identifier": graph.identifiers(key),
        "practitioner": graph.ref(practitioner) if graph.has(practitioner) else None,
        "organization": graph.ref("organization") if own else None,
        "specialty": [concept(text=speciality)] if speciality else None,
    }
    graph.add(key, "PractitionerRole", content)


def _requester(graph: Graph) -> None:
    order = graph.exam.order
    if order.requester_name:
        content = {"identifier": graph.identifiers("requester"), "name": [{"text": plain(order.requester_name)}]}
        graph.add("requester", "Practitioner", content)
    if order.requester_name or order.requester_speciality:
        _role(graph, "requester-role", "requester", order.requester_speciality)


def _signer(graph: Graph) -> None:
    """Who signed; the same person as the one who did the exam when a business identifier says so."""
    signed = graph.lifecycle.signature
    if signed is None:
        return
    received = business_identifiers(signed.identifiers)
    same = graph.shared.get("performer") in _tokens(received)
    if not same:
        _practitioner(graph, "signer", signed.name, received)
    _role(graph, "signer-role", "performer" if same else "signer")


def _scanner(graph: Graph) -> None:
    study = graph.exam.study
    names = {"user-friendly-name": study.device, "model-name": study.technique.device}
    device_name = [{"name": plain(name), "type": kind} for kind, name in names.items() if name]
    if device_name:
        content = {
            "extension": _SCANNER,
            "identifier": graph.identifiers("scanner"),
            "status": "active",
            "deviceName": device_name,
        }
        graph.add("scanner", "Device", content)
