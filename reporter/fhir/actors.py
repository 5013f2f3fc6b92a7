"""Who: Patient, Practitioner, PractitionerRole, Organization, Device. Nobody is invented (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import labels
from reporter.fhir.datatypes import Json, absent, coding, concept, extension, identifier, local
from reporter.fhir.graph import Graph
from reporter.fhir.identities import business_identifiers
from reporter.model.exam import Patient

SOFTWARE = "fhir-reporter"


def add(graph: Graph) -> None:
    """Add every actor the input names, and our own software."""
    _patient(graph, graph.exam.patient)
    _software(graph)
    _organization(graph)
    _performer(graph)
    _requester(graph)
    _signer(graph)
    _scanner(graph)


def _adopt(graph: Graph, key: str, given: list[Json]) -> list[Json]:
    """Our identity, or the business identity when an identifier has a system: then every report shares the resource."""
    token = next(iter(_tokens(given)), None)
    if token is not None:
        graph.business[key] = f"{key}/{token}"
        graph.shared[key] = token
    return [*graph.identifiers(key)[:1], *given]


def _tokens(given: list[Json]) -> list[str]:
    """The identifiers that stand on their own, as search tokens."""
    return [f"{item['system']}|{item['value']}" for item in given if item.get("system")]


def _patient(graph: Graph, patient: Patient) -> None:
    given = business_identifiers(patient.identifiers)
    if patient.id:
        local_id = concept(local("identifier-type", "patient-id"), text=labels.PATIENT_ID)
        given.append(identifier(patient.id, type_=local_id))
    named = patient.name or patient.family_name or patient.given_names
    name = {"text": patient.name, "family": patient.family_name, "given": list(patient.given_names)}
    content = {
        "identifier": _adopt(graph, "patient", given),
        "name": [name if named else {"extension": [absent()]}],
        "gender": patient.sex,
        "birthDate": str(patient.birth_date) if patient.birth_date else None,
        "_birthDate": None if patient.birth_date else {"extension": [absent()]},
    }
    graph.add("patient", "Patient", content)


def _software(graph: Graph) -> None:
    made = graph.report.provenance
    versions = {"software": made.engine_version, "catalogue": made.catalog_version, "catalogue-hash": made.catalog_hash}
    graph.business["software"] = "/".join(("software", *versions.values()))
    content = {
        "identifier": graph.identifiers("software")[:1],
        "status": "active",
        "deviceName": [{"name": SOFTWARE, "type": "user-friendly-name"}],
        "version": [{"type": concept(text=name), "value": value} for name, value in versions.items() if value],
    }
    graph.add("software", "Device", content)


def _organization(graph: Graph) -> None:
    study = graph.exam.study
    given = business_identifiers(study.organization_identifiers)
    if study.organization or given:
        content = {
            "identifier": _adopt(graph, "organization", given),
            "name": study.organization,
            "_name": None if study.organization else {"extension": [absent()]},
        }
        graph.add("organization", "Organization", content)


def _performer(graph: Graph) -> None:
    study = graph.exam.study
    given = business_identifiers(study.performer_identifiers)
    if study.performer or given:
        name = {"text": study.performer} if study.performer else {"extension": [absent()]}
        graph.add("performer", "Practitioner", {"identifier": _adopt(graph, "performer", given), "name": [name]})
        _role(graph, "role", "performer")


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
        content = {"identifier": graph.identifiers("requester"), "name": [{"text": order.requester_name}]}
        graph.add("requester", "Practitioner", content)
    if order.requester_name or order.requester_speciality:
        _role(graph, "requester-role", "requester", order.requester_speciality)


def _signer(graph: Graph) -> None:
    """Who signed; the same person as the one who did the exam when a business identifier says so."""
    signed = graph.lifecycle.signature
    if signed is None:
        return
    given = business_identifiers(signed.identifiers)
    same = graph.shared.get("performer") in _tokens(given)
    if not same:
        own = _adopt(graph, "signer", given)
        graph.add("signer", "Practitioner", {"identifier": own, "name": [{"text": signed.name}]})
    _role(graph, "signer-role", "performer" if same else "signer")


def _scanner(graph: Graph) -> None:
    study = graph.exam.study
    names = {"user-friendly-name": study.device, "model-name": study.technique.device}
    device_name = [{"name": name, "type": kind} for kind, name in names.items() if name]
    if device_name:
        category = concept(coding(c.SNOMED, c.IMAGING_EQUIPMENT))
        content = {
            "extension": [extension(c.DEVICE_CATEGORY, valueCodeableConcept=category)],
            "identifier": graph.identifiers("scanner"),
            "status": "active",
            "deviceName": device_name,
        }
        graph.add("scanner", "Device", content)
