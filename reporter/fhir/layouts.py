"""What objects of a type may hold, worked out once: the slot of each element, and which elements go together.

Objects that hold the same elements in the same order have one layout. Whether those that must be there are, whether two
exclude each other, and whether an invariant of mere presence is broken follows from the definitions alone, so a layout
is judged once, whatever its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from threading import Lock
from typing import Any

from reporter.fhir import invariants, shapes
from reporter.fhir.shapes import RESOURCE
from reporter.fhir.structure import Shape, shape

KIND = "resourceType"
REFERENCE = "Reference"
_HELD = ("Bundle.entry", "resource")
# What an object usually holds comes after it, so that one pass finds nearly all.
_RANKS = {"Bundle.entry": 0, RESOURCE: 1, "Extension": 3, "CodeableConcept": 5, "Coding": 6}
_ELEMENT, _DATA_TYPE = 2, 4
# Formats alike.
_ALIKE = {"url": "uri", "canonical": "uri", "markdown": "string"}
# Names are those of R4, but their combinations are many: beyond this many, a layout is judged anew each time.
_LIMIT = 1_000


class DoubtError(Exception):
    """Perhaps there is a fault: the explaining walk has to look."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the values of like elements are put together."""

    type: str
    many: bool
    codes: frozenset[str] | None = None
    targets: frozenset[str] = frozenset()

    @property
    def value(self) -> bool:
        """Is it of a primitive type?"""
        return self.type in shapes.PRIMITIVES or self.type == KIND

    @property
    def special(self) -> bool:
        """Does it ask more of its objects than their type?"""
        return self.codes is not None or self.type == REFERENCE


# From the values of every slot, those of some.
Finder = Callable[[list[list[Any]]], Sequence[list[Any]]]
# Where objects of a type are: the number of a slot, whether it holds lists, and the slot if it asks more than the type.
Place = tuple[int, bool, Slot | None]


class Slots:
    """Every slot that a good layout has, by its number.

    `objects` are the places of objects by type, holders first, `holding` their numbers; `values` are the other slots.
    """

    def __init__(self) -> None:
        self.every: list[Slot] = []
        self.objects: tuple[tuple[str, tuple[Place, ...]], ...] = ()
        self.values: tuple[tuple[int, Slot], ...] = ()
        self.holding: tuple[int, ...] = ()
        self._numbers: dict[Slot, int] = {}
        self._lock = Lock()

    def number(self, slot: Slot) -> int:
        """The number of a slot."""
        with self._lock:
            number = self._numbers.get(slot)
            if number is None:
                number = self._numbers[slot] = len(self.every)
                self.every.append(slot)  # first: who reads the arrangement has room for all of it
                self._arrange()
            return number

    def _arrange(self) -> None:
        types: dict[str, list[Place]] = {}
        for slot, number in self._numbers.items():
            if not slot.value:
                types.setdefault(slot.type, []).append((number, slot.many, slot if slot.special else None))
        self.objects = tuple((name, tuple(types[name])) for name in sorted(types, key=_rank))
        self.holding = tuple(number for slot, number in self._numbers.items() if not slot.value)
        self.values = tuple((number, slot) for slot, number in self._numbers.items() if slot.value)


def _rank(type_name: str) -> tuple[int, str]:
    return _RANKS.get(type_name, _ELEMENT if "." in type_name else _DATA_TYPE), type_name


SLOTS = Slots()


@dataclass(frozen=True, slots=True, eq=False)
class Layouts:
    """A type: its slots by JSON name, and the layouts found good so far: each finds the values of its slots."""

    slots: dict[str, Slot]
    known: Shape
    good: dict[tuple[str, ...], Finder] = field(default_factory=dict)

    def of(self, names: tuple[str, ...]) -> tuple[Slot, ...]:
        """The slots of a layout, in order; DoubtError when it is not good."""
        slots = tuple([self.slots[name] for name in names])
        self._judge(names)
        return slots

    def finder(self, names: tuple[str, ...]) -> Finder:
        """What finds the values of the slots of a new layout, in order; DoubtError when it is not good."""
        numbers = [SLOTS.number(slot) for slot in self.of(names)]
        found: Finder = itemgetter(*numbers) if len(numbers) > 1 else itemgetter(slice(numbers[0], numbers[0] + 1))
        if len(self.good) < _LIMIT:
            self.good[names] = found
        return found

    def _judge(self, names: tuple[str, ...]) -> None:
        there = frozenset(name.removeprefix("_") for name in names)
        bare = dict.fromkeys(names)
        twice = (len(there.intersection(group)) > 1 for group in shapes.choices(self.known.name).values())
        lacking = (there.isdisjoint(group) for _, group in self.known.choices)
        broken = (rule(bare) for rule in invariants.of_presence(self.known.name))
        if not names or not self.known.required <= there or any(twice) or any(lacking) or any(broken):
            raise DoubtError(self.known.name)


@cache
def layouts(type_name: str) -> Layouts:
    """The layouts of a type; a name of no type is a KeyError."""
    known = shape(type_name)
    return Layouts(dict(_slots(known)), known)


def _slots(known: Shape) -> Iterable[tuple[str, Slot]]:
    """By name. What our bundles have no use for is left out: resources in resources, extensions of repeated values."""
    for name, element in known.elements.items():
        if element.type != RESOURCE or (known.name, name) == _HELD:
            type_name = _ALIKE.get(element.type, element.type)
            yield name, Slot(type_name, element.many, element.binding, element.targets)
        if element.primitive and not element.many:
            yield f"_{name}", Slot("Element", False)
    if shapes.is_resource(known.name):
        yield KIND, Slot(KIND, False)
