"""Read, version read, history, `$document` and search of what the store holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from reporter.delivery.store import Resource, UnknownError, Version, loads
from reporter.web.api import media, query, served
from reporter.web.api.kinds import KINDS, Kind
from reporter.web.api.outcome import ApiError
from reporter.web.auth.permissions import authorise
from reporter.web.desk import desk

Json = dict[str, Any]


def read(kind: Kind, name: str) -> Response:
    """The current version; 304 when the client has it, 410 when it was deleted."""
    found = current(kind.type, name)
    headers = served.tags(found.version_id, found.last_updated)
    if _has(found):
        return Response(status=304, headers=headers)
    return media.answer(served.shown([found])[0], headers=headers)


def current(kind: str, name: str) -> Resource:
    """The resource. Raises ApiError 404 or 410."""
    shown = f"{kind}/{name}"
    try:
        found = desk().store.resource(kind, name)
    except UnknownError:
        raise ApiError("API-UNKNOWN", value=shown) from None
    if found.deleted:
        raise ApiError("API-DELETED", value=shown)
    return found


def _has(found: Resource) -> bool:
    """If-None-Match, else If-Modified-Since (RFC 9110 §13.2.2)."""
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(str(found.version_id))
    since = request.if_modified_since
    return since is not None and found.last_updated.replace(microsecond=0) <= since


# --- versions of a report


def vread(kind: Kind, name: str, version: str) -> Response:
    """One version of a report as it was signed."""
    for number, signed, content in _versions(kind.type, name):
        if str(number) == version:
            headers = served.tags(number, signed.signed_at)
            return media.answer(served.stamped(served.literal(content), number, signed.signed_at), headers=headers)
    raise ApiError("API-UNKNOWN", value=f"{kind.type}/{name}/_history/{version}")


def history(kind: Kind, name: str) -> Response:
    """Every version, last first (FHIR R4 « RESTful API », § history)."""
    found = list(_versions(kind.type, name))
    if not found:
        raise ApiError("API-UNKNOWN", value=f"{kind.type}/{name}")
    entries = [_past(kind.type, name, *one) for one in reversed(found)]
    link = [{"relation": "self", "url": request.url}]
    return media.answer(
        {"resourceType": "Bundle", "type": "history", "total": len(entries), "link": link, "entry": entries}
    )


def _past(kind: str, name: str, number: int, signed: Version, content: Json) -> Json:
    url, first = f"{kind}/{name}", number == 1
    tags = {"etag": f'W/"{number}"', "lastModified": served.instant(signed.signed_at)}
    return {
        "fullUrl": served.base() + url,
        "resource": served.stamped(served.literal(content), number, signed.signed_at),
        "request": {"method": "POST" if first else "PUT", "url": kind if first else url},
        "response": {"status": "201 Created" if first else "200 OK", **tags},
    }


def _versions(kind: str, name: str) -> Iterator[tuple[int, Version, Json]]:
    store = desk().store
    for report in store.reports_holding(kind, name):
        for version in store.versions(report):
            for entry in loads(version.bundle)["entry"]:
                if (entry["resource"]["resourceType"], entry["resource"].get("id")) == (kind, name):
                    yield version.n, version, entry["resource"]


def document(name: str) -> Response:
    """The document of a Composition, in JSON the very bytes that were signed."""
    current("Composition", name)
    if request.args.get("persist", "false") != "false":
        raise ApiError("API-PARAMETER", value="persist")
    store, kind = desk().store, media.wanted()
    version = store.versions(store.reports_holding("Composition", name)[0])[-1]
    headers = served.tags(version.n, version.signed_at)
    if kind == media.FHIR_XML:
        return media.answer(loads(version.bundle), headers=headers)
    response = Response(version.bundle, content_type=f"{kind}; charset=utf-8", headers=headers)
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept"})
    return response


# --- search


def search(kind: Kind) -> Response:
    """A searchset, by GET or by POST `_search`."""
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    asked = query.parse(kind.type, pairs, served.base())
    chained = [criterion.target for criterion in asked.criteria if criterion.chain is not None]
    for other in [*(source for source, _ in asked.reverse), *chained]:
        authorise(KINDS[other].permission)
    page = desk().store.search_resources(asked.search())
    links = [{"relation": name, "url": url} for name, url in _links(asked, page.total)]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links}
    if not asked.only_count and page.resources:
        bundle["entry"] = [
            *_entries(page.resources, "match"),
            *_entries(_included(asked, page.resources), "include"),
        ]
    return media.answer(bundle)


def _included(asked: query.Query, found: Sequence[Resource]) -> list[Resource]:
    """What the matches lead to, and what leads to them: each once, and only what the client may read."""
    store, more = desk().store, {}
    for param, target in asked.includes:
        more.update({(r.type, r.id): r for r in store.included(found, param, target)})
    for kind, param in asked.reverse:
        more.update({(r.type, r.id): r for r in store.including(found, kind, param)})
    for kind in {kind for kind, _ in more}:
        authorise(KINDS[kind].permission)
    matches = {(r.type, r.id) for r in found}
    return [resource for key, resource in more.items() if key not in matches]


def _entries(found: Sequence[Resource], mode: str) -> list[Json]:
    return [
        {"fullUrl": f"{served.base()}{r.type}/{r.id}", "resource": content, "search": {"mode": mode}}
        for r, content in zip(found, served.shown(found), strict=True)
    ]


def _links(asked: query.Query, total: int) -> Iterator[tuple[str, str]]:
    """self, and the other pages there are."""
    yield "self", _page(asked, asked.offset)
    if asked.only_count:
        return
    size = asked.count
    last = max(total - 1, 0) // size * size
    yield "first", _page(asked, 0)
    if asked.offset > 0:
        yield "previous", _page(asked, max(asked.offset - size, 0))
    if asked.offset + size < total:
        yield "next", _page(asked, asked.offset + size)
    yield "last", _page(asked, last)


def _page(asked: query.Query, offset: int) -> str:
    pairs = [*asked.used, *([(query.OFFSET, str(offset))] if offset else [])]
    text = urlencode(pairs, safe=":,|$/")
    return f"{served.base()}{asked.type}" + (f"?{text}" if text else "")
