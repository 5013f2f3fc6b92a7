"""`POST /fhir`: what a Bundle is, and what it is answered with."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from reporter.web.api import body, finished, media, prefer, served
from reporter.web.api.incoming import Incoming, bundle_of
from reporter.web.api.orders import Received, receive
from reporter.web.api.outcome import ApiError, information, of_issues
from reporter.web.auth import trail
from reporter.web.auth.permissions import Permission, authorise
from reporter.web.desk import desk
from reporter.web.turn import in_turn

Json = dict[str, Any]


def exchange() -> Response:
    """A request becomes a line of the work list; findings become a finished report."""
    incoming = bundle_of(body.resource())
    if incoming.is_request():
        return order(incoming)
    if incoming.of_type("Observation", "DiagnosticReport", "Composition"):
        return finished.from_findings(incoming, finished.wanted_kind(request.args.get("_kind")))
    raise ApiError("API-CONTENT", path="Bundle.entry")


@in_turn
def order(incoming: Incoming) -> Response:
    """The answer to a request: one response for each entry, and the link to the form (RFC 6861 « edit-form »)."""
    authorise(Permission.WRITE_ORDER)
    received = receive(incoming)
    line = received.order
    trail.about(entity="order", entity_id=line.id, patient=line.patient_key, created=received.created)
    headers = {"Link": f'<{received.link}>; rel="edit-form"', finished.WARNINGS: str(len(received.issues))}
    if prefer.returned() == "minimal":
        return Response(status=204, headers=headers)
    if prefer.returned() == "OperationOutcome":
        return media.answer(_outcome(received), headers=headers)
    return media.answer(_bundle(incoming, received), headers=headers)


def _bundle(incoming: Incoming, received: Received) -> Json:
    kind = "batch-response" if incoming.bundle["type"] == "batch" else "transaction-response"
    keys = [(kind, name) for kind, _, name in (url.partition("/") for url in received.kept.values())]
    stored = {f"{r.type}/{r.id}": r for r in desk().store.resources(keys)}
    entries: list[Json] = []
    for place in range(len(incoming.bundle["entry"])):
        found = stored.get(received.kept.get(place, ""))
        entries.append({"response": _stored(found, received) if found else {"status": "202 Accepted"}})
    place = incoming.orders[0]
    entries[place]["response"]["outcome"] = _outcome(received)
    return {
        "resourceType": "Bundle",
        "type": kind,
        "link": [{"relation": "edit-form", "url": received.link}],
        "entry": entries,
    }


def _stored(found: Any, received: Received) -> Json:
    return {
        "status": "201 Created" if received.created and found.version_id == 1 else "200 OK",
        "location": f"{served.base()}{found.type}/{found.id}/_history/{found.version_id}",
        "etag": f'W/"{found.version_id}"',
        "lastModified": served.instant(found.last_updated),
    }


def _outcome(received: Received) -> Json:
    """Where the form is, and everything of the request that was not understood."""
    french = f"Demande enregistrée ({received.order.status}). Formulaire prérempli : {received.link}"
    english = f"The request is on the work list ({received.order.status}). Prefilled form: {received.link}"
    told = information("API-ORDER", french, english)
    if received.issues:
        told["issue"] += of_issues(received.issues, desk().catalog.rules)["issue"]
    return told
