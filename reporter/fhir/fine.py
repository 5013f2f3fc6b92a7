"""Is a bundle of ours fine? The whole check, for the usual case: every rule, over the whole bundle at once, no paths.

« Yes » is exact: the check that explains (`check`) would find nothing, not even a warning. « No » means perhaps: an
unusual form also ends here, and the check that explains then decides. The rules themselves are those of the other
modules; what is shared with the check that explains stands there once, by node.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from reporter.fhir import constants as c
from reporter.fhir import envelope, house, invariants, profile_tests, references, shapes, systems, xhtml
from reporter.fhir.columns import Columns, Found, Sieve
from reporter.fhir.datatypes import Json
from reporter.fhir.house import Book
from reporter.fhir.layouts import SLOTS, DoubtError

_UUIDS = re.compile(r"(?:urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} )+\Z")
_DICT = {dict}
_NOTHING: frozenset[str] = frozenset()
# What names most other resources in elements of its own.
_LISTING = "DiagnosticReport"
# What a bundle that is not one may raise when it is taken for one.
_BAD = (DoubtError, TypeError, LookupError, AttributeError, ValueError, ArithmeticError)


def fine(bundle: Json, book: Book) -> bool:
    """Is it sure that no rule is broken?"""
    return _sure(lambda: type(bundle) is dict and bundle["resourceType"] == "Bundle" and _Bundle(bundle).fine(book))


def _sure(look: Callable[[], bool]) -> bool:
    """What it says, no when in doubt; once more when slots came meanwhile, perhaps from another thread."""
    slots = len(SLOTS.every)
    try:
        return look()
    except _BAD:
        return len(SLOTS.every) > slots and _sure(look)


class _Bundle:
    """A bundle whose every entry has a UUID of its own as fullUrl, which is also the id of its resource."""

    def __init__(self, bundle: Json) -> None:
        self._bundle, self._entries = bundle, bundle["entry"]
        self._held: dict[str, Json] = {entry["fullUrl"]: entry["resource"] for entry in self._entries}
        self._kinds: dict[str, str] = {url: resource["resourceType"] for url, resource in self._held.items()}
        self._ids, self._all = [url[9:] for url in self._held], frozenset(self._kinds.values())
        self._references: list[str] = []
        every = self._entries
        self._bare = type(every) is list and set(map(type, every)) == _DICT and sum(map(len, every)) == 2 * len(every)

    def fine(self, book: Book) -> bool:
        """Every rule, the cheap ones first."""
        shared = book.shared
        if shared.new:
            shared.look(lambda type_name, node: _alone(type_name, node, book))
        sieves: dict[str, Sieve] = {"Coding": book.sieve, "uri": self._foreign}
        columns = Columns(self._parts(), sieves, self._astray, shared.copies)
        return (
            self._addressed()
            and _rules_kept(columns, book)
            and all(self._resolved(slot.targets, nodes) for slot, nodes in columns.references)
            and self._said(columns)
            and self._hangs_together(columns)
            and profile_tests.met(self._bundle, self._held)
        )

    def _parts(self) -> dict[str, list[Json]]:
        """The resources apart from what holds them: usually that is an address and nothing else."""
        if not self._bare:
            return {"Bundle": [self._bundle]}
        head = {name: value for name, value in self._bundle.items() if name != "entry"}
        return {"Bundle": [head], shapes.RESOURCE: list(self._held.values())}

    def _addressed(self) -> bool:
        text = " ".join(self._held) + " "
        if text.count(" ") != len(self._entries) or not _UUIDS.match(text):
            return False
        own = zip(self._held.values(), self._ids, strict=True)
        return [resource.get("id", default) for resource, default in own] == self._ids

    def _astray(self, found: Found) -> Found:
        """Of these references, those that are not just the address of an entry of an allowed type."""
        urls = [node.get("reference", "") for _, nodes in found for node in nodes]
        self._references += urls
        astray: Found = []
        kinds, end = list(map(self._kinds.get, urls)), 0
        for slot, nodes in found:
            start, end = end, end + len(nodes)
            known = slot.targets or self._all
            if not known.issuperset(kinds[start:end]) or sum(map(len, nodes)) != len(nodes):
                each = zip(nodes, kinds[start:end], strict=True)
                astray.append((slot, [node for node, kind in each if len(node) != 1 or kind not in known]))
        return astray

    def _resolved(self, allowed: frozenset[str], nodes: list[Json]) -> bool:
        return all(references.resolved(node, self._kinds, allowed) for node in nodes)

    def _foreign(self, uris: list[str]) -> list[str]:
        """Of these addresses and names, those that are not the address of an entry, which is looked at anyway."""
        return list(set(uris).difference(self._held))

    def _said(self, columns: Columns) -> bool:
        """Narratives have no fault, and every link to a sentence finds it."""
        named = xhtml.named(columns.narratives)
        if named is None:
            return False
        wanted: dict[str, set[str]] = defaultdict(set)
        for node in columns.nodes["Extension"]:
            if node["url"] == c.NARRATIVE_LINK:
                url, _, name = node["valueUrl"].partition("#")
                wanted[url].add(name)
        for url, names in wanted.items():
            for div in _divs(self._held[url]):
                names -= named.get(div, _NOTHING)
        return not any(wanted.values())

    def _hangs_together(self, columns: Columns) -> bool:
        """The rules of the bundle as a whole; in a document every entry is reached."""
        if any(envelope.check(self._bundle, self._entries)):
            return False
        return self._bundle["type"] != "document" or self._reached(columns)

    def _reached(self, columns: Columns) -> bool:
        """What lists others leads to most; to some of what is left more leads than it and the bundle say; and so on."""
        held, kinds = self._held, self._kinds
        if not self._bare:
            return False
        entries = [section["entry"] for section in columns.nodes["Composition.section"] if "entry" in section]
        others = held.keys() - [node.get("reference") for nodes in entries for node in nodes]
        roots = [url for url, kind in kinds.items() if kind in house.ROOTS]
        others.difference_update(roots, *[_listed(held[url]) for url in roots])
        listing = [url for url, kind in kinds.items() if kind == _LISTING and url not in others]
        others.difference_update(*[_listed(held[url]) for url in listing])
        every = self._references
        while others:
            inner = _leads({**self._bundle, "entry": [held[url] for url in others]})
            left = {url for url in others if every.count(url) <= inner.count(url)}
            if left == others:
                return False
            others = left
        return True


def _alone(type_name: str, node: Json, book: Book) -> bool:
    """Is it sure of an object that no rule is broken, wherever it stands? So it refers to nothing."""

    def look() -> bool:
        columns = Columns({type_name: [node]}, {"Coding": book.sieve}, _referring, {})
        linked = any(extension["url"] == c.NARRATIVE_LINK for extension in columns.nodes["Extension"])
        return not linked and not columns.narratives and _rules_kept(columns, book)

    return _sure(look)


def _referring(found: Found) -> Found:
    raise DoubtError(found)


def _rules_kept(columns: Columns, book: Book) -> bool:
    """The rules that look at one node: those of R4, of the systems of codes and numbers, of ours."""
    held = columns.nodes
    invariant = [(name, rule) for name, rules in invariants.VALUES.items() if held[name] for rule in rules]
    return (
        not any(any(map(rule, held[name])) for name, rule in invariant)
        and not any(map(systems.of_identifier, held["Identifier"]))
        and not any(map(systems.of_coding, held["Coding"]))
        and all(house.coding(node, book) is None for node in held["Coding"])
        and all(house.unit(node, book) for node in held["Quantity"])
        and all(map(house.filled, held["Composition.section"]))
        and house.all_say(held["Observation"])
        and house.all_say(held["Observation.component"])
    )


def _divs(node: Json) -> list[str]:
    """The narratives of a resource and of its sections."""
    found = [node["text"]["div"]] if "text" in node else []
    if node.get("resourceType", "Composition") == "Composition":
        for section in node.get("section", ()):
            found += _divs(section)
    return found


def _listed(resource: Json) -> list[str]:
    """Where the references that are elements of a resource lead; nothing else is called `reference` there."""
    found = []
    for value in resource.values():
        if type(value) is list:
            found += [item["reference"] for item in value if "reference" in item]
        elif type(value) is dict and "reference" in value:
            found.append(value["reference"])
    return found


def _leads(node: Json) -> list[str]:
    """Where all references below a node lead."""
    found = []
    for value in node.values():
        if type(value) is str:
            continue
        for item in value if type(value) is list else (value,):
            if type(item) is dict:
                if "reference" in item:
                    found.append(item["reference"])
                found += _leads(item)
    return found
