"""Small builders of FHIR data types as plain dicts. `None` and empty values are removed by `prune`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from reporter.fhir import constants as c

Json = dict[str, Any]
_SPACES = re.compile(r"[^\S \t\r\n]|\ufeff")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CODE = re.compile(r"[^\s]+( [^\s]+)*\Z")
_UCUM_LIKE = re.compile(r"[A-Za-z0-9%{}\[\]./*^'\-]+\Z")


def prune(value: Any, name: str = "") -> Any:
    """The same value as FHIR wants it, at any depth: nothing empty, and strings without special spaces or controls."""
    if isinstance(value, str):
        return value if name == "div" else plain(value)
    if isinstance(value, dict):
        return {k: kept for k, v in value.items() if not _empty(kept := prune(v, k))}
    if isinstance(value, (list, tuple)):
        return [kept for item in value if not _empty(kept := prune(item, name))]
    return value


def _empty(value: Any) -> bool:
    return not value and value is not False and value != 0


def plain(text: str) -> str:
    """A FHIR string holds no no-break space (its regular expression allows blank, tab and line ends) and no control."""
    if text.isprintable():  # neither: all that is left to do is to trim it
        return text.strip()
    return _CONTROL.sub("", _SPACES.sub(" ", text)).strip()


def coding(system: str, code: str, display: str | None = None) -> Json:
    """A Coding."""
    return {"system": system, "code": code, "display": display}


def local(system: str, code: str) -> Json:
    """A Coding of one of our own code systems."""
    return coding(c.LOCAL + system, code)


def concept(*codings: Json, text: str | None = None) -> Json:
    """A CodeableConcept."""
    return {"coding": list(codings), "text": text}


def snomed(entry: tuple[str, str]) -> Json:
    """A SNOMED CT coding of a (code, display) pair."""
    return coding(c.SNOMED, *entry)


def is_code(text: str) -> bool:
    """Can this text be a FHIR code?"""
    return _CODE.match(text) is not None


def quantity(value: Decimal | int, unit: str | None) -> Json:
    """A Quantity; the UCUM code is left out when the unit as received cannot be one."""
    if unit is None:
        return {"value": value}
    code = c.UCUM_CODES.get(unit, unit)
    if not _UCUM_LIKE.match(code):
        return {"value": value, "unit": unit}
    return {"value": value, "unit": c.UNIT_TEXT.get(unit, unit), "system": c.UCUM, "code": code}


def extension(url: str, **value: Any) -> Json:
    """An Extension with one value[x], given by its FHIR name (valueCode=…)."""
    return {"url": url, **value}


def absent() -> Json:
    """The extension that says a datum is unknown, instead of an invented one."""
    return extension(c.ABSENT, valueCode="unknown")


def identifier(value: str, system: str | None = None, type_: Json | None = None) -> Json:
    """An Identifier."""
    return {"type": type_, "system": system, "value": value}
