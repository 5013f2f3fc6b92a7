"""A stored document as the transaction that a FHIR server takes: same resources, conditional writes only.

Sent twice it changes nothing. What an earlier version said and this one no longer says is withdrawn on the server too:
written again with the status `entered-in-error`.
Sources: FHIR R4 http.html § « conditional update », « transaction »; Observation.status, Procedure.status,
ImagingStudy.status; BodyStructure.active.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reporter.fhir import constants as c
from reporter.fhir.datatypes import Json

_SHARED = ("Patient", "Practitioner", "Organization")
_WITHDRAWN: Mapping[str, Json] = {
    "Observation": {"status": "entered-in-error"},
    "Procedure": {"status": "entered-in-error"},
    "ImagingStudy": {"status": "entered-in-error"},
    "BodyStructure": {"active": False},
}


def transaction_of(document: Json, earlier: Sequence[Json] = ()) -> Json:
    """The transaction of a document; `earlier` are the documents of its earlier versions, in any order."""
    entries = [*document["entry"], *_withdrawn(document, earlier)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(entry) for entry in entries]}


def entry(full_url: str, resource: Json, shared: str | None) -> Json:
    """The entry of one resource.

    A `shared` identity (system|value) is created once and never overwritten; ours is updated by its identifier;
    Provenance, which has none, by its id.
    """
    kind = resource["resourceType"]
    if shared is not None:
        request = {"method": "POST", "url": kind, "ifNoneExist": f"identifier={_token(shared)}"}
    elif "identifier" in resource:
        request = {"method": "PUT", "url": f"{kind}?identifier={_token(_identity(resource))}"}
    else:
        return {
            "fullUrl": full_url,
            "resource": resource,
            "request": {"method": "PUT", "url": f"{kind}/{resource['id']}"},
        }
    return {"fullUrl": full_url, "resource": {k: v for k, v in resource.items() if k != "id"}, "request": request}


def _entry(part: Json) -> Json:
    resource = part["resource"]
    return entry(part["fullUrl"], resource, _shared(resource))


def _shared(resource: Json) -> str | None:
    """The business identity of a person or an organization, when it has one that stands on its own."""
    if resource["resourceType"] not in _SHARED:
        return None
    given = (i for i in resource.get("identifier", ()) if i.get("system") and not _ours(i["system"]))
    return next((f"{i['system']}|{i['value']}" for i in given), None)


def _ours(system: str) -> bool:
    return system == c.URI or system.startswith(c.IDENTIFIER)


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


def _withdrawn(document: Json, earlier: Sequence[Json]) -> list[Json]:
    """What earlier versions said and this one does not, and all it refers to that this one does not hold."""
    said = {part["fullUrl"] for part in document["entry"]}
    past = {part["fullUrl"]: part["resource"] for bundle in earlier for part in bundle["entry"]}
    wanted = [url for url, resource in past.items() if url not in said and resource["resourceType"] in _WITHDRAWN]
    kept: dict[str, Json] = {}
    while wanted:
        url = wanted.pop()
        if url not in kept and url not in said and url in past:
            kept[url] = past[url]
            wanted.extend(_references(past[url]))
    return [{"fullUrl": url, "resource": _denied(kept[url])} for url in past if url in kept]


def _denied(resource: Json) -> Json:
    return {**resource, **_WITHDRAWN.get(resource["resourceType"], {})}


def _references(value: Any) -> Iterator[str]:
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        parts = value.values()
    elif isinstance(value, list):
        parts = value
    for part in parts:
        yield from _references(part)
