"""Checks of the code tables: relations, check digits, trap codes, licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reporter.catalog.checkdigit import extension, mod10, verhoeff
from reporter.catalog.codes import CROSSWALKS
from reporter.catalog.loader import LICENSED, Tree
from reporter.catalog.messages import message
from reporter.catalog.text import alias_key
from reporter.errors import ERROR, Issue

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
_RELATIONS = ("equivalent", "broader", "narrower")
_SHIPS = ("yes", "code_only", "licence")
# A code of these kinds says another thing than its label suggests, wherever it stands.
_NEVER = ("chapter", "retired", "obsolete", "check-digit")
_SECTIONS = {"finding": "findings", "site": "sites", "diagnosis": "diagnoses", "recommendation": "recommendations"}
# Two kinds may share one code: a region and its bone, a value and the diagnosis it makes.
_ONE_MEANING = ("finding", "site", "diagnosis")

Row = tuple[str, int, Mapping[str, str]]


def check_codes(tree: Tree) -> Iterator[Issue]:
    """Every problem of every code table."""
    rows: list[Row] = [row for table in CROSSWALKS for row in tree.tables.get(table, ())]
    for row in rows:
        yield from _crosswalk_row(tree, row)
    for row in (*rows, *tree.tables.get("procedures_loinc", ())):
        yield from _digits(row)
        yield from _traps(tree, row)
    yield from _one_meaning(rows)


def _issue(row: Row, name: str, **details: object) -> Issue:
    file, line, columns = row
    key = f"{columns.get('kind', 'procedure')}.{columns.get('catalogue_id') or columns.get('key', '')}"
    return Issue(f"RPT-CATALOG-{name}", ERROR, f"{file}:{line}: {key}", message(name, **details))


def _crosswalk_row(tree: Tree, row: Row) -> Iterator[Issue]:
    file, _, columns = row
    if columns["relation"] not in _RELATIONS:
        yield _issue(row, "RELATION", value=columns["relation"])
    if columns["ship"] not in _SHIPS:
        yield _issue(row, "SHIP", value=columns["ship"])
    if columns["ship"] == "licence" and f"/{LICENSED}/" not in file:
        yield _issue(row, "LICENCE", allowed=f"terminology/codes/{LICENSED}/")
    if columns["ship"] == "code_only" and columns["display"]:
        yield _issue(row, "CODE-ONLY")
    section = _SECTIONS.get(columns["kind"])
    if section and not _known(tree, section, columns["catalogue_id"]):
        yield _issue(row, "UNKNOWN-CODED", value=columns["catalogue_id"])


def _known(tree: Tree, section: str, catalogue_id: str) -> bool:
    """« metatarsal.1+base » and « vertebra.L1 » stand on the site before the dot; « level.L1 » on a level."""
    base = catalogue_id.partition(".")[0].partition("+")[0]
    return base in tree.section(section) or (section == "sites" and base == "level")


def _digits(row: Row) -> Iterator[Issue]:
    system, code = row[2]["system"], row[2]["code"]
    if system == SNOMED and not verhoeff(code):
        yield _issue(row, "VERHOEFF", value=code)
    elif system == SNOMED and extension(code):
        yield _issue(row, "EXTENSION", value=code)
    elif system == LOINC and not mod10(code):
        yield _issue(row, "MOD10", value=code)


def _traps(tree: Tree, row: Row) -> Iterator[Issue]:
    columns = row[2]
    for _file, _line, trap in tree.tables.get("traps", ()):
        if (trap["system"], trap["code"]) == (columns["system"], columns["code"]) and _caught(trap, columns):
            yield _issue(row, "TRAP", value=columns["code"], why=trap["true_meaning"])


def _caught(trap: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    """A forbidden code, or one used with the very meaning it does not have."""
    if trap["code_forbidden_in_any_meaning"] == "yes" or trap["kind"] in _NEVER:
        return True
    wrong = alias_key(trap["wrong_meaning"])
    named = alias_key(columns.get("catalogue_id", "").replace("_", " "))
    shown = alias_key(columns["display"])
    return shown == wrong or (columns.get("relation") == "equivalent" and wrong in named)


def _one_meaning(rows: list[Row]) -> Iterator[Issue]:
    """One code cannot be the same concept as two entries of one kind."""
    first: dict[tuple[str, str, str], str] = {}
    for row in rows:
        columns = row[2]
        if columns["relation"] != "equivalent" or columns["kind"] not in _ONE_MEANING:
            continue
        key = (columns["kind"], columns["system"], columns["code"])
        other = first.setdefault(key, columns["catalogue_id"])
        if other != columns["catalogue_id"]:
            yield _issue(row, "NOT-EQUIVALENT", value=columns["code"], first=other, second=columns["catalogue_id"])
