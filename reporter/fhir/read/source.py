"""The resources to read: from a document, a transaction, a collection or a single resource, in any order.

References may be absolute, relative, `urn:uuid:`, to a contained resource, or by identifier (R4 references.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from reporter.fhir.read.view import View

Key = tuple[str, ...]
# sections inside sections beyond this depth are reported, not read
MAX_DEPTH = 8


class Source:
    """`views` are the resources in the order they came; `of` gives those of a type in the order of the report."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self.views: list[View] = []
        self.empty: list[str] = []
        self._index: dict[Key, View | None] = {}
        self._homes: dict[str, str] = {}
        self._collect(bundle)
        self._ranks = self._order()

    def of(self, kind: str) -> list[View]:
        """Resources of a type: as the sections and results list them, then as they came."""
        found = [view for view in self.views if view.kind == kind]
        return sorted(found, key=lambda view: self._ranks.get(view.path, len(self._ranks)))

    def target(self, reference: View | None) -> View | None:
        """The resource a Reference points to, None when it is not here."""
        return self._find(reference.data, reference.path) if reference is not None else None

    def targets(self, view: View | None, name: str) -> list[View]:
        """The resources of a list of References; those that are found are taken."""
        found = []
        for reference in view.children(name) if view is not None else ():
            if (target := self.target(reference)) is not None:
                reference.take()
                found.append(target)
        return found

    # --- index

    def _collect(self, bundle: Mapping[str, Any]) -> None:
        if bundle.get("resourceType") != "Bundle":
            self._add(bundle, "", None)
            return
        entries = bundle.get("entry")
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            resource = entry.get("resource") if isinstance(entry, Mapping) else None
            if isinstance(resource, Mapping) and isinstance(resource.get("resourceType"), str):
                self._add(resource, f"/entry/{number}/resource", entry.get("fullUrl"))
            else:
                self.empty.append(f"/entry/{number}")

    def _add(self, resource: Mapping[str, Any], path: str, url: object) -> None:
        view = View(resource, path)
        self.views.append(view)
        identifier = resource.get("id")
        if isinstance(url, str):
            self._name(("url", url), view)
        if isinstance(identifier, str):
            self._name((view.kind, identifier), view)
            self._name(("url", f"urn:uuid:{identifier}"), view)
        for given in _identifiers(resource):
            self._name((view.kind, *given), view)
        self._contained(resource, path)

    def _contained(self, resource: Mapping[str, Any], path: str) -> None:
        inside = resource.get("contained")
        for number, item in enumerate(inside if isinstance(inside, list) else ()):
            if isinstance(item, Mapping) and isinstance(item.get("resourceType"), str):
                view = View(item, f"{path}/contained/{number}")
                self.views.append(view)
                self._name(("contained", path, str(item.get("id"))), view)

    def _name(self, key: Key, view: View) -> None:
        """Two resources under one name: the name means neither."""
        known = self._index.setdefault(key, view)
        if known is not view:
            self._index[key] = None

    # --- references

    def _find(self, reference: Mapping[str, Any], path: str) -> View | None:
        text = reference.get("reference")
        if isinstance(text, str):
            return self._by_text(text, path)
        given, kind = reference.get("identifier"), reference.get("type")
        for one in _identifiers({"identifier": given}):
            if isinstance(kind, str):
                return self._index.get((kind, *one))
        return None

    def _by_text(self, text: str, path: str) -> View | None:
        if text.startswith("#"):
            return self._index.get(("contained", _home(path), text[1:]))
        if "?identifier=" in text:
            kind, _, token = text.partition("?identifier=")
            system, _, value = unquote(token).rpartition("|")
            return self._index.get((kind.rpartition("/")[2], system, value))
        plain = text.partition("/_history/")[0]
        if ("url", plain) in self._index:
            return self._index[("url", plain)]
        base, _, identifier = plain.rpartition("/")
        return None if "/" in base else self._index.get((base, identifier))

    # --- order

    def _order(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for reference, path in self._listed():
            target = self._find(reference, path)
            if target is not None:
                found.setdefault(target.path, len(found))
        return found

    def _listed(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        for view in self.views:
            if view.kind == "Composition":
                yield from ((item, view.path) for item in _entries(view))
        for view in self.views:
            if view.kind == "DiagnosticReport":
                yield from ((item, view.path) for item in view.peek("result"))


def _entries(view: View, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """What the sections of a Composition list, in the order of reading."""
    for item in view.peek("section") if depth < MAX_DEPTH else ():
        section = View(item, view.path)
        yield from section.peek("entry")
        yield from _entries(section, depth + 1)


def _home(path: str) -> str:
    """The path of the resource an element belongs to: that of an entry, or of the single resource."""
    parts = path.split("/")
    return "/".join(parts[:4]) if parts[1:2] == ["entry"] else ""


def _identifiers(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = resource.get("identifier")
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, Mapping) and isinstance(item.get("value"), str):
            system = item.get("system")
            yield (system if isinstance(system, str) else "", item["value"])
