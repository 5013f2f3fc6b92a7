"""A request for an exam → a line of the work list, and the link to the form filled in with it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import request, url_for

from reporter.delivery.store import Entry, NewOrder, Order, Patient, StaleOrderError, UnknownError, loads
from reporter.engine import stable_ids
from reporter.errors import Issue
from reporter.fhir import constants as c
from reporter.fhir.read.codes import Codes
from reporter.fhir.read.scope import Scope
from reporter.fhir.read.source import Source
from reporter.fhir.read.study import procedure_of
from reporter.web.api import query
from reporter.web.api.earlier import read_in
from reporter.web.api.incoming import Incoming
from reporter.web.api.outcome import ApiError
from reporter.web.api.references import renamed
from reporter.web.auth import trail
from reporter.web.desk import desk

Json = dict[str, Any]
_PARTS = ("patient", "order", "exam", "comparisons")
_CANCELLED = ("revoked", "entered-in-error")
_PRIORITIES = ("routine", "urgent", "asap", "stat")
_SHOWN = ("priority", "occurrenceDateTime", "occurrencePeriod", "code")
_METHODS = ("POST", "PUT")
_NOT_KEPT = ("Bundle", "OperationOutcome", "MessageHeader")


@dataclass(frozen=True)
class Received:
    """What became of a request: its line, the resources kept (place → Type/id), what was not understood."""

    order: Order
    created: bool
    kept: dict[int, str]
    issues: tuple[Issue, ...] = ()

    @property
    def link(self) -> str:
        """The form filled in with it."""
        exam = {"exam": self.order.exam_def} if self.order.exam_def else {}
        return url_for("start.new", request=self.order.id, **exam, _external=True)


def receive(incoming: Incoming) -> Received:
    """Keep the request, or bring it up to date. Raises ApiError 412 or 422; then nothing is kept."""
    place = _the_order(incoming)
    patient = _the_patient(incoming, place)
    key = _key(incoming, place)
    kept = _ids(incoming, key)
    line = desk().store.order_by_key(key)
    existing, match = _conditional(incoming, place, kept[place])
    if existing is not None:
        return existing
    payload, issues = _payload(incoming, place)
    new = _line(incoming.resources[place], key, payload, _person(incoming.resources[patient], payload, kept[patient]))
    resources = [_renewed(incoming, at, kept) for at in sorted(kept)]
    order, created = _put(new, resources, match, line)
    return Received(order, created, kept, tuple(issues))


def _put(new: NewOrder, resources: list[Json], match: str | None, line: Order | None) -> tuple[Order, bool]:
    """Keep it and its line in the audit trail; after an If-Match only when nobody changed it since it was compared."""
    expected = line.version if match and line else None
    try:
        kept = desk().store.put_order(new, resources, expected=expected, audit=_act)
    except StaleOrderError as error:
        raise ApiError("API-VERSION", value=match, current=error.current) from error
    trail.told()
    return kept


def _act(order: Order, created: bool) -> Entry:
    return trail.act("order", order.id, order.patient_key, created=created)


def _the_order(incoming: Incoming) -> int:
    if len(incoming.orders) != 1:
        raise ApiError("API-ORDERS", value=len(incoming.orders), path="Bundle.entry")
    for place in incoming.resources:
        method = incoming.request(place).get("method", "POST")
        if method not in _METHODS:
            raise ApiError("API-ENTRY-METHOD", value=method, path=f"Bundle.entry[{place}].request.method")
    return incoming.orders[0]


def _the_patient(incoming: Incoming, place: int) -> int:
    target = incoming.target(incoming.resources[place].get("subject"))
    if target is None or incoming.resources[target]["resourceType"] != "Patient":
        raise ApiError("API-PATIENT", path=f"Bundle.entry[{place}].resource.subject")
    return target


# --- identity


def _key(incoming: Incoming, place: int) -> str:
    """The business identifier of the request, else the id it is put under, else a new one."""
    asked = incoming.request(place)
    put = str(asked["url"])[:300] if asked.get("method") == "PUT" else None
    return _business(incoming.resources[place]) or put or f"urn:uuid:{uuid.uuid4()}"


def _business(content: Json) -> str | None:
    """`system|value` of the placer's identifier, else of the first one of the world outside."""
    given = [i for i in content.get("identifier", []) if i.get("value") and not _ours(str(i.get("system", "")))]
    placer = [i for i in given if c.PLACER in _type_codes(i)]
    return next((f"{i.get('system', '')}|{i['value']}"[:300] for i in [*placer, *given]), None)


def _ours(system: str) -> bool:
    return system == c.URI or system.startswith(c.IDENTIFIER)


def _type_codes(identifier: Json) -> set[Any]:
    return {coding.get("code") for coding in identifier.get("type", {}).get("coding", [])}


def _ids(incoming: Incoming, key: str) -> dict[int, str]:
    """Where each resource is kept: the same business identifier always has the same id."""
    kept: dict[int, str] = {}
    for place, resource in incoming.resources.items():
        kind = resource["resourceType"]
        if place in incoming.past or kind in _NOT_KEPT:
            continue
        given = resource.get("identifier", [])
        known = next((i for i in given if isinstance(i, dict) and i.get("system") and i.get("value")), None)
        business = f"{known['system']}|{known['value']}" if known else f"{key}/{place}"
        name = key if place in incoming.orders else business
        kept[place] = f"{kind}/{stable_ids(f'received/{kind}/{name}')}"
    return kept


