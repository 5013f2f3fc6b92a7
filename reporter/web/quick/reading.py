"""Items in order → what was said: names and values put together, nothing added."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from reporter.web.quick.index import Item
from reporter.web.quick.tokens import Token


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number typed for a measure; `name` when it was named, `unit` (folded spelling) when it was given."""

    value: Decimal
    unit: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Reading:
    """What one way of reading the text says. `signs` in order, with what follows each: (kind, value)."""

    signs: list[str] = field(default_factory=list)
    said: list[tuple[int, str, Any]] = field(default_factory=list)
    quantities: list[tuple[int, Quantity]] = field(default_factory=list)
    site: str | None = None
    side: str | None = None
    status: str | None = None
    evolution: str | None = None
    part: str | None = None
    count: str | None = None
    levels: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    digits: list[int] = field(default_factory=list)
    signals: dict[str, str] = field(default_factory=dict)
    unnamed_signal: str | None = None

    @property
    def spare(self) -> tuple[str, ...]:
        """Numbers that are neither a level, since levels were typed, nor a measure, since nothing says which."""
        return tuple(map(str, self.digits)) if self.levels else ()


_SLOTS = frozenset(("site", "side", "status", "evolution", "part", "count"))
_SAID = frozenset(("attribute", "severity", "phase"))


class Reader:
    """Goes through the items once; `ok` False when they make no sense together."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.ok = True
        self._measure: str | None = None
        self._number_of: str | None = None
        self._sequence: str | None = None

    def read(self, items: tuple[Item, ...]) -> Reading | None:
        """The reading, or None."""
        for item in items:
            self._item(item)
        if self._measure or self._number_of or self._sequence:
            self.ok = False
        return self.reading if self.ok else None

    @property
    def _sign(self) -> int:
        return len(self.reading.signs) - 1

    def _item(self, item: Item) -> None:
        reading = self.reading
        if item.kind == "finding":
            reading.signs.append(item.value)
        elif item.kind in _SLOTS:
            setattr(reading, item.kind, item.value)
        elif item.kind in _SAID:
            reading.said.append((self._sign, item.kind, item.value))
        elif item.kind == "level":
            reading.levels.append(item.value)
        elif item.kind == "zone":
            reading.zones.append(item.value)
        elif item.kind == "number":
            self._number(item.value)
        else:
            self._named(item)

    def _named(self, item: Item) -> None:
        """« hypo t1 » and « t1 hypo » alike."""
        if item.kind == "signal" and self._sequence is not None:
            self.reading.signals[self._sequence] = item.value
            self._sequence = None
        elif item.kind == "signal":
            self.reading.unnamed_signal = item.value
        elif item.kind == "sequence" and self.reading.unnamed_signal is not None:
            self.reading.signals[item.value] = self.reading.unnamed_signal
        elif item.kind == "sequence":
            self._sequence = item.value
        elif item.kind == "measure":
            self._name_measure(item.value)
        elif item.kind == "attribute_number":
            self._number_of = item.value

    def _name_measure(self, name: str) -> None:
        """« hauteur 40 » and « 4 mm épaisseur » alike."""
        quantities = self.reading.quantities
        if quantities and quantities[-1][1].name is None and quantities[-1][1].unit:
            quantities[-1] = (quantities[-1][0], replace(quantities[-1][1], name=name))
            return
        self.ok = self.ok and self._measure is None
        self._measure = name

    def _number(self, token: Token) -> None:
        if token.number is None:
            self.ok = False
        elif self._number_of:
            self.reading.said.append((self._sign, "attribute", (self._number_of, int(token.number))))
            self._number_of = None
        elif token.unit or self._measure:
            quantity = Quantity(token.number, token.unit, self._measure)
            self.reading.quantities.append((self._sign, quantity))
            self._measure = None
        elif token.number == token.number.to_integral_value():
            self.reading.digits.append(int(token.number))
        else:
            self.ok = False


def read(items: tuple[Item, ...]) -> Reading | None:
    """What the items say together; None when they do not fit."""
    reading = Reader().read(items)
    if reading is not None and reading.signals:
        reading.unnamed_signal = None
    return reading
