"""First pass: a copy of the input with nulls dropped, texts in NFC and alias keys renamed. Never raises.

Nearly every input has nothing to report, and is copied without keeping track of where it is; one that has is copied
again, step by step.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reporter.intake.aliases import KEYS
from reporter.intake.jsontext import MAX_DEPTH
from reporter.intake.messages import field_name, message
from reporter.intake.problems import Problems, UnusualError, pointer

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SCALARS = frozenset((int, Decimal, bool, float))
_RENAMED = tuple((at.split("/")[1:], frozenset(names)) for at, names in KEYS.items())


def tidy(data: object, problems: Problems) -> Any:
    """The copy; what cannot be kept is reported and left out."""
    try:
        found = _copy(data, 0)
    except UnusualError:
        return _value(data, (), problems)
    return _value(data, (), problems) if any(_renamed(found, *entry) for entry in _RENAMED) else found


def _copy(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() and value.isprintable() else composed(value)
    if kind is dict:
        return _copied(value, depth + 1)
    if kind is list and depth < MAX_DEPTH:
        return [_copy(item, depth + 1) for item in value]
    if value is None or kind in _SCALARS:
        return value
    raise UnusualError


def _copied(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise UnusualError
    found = {}
    for key, item in value.items():
        if type(key) is not str:
            raise UnusualError
        if type(item) is not str or not item.isascii() or not item.isprintable():
            item = _copy(item, depth)
        if item is not None:
            found[key] = item
    return found


def composed(text: str) -> str:
    """The text in NFC; raises UnusualError for a forbidden character, none of which can be printed."""
    if not text.isprintable() and _FORBIDDEN.search(text):
        raise UnusualError
    return unicodedata.normalize("NFC", text)


def _renamed(tree: Any, path: list[str], names: frozenset[str]) -> bool:
    """Is one of these keys at the path?"""
    for key in path:
        tree = tree.get(key) if type(tree) is dict else None
    return type(tree) is dict and not names.isdisjoint(tree)


# --- step by step


def _value(value: object, path: tuple[str | int, ...], problems: Problems) -> Any:
    if len(path) > MAX_DEPTH:
        problems.add("RPT-JSON", path, message("RPT-JSON/depth", maximum=MAX_DEPTH), fatal=True)
        return None
    if isinstance(value, str):
        return _text(value, path, problems)
    if isinstance(value, Mapping):
        return _object(value, path, problems)
    if isinstance(value, list | tuple):
        return [_value(item, (*path, index), problems) for index, item in enumerate(value)]
    return value


def _text(value: str, path: tuple[str | int, ...], problems: Problems) -> str | None:
    if _FORBIDDEN.search(value):
        name = field_name(*(str(key) for key in path[-1:]), "")
        problems.add("RPT-TYPE", path, message("RPT-TYPE/text", champ=name), fatal=True)
        return None
    return unicodedata.normalize("NFC", value)


def _object(value: Mapping[Any, Any], path: tuple[str | int, ...], problems: Problems) -> dict[str, Any]:
    renamed = KEYS.get(pointer(path), {})
    found: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            problems.add("RPT-TYPE", path, message("RPT-TYPE/key"), fatal=True)
            continue
        kept = _value(item, (*path, key), problems)
        if kept is not None:
            found.setdefault(renamed.get(key, key), kept)
    return found
