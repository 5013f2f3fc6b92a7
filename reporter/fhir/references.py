"""References: each one resolves inside the bundle, to a resource of an allowed type; nothing hangs loose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reporter.errors import Issue
from reporter.fhir import shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.structure import RESOURCE, issue

_SOURCES = ("Composition", "Provenance")


def check(bundle: Json) -> list[Issue]:
    """Dangling references, wrong targets, and in a document entries that nothing leads to."""
    entries = bundle.get("entry", [])
    by_url = {entry.get("fullUrl"): entry["resource"] for entry in entries if "resource" in entry}
    found: list[Issue] = []
    reached: dict[str, set[str]] = {}
    for index, entry in enumerate(entries):
        resource = entry.get("resource")
        if resource is None:
            continue
        path = f"Bundle.entry[{index}].resource"
        for where, target, allowed in _references(resource, resource["resourceType"], path):
            found += _target(where, target, allowed, by_url)
            reached.setdefault(str(entry.get("fullUrl")), set()).add(target)
    if bundle.get("type") == "document":
        found += _loose(entries, reached)
    return found


def _target(where: str, target: str, allowed: frozenset[str], by_url: dict[Any, Json]) -> Iterator[Issue]:
    if target.startswith("#"):
        yield issue("ref-1", where, f"nothing is contained here: {target}")
    elif target not in by_url:
        yield issue("FHIR-REFERENCE", where, f"{target} is not in the bundle")
    elif allowed and by_url[target]["resourceType"] not in allowed:
        yield issue("FHIR-TARGET", where, f"{by_url[target]['resourceType']} is not allowed here")


def _references(node: Json, type_name: str, path: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(path, target, allowed types) of every reference below an object."""
    known = shapes.elements(type_name)
    for name, content in node.items():
        element = known.get(name.removeprefix("_"))
        if element is None:
            continue
        for item in content if isinstance(content, list) else [content]:
            if not isinstance(item, dict):
                continue
            kind = element.types[0] if not name.startswith("_") else "Coding"
            if kind == "Reference" and "reference" in item:
                yield f"{path}.{name}", item["reference"], element.targets
            if kind != RESOURCE:
                yield from _references(item, kind, f"{path}.{name}")


def _loose(entries: list[Json], reached: dict[str, set[str]]) -> Iterator[Issue]:
    """Every entry of a document is reached from the Composition, or points at it (Provenance)."""
    todo = [str(e["fullUrl"]) for e in entries if e.get("resource", {}).get("resourceType") in _SOURCES]
    seen: set[str] = set()
    while todo:
        url = todo.pop()
        if url not in seen:
            seen.add(url)
            todo += reached.get(url, ())
    for index, entry in enumerate(entries):
        if entry.get("fullUrl") not in seen:
            yield issue("FHIR-DOCUMENT", f"Bundle.entry[{index}]", "nothing in the document leads to this entry")
