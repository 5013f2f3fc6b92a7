"""The shape of every FHIR R4 (4.0.1) type as objects: its elements in official order, how often, of which types.

`r4/shapes.txt` has one line per type, written by tools/r4_tables.py from the official definitions: its name, its base,
and one token per element: `name[!][*]:Type[|Type...][@valueset]`. `!` required, `*` repeats, `name[x]` a choice,
`Reference(A,B)` allowed targets, `@` a required binding, whose codes are a line of `r4/codes.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ANY = "*any"
RESOURCE = "Resource"
PRIMITIVES = frozenset(
    (
        *("base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer"),
        *("markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml"),
    )
)
_RESOURCE_BASES = ("Resource", "DomainResource")
_ABSTRACT = ("Resource", "DomainResource")
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
    type: str
    targets: frozenset[str]
    binding: frozenset[str] | None
    primitive: bool
    choice: str | None = None


@cache
def elements(type_name: str) -> dict[str, Element]:
    """JSON name → element, in official order; KeyError for a name that is no R4 type."""
    base, *tokens = _lines("shapes")[type_name]
    found = dict(elements(base)) if base != "-" else {}
    for token in tokens:
        found.update({e.name: e for e in _parse(token)})
    return found


@cache
def choices(type_name: str) -> dict[str, tuple[str, ...]]:
    """Base name of each choice → the JSON names it can have."""
    found: dict[str, list[str]] = {}
    for element in elements(type_name).values():
        if element.choice:
            found.setdefault(element.choice, []).append(element.name)
    return {base: tuple(names) for base, names in found.items()}


@cache
def chosen(type_name: str, base: str) -> frozenset[str]:
    """Every JSON name under which a choice can be there, with a value or with extensions only."""
    return frozenset(f"{mark}{name}" for name in choices(type_name)[base] for mark in ("", "_"))


def is_resource(type_name: str) -> bool:
    """Is this the name of an R4 resource type?"""
    return type_name in _resources()


def resource_types() -> list[str]:
    """The names of the R4 resource types."""
    return list(_resources())


@cache
def _resources() -> dict[str, None]:
    lines = [(name, base) for name, (base, *_) in _lines("shapes").items() if "." not in name]
    return dict.fromkeys(name for name, base in lines if base in _RESOURCE_BASES and name not in _ABSTRACT)


@cache
def _lines(name: str) -> dict[str, list[str]]:
    text = files("reporter.fhir").joinpath("r4", f"{name}.txt").read_text(encoding="utf-8")
    return {words[0]: words[1:] for words in (line.split() for line in text.splitlines())}


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
    codes = _lines("codes").get(match["binding"] or "")
    binding = frozenset(codes) if codes else None
    base, required, many = match["name"], bool(match["required"]), bool(match["many"])
    if not match["choice"]:
        return [Element(base, required, many, names[0], targets, binding, names[0] in PRIMITIVES)]
    types = _lines("shapes")[ANY][1:] if names == [ANY] else dict.fromkeys(names)
    return [Element(base + _upper(t), required, many, t, targets, binding, t in PRIMITIVES, base) for t in types]


def _upper(type_name: str) -> str:
    return type_name[0].upper() + type_name[1:]