def _renewed(incoming: Incoming, place: int, kept: dict[int, str]) -> Json:
    """The resource under its id, with literal references to the others."""
    names = {name: kept[at] for name, at in incoming.places.items() if at in kept}
    content: Json = renamed(incoming.resources[place], names)
    return {**content, "id": kept[place].partition("/")[2]}


# --- conditions


def _conditional(incoming: Incoming, place: int, name: str) -> tuple[Received | None, str | None]:
    """If-None-Exist: the request that is there already; If-Match, which must name its version, else ApiError 412."""
    asked = incoming.request(place)
    wanted = request.headers.get("If-None-Exist", asked.get("ifNoneExist"))
    if wanted:
        return _there(place, str(wanted).partition("?")[2] or str(wanted)), None
    match = request.headers.get("If-Match", asked.get("ifMatch"))
    if not match:
        return None, None
    _same(str(match), name)
    return None, str(match)


def _there(place: int, condition: str) -> Received | None:
    """The one line of the work list whose request meets the condition."""
    found = desk().store.search_resources(query.parse("ServiceRequest", parse_qsl(condition)).search()).resources
    keys = {_business(loads(resource.json)): f"{resource.type}/{resource.id}" for resource in found}
    lines = [(line, keys[key]) for key in keys if key and (line := desk().store.order_by_key(key))]
    if len(lines) > 1:
        raise ApiError("API-MULTIPLE", value=condition, path=f"Bundle.entry[{place}].request.ifNoneExist")
    return Received(lines[0][0], False, {place: lines[0][1]}) if lines else None


def _same(match: str, name: str) -> None:
    try:
        current = desk().store.resource("ServiceRequest", name.partition("/")[2]).version_id
    except UnknownError:
        current = 0
    given = [tag.strip().removeprefix("W/").strip('"') for tag in match.split(",")]
    if not current or (str(current) not in given and "*" not in given):
        raise ApiError("API-VERSION", value=match, current=current or "—")


# --- content


def _payload(incoming: Incoming, place: int) -> tuple[Json, list[Issue]]:
    """The partial input the form starts from, and what of the request was not understood."""
    content = incoming.resources[place]
    data, issues = read_in(_standing(incoming, place))
    made: Json = {part: data[part] for part in _PARTS if part in data}
    exam = {key: value for key, value in made.pop("exam", {}).items() if key != "technique"}
    if exam := {**_asked(content), **exam}:
        made["exam"] = exam
    _indication(made, content)
    _local_number(made)
    return made, [issue for issue in issues if not _is_used(issue, place)]


def _standing(incoming: Incoming, place: int) -> Incoming:
    """As if the request still stood: what was asked for is read of a revoked one too."""
    entries = list(incoming.bundle["entry"])
    entries[place] = {**entries[place], "resource": {**incoming.resources[place], "status": "active"}}
    return Incoming({**incoming.bundle, "entry": entries})


def _is_used(issue: Issue, place: int) -> bool:
    """Is it about an element that the work list shows?"""
    return issue.path in {f"/entry/{place}/resource/{name}" for name in _SHOWN}


def _asked(content: Json) -> Json:
    """Modality, region and side, when the code of the request means one exam."""
    catalog = desk().catalog
    scope = Scope(Source(content), Codes(catalog), catalog)
    found = procedure_of(scope, scope.source.views[0].child("code"))
    return {key: found[key] for key in ("modality", "region", "laterality") if key in found}


def _indication(made: Json, content: Json) -> None:
    """A reason with a code is quoted by its words."""
    order = made.setdefault("order", {})
    if "indication" not in order:
        said = [_words(reason) for reason in content.get("reasonCode", [])]
        if text := "\n".join(filter(None, said)):
            order["indication"] = text


def _words(concept: Json) -> str:
    shown = [str(coding["display"]) for coding in concept.get("coding", []) if "display" in coding]
    return str(concept.get("text", "")) or ", ".join(shown[:1])


def _local_number(made: Json) -> None:
    """The hospital's number of the patient is the one reports of the same patient are found by."""
    person = made.get("patient", {})
    local = [i["value"] for i in person.get("identifiers", []) if i.get("type") in ("IPP", "PI")]
    if local:
        person.setdefault("id", local[0])


def _person(resource: Json, payload: Json, name: str) -> Patient:
    given = [(str(i.get("system", "")), str(i["value"])) for i in resource.get("identifier", []) if i.get("value")]
    person = payload.get("patient", {})
    key = person.get("id") or ("|".join(given[0]) if given else name)
    parts = (person.get("family_name"), *person.get("given_names", []))
    return Patient(
        key=str(key)[:300],
        name=(person.get("name") or " ".join(part for part in parts if part) or None),
        birth_date=resource.get("birthDate"),
        sex=resource.get("gender"),
        identifiers=tuple(given),
    )


def _line(content: Json, key: str, payload: Json, patient: Patient) -> NewOrder:
    exam = payload.get("exam", {})
    planned = str(content.get("occurrenceDateTime", content.get("occurrencePeriod", {}).get("start", "")))[:10]
    priority = content.get("priority", "routine")
    return NewOrder(
        key=key,
        payload=payload,
        accession=exam.get("accession_number"),
        patient=patient,
        title=_words(content.get("code", {}))[:300],
        exam_def=_exam_def(exam),
        exam_date=exam.get("date") or planned or None,
        priority=priority if priority in _PRIORITIES else "routine",
        status="cancelled" if content.get("status") in _CANCELLED else "received",
    )


def _exam_def(exam: Json) -> str | None:
    """The one exam of the catalogue of this modality and region."""
    exams = desk().catalog.exams.values()
    found = [e.id for e in exams if e.modality == exam.get("modality") and exam.get("region") in e.regions]
    return found[0] if len(found) == 1 else None
