"""Single values that are read without a word: each function answers with what the value means, or raises.

They say yes or no, and nothing more: what they refuse goes to the models, whose readers (`fields`) follow the same
rules with the same functions, and say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reporter.intake.problems import UnusualError
from reporter.intake.tidy import composed
from reporter.intake.values import level_code, to_decimal, to_integer
from reporter.intake.vocabulary import Vocabulary
from reporter.model.dates import PartialDate

Read = Callable[[Any], Any]


def text(value: Any) -> str:
    """A text, as `tidy` leaves it."""
    if type(value) is not str:
        raise UnusualError
    return value if value.isascii() and value.isprintable() else composed(value)


def filled(value: Any) -> str:
    """A text with something in it."""
    found = value if type(value) is str and value.isascii() and value.isprintable() else text(value)
    if not (found := found.strip()):
        raise UnusualError
    return found


def limited(maximum: int) -> Read:
    """A text of at most `maximum` characters."""

    def read(value: Any) -> str:
        found = text(value)
        if len(found) > maximum:
            raise UnusualError
        return found

    return read


def flag(value: Any) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise UnusualError
    return value


def decimal(value: Any) -> Decimal:
    """A number."""
    found = to_decimal(value)
    if found is None:
        raise UnusualError
    return found


def between(low: Decimal, high: Decimal) -> Read:
    """A number within limits."""

    def read(value: Any) -> Decimal:
        found = to_decimal(value)
        if found is None or not low <= found <= high:
            raise UnusualError
        return found

    return read


def whole(low: int, high: int) -> Read:
    """A whole number within limits."""

    def read(value: Any) -> int:
        found = value if type(value) is int else to_integer(value)
        if found is None or not low <= found <= high:
            raise UnusualError
        return found

    return read


def date(value: Any) -> PartialDate:
    """A date."""
    return PartialDate.parse(filled(value))


def exact(value: Any) -> Any:
    """A value of an attribute, which `findings` judges; a whole number is a decimal too."""
    return decimal(value) if type(value) is int else value


def anything(value: Any) -> Any:
    """The same, where values were not looked at yet."""
    kind = type(value)
    if kind is str:
        return text(value)
    return value if kind is bool or kind is Decimal else decimal(value)


def count(known: Vocabulary, maximum: int) -> Read:
    """A number of things, or the code of one that is not told."""
    words, number = codes(known, "count"), whole(1, maximum)
    return lambda value: words(value) if type(value) is str and to_decimal(value) is None else number(value)


class _Codes(dict[str, str]):
    """Texts that mean themselves; `other` tells what any other text means, and nothing is kept of it."""

    def __init__(self, codes: Iterable[str], other: Callable[[str], str | None]) -> None:
        super().__init__((code, code) for code in codes)
        self.other = other

    def __missing__(self, value: Any) -> str:
        found = self.other(filled(value))
        if found is None:
            raise UnusualError
        return found


def codes(known: Vocabulary, kind: str, *, free: bool = False) -> Read:
    """A code of a kind, or a text that means one; any text when `free`."""
    listed, resolve = known.tables[kind], known.resolve
    return _Codes(listed, lambda text: resolve(kind, text) or (text if free else None)).__getitem__


def levels(known: Vocabulary, *, free: bool = False) -> Read:
    """A level of the catalogue, or a text that means one; any text when `free`."""
    plain = tuple(known.tables["level"])
    listed = [code for code in (*plain, *map("".join, pairwise(plain))) if level_code(code) == code]
    if free:
        return _Codes(listed, level_code).__getitem__
    return _Codes(plain, lambda text: known.resolve("level", level_code(text))).__getitem__
