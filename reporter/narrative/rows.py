"""Grouping of statements: one row says one thing of one or several sites (STYLE §6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reporter.model.exam import Site
from reporter.model.report import Statement

_SEVERITIES = ("minimal", "moderate", "marked")


@dataclass(frozen=True, slots=True)
class Row:
    """Statements said together. `sites` are merged (right + left = bilateral); `severities`: by side if different."""

    statements: tuple[Statement, ...]
    sites: tuple[Site, ...]
    severities: tuple[tuple[str, str | None], ...] = ()

    @property
    def head(self) -> Statement:
        """The statement that gives the words."""
        return self.statements[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of every statement of the row."""
        return tuple(s.id for s in self.statements)

    @property
    def change(self) -> str | None:
        """Evolution against a prior exam."""
        return self.head.evolution.change if self.head.evolution else None


def group(statements: Sequence[Statement], *, merge_levels: bool = True) -> list[Row]:
    """Rows in input order: sides first, then sites of the same side."""
    return _merge_sites(_merge_sides(statements), merge_levels)


def _merge_sides(statements: Sequence[Statement]) -> list[Row]:
    rows: list[Row] = []
    for statement in statements:
        for index, row in enumerate(rows):
            joined = _join_sides(row, statement)
            if joined is not None:
                rows[index] = joined
                break
        else:
            rows.append(Row((statement,), (statement.site,) if statement.site else ()))
    return rows


def _join_sides(row: Row, new: Statement) -> Row | None:
    """The bilateral row of two statements that differ by side, and at most by severity."""
    old = row.head
    if len(row.statements) > 1 or old.site is None or new.site is None:
        return None
    if {old.site.laterality, new.site.laterality} != {"left", "right"}:
        return None
    if replace(old.site, laterality=None) != replace(new.site, laterality=None):
        return None
    if _key(old, severity=False) != _key(new, severity=False):
        return None
    both = replace(old.site, laterality="bilateral")
    pair = tuple(sorted((old, new), key=lambda s: _severity_rank(s), reverse=True))
    if _severity(old) == _severity(new):
        return Row((old, new), (both,))
    return Row(pair, (both,), tuple((str(s.site.laterality), _severity(s)) for s in pair if s.site))


def _merge_sites(rows: Iterable[Row], merge_levels: bool) -> list[Row]:
    result: list[Row] = []
    for row in rows:
        for index, known in enumerate(result):
            if _same_words(known, row, merge_levels):
                sites = tuple(dict.fromkeys((*known.sites, *row.sites)))
                result[index] = Row((*known.statements, *row.statements), sites)
                break
        else:
            result.append(row)
    return result


def _same_words(one: Row, other: Row, merge_levels: bool) -> bool:
    """Two rows whose sites can be listed after the same words."""
    if not one.sites or not other.sites or one.severities or other.severities:
        return False
    first, second = one.sites[0], other.sites[0]
    if first.laterality != second.laterality or (not merge_levels and first.level != second.level):
        return False
    if one.head.comment or other.head.comment:
        return False
    return _key(one.head) == _key(other.head)


def _key(statement: Statement, *, severity: bool = True) -> tuple[object, ...]:
    """Everything a sentence says beyond the site; a related sign of its own keeps rows apart."""
    attributes = frozenset((a.name, str(a.value)) for a in statement.attributes if severity or a.name != "severity")
    change = statement.evolution.change if statement.evolution else None
    return (
        statement.concept, statement.status, attributes, statement.measures, change, statement.relations,
        statement.count, statement.comment,
    )  # fmt: skip


def _severity(statement: Statement) -> str | None:
    value = statement.attribute("severity")
    return None if value is None else str(value)


def _severity_rank(statement: Statement) -> int:
    value = _severity(statement)
    return _SEVERITIES.index(value) + 1 if value in _SEVERITIES else 0
