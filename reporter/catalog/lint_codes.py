"""Checks of the code tables: relations, check digits, trap codes, displays, sources, licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reporter.catalog.checkdigit import extension, mod10, verhoeff
from reporter.catalog.codes import CROSSWALKS
from reporter.catalog.files import LICENSED
from reporter.catalog.lint_traps import Traps, caught, forbidden, traps
from reporter.catalog.loader import Tree
from reporter.catalog.messages import message
from reporter.catalog.registry import COMPOSED, Key, Row, entries, parts, registry
from reporter.errors import ERROR, Issue

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RELATIONS = ("equivalent", "broader", "narrower", "related", COMPOSED)
_SHIPS = ("yes", "code_only", "licence")
_SECTIONS = {"finding": "findings", "site": "sites", "diagnosis": "diagnoses", "recommendation": "recommendations"}
# Two kinds may share one code: a region and its bone, a value and the diagnosis it makes.
_ONE_MEANING = ("finding", "site", "diagnosis")


def check_codes(tree: Tree) -> Iterator[Issue]:
    """Every problem of every code table."""
    known, trapped = registry(tree), traps(tree)
    rows: list[Row] = [row for table in CROSSWALKS for row in tree.tables.get(table, ())]
    for row in rows:
        yield from _crosswalk_row(tree, row)
        yield from _against_registry(row, known)
        yield from _trap(row, trapped)
        for key in parts(row[2]):
            yield from _digits(row, key)
    for row in entries(tree):
        yield from _registry_row(row, known, trapped)
    yield from _one_relation(rows)
    yield from _one_meaning(rows)


def _issue(row: Row, name: str, **details: object) -> Issue:
    file, line, columns = row
    key = f"{columns['kind']}.{columns['catalogue_id']}" if "kind" in columns else columns["code"]
    return Issue(f"RPT-CATALOG-{name}", ERROR, f"{file}:{line}: {key}", message(name, **details))


def _crosswalk_row(tree: Tree, row: Row) -> Iterator[Issue]:
    columns = row[2]
    if columns["relation"] not in RELATIONS:
        yield _issue(row, "RELATION", value=columns["relation"], allowed=", ".join(RELATIONS))
    yield from _shipped(row)
    section = _SECTIONS.get(columns["kind"])
    if section and not _known(tree, section, columns["catalogue_id"]):
        yield _issue(row, "UNKNOWN-CODED", value=columns["catalogue_id"])


def _shipped(row: Row) -> Iterator[Issue]:
    """How the row may be given on: said, and in the right directory."""
    file, _, columns = row
    if columns["ship"] not in _SHIPS:
        yield _issue(row, "SHIP", value=columns["ship"])
    if columns["ship"] == "licence" and f"/{LICENSED}/" not in file:
        yield _issue(row, "LICENCE", allowed=f"terminology/codes/{LICENSED}/")
    if columns["ship"] == "code_only" and columns["display"]:
        yield _issue(row, "CODE-ONLY")


def _known(tree: Tree, section: str, catalogue_id: str) -> bool:
    """« metatarsal.1+base » and « vertebra.L1 » stand on the site before the dot; « level.L1 » on a level."""
    base = catalogue_id.partition(".")[0].partition("+")[0]
    return base in tree.section(section) or (section == "sites" and base == "level")


def _digits(row: Row, key: Key) -> Iterator[Issue]:
    system, code = key
    if system == SNOMED and not verhoeff(code):
        yield _issue(row, "VERHOEFF", value=code)
    elif system == SNOMED and extension(code):
        yield _issue(row, "EXTENSION", value=code)
    elif system == LOINC and not mod10(code):
        yield _issue(row, "MOD10", value=code)


def _against_registry(row: Row, known: Mapping[Key, Row]) -> Iterator[Issue]:
    """Each code has a source, the display of its registry, and is still in use."""
    columns = row[2]
    stored = [known.get(key) for key in parts(columns)]
    for (_, code), entry in zip(parts(columns), stored, strict=True):
        if entry is None:
            yield _issue(row, "NO-SOURCE", value=code)
        elif entry[2]["end"]:
            yield _issue(row, "RETIRED", value=code, end=entry[2]["end"])
    if all(stored):
        display = " + ".join(entry[2]["display"] for entry in stored if entry)
        if columns["display"] != display:
            yield _issue(row, "DISPLAY", value=columns["code"], found=columns["display"], registry=display)
        if columns["ship"] == "yes" and any(entry[2]["ship"] == "licence" for entry in stored if entry):
            yield _issue(row, "LICENCE", allowed=f"terminology/codes/{LICENSED}/")


def _trap(row: Row, trapped: Traps) -> Iterator[Issue]:
    for key in parts(row[2]):
        trap = trapped.get(key)
        if trap is not None and caught(trap, row[2]):
            yield _issue(row, "TRAP", value=key[1], why=trap["true_meaning"])


def _registry_row(row: Row, known: Mapping[Key, Row], trapped: Traps) -> Iterator[Issue]:
    """A registry row names its source, and says of a code what the first row of that code says."""
    columns = row[2]
    key = columns["system"], columns["code"]
    yield from _digits(row, key)
    yield from _shipped(row)
    if not columns["sources"].strip():
        yield _issue(row, "NO-SOURCE", value=columns["code"])
    first = known[key][2]["display"]
    if columns["display"] != first:
        yield _issue(row, "DISPLAY", value=columns["code"], found=columns["display"], registry=first)
    trap = trapped.get(key)
    if trap is not None and not columns["end"] and (forbidden(trap) or columns["display"] == trap["wrong_meaning"]):
        yield _issue(row, "TRAP", value=columns["code"], why=trap["true_meaning"])


def _one_relation(rows: list[Row]) -> Iterator[Issue]:
    """A code stands in one relation to an entry: what is broader or narrower is not also equivalent."""
    first: dict[tuple[str, ...], str] = {}
    for row in rows:
        columns = row[2]
        key = tuple(columns[name] for name in ("kind", "catalogue_id", "system", "code"))
        stored = first.setdefault(key, columns["relation"])
        if stored != columns["relation"]:
            yield _issue(row, "NOT-EQUIVALENT", value=columns["code"], relation=columns["relation"], stored=stored)


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
            yield _issue(row, "TWO-MEANINGS", value=columns["code"], first=other, second=columns["catalogue_id"])
