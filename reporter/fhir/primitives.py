"""Formats of FHIR primitive values, as JSON."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
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
_DATES = ("date", "dateTime", "instant")
_TEXTS = ("string", "markdown")
_WORDS = ("code", "uri", "url", "canonical")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OF_IDS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."


def valid(type_name: str, value: Any) -> bool:
    """Is the JSON value one of this primitive type?"""
    if isinstance(value, str):
        return _text(type_name, value)
    check = _NUMBERS.get(type_name)
    return check is not None and check(value)


def _text(type_name: str, value: str) -> bool:
    if type_name in _NUMBERS or not value.strip() or not (value.isprintable() or _FORBIDDEN.search(value) is None):
        return False
    if type_name == "base64Binary":
        return _base64(value)
    pattern = _COMPILED.get(type_name)
    if pattern is not None and not pattern.match(value):
        return False
    return type_name not in _DATES or _real_day(value)


def plain(type_name: str, value: Any) -> bool:
    """Valid, and without the special spaces that the regular expression of `string` refuses when read strictly."""
    if not isinstance(value, str) or type_name == "xhtml" or value.isprintable():  # none of those spaces is printable
        return valid(type_name, value)
    return _text(type_name, value) and _SPECIAL_SPACE.search(value) is None


def all_plain(type_name: str, values: list[Any]) -> bool:
    """Are all of them `plain`? Mostly told of all in one step: of their text joined, if that has nothing special."""
    number = _NUMBERS.get(type_name)
    if number is not None:
        return all(map(number, values))
    try:
        together = _TOGETHER.get(type_name)
        return (together is not None and together(values)) or all(plain(type_name, value) for value in set(values))
    except TypeError:  # one of them is no text
        return False


def _texts(values: list[str]) -> bool:
    """Printable (a line feed is not, and is allowed), and none begins or ends with a blank: so none is blank either."""
    joined = " ".join(values)
    if not joined.isprintable() and (min(values) < "!" or not joined.replace("\n", "").isprintable()):
        return False
    return _no_blanks(joined)


def _no_blanks(joined: str) -> bool:
    """Of texts joined by a blank: none of them is empty, or begins or ends with one, for two would stand together."""
    return joined != "" and "  " not in joined and joined[0] != " " != joined[-1]


def _words(values: list[str]) -> bool:
    """Printable, and there is no blank but those between them."""
    joined = " ".join(values)
    return joined.isprintable() and joined.count(" ") == len(values) - 1 and _no_blanks(joined)


def _ids(values: list[str]) -> bool:
    """Each of 1 to 64 characters, all of these of the alphabet of ids."""
    sizes, joined = list(map(len, values)), "".join(values).encode("ascii", "replace")
    return 0 < min(sizes) <= max(sizes) <= 64 and not joined.translate(None, _OF_IDS)


def _moments(type_name: str) -> Callable[[list[str]], bool]:
    """Each is one, and so holds nothing special; mostly few of them differ."""
    match = _COMPILED[type_name].match
    return lambda values: all(map(match, unique := set(values))) and all(map(_real_day, unique))


_TOGETHER: dict[str, Callable[[list[str]], bool]] = {
    **dict.fromkeys(_TEXTS, _texts),
    **dict.fromkeys(_WORDS, _words),
    "id": _ids,
    **{name: _moments(name) for name in _DATES},
    "base64Binary": lambda values: all(map(_strict_base64, values)),
}


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


def _strict_base64(value: str) -> bool:
    """Quick, and asks more than `_base64`: some text, in fours, and nothing but its alphabet before the padding."""
    said = value.encode("ascii", "replace").rstrip(b"=") if isinstance(value, str) else b""
    return 0 < len(said) > len(value) - 3 and len(value) % 4 == 0 and not said.translate(None, _BASE64)


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _decimal(value: Any) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else _integer(value)


_NUMBERS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda v: isinstance(v, bool),
    "integer": _integer,
    "unsignedInt": lambda v: _integer(v) and v >= 0,
    "positiveInt": lambda v: _integer(v) and v > 0,
    "decimal": _decimal,
}
