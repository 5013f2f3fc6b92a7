"""Where a bundle is sorted: a list for each slot, and for each layout the lists that its values go to.

Which lists those are follows from the definitions alone, so it is worked out once and kept with the lists, which are
empty before and after. A desk is for one bundle at a time: who checks takes one that is free, or a new one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from operator import itemgetter
from typing import Any

from reporter.fhir import invariants
from reporter.fhir.datatypes import Json
from reporter.fhir.layouts import KIND, Layouts, Slot, layouts
from reporter.fhir.shapes import RESOURCE

# What an object usually holds comes after it, so that one pass finds nearly all.
_RANKS = {"Bundle": 0, "Bundle.entry": 1, RESOURCE: 2, "CodeableConcept": 5, "Extension": 6, "Reference": 7}
_RANKS |= {"Identifier": 8, "Coding": 9}
_ELEMENT, _DATA_TYPE = 3, 4
_HELD = (_RANKS["Reference"],)
# Types that rules look at, beyond structure.
LOOKED_AT = frozenset(
    (
        *("Coding", "Composition.section", "Identifier", "Quantity"),
        *invariants.VALUES,
    )
)
# Names are those of R4, but their combinations are many: beyond this many, a layout is judged anew each time.
_LIMIT = 1_000
# So few objects are quicker one by one: most are small, and looking whether they are alike costs as much as several.
_FEW = 12
# Does what an iterator does, and keeps nothing.
_CONSUME = deque[Any](maxlen=0).extend
_APPEND = list[Any].append


class Lists(dict[tuple[str, ...], tuple[list[Any], ...]]):
    """A type: by layout, as soon as one is met that is good, the lists that its values go to, in order."""

    def __init__(self, known: Layouts, desk: Desk) -> None:
        super().__init__()
        self._known, self._desk = known, desk

    def __missing__(self, names: tuple[str, ...]) -> tuple[list[Any], ...]:
        found = tuple([self._desk.place(slot) for slot in self._known.of(names)])
        if len(self) < _LIMIT:
            self[names] = found
        return found

    def put_one(self, node: Json) -> None:
        """The values of an object, each to the list of its slot."""
        _CONSUME(map(_APPEND, self[tuple(node)], node.values()))

    def put(self, nodes: list[Json]) -> None:
        """The same for several objects."""
        if len(nodes) > _FEW and self._put_alike(nodes):
            return
        for node in nodes:
            _CONSUME(map(_APPEND, self[tuple(node)], node.values()))

    def _put_alike(self, nodes: list[Json]) -> bool:
        """Have all of them the same elements, as many have? Then put them element by element, which is quicker."""
        names = tuple(nodes[0])
        if tuple(nodes[-1]) != names or set(map(dict.__len__, nodes)) != {len(names)}:
            return False
        try:
            columns = [list(map(itemgetter(name), nodes)) for name in names]
        except KeyError:
            return False
        for values, column in zip(self[names], columns, strict=True):
            values += column
        return True


class Pile:
    """The objects of a type that still have to be sorted: each for itself, or lists of them."""

    __slots__ = ("lists", "looked_at", "many", "one", "type")

    def __init__(self, type_name: str, desk: Desk) -> None:
        self.type, self.lists = type_name, Lists(layouts(type_name), desk)
        self.looked_at = type_name in LOOKED_AT
        self.one: list[Json] = []
        self.many: list[list[Json]] = []


class Desk:
    """The lists of every slot met so far, by what is done with them.

    `holders`: objects by type, those first that hold others; `special`: objects of which more is asked than their type,
    by slot; `held`: objects that references hold. `kinds`: types of resources. `repeated`: values that come in lists,
    and where they belong; `coded`: values with a required binding; `plain`: other values, by type.
    """

    def __init__(self) -> None:
        self.holders: list[Pile] = []
        self.held: list[Pile] = []
        self.special: list[tuple[Slot, list[Any]]] = []
        self.kinds: dict[str, Lists] = {}
        self.repeated: list[tuple[list[Any], list[Any]]] = []
        self.coded: list[tuple[frozenset[str], list[Any]]] = []
        self.plain: dict[str, list[Any]] = {}
        # every list of objects, every list of values
        self.waiting: list[list[Any]] = []
        self.values: list[list[Any]] = []
        self._piles: dict[str, Pile] = {}
        self._places: dict[Slot, list[Any]] = {}
        self.instants, self.moments = self.place(Slot("instant", False)), self.place(Slot("dateTime", False))

    def pile(self, type_name: str) -> Pile:
        """The objects of a type; a name of no type is a KeyError."""
        pile = self._piles.get(type_name)
        if pile is None:
            pile = self._piles[type_name] = Pile(type_name, self)
            self.waiting += pile.one, pile.many
            ranked = sorted((_rank(name), each) for name, each in self._piles.items())
            self.holders = [each for rank, each in ranked if rank < _HELD]
            self.held = [each for rank, each in ranked if rank >= _HELD]
        return pile

    def kind(self, type_name: str) -> Lists:
        """The lists of a type of resource."""
        lists = self.kinds[type_name] = Lists(layouts(type_name), self)
        return lists

    def place(self, slot: Slot) -> list[Any]:
        """The list of a slot."""
        found = self._places.get(slot)
        if found is None:
            found = self._places[slot] = self._of_values(slot) if slot.value else self._of_objects(slot)
        return found

    def _of_values(self, slot: Slot) -> list[Any]:
        if not (slot.many or slot.codes is not None or slot.type == KIND):
            return self._of_plain(slot.type)
        values: list[Any] = []
        self.values.append(values)
        if slot.many:
            self.repeated.append((values, self.place(replace(slot, many=False))))
        elif slot.codes is not None:
            self.coded.append((slot.codes, values))
        return values

    def _of_plain(self, type_name: str) -> list[Any]:
        """One list a type, whatever else a slot says of it: none is left out when they are judged."""
        if type_name not in self.plain:
            values: list[Any] = []
            self.plain[type_name] = values
            self.values.append(values)
        return self.plain[type_name]

    def _of_objects(self, slot: Slot) -> list[Any]:
        if not slot.special:
            pile = self.pile(slot.type)
            return pile.many if slot.many else pile.one
        values: list[Any] = []
        self.waiting.append(values)
        self.special.append((slot, values))
        return values

    def clear(self) -> None:
        """Keep nothing of a bundle."""
        for values in self.values:
            values.clear()
        if any(self.waiting):  # it has a fault
            for values in self.waiting:
                values.clear()


_FREE: list[Desk] = []


def take() -> Desk:
    """A desk that nobody uses."""
    try:
        return _FREE.pop()
    except IndexError:
        return Desk()


def give_back(desk: Desk) -> None:
    """Nobody uses it any more."""
    desk.clear()
    _FREE.append(desk)


def _rank(type_name: str) -> tuple[int, str]:
    return _RANKS.get(type_name, _ELEMENT if "." in type_name else _DATA_TYPE), type_name
