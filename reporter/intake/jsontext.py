"""JSON text → Python values with exact numbers. Everything json lets through silently is refused here."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from reporter.errors import ERROR, InvalidExam, Issue
from reporter.intake.messages import message

MAX_DEPTH = 64


def load_json(text: str | bytes) -> Any:
    """Parse JSON: fractions become Decimal, integers stay int. Raise InvalidExam (RPT-JSON) on anything else."""
    decoded = _decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")
    try:
        return _DECODER.decode(decoded)
    except json.JSONDecodeError as error:
        _refuse("syntax", ligne=error.lineno, colonne=error.colno)
    except (ValueError, InvalidOperation):
        _refuse("number")
    except RecursionError:
        _refuse("depth", maximum=MAX_DEPTH)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("encoding", octet=error.start)


def _constant(text: str) -> NoReturn:
    _refuse("constant", valeur=text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        _refuse("duplicate", cle=next(key for n, key in enumerate(keys) if key in keys[:n]))
    return found


def _refuse(reason: str, **values: object) -> NoReturn:
    raise InvalidExam([Issue("RPT-JSON", ERROR, "", message(f"RPT-JSON/{reason}", **values))]) from None


# one for all: making a decoder takes as long as reading a small exam
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_unique)
