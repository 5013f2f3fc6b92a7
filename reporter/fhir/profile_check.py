"""The profiles a resource says it meets (`meta.profile`), held against what their snapshots add to R4.

`r4/profiles.json` is written by tools/profile_tables.py from the snapshots: HL7 Europe imaging R4 1.0.0-ballot and base
2.0.0. A profile that is not there is not checked. Slices told apart by the profile of a reference's target count by its
type, and look further only when the target claims the profile itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from reporter.errors import Issue
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue
from reporter.fhir.references import Index
from reporter.fhir.structure import Part

Find = Callable[[str], Json | None]
_NOTE = "http://hl7.org/fhir/StructureDefinition/note"
_BODY_SITE = "http://hl7.org/fhir/StructureDefinition/bodySite"
_ROLES = {"DiagnosticReport": "performer", "Composition": "author"}
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@cache
def table() -> dict[str, Json]:
    """What each profile adds to R4, by its URL."""
    text = files("reporter.fhir").joinpath("r4", "profiles.json").read_text(encoding="utf-8")
    tables: dict[str, Json] = json.loads(text)
    return tables


def check(part: Part, index: Index, source: str) -> Iterator[Issue]:
    """Every rule of the claimed profiles that the resource breaks."""

    def find(reference: str) -> Json | None:
        entry = index.find(reference, source)
        resource = entry.get("resource") if entry else None
        return resource if isinstance(resource, dict) else None

    for url in claimed(part.resource):
        tree = table().get(url)
        if tree is None:
            continue
        name = url.rsplit("/", 1)[-1]
        if tree["type"] != part.kind:
            yield issue("PROFILE-TYPE", part.path, profile=name, value=part.kind)
        else:
            yield from _Walk(name, find).node(part.path, part.resource, tree)


def claimed(resource: Json) -> list[str]:
    """The profiles a resource claims, without their version."""
    meta = resource.get("meta")
    urls = meta.get("profile") if isinstance(meta, dict) else None
    return [str(url).partition("|")[0] for url in urls] if isinstance(urls, list) else []


class _Walk:
    """One profile over one resource."""

    def __init__(self, name: str, find: Find) -> None:
        self._name, self._find = name, find

    def node(self, path: Path, value: Any, tree: Json) -> Iterator[Issue]:
        """Everything that one element breaks."""
        if "fixed" in tree and not matches(value, tree["fixed"]):
            yield self._issue("PROFILE-FIXED", path, json.dumps(tree["fixed"], ensure_ascii=False))
        if not isinstance(value, dict):
            return
        for rule in tree.get("rules", ()):
            if not RULES[rule](value, self._find):
                yield self._issue("PROFILE-RULE", path, rule)
        for url in tree.get("profiles", ()):
            if "resourceType" not in value:
                yield from self.node(path, value, table()[url])
        for name, child in tree.get("children", {}).items():
            yield from self._element((path, name, None), values_of(value, name), child)

    def _element(self, path: Path, values: list[Any], tree: Json) -> Iterator[Issue]:
        yield from self._count(path, len(values), tree)
        many = len(values) > 1
        for number, value in enumerate(values):
            yield from self.node((path[0], path[1], number if many else None), value, tree)
        for part in tree.get("slices", ()):
            yield from self._slice(path, values, part)

    def _slice(self, path: Path, values: list[Any], part: Json) -> Iterator[Issue]:
        members = [v for v in values if all(belongs(v, test, self._find) for test in part["when"])]
        where: Path = (path[0], f"{path[1]}:{part['name']}", None)
        yield from self._count(where, len(members), part)
        for value in members:
            if all(certain(value, test, self._find) for test in part["when"]):
                yield from self.node(where, value, part)
                for nested in part.get("slices", ()):
                    yield from self._slice(where, [value], nested)
                resource = value.get("resource") if isinstance(value, dict) else None
                if resource and part.get("max") == 1:
                    yield from self._held((where, "resource", None), resource, part)

    def _held(self, path: Path, resource: Json, part: Json) -> Iterator[Issue]:
        """The one resource of a slice meets the profile of the slice, even when it does not claim it."""
        for url in part.get("children", {}).get("resource", {}).get("profiles", ()):
            if url not in claimed(resource) and table()[url]["type"] == resource.get("resourceType"):
                yield from _Walk(url.rsplit("/", 1)[-1], self._find).node(path, resource, table()[url])

    def _count(self, path: Path, count: int, tree: Json) -> Iterator[Issue]:
        if count < tree.get("min", 0):
            yield self._issue("PROFILE-MIN", path, tree["min"])
        if count > tree.get("max", count):
            yield self._issue("PROFILE-MAX", path, tree["max"])

    def _issue(self, code: str, path: Path, value: object) -> Issue:
        return issue(code, path, profile=self._name, name=path[1], value=value)


def belongs(value: Any, test: list[Any], find: Find) -> bool:
    """Does an element belong to a slice, as far as this test tells?"""
    if test[0] == "resource":
        return any(isinstance(r, dict) and r.get("resourceType") in test[1] for r in values_of(value, "resource"))
    if test[0] == "target":
        target = _target(value, find)
        return target is not None and target.get("resourceType") in test[1]
    if test[0] == "exists":
        return bool(_deep(value, test[1])) is bool(test[2])
    return any(matches(found, test[1]) for found in (_deep(value, test[0]) if test[0] else [value]))


def certain(value: Any, test: list[Any], find: Find) -> bool:
    """Is it sure that it does?"""
    if test[0] != "target" or not test[2]:
        return True
    target = _target(value, find)
    return target is not None and not set(test[2]).isdisjoint(claimed(target))


def _target(value: Any, find: Find) -> Json | None:
    reference = value.get("reference") if isinstance(value, dict) else None
    return find(reference) if isinstance(reference, str) else None


def values_of(node: Any, name: str) -> list[Any]:
    """The values of an element, a choice by any of its types; one that has only extensions counts."""
    if not isinstance(node, dict):
        return []
    stem = name.removesuffix("[x]")
    names = [name] if stem == name else [k for k in node if k.lstrip("_").startswith(stem)]
    value = next((node[n] for n in (*names, *(f"_{n}" for n in names)) if n in node), None)
    return value if isinstance(value, list) else [] if value is None else [value]


def _deep(node: Any, path: str) -> list[Any]:
    found = [node]
    for name in path.split("."):
        found = [value for one in found for value in values_of(one, name)]
    return found


def matches(value: Any, pattern: Any) -> bool:
    """Has a value all that a pattern has?"""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(k in value and matches(value[k], p) for k, p in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(matches(v, p) for v in value) for p in pattern)
    return bool(value == pattern)


def _extended(node: Json, url: str) -> bool:
    return any(extension.get("url") == url for extension in node.get("extension", ()))


def _section_held(node: Json, _find: Find) -> bool:
    return any(name in node for name in ("entry", "emptyReason", "section")) or _extended(node, _NOTE)


def _same_organization(bundle: Json, _find: Find) -> bool:
    """The organizations that perform the report are those among the authors of the document."""
    held = [(entry.get("fullUrl"), entry.get("resource", {})) for entry in bundle.get("entry", [])]
    places = {url for url, resource in held if resource.get("resourceType") == "Organization"}
    found: dict[str, set[Any]] = {"DiagnosticReport": set(), "Composition": set()}
    for _, resource in held:
        name = _ROLES.get(resource.get("resourceType"))
        if name is not None:
            found[resource["resourceType"]].update(item.get("reference") for item in resource.get(name, []))
    return found["DiagnosticReport"] & places == found["Composition"] & places


RULES: dict[str, Callable[[Json, Find], bool]] = {
    "eu-imaging-composition-1": _section_held,
    "eu-imaging-composition-2": lambda node, _: any(name in node for name in ("text", "entry", "section")),
    "eu-pat-1": lambda node, _: any(n in node for n in ("family", "given", "text")) or _extended(node, _ABSENT),
    "name-or-identifier": lambda node, _: any(n in node for n in ("identifier", "name", "_name")),
    "eu-bodysite-1": lambda node, _: not ("coding" in node or "text" in node) or not _extended(node, _BODY_SITE),
    "dr-comp-author-org": _same_organization,
}
