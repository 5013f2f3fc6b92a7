"""Who: Patient, Practitioner, PractitionerRole, Organization, Device. Nobody is invented (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json, absent, coding, concept, identifier
from reporter.fhir.graph import Graph
from reporter.model.exam import Identifier, Patient

SOFTWARE = "fhir-reporter"


def add(graph: Graph) -> None:
    """Add every actor the input names, and our own software."""
    _patient(graph, graph.exam.patient)
    _software(graph)
    _organization(graph)
    _performer(graph)
    _requester(graph)
    _scanner(graph)


def business_identifiers(given: tuple[Identifier, ...]) -> list[Json]:
    """Identifiers as received; known types get their code and, when none was given, their system."""
    found = []
    for item in given:
        system, code, default = c.IDENTIFIER_TYPES.get(item.type or "", (None, None, None))
        type_ = concept(coding(system, code)) if system and code else (concept(text=item.type) if item.type else None)
        found.append(identifier(item.value, item.system or default, type_))
    return found


def _adopt(graph: Graph, key: str, given: list[Json]) -> list[Json]:
    """Our identity, or the business identity when an identifier has a system: then every report shares the resource."""
    strong = next((i for i in given if i.get("system")), None)
    if strong is not None:
        token = f"{strong['system']}|{strong['value']}"
        graph.business[key] = f"{key}/{token}"
        graph.shared[key] = token
    return [*graph.identifiers(key)[:1], *given]


def _patient(graph: Graph, patient: Patient) -> None:
    given = business_identifiers(patient.identifiers)
    if patient.id and not any(i["value"] == patient.id for i in given):
        given.append(identifier(patient.id))
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
        content = {"identifier": _adopt(graph, "organization", given), "name": study.organization}
        graph.add("organization", "Organization", content)


def _performer(graph: Graph) -> None:
    study = graph.exam.study
    given = business_identifiers(study.performer_identifiers)
    if study.performer or given:
        name = {"text": study.performer} if study.performer else {"extension": [absent()]}
        graph.add("performer", "Practitioner", {"identifier": _adopt(graph, "performer", given), "name": [name]})
        _role(graph, "role", "performer")


def _role(graph: Graph, key: str, practitioner: str, speciality: str | None = None) -> None:
    own = key == "role" and graph.has("organization")
    content = {
        "identifier": graph.identifiers(key),
        "practitioner": graph.ref(practitioner),
        "organization": graph.ref("organization") if own else None,
        "specialty": [concept(text=speciality)] if speciality else None,
    }
    graph.add(key, "PractitionerRole", content)


def _requester(graph: Graph) -> None:
    order = graph.exam.order
    if order.requester_name:
        content = {"identifier": graph.identifiers("requester"), "name": [{"text": order.requester_name}]}
        graph.add("requester", "Practitioner", content)
        _role(graph, "requester-role", "requester", order.requester_speciality)


def _scanner(graph: Graph) -> None:
    study = graph.exam.study
    name = study.device or study.technique.device
    if name:
        device_name = [{"name": name, "type": "user-friendly-name"}]
        content = {"identifier": graph.identifiers("scanner"), "status": "active", "deviceName": device_name}
        graph.add("scanner", "Device", content)
