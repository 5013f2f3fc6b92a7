"""JSON text → Python values with exact numbers. Everything json lets through silently is refused here."""

from __future__ import annotations

import codecs
import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import orjson

from reporter.errors import ERROR, InvalidExam, Issue
from reporter.intake.messages import message

MAX_DEPTH = 64
_BLANK = " \t\r\n"


def load_json(text: str | bytes) -> Any:
    """Parse JSON: fractions become Decimal, integers stay int. Raise InvalidExam (RPT-JSON) on anything else."""
    decoded = _decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")
    try:
        found, end = _QUICK.raw_decode(decoded)
        if not decoded[end:].strip(_BLANK) and _all_kept(found, decoded):
            return found
    except (ValueError, RecursionError, InvalidOperation, orjson.JSONEncodeError):
        pass
    return _carefully(decoded)


def _all_kept(found: Any, text: str) -> bool:
    """Is each name of the text in what was read? If one stands twice, there are more colons in the one than the other.

    Written again, a text has the colons it had, as long as none was written by its number.
    """
    return "\\u003" not in text and text.count(":") == orjson.dumps(found, default=str).count(b":")


def _carefully(decoded: str) -> Any:
    """Object by object, and what is wrong is told."""
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
        return data.removeprefix(codecs.BOM_UTF8).decode()
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


def _doubtful(_text: str) -> NoReturn:
    raise ValueError


# one for all: making a decoder takes as long as reading a small exam
_QUICK = json.JSONDecoder(parse_float=Decimal, parse_constant=_doubtful)
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_unique)
