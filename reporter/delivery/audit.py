"""The audit trail in words of FHIR: one AuditEvent a line (http://hl7.org/fhir/R4/auditevent.html), as NDJSON.

Codes: the value sets audit-event-type, audit-event-sub-type, audit-event-action, audit-event-outcome, object-role,
audit-entity-type and restful-interaction of FHIR R4 4.0.1 (DCM codes are listed there without display).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from reporter.delivery.store import Line, Store, dumps

Json = dict[str, Any]
OK, REFUSED, FAILED = "success", "refused", "failure"
_OUTCOMES = {OK: "0", REFUSED: "4", FAILED: "8"}
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_REST = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_EXPORT, _ALERT, _AUTHENTICATION = "110106", "110113", "110114"
_NAMESPACE = uuid.UUID("5a0c2f5e-6a86-4e0e-9d6b-0d6f7a1c1f8b")


class Kind(NamedTuple):
    """What FHIR says of an event: a DCM type (empty: RESTful), a subtype with its system, C R U D or E."""

    dcm: str
    system: str
    subtype: str
    action: str


_VERBS = {
    "view": Kind("", _INTERACTION, "read", "R"),
    "read": Kind("", _INTERACTION, "read", "R"),
    "search": Kind("", _INTERACTION, "search", "R"),
    "create": Kind("", _INTERACTION, "create", "C"),
    "change": Kind("", _INTERACTION, "update", "U"),
    "revoke": Kind("", _INTERACTION, "update", "U"),
    "sign": Kind("", _INTERACTION, "create", "C"),
    "delete": Kind("", _INTERACTION, "delete", "D"),
    "export": Kind(_EXPORT, "", "", "R"),
    "print": Kind(_EXPORT, "", "", "R"),
    "deliver": Kind(_EXPORT, "", "", "E"),
    "refused": Kind(_ALERT, "", "", "E"),
    "login": Kind(_AUTHENTICATION, _DCM, "110122", "E"),
    "logout": Kind(_AUTHENTICATION, _DCM, "110123", "E"),
}
_OTHER = Kind("", _INTERACTION, "operation", "E")
_ROLES = {"report": "3", "draft": "3", "order": "20", "user": "6", "token": "13", "delivery": "20"}


def kind_of(event: str) -> Kind:
    """By the verb of the event: `report.view`, `deliver`."""
    return _VERBS.get(event.rpartition(".")[2], _OTHER)


def export(store: Store) -> Iterator[str]:
    """Every line of the trail as AuditEvent, NDJSON."""
    for line in store.audit_iter():
        yield dumps(audit_event(line)) + "\n"


def audit_event(line: Line) -> Json:
    """One line as AuditEvent; its number and hashes are details of its first entity."""
    kind = kind_of(line.action)
    event: Json = {"resourceType": "AuditEvent", "id": str(uuid.uuid5(_NAMESPACE, f"{line.seq} {line.hash}"))}
    event["type"] = {"system": _DCM, "code": kind.dcm} if kind.dcm else {"system": _REST, "code": "rest"}
    if kind.subtype:
        event["subtype"] = [{"system": kind.system, "code": kind.subtype}]
    event |= {"action": kind.action, "recorded": _instant(line.at), "outcome": _OUTCOMES.get(line.outcome, "8")}
    event["outcomeDesc"] = f"{line.action}: {line.outcome}"
    event["agent"] = [_agent(line)]
    event["source"] = {"observer": {"display": "fhir-reporter"}}
    event["entity"] = [_what(line), *([_patient(line)] if line.patient else [])]
    return event


def _agent(line: Line) -> Json:
    agent: Json = {"requestor": True, "who": {"identifier": {"value": line.actor or "anonymous"}}}
    return {**agent, "name": line.actor_name} if line.actor_name else agent


def _what(line: Line) -> Json:
    """What was acted upon, and the place of the line in the chain."""
    entity: Json = {"what": {"identifier": {"value": line.entity_id or line.correlation or str(line.seq)}}}
    entity["type"] = {"system": _ENTITY, "code": "2"}
    if line.entity in _ROLES:
        entity["role"] = {"system": _ROLE, "code": _ROLES[line.entity]}
    chain = {"entity": line.entity, "seq": str(line.seq), "previous": line.previous, "hash": line.hash}
    said = {**chain, "correlation": line.correlation, **{name: str(value) for name, value in line.detail.items()}}
    entity["detail"] = [{"type": name, "valueString": value} for name, value in said.items() if value.strip()]
    return entity


def _patient(line: Line) -> Json:
    return {
        "what": {"type": "Patient", "identifier": {"value": line.patient}},
        "type": {"system": _ENTITY, "code": "1"},
        "role": {"system": _ROLE, "code": "1"},
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
