"""Codes of other systems: terminology/codes/*.csv → codings by catalogue id."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import TYPE_CHECKING

from reporter.catalog.entries import Coding

if TYPE_CHECKING:
    from reporter.catalog.loader import Tree

CROSSWALKS = ("crosswalk", "snomed")


def codings(tree: Tree) -> dict[tuple[str, str], tuple[Coding, ...]]:
    """Equivalent codings first, then the others, in file order."""
    found: dict[tuple[str, str], list[Coding]] = {}
    for table in CROSSWALKS:
        for _file, _line, row in tree.tables.get(table, ()):
            found.setdefault((row["kind"], row["catalogue_id"]), []).append(_coding(row))
    return {key: tuple(sorted(values, key=lambda c: c.relation != "equivalent")) for key, values in found.items()}


def acts(codes: Mapping[tuple[str, str], tuple[Coding, ...]]) -> dict[str, tuple[tuple[str, Coding], ...]]:
    """The codes of exams by "modality/region/side", each with how the exam was acquired."""
    found: dict[str, list[tuple[str, Coding]]] = {}
    for (kind, catalogue_id), entries in codes.items():
        if kind == "procedure":
            place, _, how = catalogue_id.rpartition("/")
            found.setdefault(place, []).extend((how, entry) for entry in entries)
    return {place: tuple(each) for place, each in found.items()}


def _coding(row: Mapping[str, str]) -> Coding:
    """A row of a table; what many rows say (their system, their note …) is one string for all of them."""
    return Coding(
        system=intern(row["system"]),
        code=intern(row["code"]),
        display=intern(row["display"]) or None,
        relation=intern(row["relation"]),
        ship=intern(row["ship"]),
        status=intern(row["status"]),
        note=intern(row.get("note", "")),
    )
