"""First pass: a copy of the input with nulls dropped, texts in NFC and alias keys renamed. Never raises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from reporter.intake.aliases import KEYS
from reporter.intake.jsontext import MAX_DEPTH
from reporter.intake.messages import field_name, message
from reporter.intake.problems import Problems, pointer

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tidy(data: object, problems: Problems) -> Any:
    """The copy; what cannot be kept is reported and left out."""
    return _value(data, (), problems)


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
