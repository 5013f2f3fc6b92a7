"""Rules of a bundle around its resources: bdl-1 to bdl-5 and bdl-9 to bdl-12 (fullUrls are with the references)."""

from __future__ import annotations

from collections.abc import Iterator

from reporter.errors import Issue
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue

_WITH_REQUEST = ("batch", "transaction", "history")
_WITH_RESPONSE = ("batch-response", "transaction-response", "history")
_BUNDLE: Path = (None, "Bundle", None)
_FIRST = {"document": ("bdl-11", "Composition"), "message": ("bdl-12", "MessageHeader")}
# Entries of these kinds need nothing more than their resource and its address.
_BARE = ("document", "collection")


def check(bundle: Json, entries: list[Json], *, bare: bool = False) -> Iterator[Issue]:
    """Rules bdl-1 to bdl-5 and bdl-9 to bdl-12; `bare` when each entry is known to be an address and a resource."""
    kind = bundle["type"]
    if "total" in bundle and kind not in ("searchset", "history"):
        yield issue("bdl-1", (_BUNDLE, "total", None))
    if kind not in _BARE or not bare:
        yield from _entries(kind, entries)
    if kind == "document":
        identifier = bundle.get("identifier", {})
        if "system" not in identifier or "value" not in identifier:
            yield issue("bdl-9", (_BUNDLE, "identifier", None))
        if "timestamp" not in bundle:
            yield issue("bdl-10", (_BUNDLE, "timestamp", None))
    if kind in _FIRST:
        rule, wanted = _FIRST[kind]
        first = entries[0].get("resource", {}) if entries else {}
        if first.get("resourceType") != wanted:
            yield issue(rule, (_BUNDLE, "entry", 0))


def _entries(kind: str, entries: list[Json]) -> Iterator[Issue]:
    """Rules bdl-2 to bdl-5."""
    for number, entry in enumerate(entries):
        path: Path = (_BUNDLE, "entry", number)
        if "search" in entry and kind != "searchset":
            yield issue("bdl-2", path)
        if ("request" in entry) != (kind in _WITH_REQUEST):
            yield issue("bdl-3", path)
        if ("response" in entry) != (kind in _WITH_RESPONSE):
            yield issue("bdl-4", path)
        if not any(name in entry for name in ("resource", "request", "response")):
            yield issue("bdl-5", path)
