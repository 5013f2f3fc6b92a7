"""What holds for a bundle of ours beyond what FHIR asks of any: house rules, by which a defect of ours is caught."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from reporter.catalog import Catalog, load_catalog
from reporter.errors import Issue
from reporter.fhir import constants as c
from reporter.fhir import shapes
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue
from reporter.fhir.invariants import has
from reporter.fhir.references import Index
from reporter.fhir.structure import Part
from reporter.fhir.terminology.systems import code_systems

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_ROOTS = ("Composition", "Provenance")
# Systems that also take words of the input as they are: their codes are not all in the catalogue.
_OPEN = frozenset(("attribute-value", "context", "context-value", "technique", "tracer", "view", "procedure"))
# … but none of those words looks like a code of LOINC or SNOMED CT.
_WORD = re.compile(r"(?!\d{1,6}-\d\Z)(?!\d{6,18}\Z)")


@dataclass(frozen=True, slots=True)
class Book:
    """The codes that may leave: those of our own systems, and the display of each code of another system."""

    local: Mapping[str, frozenset[str]]
    displays: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class _Key:
    """A catalogue as the key of its book: two of one content share it."""

    digest: str
    catalog: Catalog = field(compare=False)


def book(catalog: Catalog | None) -> Book:
    """The codes of a catalogue; ours, with the licensed codes, when none is given."""
    chosen = catalog or _default()
    return _book(_Key(f"{chosen.hash}{len(chosen.registry)}", chosen))


@cache
def _default() -> Catalog:
    return load_catalog(snomed_licence=True)


@lru_cache(maxsize=8)
def _book(key: _Key) -> Book:
    listed = {c.LOCAL + name: frozenset(codes) for name, codes in code_systems(key.catalog).items()}
    closed = {url: codes for url, codes in listed.items() if url.removeprefix(c.LOCAL) not in _OPEN}
    return Book(closed, key.catalog.registry)


def of_resource(part: Part, index: Index, known: Book) -> Iterator[Issue]:
    """The house rules of one resource."""
    if "contained" in part.resource:
        yield issue("FHIR-CONTAINED", (part.path, "contained", None))
    for path, node, _ in part.references:
        text = node.get("reference")
        if text is not None and text not in index.by_url and not text.startswith(("#", "urn:")):
            yield issue("FHIR-REFERENCE", path, value=text)
    for path, node in part.nodes.get("Coding", ()):
        yield from _coding(path, node, known)
    for path, node in part.nodes.get("Quantity", ()):
        if node.get("system") == c.UCUM and (c.UCUM, node.get("code")) not in known.displays:
            yield issue("FHIR-UCUM", path, value=node.get("code"))
    for path, node in part.nodes.get("Composition.section", ()):
        noted = any(extension.get("url") == c.NOTE for extension in node.get("extension", ()))
        if not noted and not has(node, "entry", "emptyReason", "section"):
            yield issue("eu-imaging-composition-1", path)
    if part.kind == "Observation":
        yield from _observation(part)


def _coding(path: Path, node: Json, known: Book) -> Iterator[Issue]:
    system, code = node.get("system"), node.get("code")
    if code is None or system is None:
        if code is not None:
            yield issue("FHIR-CODING", path)
        return
    listed = known.local.get(system)
    if listed is not None:
        if code not in listed:
            yield issue("FHIR-LOCAL", path, value=code, type=system.removeprefix(c.LOCAL))
        return
    display = known.displays.get((system, code))
    if system.startswith(c.LOCAL):
        if not _WORD.match(code):
            yield issue("FHIR-LOCAL", path, value=code, type=system.removeprefix(c.LOCAL))
    elif display is None:
        yield issue("FHIR-SOURCE", path, value=f"{system}|{code}")
    elif display and node.get("display", display) != display:
        yield issue("FHIR-DISPLAY", path, value=node["display"], code=code, known=display)


def _observation(part: Part) -> Iterator[Issue]:
    node = part.resource
    valued = shapes.choices("Observation")["value"]
    if not has(node, *valued, "component", "hasMember", "dataAbsentReason"):
        yield issue("FHIR-OBSERVATION", part.path)
    for path, component in part.nodes.get("Observation.component", ()):
        if not has(component, *valued, "dataAbsentReason"):
            yield issue("FHIR-COMPONENT", path)


def of_bundle(
    bundle: Json, parts: Mapping[int, Part], index: Index, ids: Mapping[int, frozenset[str]]
) -> Iterator[Issue]:
    """The house rules of the bundle: addresses, links to sentences, and in a document the way from the Composition."""
    for number, entry in enumerate(index.entries):
        url = str(entry.get("fullUrl", ""))
        path: Path = (((None, "Bundle", None), "entry", number), "fullUrl", None)
        if not _UUID.match(url):
            yield issue("FHIR-FULLURL.uuid", path)
        elif entry.get("resource", {}).get("id", url[9:]) != url[9:]:
            yield issue("FHIR-FULLURL.id", path)
    yield from _links(parts, index, ids)
    if bundle.get("type") == "document":
        yield from _unreached(parts, index)


def _links(parts: Mapping[int, Part], index: Index, ids: Mapping[int, frozenset[str]]) -> Iterator[Issue]:
    """Every narrative link points to a sentence that is there."""
    urls = {number: str(index.entries[number].get("fullUrl")) for number in parts}
    sentences = {f"{urls[number]}#{name}" for number, names in ids.items() for name in names}
    for part in parts.values():
        for path, node in part.nodes.get("Extension", ()):
            if node.get("url") == c.NARRATIVE_LINK and node.get("valueUrl") not in sentences:
                yield issue("FHIR-LINK", path, value=node.get("valueUrl"))


def _unreached(parts: Mapping[int, Part], index: Index) -> Iterator[Issue]:
    """Every entry of a document is reached from the Composition, or from the Provenance that speaks of it."""
    reached = {
        str(index.entries[number].get("fullUrl")): {str(node.get("reference")) for _, node, _ in part.references}
        for number, part in parts.items()
    }
    todo = [str(index.entries[number].get("fullUrl")) for number, part in parts.items() if part.kind in _ROOTS]
    seen: set[str] = set()
    while todo:
        url = todo.pop()
        if url not in seen:
            seen.add(url)
            todo += reached.get(url, ())
    for number in parts:
        if index.entries[number].get("fullUrl") not in seen:
            yield issue("FHIR-DOCUMENT", ((None, "Bundle", None), "entry", number))
