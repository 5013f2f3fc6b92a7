"""Numbers, units and levels as people write them → exact values. No default, no guess."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from reporter.intake.aliases import FACTORS

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)\Z", re.ASCII)
_MINUS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_SINGLE = re.compile(r"(D|TH?|C|L|S)(\d{1,2})\Z", re.ASCII)
_DISC = re.compile(r"(D|TH?|C|L|S)(\d{1,2})[-/]?(D|TH?|C|L|S)?(\d{1,2})\Z", re.ASCII)
_MAX_DIGITS = 15
_TOO_LARGE = 10**_MAX_DIGITS
_ONE = Decimal(1)
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


def is_blank(text: str) -> bool:
    """Is there nothing to see in the text?"""
    return _VISIBLE.search(text) is None


def to_decimal(value: object) -> Decimal | None:
    """The exact number meant by a JSON number or a text (« 2,5 », « −2.1 », « 1 624 »); None when it is not one."""
    if type(value) is int:
        return Decimal(value) if -_TOO_LARGE < value < _TOO_LARGE else None
    if type(value) is Decimal:
        return _bounded(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.translate(_MINUS).translate(_SPACES)
        return _bounded(Decimal(text.replace(",", "."))) if _NUMBER.match(text) else None
    if isinstance(value, float):
        return _bounded(Decimal(repr(value))) if math.isfinite(value) else None
    if isinstance(value, int):
        return to_decimal(int(value))
    return _bounded(value) if isinstance(value, Decimal) else None


def _bounded(value: Decimal) -> Decimal | None:
    """None for infinities and for sizes no clinical value has, which arithmetic could not keep exact."""
    if value.is_finite() and len(text := str(value)) <= _MAX_DIGITS and "E" not in text:
        return value  # without an exponent: as few digits as it has characters, some of them behind the point
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) > _MAX_DIGITS or abs(exponent + len(digits) - 1) > _MAX_DIGITS:
        return None
    return value if exponent <= 0 else value.quantize(_ONE)


def to_integer(value: object) -> int | None:
    """A whole number, or None: « 3,0 » is 3, « 3,5 » is not a count."""
    number = to_decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def convert(value: Decimal, unit: str, target: str) -> Decimal | None:
    """The value in the target unit, exactly; None when the units do not measure the same thing."""
    if unit == target:
        return value
    factor = FACTORS.get((unit.casefold(), target))
    return value * Decimal(factor) if factor else None


def level_code(text: str) -> str:
    """« D12 » → T12, « L4-L5 », « L4/5 » → L4L5; anything else unchanged, for the rules to judge."""
    plain = text.translate(_MINUS).translate(_SPACES).upper()
    if single := _SINGLE.match(plain):
        return _level(single[1], single[2])
    if pair := _DISC.match(plain):
        return _level(pair[1], pair[2]) + _level(pair[3] or pair[1], pair[4])
    return text


def _level(letter: str, number: str) -> str:
    return ("T" if letter in ("D", "T", "TH") else letter) + str(int(number))
