"""The shape tables as objects: what elements a type has, how often, of which types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from reporter.fhir.shapes_resources import RESOURCES
from reporter.fhir.shapes_types import CODES, TYPES

ANY = "*any"
_TOKEN = re.compile(
    r"(?P<name>\w+)(?P<choice>\[x\])?(?P<required>!)?(?P<many>\*)?:(?P<types>[^@\s]+)(@(?P<binding>\S+))?\Z"
)
_REFERENCE = re.compile(r"Reference(?:\(([\w,]+)\))?\Z")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type; `choice` is the base name of a choice ("value"), whose types each make a JSON name."""

    name: str
    required: bool
    many: bool
    types: tuple[str, ...]
    targets: frozenset[str]
    binding: frozenset[str] | None
    choice: str | None = None


@cache
def elements(type_name: str) -> dict[str, Element]:
    """JSON name → element; KeyError for a type we do not emit."""
    text = RESOURCES.get(type_name) or TYPES[type_name]
    found: dict[str, Element] = {}
    for token in text.split():
        found.update({e.name: e for e in _parse(token)})
    return found


def is_resource(type_name: str) -> bool:
    """Is this a resource type we emit?"""
    return type_name in RESOURCES and "." not in type_name


def _parse(token: str) -> list[Element]:
    match = _TOKEN.match(token)
    if match is None:
        raise ValueError(token)
    names: list[str] = []
    targets: frozenset[str] = frozenset()
    for type_name in match["types"].split("|"):
        reference = _REFERENCE.match(type_name)
        names.append("Reference" if reference else type_name)
        targets |= frozenset(reference[1].split(",")) if reference and reference[1] else frozenset()
    codes = CODES.get(match["binding"] or "")
    binding = frozenset(codes.split()) if codes else None
    base, required, many = match["name"], bool(match["required"]), bool(match["many"])
    if not match["choice"]:
        return [Element(base, required, many, tuple(names), targets, binding)]
    types = _any_types() if names == [ANY] else names
    return [Element(base + _upper(t), required, many, (t,), targets, binding, base) for t in types]


def _any_types() -> list[str]:
    primitives = (
        "boolean",
        "integer",
        "decimal",
        "string",
        "code",
        "uri",
        "url",
        "date",
        "dateTime",
        "instant",
        "markdown",
    )
    return [*primitives, *(t for t in TYPES if "." not in t and t != "Narrative")]


def _upper(type_name: str) -> str:
    return type_name[0].upper() + type_name[1:]
