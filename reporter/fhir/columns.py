"""The whole bundle at once, column by column: is it fine in structure, and what does it hold of each type?

The explaining walk (`structure`) goes object by object and can say where a fault is. Most bundles have none, and to
know that needs no path: all objects of a type are taken together, and the values of each of their elements go to their
slot (`layouts`) in one step. Formats and bindings are then checked once for each slot, over all values of the bundle.
Whatever is not sure raises `DoubtError`: then the explaining walk decides.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from reporter.fhir import invariants, shapes, structure
from reporter.fhir.datatypes import Json
from reporter.fhir.layouts import KIND, REFERENCE, SLOTS, DoubtError, Finder, Layouts, Slot, layouts
from reporter.fhir.primitives import all_plain

Sieve = Callable[[list[Any]], list[Any]]
# Objects, with the slot they were found in.
Found = list[tuple[Slot, list[Json]]]
Leading = Callable[[Found], Found]
Copies = Mapping[str, Mapping[int, Json]]
# Types that rules look at, beyond structure.
LOOKED_AT = frozenset(
    (
        *("Coding", "Composition.section", "Extension", "Identifier", "Observation", "Observation.component"),
        *("Quantity", *invariants.VALUES),
    )
)
_LIST = {list}
# Of this type many elements have one object in common: it is looked at once.
_SHARED = "CodeableConcept"
# Bundles within a bundle are parts of their own, with rules of their own.
_APART = ("Bundle", "Parameters")
_NONE: Mapping[int, Json] = {}
# Equals nothing that a bundle can hold.
_UNLIKE = object()
# So few objects are quicker one by one.
_FEW = 2
# Does what an iterator does, and keeps nothing.
_CONSUME = deque[Any](maxlen=0).extend


class Columns:
    """Objects, given by type, and all they hold, sorted: `nodes` by type, the narratives, the references to look at.

    `copies` are, by type and identity, what objects equal that are known to be fine in every respect; `sieves` tell, of
    the objects or values of a type, which are not; `leading` tells so of references. Only those are taken apart.
    """

    def __init__(
        self, given: Mapping[str, list[Json]], sieves: Mapping[str, Sieve], leading: Leading, copies: Copies
    ) -> None:
        self._sieves, self._leading, self._copies = sieves, leading, copies
        self._partly = {_SHARED, *sieves, *copies}
        self._slots: list[list[Any]] = [[] for _ in SLOTS.every]
        self.nodes: dict[str, list[Json]] = {name: [] for name in LOOKED_AT}
        self.references: Found = []
        self.narratives: list[str] = []
        for type_name, nodes in given.items():
            self._of(type_name, nodes)
        while any(map(self._slots.__getitem__, SLOTS.holding)):
            self._found()
        for number, slot in SLOTS.values:
            if self._slots[number]:
                self._values(slot, self._slots[number])

    def _found(self) -> None:
        """Take apart the objects found so far, type by type."""
        held = self._slots
        for type_name, places in SLOTS.objects:
            nodes: list[Json] = []
            special: Found = []
            for number, many, slot in places:
                values = held[number]
                if values:
                    held[number] = []
                    some = _items(values) if many else values
                    if slot is None:
                        nodes += some
                    else:
                        special.append((slot, some))
            if special:
                nodes += self._special(type_name, special)
            if nodes:
                self._of(type_name, nodes)

    def _special(self, type_name: str, found: Found) -> list[Json]:
        """References, and concepts with a required binding."""
        if type_name == REFERENCE:
            found = self._leading(found)
            self.references += found
        elif not all(structure.bound(node, slot.codes or frozenset()) for slot, nodes in found for node in nodes):
            raise DoubtError(type_name)
        return [node for _, nodes in found for node in nodes]

    def _of(self, type_name: str, nodes: list[Json]) -> None:
        if type_name != shapes.RESOURCE:
            self._objects(type_name, nodes)
            return
        kinds: dict[str, list[Json]] = defaultdict(list)
        for node in nodes:
            kinds[node[KIND]].append(node)
        for kind, found in kinds.items():
            if kind in _APART:
                raise DoubtError(kind)
            self._objects(kind, found)

    def _objects(self, type_name: str, nodes: list[Json]) -> None:
        if type_name in self._partly:
            nodes = self._unknown(type_name, nodes)
        if type_name in LOOKED_AT:
            self.nodes[type_name] += nodes
        known, held = layouts(type_name), self._slots
        if len(nodes) == 1:
            names = tuple(nodes[0])
            _CONSUME(map(list.append, (known.good.get(names) or self._new(known, names))(held), nodes[0].values()))
            return
        for names, alike in _by_names(nodes).items():
            slots = (known.good.get(names) or self._new(known, names))(held)
            if len(alike) > _FEW:
                _CONSUME(map(list.extend, slots, zip(*map(dict.values, alike), strict=True)))
            else:
                for node in alike:
                    _CONSUME(map(list.append, slots, node.values()))

    def _new(self, known: Layouts, names: tuple[str, ...]) -> Finder:
        """What finds the values of a layout; when it is new, so may its slots be."""
        found = known.finder(names)
        self._slots += [[] for _ in SLOTS.every[len(self._slots) :]]
        return found

    def _unknown(self, type_name: str, nodes: list[Json]) -> list[Json]:
        """Of these objects, those that are not known to be fine in every respect."""
        known = self._copies.get(type_name, _NONE)
        if type_name == _SHARED:
            unique = dict(zip(map(id, nodes), nodes, strict=True))
            return [node for number, node in unique.items() if known.get(number, _UNLIKE) != node]
        if known:
            return [node for node in nodes if known.get(id(node), _UNLIKE) != node]
        sieve = self._sieves.get(type_name)
        return nodes if sieve is None else sieve(nodes)

    def _values(self, slot: Slot, values: list[Any]) -> None:
        found = _items(values) if slot.many else values
        if slot.codes is not None:
            fine = slot.codes.issuperset(found)
        elif slot.type == "xhtml":
            self.narratives += found
            fine = True
        else:
            sieve = self._sieves.get(slot.type)
            fine = slot.type == KIND or all_plain(slot.type, found if sieve is None else sieve(found))
        if not fine:
            raise DoubtError(slot.type)


def _by_names(nodes: list[Json]) -> dict[tuple[str, ...], list[Json]]:
    """Together those that have the same elements in the same order: mostly all have."""
    every = list(map(tuple, nodes))
    if len(set(every)) == 1:
        return {every[0]: nodes}
    found: dict[tuple[str, ...], list[Json]] = defaultdict(list)
    for names, node in zip(every, nodes, strict=True):
        found[names].append(node)
    return found


def _items(lists: list[Any]) -> list[Any]:
    """The items of elements that repeat: each a list, none empty."""
    if len(lists) == 1 and type(lists[0]) is list and lists[0]:
        return lists[0]
    if set(map(type, lists)) != _LIST or not all(lists):
        raise DoubtError
    return list(chain.from_iterable(lists))
