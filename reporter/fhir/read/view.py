"""One JSON object of a bundle, and which of its elements were read: what is left over can then be reported.

A wrong JSON type is never an error here: the element stays unread, and is reported as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

# Elements that only repeat, display or frame what is read beside them.
_SILENT = frozenset(
    {
        "resourceType", "id", "meta", "implicitRules", "language", "contained", "coding", "text", "display", "system",
        "code", "version", "userSelected", "use", "rank", "unit", "reference", "type", "fhir_comments",
    }
)  # fmt: skip
_MAX_DIGITS = 40


class View:
    """`path` is the JSON pointer of the object in the bundle."""

    __slots__ = ("_children", "_used", "data", "path", "taken")

    def __init__(self, data: Mapping[str, Any], path: str) -> None:
        self.data = data
        self.path = path
        self.taken = False
        self._used: set[str] = set()
        self._children: dict[str, tuple[View, ...]] = {}

    @property
    def kind(self) -> str:
        """The resource type, or nothing."""
        kind = self.data.get("resourceType")
        return kind if isinstance(kind, str) else ""

    def has(self, *names: str) -> bool:
        """Is one of these elements there?"""
        return any(name in self.data for name in names)

    def take(self) -> View:
        """Say that this item of a list was read."""
        self.taken = True
        return self

    def skip(self, *names: str) -> None:
        """Elements that need no reading: what they say is read elsewhere."""
        self._used.update(names)

    def text(self, name: str) -> str | None:
        """A text that is not blank."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value.strip():
            return None
        self._used.add(name)
        return value

    def boolean(self, name: str) -> bool | None:
        """A boolean."""
        value = self.data.get(name)
        if not isinstance(value, bool):
            return None
        self._used.add(name)
        return value

    def number(self, name: str) -> Decimal | None:
        """An exact number; its digits are kept."""
        value = to_decimal(self.data.get(name))
        if value is not None:
            self._used.add(name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return ()
        self._used.add(name)
        return tuple(item for item in value if item.strip())

    def child(self, name: str) -> View | None:
        """An object."""
        if name not in self._children:
            value = self.data.get(name)
            if not isinstance(value, Mapping):
                return None
            self._used.add(name)
            self._children[name] = (View(value, f"{self.path}/{name}").take(),)
        return self._children[name][0]

    def children(self, name: str) -> tuple[View, ...]:
        """The objects of a list; each is reported unless it is taken."""
        if name not in self._children:
            value = self.data.get(name)
            if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
                return ()
            self._used.add(name)
            self._children[name] = tuple(View(item, f"{self.path}/{name}/{n}") for n, item in enumerate(value))
        return self._children[name]

    def peek(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """The objects of a list, without saying that they are read."""
        value = self.data.get(name)
        return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()

    def leftovers(self, silent: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """(path, element) of everything that was not read."""
        for name in self.data:
            if name not in self._used and name not in _SILENT | silent:
                yield f"{self.path}/{pointer(name)}", str(name)
        for name, items in self._children.items():
            if name in silent:
                continue
            for item in items:
                if item.taken:
                    yield from item.leftovers()
                else:
                    yield item.path, name


def pointer(key: object) -> str:
    """A key as a segment of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def to_decimal(value: object) -> Decimal | None:
    """The exact value of a JSON number, None for anything else and for sizes no clinical value has."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**_MAX_DIGITS else None
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return value if len(value.as_tuple().digits) <= _MAX_DIGITS and abs(value.adjusted()) <= _MAX_DIGITS else None
