"""Words for plain values: numbers, texts, lists."""

from __future__ import annotations

from collections.abc import Sized
from decimal import Decimal
from typing import Any

from reporter.rules.facts import plain


@plain
def dec(text: str) -> Decimal:
    """An exact decimal number."""
    return Decimal(text)


@plain
def count(items: Sized) -> int:
    """How many."""
    return len(items)


@plain
def size(number: Decimal) -> Decimal:
    """The number without its sign."""
    return abs(number)


@plain
def whole(number: Decimal | str) -> int:
    """The number without its decimals."""
    return int(number)


@plain
def text_of(value: Any) -> str:
    """A value as text: dates as ISO 8601."""
    return str(value)
