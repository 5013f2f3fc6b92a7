"""Grouping of statements: one row says one thing of one or several sites (STYLE §6.3)."""

from __future__ import annotations

from collections.abc import Sequence

from reporter.model.exam import Site
from reporter.model.report import Attribute, Statement, make_statement

_SEVERITIES = ("minimal", "moderate", "marked")
_OPPOSITE = {"left": "right", "right": "left"}


class Row:
    """Statements said together. `sites` are merged (right + left = bilateral); `severities`: by side if different.

    `head` is the statement that gives the words, `change` its evolution against a prior exam.
    """

    __slots__ = ("change", "head", "ids", "severities", "sites", "statements")

    def __init__(
        self,
        statements: Sequence[Statement],
        sites: tuple[Site, ...],
        severities: tuple[tuple[str, str | None], ...] = (),
    ) -> None:
        self.statements, self.sites, self.severities = statements, sites, severities
        self.head = head = statements[0]
        self.ids = (head.id,) if len(statements) == 1 else tuple([s.id for s in statements])
        self.change = head.evolution.change if head.evolution else None


def group(statements: Sequence[Statement], *, merge_levels: bool = True) -> list[Row]:
    """Rows in input order: sides first, then sites of the same side.

    Only statements of one concept and status can share a row: the whole key, which is long to make, is made for these.
    """
    if len(statements) < 2:
        return [_alone(statement) for statement in statements]
    alike: dict[tuple[str, str | None], int] = {}
    for statement in statements:
        kind = statement.concept, statement.status
        alike[kind] = alike.get(kind, 0) + 1
    if len(alike) == len(statements):
        return [_alone(statement) for statement in statements]
    lonely = {kind for kind, count in alike.items() if count == 1}
    return _merge_sites(_merge_sides(statements, lonely), merge_levels, lonely)


def _alone(statement: Statement) -> Row:
    return Row((statement,), (statement.site,) if statement.site else ())


def _merge_sides(statements: Sequence[Statement], lonely: set[tuple[str, str | None]]) -> list[Row]:
    """A statement joins the first row that says the same of the other side, and at most another severity."""
    rows: list[Row] = []
    waiting: dict[tuple[object, ...], list[int]] = {}
    for statement in statements:
        site = statement.site
        if site is None or site.laterality not in _OPPOSITE or (statement.concept, statement.status) in lonely:
            rows.append(_alone(statement))
            continue
        place = site.code, site.level, site.number, site.part, site.zones, _key(statement)
        twins = waiting.get((_OPPOSITE[site.laterality], *place))
        if twins:
            index = twins.pop(0)
            rows[index] = _both_sides(rows[index].head, statement, site)
        else:
            waiting.setdefault((site.laterality, *place), []).append(len(rows))
            rows.append(_alone(statement))
    return rows


def _both_sides(old: Statement, new: Statement, site: Site) -> Row:
    """The bilateral row of two statements that differ by side, and at most by severity (the worse one first)."""
    both = (site.on("bilateral"),)
    if _severity(old) == _severity(new):
        return Row((old, new), both)
    pair = tuple(sorted((old, new), key=_severity_rank, reverse=True))
    return Row(pair, both, tuple((str(s.site.laterality), _severity(s)) for s in pair if s.site))


def _merge_sites(rows: Sequence[Row], merge_levels: bool, lonely: set[tuple[str, str | None]]) -> list[Row]:
    """Rows whose sites can be listed after the same words become one, at the place of the first."""
    groups: dict[object, list[Row]] = {}
    for position, row in enumerate(rows):
        head = row.head
        if not row.sites or row.severities or head.comment or (head.concept, head.status) in lonely:
            groups[position] = [row]
            continue
        first = row.sites[0]
        key = first.laterality, None if merge_levels else first.level, _severity(head), _key(head)
        groups.setdefault(key, []).append(row)
    return [members[0] if len(members) == 1 else _joined(members) for members in groups.values()]


def _joined(rows: Sequence[Row]) -> Row:
    sites = tuple(dict.fromkeys([site for row in rows for site in row.sites]))
    return Row([statement for row in rows for statement in row.statements], sites)


def _key(statement: Statement) -> tuple[object, ...]:
    """Everything a sentence says beyond the site and the severity; a related sign of its own keeps rows apart."""
    attributes: object = ()
    if statement.attributes:
        said = [(a.name, str(a.value)) for a in statement.attributes if a.name != "severity"]
        attributes = frozenset(said) if len(said) > 1 else tuple(said)
    change = statement.evolution.change if statement.evolution else None
    return (
        statement.concept, statement.status, attributes, statement.measures, change, statement.relations,
        statement.count, statement.comment,
    )  # fmt: skip


def bare(statement: Statement, attributes: tuple[Attribute, ...], count: int | str | None) -> Statement:
    """The statement with these attributes and nothing else to say (made directly: `replace` costs four times more)."""
    return make_statement(
        statement.id, statement.kind, statement.concept, statement.origin, statement.source_id, statement.site,
        statement.status, statement.value, statement.unit, attributes, (), statement.evolution, (), count, None,
        statement.evidence,
    )  # fmt: skip


def _severity(statement: Statement) -> str | None:
    value = statement.attribute("severity")
    return None if value is None else str(value)


def _severity_rank(statement: Statement) -> int:
    value = _severity(statement)
    return _SEVERITIES.index(value) + 1 if value in _SEVERITIES else 0
