"""JSON with exact decimals: `0.030` stays `0.030`; key order is the order of the dicts, so output is repeatable."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring as _quoted
from typing import Any

_STEP = "  "


def to_json(value: Any) -> str:
    """Serialise plain dicts, lists, strings, booleans, ints and Decimals; anything else is a defect (TypeError)."""
    return _encode(value, "\n") + "\n"


def _encode(value: Any, newline: str) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        inner = newline + _STEP
        return _block("{}", newline, [f"{_quoted(k)}: {_encode(v, inner)}" for k, v in value.items()])
    if isinstance(value, list):
        return _block("[]", newline, [_item(v, newline + _STEP) for v in value])
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, (bool, int)):
        return json.dumps(value)
    raise TypeError(f"not a FHIR JSON value: {type(value).__name__}")


def _block(brackets: str, newline: str, items: list[str]) -> str:
    if not items:
        return brackets
    inner = newline + _STEP
    return brackets[0] + inner + ("," + inner).join(items) + newline + brackets[1]


def _item(value: Any, newline: str) -> str:
    """`null` only stands in a list, for a repeated primitive that has extensions but no value (R4 §2.6.2.3)."""
    return "null" if value is None else _encode(value, newline)


def number(value: Decimal) -> str:
    """A finite decimal with every digit it has, no exponent."""
    if not value.is_finite():
        raise TypeError("a FHIR decimal is finite")
    return f"{value:f}"
