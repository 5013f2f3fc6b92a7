"""The check of FHIR: `check` for a bundle of ours, before it leaves; `check_resource` for any R4 resource or bundle.

Most bundles of ours have no fault; `fine` tells so quickly. For all others this check finds what is wrong, and where.
`structure` holds elements, cardinalities, formats and bindings; `invariants`, `references`, `systems`, `xhtml` the
rules that look further, true of any bundle; `profile_check` the profiles a resource says it meets; `house` what we hold
ourselves to. A resource with a structural fault is not looked at further, and then its bundle is not either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reporter.catalog import Catalog
from reporter.errors import Issue
from reporter.fhir import envelope, house, invariants, profile_check, references, structure, systems, xhtml
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import issue
from reporter.fhir.fine import fine
from reporter.fhir.references import Index
from reporter.fhir.structure import Part


def check(bundle: Json, catalog: Catalog | None = None) -> list[Issue]:
    """Every fault of a bundle of ours; without an error it may leave. Codes are those of the catalogue (or our own)."""
    book = house.book(catalog)
    if fine(bundle, book):
        return []
    return _Check(structure.parts(bundle, ours=True), book).issues()


def check_resource(resource: Any) -> list[Issue]:
    """Every fault of a resource or bundle, whoever made it: only what FHIR R4 says of any."""
    return _Check(structure.parts(resource), None).issues()


class _Check:
    """The parts of one resource, and what the rules found; without a book only the rules true of any resource."""

    def __init__(self, parts: list[Part], book: house.Book | None) -> None:
        self._root, self._parts, self._book = parts[0], parts, book
        self._ids: dict[int, frozenset[str]] = {}

    def issues(self) -> list[Issue]:
        """Every fault, in the order of the bundle."""
        whole = self._root.kind == "Bundle" and not self._root.issues
        index = Index(self._root.resource if whole else {})
        numbers = {id(entry.get("resource")): number for number, entry in enumerate(index.entries)}
        placed = {numbers[id(part.resource)]: part for part in self._parts if id(part.resource) in numbers}
        found: list[Issue] = []
        for part in self._parts:
            found += part.issues or self._of_part(part, index, numbers.get(id(part.resource)))
        if whole and not any(part.issues for part in self._parts):
            found += self._of_bundle(placed, index)
        return found

    def _of_part(self, part: Part, index: Index, number: int | None) -> Iterator[Issue]:
        for type_name, nodes in part.nodes.items():
            for rule in invariants.rules(type_name):
                for path, node in nodes:
                    yield from (issue(code, path, text, **values) for code, text, values in rule(node))
        yield from self._narratives(part, number)
        if "contained" in part.resource:
            yield from references.contained(part)
        yield from systems.check(part)
        source = index.entries[number].get("fullUrl", "") if number is not None else ""
        yield from references.check(part, index, source)
        if part is not self._root or part.kind != "Bundle":
            yield from profile_check.check(part, index, source)
        if self._book is not None:
            yield from house.of_resource(part, index, self._book)

    def _narratives(self, part: Part, number: int | None) -> Iterator[Issue]:
        ids: set[str] = set()
        for path, node in part.nodes.get("Narrative", ()):
            narrative = xhtml.read(node["div"])
            ids |= narrative.ids
            yield from (issue(code, (path, "div", None), value=value) for code, value in narrative.faults)
        if number is not None:
            self._ids[number] = frozenset(ids)

    def _of_bundle(self, placed: dict[int, Part], index: Index) -> Iterator[Issue]:
        bundle = self._root.resource
        yield from envelope.check(bundle, index.entries)
        yield from references.full_urls(bundle)
        yield from profile_check.check(self._root, index, "")
        if self._book is not None:
            yield from house.of_bundle(bundle, placed, index, self._ids)
        elif index.kind == "document":
            yield from references.loose(placed, index)
