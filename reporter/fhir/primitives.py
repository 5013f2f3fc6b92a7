"""Formats of FHIR primitive values, as JSON."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
_PATTERNS = {
    "code": r"[^\s]+(\s[^\s]+)*",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "oid": r"urn:oid:[0-2](\.(0|[1-9]\d*))+",
    "uuid": r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "date": _DATE,
    "dateTime": rf"\d{{4}}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T{_TIME}{_ZONE})?)?)?",
    "instant": rf"\d{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T{_TIME}{_ZONE}",
    "time": _TIME,
}
_COMPILED = {name: re.compile(rf"(?:{pattern})\Z") for name, pattern in _PATTERNS.items()}
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPECIAL_SPACE = re.compile(r"[^\S \t\r\n]|\ufeff")
_SHORT = 100
_DATES = ("date", "dateTime", "instant")


def valid(type_name: str, value: Any) -> bool:
    """Is the JSON value one of this primitive type?"""
    if isinstance(value, str):
        return _text(type_name, value) if len(value) > _SHORT else _short_text(type_name, value)
    check = _NUMBERS.get(type_name)
    return check is not None and check(value)


def _text(type_name: str, value: str) -> bool:
    if type_name in _NUMBERS or not value.strip() or _FORBIDDEN.search(value):
        return False
    if type_name == "base64Binary":
        return _base64(value)
    pattern = _COMPILED.get(type_name)
    if pattern is not None and not pattern.match(value):
        return False
    return type_name not in _DATES or _real_day(value)


def plain(type_name: str, value: Any) -> bool:
    """Valid, and without the special spaces that the regular expression of `string` refuses when read strictly."""
    if isinstance(value, str):
        return _plain(type_name, value) if len(value) > _SHORT else _short_plain(type_name, value)
    return valid(type_name, value)


def _plain(type_name: str, value: str) -> bool:
    return _text(type_name, value) and (type_name == "xhtml" or _SPECIAL_SPACE.search(value) is None)


# Codes, systems and URLs come back in every resource and every report.
_short_text = lru_cache(maxsize=16384)(_text)
_short_plain = lru_cache(maxsize=16384)(_plain)


def _real_day(value: str) -> bool:
    """No 31 February."""
    day = value[:10]
    if len(day) < 10:
        return True
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _decimal(value: Any) -> bool:
    return _integer(value) or (isinstance(value, Decimal) and value.is_finite())


_NUMBERS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda v: isinstance(v, bool),
    "integer": _integer,
    "unsignedInt": lambda v: _integer(v) and v >= 0,
    "positiveInt": lambda v: _integer(v) and v > 0,
    "decimal": _decimal,
}
