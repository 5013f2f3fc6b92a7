"""What objects of a type may hold, worked out once: the slot of each element, and which elements go together.

Objects that hold the same elements in the same order have one layout. Whether those that must be there are, whether two
exclude each other, and whether an invariant (or a rule of ours) of mere presence is broken follows from the definitions
alone, so a layout is judged once, whatever its values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from reporter.fhir import house, invariants, shapes
from reporter.fhir.shapes import RESOURCE
from reporter.fhir.structure import Shape, shape

KIND = "resourceType"
REFERENCE = "Reference"
_HELD = ("Bundle.entry", "resource")
_SAYING = ("Observation", "Observation.component")
# Formats alike; a code that is no word as a URI is, for it has blanks inside, is left to the explaining walk.
_ALIKE = {"url": "uri", "canonical": "uri", "markdown": "string"}


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


@dataclass(frozen=True, slots=True, eq=False)
class Layouts:
    """A type: its slots by JSON name."""

    slots: dict[str, Slot]
    known: Shape

    def of(self, names: tuple[str, ...]) -> tuple[Slot, ...]:
        """The slots of a layout, in order; DoubtError when it is not good."""
        slots = tuple([self.slots[name] for name in names])
        self._judge(names)
        return slots

    def _judge(self, names: tuple[str, ...]) -> None:
        there = frozenset(name.removeprefix("_") for name in names)
        bare = dict.fromkeys(names)
        twice = (len(there.intersection(group)) > 1 for group in shapes.choices(self.known.name).values())
        lacking = (there.isdisjoint(group) for _, group in self.known.choices)
        broken = (rule(bare) for rule in invariants.of_presence(self.known.name))
        if not names or not self.known.required <= there or any(twice) or any(lacking) or any(broken):
            raise DoubtError(self.known.name)
        if self.known.name in _SAYING and not house.says(bare):
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
            type_name = "uri" if element.type == "code" and element.binding is None else element.type
            targets = element.targets if element.type == REFERENCE else frozenset()  # `authorString` leads nowhere
            yield name, Slot(_ALIKE.get(type_name, type_name), element.many, element.binding, targets)
        if element.primitive and not element.many:
            yield f"_{name}", Slot("Element", False)
    if shapes.is_resource(known.name):
        yield KIND, Slot(KIND, False)
