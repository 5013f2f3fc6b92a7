"""References and fullUrls, as in any R4 bundle: what is resolvable resolves, and to a resource of an allowed type.

Sources: R4 §2.36 (Bundle), §2.36.4 (resolving references), §3.3 (documents), §2.3 (references), ref-1, dom-*.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from reporter.errors import Issue
from reporter.fhir import shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue
from reporter.fhir.structure import Part

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_REST = re.compile(r"(?P<base>https?://.+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(/_history/\S+)?\Z")
_INNER = re.compile(r"""["'](#[^"'\s]+)["']""")
# Resources of a document that nothing need lead to: a stylesheet or signature, and what tells how it was made.
_ALONE = ("Binary", "Provenance")
# Bundles whose every entry says what it is the copy of.
_ADDRESSED = ("document", "message", "collection")


class Index:
    """The entries of a bundle by their fullUrl."""

    def __init__(self, bundle: Json) -> None:
        self.kind = bundle.get("type")
        self.entries: list[Json] = bundle.get("entry", [])
        self.by_url: dict[str, Json] = {}
        for entry in self.entries:
            if "fullUrl" in entry:
                self.by_url.setdefault(entry["fullUrl"], entry)

    def find(self, reference: str, source: str) -> Json | None:
        """The entry a reference leads to, from the entry whose fullUrl is `source` (R4 §2.36.4)."""
        plain = reference.partition("/_history/")[0]
        if plain in self.by_url:
            return self.by_url[plain]
        if plain.startswith(("http://", "https://", "urn:")):
            return None
        base = _REST.match(source)
        return self.by_url.get(f"{base['base']}{plain}") if base and base["base"] else None


def check(part: Part, index: Index, source: str) -> Iterator[Issue]:
    """Every fault of the references of one resource."""
    contained = {c.get("id"): c for c in part.resource.get("contained", [])}
    for path, node, allowed in part.references:
        text = node.get("reference")
        if text is None or not isinstance(text, str):
            yield from _announced(path, node, None, allowed)
        elif text.startswith("#"):
            yield from _contained(path, text, contained, allowed)
        else:
            entry = index.find(text, source)
            if entry is None:
                yield from _unresolved(path, text, index.kind)
            yield from _announced(path, node, _type(entry, text), allowed)


def _contained(path: Path, text: str, contained: dict[Any, Json], allowed: frozenset[str]) -> Iterator[Issue]:
    if text == "#":
        return
    target = contained.get(text[1:])
    if target is None:
        yield issue("ref-1", path, value=text)
    elif allowed and target["resourceType"] not in allowed:
        yield issue("FHIR-TARGET", path, value=target["resourceType"], allowed=", ".join(sorted(allowed)))


def _unresolved(path: Path, text: str, kind: str | None) -> Iterator[Issue]:
    """A urn resolves in its bundle; in a document so does a relative reference. A URL may lead elsewhere."""
    if text.startswith(("urn:uuid:", "urn:oid:")):
        if kind is not None:
            yield issue("FHIR-REFERENCE", path, value=text)
    elif "?" in text and not text.startswith("http"):
        if kind not in (None, "transaction"):
            yield issue("FHIR-REFERENCE.conditional", path)
    elif kind == "document" and not text.startswith("http"):
        yield issue("FHIR-REFERENCE", path, value=text)


def _type(entry: Json | None, text: str) -> str | None:
    resource = (entry or {}).get("resource")
    if isinstance(resource, dict) and "resourceType" in resource:
        return str(resource["resourceType"])
    match = _REST.match(text)
    return match["type"] if match and shapes.is_resource(match["type"]) else None


def _announced(path: Path, node: Json, found: str | None, allowed: frozenset[str]) -> Iterator[Issue]:
    """The resource referenced, and the type the reference announces, are of the types that the element allows."""
    announced = node.get("type")
    announced = announced if isinstance(announced, str) and shapes.is_resource(announced) else None
    if found and announced and announced != found:
        yield issue("FHIR-REFERENCE.type", path, value=announced)
    kind = found or announced
    if kind and allowed and kind not in allowed:
        yield issue("FHIR-TARGET", path, value=kind, allowed=", ".join(sorted(allowed)))


def resolved(node: Json, kinds: Mapping[str, str], allowed: frozenset[str]) -> bool:
    """Is it sure that a reference is right: does it lead to one of these entries, of an allowed type, or nowhere?"""
    text, announced = node.get("reference"), node.get("type")
    if text is None:
        return announced is None
    kind = kinds.get(text)
    return kind is not None and announced in (None, kind) and (not allowed or kind in allowed)


def full_urls(bundle: Json) -> Iterator[Issue]:
    """Rules bdl-7 and bdl-8, and what §2.36.4 says of fullUrl."""
    seen: set[tuple[str, str | None]] = set()
    for number, entry in enumerate(bundle.get("entry", [])):
        path: Path = ((None, "Bundle", None), "entry", number)
        url, resource = entry.get("fullUrl"), entry.get("resource", {})
        if url is None:
            if bundle.get("type") in _ADDRESSED:
                yield issue("FHIR-FULLURL.missing", path)
            continue
        yield from _full_url((path, "fullUrl", None), url, resource)
        key = (url, resource.get("meta", {}).get("versionId"))
        if key in seen and bundle.get("type") != "history":
            yield issue("bdl-7", path, value=url)
        seen.add(key)


def _full_url(path: Path, url: str, resource: Json) -> Iterator[Issue]:
    rest = _REST.match(url)
    if "/_history/" in url:
        yield issue("bdl-8", path)
    elif (url.startswith("urn:uuid:") and not _UUID.match(url)) or ":" not in url:
        yield issue("FHIR-FULLURL.form", path, value=url)
    elif (
        rest
        and shapes.is_resource(rest["type"])
        and "id" in resource
        and (rest["type"], rest["id"]) != (resource["resourceType"], resource["id"])
    ):
        yield issue("FHIR-FULLURL.id", path)


def loose(parts: dict[int, Part], index: Index) -> Iterator[Issue]:
    """Every entry of a document hangs together with its Composition, references followed both ways."""
    number = {id(entry): at for at, entry in enumerate(index.entries)}
    links: dict[int, set[int]] = defaultdict(set)
    for at, part in parts.items():
        source = str(index.entries[at].get("fullUrl", ""))
        for target in _targets(part):
            entry = index.find(target, source)
            if entry is not None:
                links[at].add(number[id(entry)])
                links[number[id(entry)]].add(at)
    seen, todo = {0}, [0]
    while todo:
        new = links[todo.pop()] - seen
        seen |= new
        todo += new
    for at, part in parts.items():
        if at not in seen and part.kind not in _ALONE:
            yield issue("FHIR-DOCUMENT", ((None, "Bundle", None), "entry", at))


def _targets(part: Part) -> Iterator[str]:
    for _, node, _ in part.references:
        if isinstance(node.get("reference"), str):
            yield node["reference"]
    for kind in ("Attachment", "RelatedArtifact"):
        for _, node in part.nodes.get(kind, ()):
            if isinstance(node.get("url"), str):
                yield node["url"]


def contained(part: Part) -> Iterator[Issue]:
    """Rules dom-2 to dom-5: contained resources are flat, bare, and used."""
    path: Path = (part.path, "contained", None)
    inside = part.resource.get("contained", [])
    used = set(_marks(part.resource)) if inside else set()
    for resource in inside:
        meta, name = resource.get("meta", {}), f"#{resource.get('id')}"
        if "contained" in resource:
            yield issue("dom-2", path)
        if name not in used and "#" not in set(_marks(resource)):
            yield issue("dom-3", path, value=resource.get("id"))
        if "versionId" in meta or "lastUpdated" in meta:
            yield issue("dom-4", path)
        if "security" in meta:
            yield issue("dom-5", path)


def _marks(node: Any) -> Iterator[str]:
    """Every « #id » below a node, in a reference or in a narrative."""
    if isinstance(node, str):
        if node.startswith("#"):
            yield node
        elif node.startswith("<"):
            yield from _INNER.findall(node)
    elif isinstance(node, (dict, list)):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _marks(item)
