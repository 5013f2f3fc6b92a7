"""Codes of other systems: terminology/codes/*.csv → codings by catalogue id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reporter.catalog.entries import Coding
from reporter.catalog.loader import Tree

CROSSWALKS = ("crosswalk", "snomed")


def codings(tree: Tree) -> dict[tuple[str, str], tuple[Coding, ...]]:
    """Equivalent codings first, then broader and narrower ones, in file order."""
    found: dict[tuple[str, str], list[Coding]] = {}
    for table in CROSSWALKS:
        for _file, _line, row in tree.tables.get(table, ()):
            found.setdefault((row["kind"], row["catalogue_id"]), []).append(_coding(row))
    rank = {"equivalent": 0, "broader": 1, "narrower": 2}
    return {key: tuple(sorted(values, key=lambda c: rank.get(c.relation, 3))) for key, values in found.items()}


def _coding(row: Mapping[str, str]) -> Coding:
    return Coding(row["system"], row["code"], row["display"] or None, row["relation"], row["ship"], row["status"])


def procedures(tree: Tree) -> tuple[Mapping[str, str], ...]:
    """Rows of procedures_loinc.csv."""
    return tuple(MappingProxyType(dict(row)) for _file, _line, row in tree.tables.get("procedures_loinc", ()))
