"""What bundles share because it follows from the catalogue alone: of each such object a copy, looked at once.

Most objects of a bundle are of these. The check asks of an object it meets whether it is one of them and still equals
the copy, which nobody else ever holds: then every rule that looks at it alone is kept, for the copy keeps them all. One
that somebody changed, however deep, is not equal, and is looked at like any other.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.fhir.datatypes import Json, objects

T = TypeVar("T")
K = TypeVar("K")
_CONSTANTS: list[Any] = []
_TYPES = ("CodeableConcept", "Observation.component")
# Equals nothing that a bundle can hold.
_UNLIKE = object()
# Is it sure that an object of this type breaks no rule that looks at it alone?
Looks = Callable[[str, Json], bool]


def constant(made: T) -> T:
    """The same object (or list of them), which a module has for all bundles."""
    _CONSTANTS.append(made)
    return made


def constants(table: Mapping[K, T]) -> Mapping[K, T]:
    """The same table of objects that a module has for all bundles."""
    _CONSTANTS.extend(table.values())
    return table


class Intact:
    """By type, and by the identity of the shared object, which is its own for good since it is held here: the copy."""

    def __init__(self) -> None:
        self.copies: dict[str, dict[int, Json]] = {name: {} for name in _TYPES}
        self.sieves = {name: _sieve(known) for name, known in self.copies.items()}
        self.new: list[Json] = []
        self._held: list[Json] = []

    def learn(self, made: Any) -> None:
        """Hear of what a table of the catalogue now holds: an object, or several."""
        self.new.extend(objects(made))

    def look(self, looks: Looks) -> None:
        """Copy what was learnt since, and keep the copies that are fine."""
        while self.new:
            try:
                made = self.new.pop()
            except IndexError:  # another thread took the last
                return
            type_name = _type(made)
            own = copy.deepcopy(made) if type_name in self.copies else None
            if own is not None and _worded(own) and looks(type_name, own):
                self._held.append(made)
                self.copies[type_name][id(made)] = own


@per_catalog
def of(catalog: Catalog) -> Intact:  # noqa: ARG001 - the key
    """What the bundles of a catalogue share."""
    made = Intact()
    made.learn(_CONSTANTS)
    return made


def _sieve(known: Mapping[int, Json]) -> Callable[[list[Json]], list[Json]]:
    """Of these, those that are not known to be fine."""
    copy_of, unlike = known.get, _UNLIKE
    return lambda nodes: [node for node in nodes if copy_of(id(node), unlike) != node]


def _type(made: Json) -> str:
    """The type of an object of the catalogue; a wrong guess would only not be found fine."""
    if "url" in made:
        return "Extension"
    return "Observation.component" if "code" in made and "system" not in made else "CodeableConcept"


def _worded(value: Any) -> bool:
    """Are all its values texts? Of these alone does « equal » mean the same: `True` equals 1, and 1 equals 1.0."""
    if type(value) is dict:
        return all(map(_worded, value.values()))
    return all(map(_worded, value)) if type(value) is list else type(value) is str
