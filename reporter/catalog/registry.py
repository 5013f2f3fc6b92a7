"""The registry of codes: what each code of another system is called there, and where that is attested.

Tables `registry.csv` (built from the verified tables), `licensed/registry.csv` and `structure.csv` (the FHIR frame).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reporter.catalog.loader import Tree

REGISTRIES = ("registry", "structure")
COMPOSED = "composed"
PLUS = "+"
UCUM = "http://unitsofmeasure.org"

Row = tuple[str, int, Mapping[str, str]]
Key = tuple[str, str]


def entries(tree: Tree) -> Iterator[Row]:
    """Every registry row, our own first."""
    for table in REGISTRIES:
        yield from tree.tables.get(table, ())


def registry(tree: Tree) -> dict[Key, Row]:
    """The row of each (system, code); of two rows for one code the first stands."""
    found: dict[Key, Row] = {}
    for row in entries(tree):
        found.setdefault((row[2]["system"], row[2]["code"]), row)
    return found


def units(tree: Tree) -> frozenset[str]:
    """Every UCUM unit with a source."""
    return frozenset(code for system, code in registry(tree) if system == UCUM)


def parts(columns: Mapping[str, str]) -> list[Key]:
    """The codes of a row: the atoms of a composition, else the one code."""
    codes = columns["code"].split(PLUS) if columns["relation"] == COMPOSED else [columns["code"]]
    return [(columns["system"], code) for code in codes]
