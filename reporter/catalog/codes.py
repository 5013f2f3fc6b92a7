"""Codes of other systems: terminology/codes/*.csv → codings by catalogue id."""

from __future__ import annotations

from collections.abc import Mapping

from reporter.catalog.entries import Coding
from reporter.catalog.loader import Tree

CROSSWALKS = ("crosswalk", "snomed")


def codings(tree: Tree) -> dict[tuple[str, str], tuple[Coding, ...]]:
    """Equivalent codings first, then the others, in file order."""
    found: dict[tuple[str, str], list[Coding]] = {}
    for table in CROSSWALKS:
        for _file, _line, row in tree.tables.get(table, ()):
            found.setdefault((row["kind"], row["catalogue_id"]), []).append(_coding(row))
    return {key: tuple(sorted(values, key=lambda c: c.relation != "equivalent")) for key, values in found.items()}


def _coding(row: Mapping[str, str]) -> Coding:
    return Coding(
        system=row["system"],
        code=row["code"],
        display=row["display"] or None,
        relation=row["relation"],
        ship=row["ship"],
        status=row["status"],
        note=row.get("note", ""),
    )
