"""Small builders of FHIR data types as plain dicts.

What a builder returns is finished: strings are plain, nothing in it is empty. It may be shared by several resources, so
it is read and never changed. `filled` leaves out the empty values of an object made of finished parts; `prune` makes
any tree finished, at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def own(value: Any) -> Any:
    """The same value with dicts and lists of its own: shared ones are never changed, these may be."""
    if isinstance(value, dict):
        made = value.copy()
        for name, item in value.items():
            if isinstance(item, (dict, list)):
                made[name] = own(item)
        return made
    return [own(item) for item in value] if isinstance(value, list) else value


def filled(content: Json) -> Json:
    """The same object without its empty values; only the values themselves are looked at, not what is in them."""
    return {k: v for k, v in content.items() if v or v is False or v == 0}


def plain(text: str) -> str:
    """A FHIR string holds no no-break space (its regular expression allows blank, tab and line ends) and no control.

    Mostly all that is left to do is to trim it, or to make blanks of the no-break spaces of print.
    """
    if text.isprintable():
        return text.strip()
    blank = text.replace("\u00a0", " ").replace("\u202f", " ")
    if blank.replace("\n", "").isprintable():
        return blank.strip()
    return _CONTROL.sub("", _SPACES.sub(" ", text)).strip()


def given(text: str | None) -> str | None:
    """A text of the user as a FHIR string; None when there is none."""
    return plain(text) if text else None


def coding(system: str, code: str, display: str | None = None) -> Json:
    """A Coding."""
    made = {"system": system, "code": plain(code)}
    if display and (word := plain(display)):
        made["display"] = word
    return made


def local(system: str, code: str) -> Json:
    """A Coding of one of our own code systems."""
    return coding(c.LOCAL + system, code)


def concept(*codings: Json, text: str | None = None) -> Json:
    """A CodeableConcept."""
    made: Json = {"coding": list(codings)} if codings else {}
    if text and (said := plain(text)):
        made["text"] = said
    return made


def snomed(entry: tuple[str, str]) -> Json:
    """A SNOMED CT coding of a (code, display) pair."""
    return coding(c.SNOMED, *entry)


def is_code(text: str) -> bool:
    """Can this text be a FHIR code?"""
    return _CODE.match(text) is not None


def quantity(value: Decimal | int, unit: str | None) -> Json:
    """A Quantity; the UCUM code is left out when the unit as received cannot be one."""
    return {"value": value, **(_USUAL.get(unit) or _unit(unit))}


def _unit(unit: str | None) -> Json:
    if unit is None:
        return {}
    code = c.UCUM_CODES.get(unit, unit)
    if not _UCUM_LIKE.match(code):
        return filled({"unit": plain(unit)})
    return {"unit": c.UNIT_TEXT.get(unit, unit), "system": c.UCUM, "code": code}


# the units of our own measures: most quantities have one of them
_USUAL: Mapping[str | None, Json] = {
    unit: _unit(unit)
    for unit in (*c.UCUM_CODES, *c.UNIT_TEXT, "1", "%", "mm", "cm", "kg", "g", "mL", "ng/mL", "mGy", "T", "MBq", "min")
}


def extension(url: str, **value: Any) -> Json:
    """An Extension with one value[x], given by its FHIR name (valueCode=…)."""
    return {"url": url, **value}


def absent() -> Json:
    """The extension that says a datum is unknown, instead of an invented one."""
    return extension(c.ABSENT, valueCode="unknown")


def identifier(value: str, system: str | None = None, type_: Json | None = None) -> Json:
    """An Identifier."""
    made: Json = {"type": type_} if type_ else {}
    if system:
        made["system"] = system
    if said := plain(value):
        made["value"] = said
    return made


def objects(made: Any) -> Iterator[Json]:
    """What a table or a module holds as one object, or as a list of them, or of lists: each object."""
    if isinstance(made, dict):
        yield made
    elif isinstance(made, (list, tuple)):
        for part in made:
            yield from objects(part)
