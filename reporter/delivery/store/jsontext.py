"""JSON text of what is stored: `0.030` stays `0.030`, keys keep their order, nothing passes through a binary float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from reporter.intake.jsontext import load_json

_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def dumps(value: Any) -> str:
    """Exact, compact JSON text of plain values; tuples become lists, a float is written as its shortest decimal."""
    try:
        return _PLAIN(value)
    except TypeError:  # a Decimal somewhere
        return _exactly(value)


def _exactly(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_ENCODE(str(k))}:{_exactly(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_exactly, value)) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    return _ENCODE(value)


def loads(text: str) -> Any:
    """The value back: fractions are Decimal, integers stay int."""
    return load_json(text)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("a stored number is finite")
    return f"{value:f}"
