"""Observations of signs → findings, those of this exam and those of earlier ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from reporter.fhir import constants as c
from reporter.fhir.read import attributes, place
from reporter.fhir.read.codes import as_concept
from reporter.fhir.read.scope import Json, Scope, extensions, filled, statement
from reporter.fhir.read.view import View

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SIDED = re.compile(r"(?P<id>.+)\.(?P<side>left|right)\Z")
_PRIOR = re.compile(r"comparison/[^/]+/finding/")


@dataclass(slots=True)
class Seen:
    """One Observation of a sign; `key` is the entry it was made of, `side` which of its two sides it is."""

    view: View
    key: str
    side: str | None
    data: Json
    relations: list[tuple[str, View]]


def code_of(scope: Scope, view: View, system: str = "finding") -> str | None:
    """The sign an Observation is about, None when no code says one of the catalogue."""
    concept = view.child("code")
    found = scope.codes.local(concept, system)
    if found is None and system == "finding":
        found = scope.codes.one(concept, system, "finding")
    return found if found in scope.catalog.findings else None


def read(scope: Scope, views: list[View], system: str = "finding") -> list[Json]:
    """The findings of one exam, in order; every Observation is read or reported."""
    seen = [s for number, view in enumerate(views) if (s := _seen(scope, view, system, number))]
    entries = _entries(seen)
    names = _names(entries)
    for entry, name in zip(entries, names, strict=True):
        scope.ids.update((one.view.path, name) for one in entry)
    found = [_finding(scope, entry, name) for entry, name in zip(entries, names, strict=True)]
    for one in seen:
        scope.dangling(one.view, "derivedFrom", "device")
        scope.close(one.view, *FRAME)
    return found


FRAME = (
    "status", "category", "subject", "effectiveDateTime", "performer", "issued", "identifier", "derivedFrom", "basedOn",
    "partOf", "device",
)  # fmt: skip


def _seen(scope: Scope, view: View, system: str, number: int) -> Seen | None:
    finding = code_of(scope, view, system)
    status = scope.status(view.child("valueCodeableConcept"))
    if finding is None or status is None:
        scope.refuse(view, "value" if finding else "code")
        return None
    where = place.site(scope, view)
    if where is None:
        scope.refuse(view, "site")
        return None
    data = {"finding": finding, "status": status, "site": where, **attributes.describe(scope, view, finding)}
    data |= filled(comment=_comment(view))
    return Seen(view, *_key(view, number), data, _relations(scope, view))


def _comment(view: View) -> str | None:
    notes = view.children("note")
    return notes[0].take().text("text") if len(notes) == 1 else None


def _relations(scope: Scope, view: View) -> list[tuple[str, View]]:
    """(type, resource of the other sign), each Reference taken."""
    found = []
    for reference in view.children("hasMember"):
        target = scope.source.target(reference)
        kinds = [_kind(scope, item) for item in extensions(reference, c.RELATION)]
        if target is not None and len(kinds) == 1 and kinds[0] is not None:
            reference.take()
            found.append((kinds[0], target))
    return found


def _kind(scope: Scope, extension: View) -> str | None:
    value = extension.child("valueCoding")
    return scope.codes.local(as_concept(value), "relation") if value is not None else None


# --- entries


def _key(view: View, number: int = 0) -> tuple[str, str | None]:
    """The entry, and the side when it was split in two; a foreign resource is named by its id or its place."""
    own = statement(view)
    if own is not None:
        split = _SIDED.match(own)
        return (split["id"], split["side"]) if split else (own, None)
    identifier = view.data.get("id")
    return (identifier if isinstance(identifier, str) else f"F{number + 1}"), None


def _entries(seen: list[Seen]) -> list[list[Seen]]:
    """What the user entered: the two sides of a bilateral sign are one entry, where the first of them was."""
    found: list[list[Seen]] = []
    for one in seen:
        other = next((e for e in found if one.side and len(e) == 1 and _two_sides(e[0], one)), None)
        if other is not None:
            other.append(one)
        else:
            found.append([one])
    return found


def _two_sides(left: Seen, right: Seen) -> bool:
    """The same entry, the two sides of it, and the same content."""
    sides = {one.data["site"].get("laterality") for one in (left, right)}
    same = left.key == right.key and {left.side, right.side} == {"left", "right"} == sides
    return same and _content(left) == _content(right)


def _content(one: Seen) -> tuple[Json, list[tuple[str, str]]]:
    place_only = {k: v for k, v in one.data["site"].items() if k != "laterality"}
    return {**one.data, "site": place_only}, [(kind, _key(target)[0]) for kind, target in one.relations]


def _names(entries: list[list[Seen]]) -> list[str]:
    """A name of its own for each entry: that of the user, with the side when only one side came."""
    found: list[str] = []
    for number, entry in enumerate(entries, 1):
        one = entry[0]
        plain = one.key if len(entry) == 2 or one.side is None else f"{one.key}_{one.side}"
        base = _given_name(one.view) or (plain if _ID.match(plain) else f"F{number}")
        found.append(next(name for n in count() if (name := f"{base}_{n}" if n else base) not in found))
    return found


def _given_name(view: View) -> str | None:
    """The id the user gave to a sign of an earlier exam."""
    given = [i["value"] for i in view.peek("identifier") if i.get("system") == f"{c.IDENTIFIER}prior-finding"]
    return given[0] if len(given) == 1 and isinstance(given[0], str) else None


def _finding(scope: Scope, entry: list[Seen], name: str) -> Json:
    one = entry[0]
    site = {**one.data["site"], "laterality": "bilateral"} if len(entry) == 2 else one.data["site"]
    named = {} if _PRIOR.match(statement(one.view) or "") and _given_name(one.view) is None else {"id": name}
    targets = [(kind, scope.ids.get(target.path)) for kind, target in one.relations]
    relations = [{"type": kind, "target": other} for kind, other in dict.fromkeys(targets) if other]
    return {**named, **one.data, "site": site, **filled(relations=relations)}
