"""What holds for a bundle of ours beyond what FHIR asks of any: house rules, by which a defect of ours is caught."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from reporter.catalog import Catalog, load_catalog
from reporter.catalog.tables import per_catalog
from reporter.errors import Issue
from reporter.fhir import constants as c
from reporter.fhir import intact, shapes, systems
from reporter.fhir.datatypes import Json
from reporter.fhir.faults import Path, issue
from reporter.fhir.intact import Intact
from reporter.fhir.primitives import plain
from reporter.fhir.references import Index
from reporter.fhir.structure import Part
from reporter.fhir.terminology.systems import code_systems

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
ROOTS = ("Composition", "Provenance")
# system, code, display, and how many elements the coding has
Row = tuple[str, str, str | None, int]
# Systems that also take words of the input as they are: their codes are not all in the catalogue.
_OPEN = frozenset(("attribute-value", "context", "context-value", "technique", "tracer", "view", "procedure"))
# … but none of those words looks like a code of LOINC or SNOMED CT.
_WORD = re.compile(r"(?!\d{1,6}-\d\Z)(?!\d{6,18}\Z)")


_FILLING = frozenset(("entry", "emptyReason", "section"))
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Book:
    """The codes that may leave: those of our own systems, the display of each code of another system, units of UCUM.

    `sound` fills up with the codings of the catalogue, as they stand in bundles, that were found to break no rule;
    `shared` are the objects that the tables of the catalogue give out.
    """

    listed: Mapping[str, frozenset[str]]
    displays: Mapping[tuple[str, str], str]
    units: frozenset[str]
    shared: Intact
    sound: set[Row] = field(default_factory=set)

    def units_known(self, quantities: list[Json]) -> bool:
        """Is the unit of each of these, if coded in UCUM, one that we know?"""
        return self.units.issuperset([node.get("code") for node in quantities if node.get("system") == c.UCUM])

    def sieve(self, nodes: list[Json]) -> list[Json]:
        """Of these codings, those that are not known to be fine in every respect."""
        sound = self.sound
        rest = [n for n in nodes if (n.get("system"), n.get("code"), n.get("display"), len(n)) not in sound]
        return [node for node in rest if not self._learnt(node)]

    def _learnt(self, node: Json) -> bool:
        """A coding of the catalogue, with its own display or none, is looked at once; words of an input every time."""
        system, code, display = str(node.get("system")), str(node.get("code")), node.get("display")
        plainly = {"system": system, "code": code} if display is None else {**node, "system": system, "code": code}
        if node != plainly or len(node) > 3 or not (plain("uri", system) and plain("code", code)):
            return False
        known = self.displays.get((system, code))
        ours = display is None and code in self.listed.get(system, ())
        named = known is not None and (display is None or (display == known and plain("string", display)))
        if not (ours or named) or systems.of_coding(node) or coding(node, self) is not None:
            return False
        self.sound.add((system, code, display, len(node)))
        return True


def book(catalog: Catalog | None) -> Book:
    """The codes of a catalogue; ours, with the licensed codes, when none is given."""
    return _book(catalog or _default())


@cache
def _default() -> Catalog:
    return load_catalog(snomed_licence=True)


@per_catalog
def _book(catalog: Catalog) -> Book:
    listed = {c.LOCAL + name: frozenset(codes) for name, codes in code_systems(catalog).items()}
    units = frozenset(code for system, code in catalog.registry if system == c.UCUM)
    return Book(listed, catalog.registry, units, intact.of(catalog))


def of_resource(part: Part, index: Index, known: Book) -> Iterator[Issue]:
    """The house rules of one resource."""
    if "contained" in part.resource:
        yield issue("FHIR-CONTAINED", (part.path, "contained", None))
    for path, node, _ in part.references:
        text = node.get("reference")
        if text is not None and text not in index.by_url and not text.startswith(("#", "urn:")):
            yield issue("FHIR-REFERENCE", path, value=text)
    for path, node in part.nodes.get("Coding", ()):
        fault = coding(node, known)
        if fault is not None:
            yield issue(fault[0], path, **fault[1])
    yield from _parts(part, known)


def _parts(part: Part, known: Book) -> Iterator[Issue]:
    for path, node in part.nodes.get("Quantity", ()):
        if not unit(node, known):
            yield issue("FHIR-UCUM", path, value=node.get("code"))
    for path, node in part.nodes.get("Composition.section", ()):
        if not filled(node):
            yield issue("eu-imaging-composition-1", path)
    if part.kind == "Observation":
        yield from _observation(part)


def _observation(part: Part) -> Iterator[Issue]:
    if not says(part.resource):
        yield issue("FHIR-OBSERVATION", part.path)
    for path, node in part.nodes.get("Observation.component", ()):
        if not says(node):
            yield issue("FHIR-COMPONENT", path)


def coding(node: Json, known: Book) -> Fault | None:
    """The fault of a Coding: its code has no system, is not in our system, has no source, or has another display."""
    system, code = node.get("system"), node.get("code")
    if code is None or system is None:
        return None if code is None else ("FHIR-CODING", {})
    if system.startswith(c.LOCAL):
        name = system.removeprefix(c.LOCAL)
        open_ = name in _OPEN or system not in known.listed
        fine = _WORD.match(code) if open_ else code in known.listed[system]
        return None if fine else ("FHIR-LOCAL", {"value": code, "type": name})
    display = known.displays.get((system, code))
    if display is None:
        return "FHIR-SOURCE", {"value": f"{system}|{code}"}
    if display and node.get("display", display) != display:
        return "FHIR-DISPLAY", {"value": node["display"], "code": code, "known": display}
    return None


def unit(node: Json, known: Book) -> bool:
    """Is the unit of a Quantity, if coded in UCUM, one that we know?"""
    return node.get("system") != c.UCUM or node.get("code") in known.units


def filled(section: Json) -> bool:
    """Has a section entries, a reason to be empty, other sections, or a note?"""
    return not _FILLING.isdisjoint(section) or any(
        extension.get("url") == c.NOTE for extension in section.get("extension", ())
    )


def all_filled(sections: list[Json]) -> bool:
    """Has each of these?"""
    return all(filled(section) for section in sections if _FILLING.isdisjoint(section))


def says(node: Json) -> bool:
    """Has an observation, or a component of one, a value, parts that have one, or a reason to have none?"""
    return not _saying().isdisjoint(node)


@cache
def _saying() -> frozenset[str]:
    return shapes.chosen("Observation", "value") | {"component", "hasMember", "dataAbsentReason"}


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
    todo = [str(index.entries[number].get("fullUrl")) for number, part in parts.items() if part.kind in ROOTS]
    seen: set[str] = set()
    while todo:
        url = todo.pop()
        if url not in seen:
            seen.add(url)
            todo += reached.get(url, ())
    for number in parts:
        if index.entries[number].get("fullUrl") not in seen:
            yield issue("FHIR-DOCUMENT", ((None, "Bundle", None), "entry", number))
