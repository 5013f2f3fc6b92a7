"""An exam that is still being entered: what can be read of it, and what is missing. Nothing is ever filled in.

The frozen Exam needs a few fields to exist at all (a date, a sex, an indication). Where one is not given yet, the gap
is named, and the placeholder that holds its place says nothing; a reader must not say what lies in a gap.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.errors import Issue
from reporter.intake import links, reading
from reporter.intake.problems import Path, Problems
from reporter.intake.tidy import tidy
from reporter.intake.vocabulary import vocabulary_of
from reporter.model.exam import Exam

_MAX_PASSES = 20
_NAMING = frozenset({"id", "finding", "status", "site", "code"})
_GAPS: tuple[tuple[Path, Any], ...] = (
    (("schema_version",), "1.0"),
    (("patient",), {}),
    (("patient", "sex"), "unknown"),
    (("order",), {}),
    (("order", "indication"), ""),
    (("exam", "technique"), {}),
)


def parse_draft(data: object, catalog: Catalog, *, today: dt.date) -> tuple[Exam | None, list[Issue], frozenset[str]]:
    """What can be read, every problem, and the gaps as JSON pointers; no Exam while modality or region is unknown."""
    exam, issues = reading.parse_partial(data, catalog)
    if exam is not None or not isinstance(data, Mapping):
        return exam, issues, frozenset()
    vocabulary = vocabulary_of(catalog)
    tree = tidy(data, Problems())
    gaps: set[str] = set()
    for _ in range(_MAX_PASSES):
        gaps |= _fill(tree, today)
        problems = Problems()
        links.check(tree, vocabulary, problems)
        for issue in problems.issues:
            _prune_entry(tree, _path(issue.path))
        read, refused = reading.validate(tree, vocabulary)
        if read is not None:
            return read, issues, frozenset(gaps)
        pruned = [_prune(tree, path) for path in refused]
        if not all(pruned):
            break
    return None, issues, frozenset(gaps)


def _fill(tree: dict[str, Any], today: dt.date) -> set[str]:
    """Put placeholders where a field the Exam needs is missing; their pointers."""
    filled = set()
    for path, value in (*_GAPS, (("exam", "date"), today.isoformat())):
        parent = reading.at(tree, path[:-1])
        if isinstance(parent, dict) and path[-1] not in parent:
            parent[str(path[-1])] = copy.deepcopy(value)
            filled.add("/" + "/".join(map(str, path)))
    return filled


def _prune(tree: dict[str, Any], path: Path) -> bool:
    """Leave out the smallest part that holds a refused or missing value; False when nothing can be left out."""
    cut = _whole_entry(path)
    while cut:
        parent = reading.at(tree, cut[:-1])
        if isinstance(parent, list) and isinstance(cut[-1], int) and cut[-1] < len(parent):
            parent[cut[-1]] = None
            return True
        if isinstance(parent, dict) and cut[-1] in parent:
            del parent[cut[-1]]
            return True
        cut = cut[:-1]
    return not path or reading.at(tree, path) is None


def _path(pointer: str) -> Path:
    return tuple(int(key) if key.isdigit() else key for key in pointer.split("/")[1:])


def _prune_entry(tree: dict[str, Any], path: Path) -> None:
    """A list entry that lacks a part, or whose id is another's, is left out as a whole."""
    if any(isinstance(key, int) for key in path):
        _prune(tree, path)


def _whole_entry(path: Path) -> Path:
    """A sign without its name, status or place is no sign; a part of another list entry goes with its entry."""
    numbers = [n for n, key in enumerate(path) if isinstance(key, int)]
    if not numbers:
        return path
    last = numbers[-1]
    names = {str(key) for key in path[last + 1 :]}
    if path[last - 1] == "findings" and not names <= _NAMING:
        return path
    return path[: last + 1]
