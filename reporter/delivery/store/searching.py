"""A search over the FHIR resources, as SQL.

Source: FHIR R4 « Search »: modifiers, prefixes of dates, chained parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from reporter.catalog.text import alias_key
from reporter.delivery.store import params
from reporter.delivery.store.spans import Span
from reporter.delivery.store.tables import index, resources


@dataclass(frozen=True, slots=True)
class Match:
    """A token (`system` "": without one; None: any), or a reference (`value` is `Type/id`)."""

    value: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text: `starts` (the default of FHIR), `contains`, `exact`."""

    text: str
    how: str = "starts"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One parameter: one of its `matches`; `negate` (:not), `missing` (:missing), `chain` (patient.identifier)."""

    param: str
    matches: tuple[Match | Words | Span, ...] = ()
    negate: bool = False
    missing: bool | None = None
    chain: Criterion | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Resources of a type that meet every criterion; `sort`: parameters, `-` before one for the last first."""

    type: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 50


def page(search: Search) -> Select[Any]:
    """The rows of a page, always in the same order."""
    query = select(resources).where(*_conditions(search))
    order = [_order(search.type, name) for name in search.sort or ("-_lastUpdated",)]
    return query.order_by(*order, resources.c.id).offset(search.offset).limit(search.limit)


def total(search: Search) -> Select[Any]:
    """How many there are on all pages."""
    return select(func.count()).select_from(resources).where(*_conditions(search))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    there = [resources.c.type == search.type, resources.c.deleted.is_(False)]
    return there + [_condition(search.type, criterion) for criterion in search.criteria]


def _condition(kind: str, criterion: Criterion) -> ColumnElement[bool]:
    if criterion.param == "_id":
        wanted = [match.value for match in criterion.matches if isinstance(match, Match)]
        found: ColumnElement[bool] = resources.c.id.in_(wanted)
    elif criterion.param == "_lastUpdated":
        found = or_(false(), *(_updated(match) for match in criterion.matches if isinstance(match, Span)))
    else:
        found = resources.c.id.in_(_matching(kind, criterion))
    return ~found if criterion.negate or criterion.missing else found


def _matching(kind: str, criterion: Criterion) -> Select[Any]:
    """Ids of the resources of a type that meet a criterion."""
    mine = select(index.c.id).where(index.c.type == kind, index.c.param == criterion.param)
    if criterion.missing is not None:
        return mine
    if criterion.chain is not None:
        return mine.where(index.c.value.in_(_chained(criterion, criterion.chain)))
    return mine.where(or_(false(), *(_meets(match) for match in criterion.matches)))


def _chained(criterion: Criterion, inner: Criterion) -> Select[Any]:
    """References to the resources that meet the inner criterion."""
    target = criterion.target or params.target_of(criterion.param)
    if inner.param == "_id":
        wanted = [f"{target}/{match.value}" for match in inner.matches if isinstance(match, Match)]
        return select(index.c.value).where(index.c.param == criterion.param, index.c.value.in_(wanted))
    return select(literal(f"{target}/").concat(_matching(target, inner).subquery().c.id))


def _meets(match: Match | Words | Span) -> ColumnElement[bool]:
    if isinstance(match, Match):
        return _token(match)
    if isinstance(match, Words):
        return _text(match)
    return _date(match, index.c.low, index.c.high)


def _token(match: Match) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if match.value is not None:
        parts.append(index.c.value == match.value)
    if match.system is not None:
        parts.append(index.c.system == match.system if match.system else index.c.system.is_(None))
    return and_(*parts) if parts else false()


def _text(match: Words) -> ColumnElement[bool]:
    if match.how == "exact":
        return index.c.system == match.text
    wanted = alias_key(match.text)
    if match.how == "contains":
        return index.c.value.contains(wanted, autoescape=True)
    return index.c.value.startswith(wanted, autoescape=True)


def _updated(match: Span) -> ColumnElement[bool]:
    return _date(match, resources.c.last_updated, resources.c.last_updated + 1)


def _date(match: Span, low: ColumnElement[int], high: ColumnElement[int]) -> ColumnElement[bool]:
    """R4 « Search », prefixes: what is stored is a span too."""
    inside = and_(low >= match.low, high <= match.high)
    return {
        "eq": inside,
        "ne": ~inside,
        "gt": high > match.high,
        "lt": low < match.low,
        "ge": or_(high > match.high, inside),
        "le": or_(low < match.low, inside),
        "sa": low >= match.high,
        "eb": high <= match.low,
        "ap": and_(low < match.high, high > match.low),
    }[match.prefix]


def _order(kind: str, name: str) -> ColumnElement[object]:
    param, down = name.removeprefix("-"), name.startswith("-")
    if param == "_lastUpdated":
        column: ColumnElement[object] = resources.c.last_updated
    elif param == "_id":
        column = resources.c.id
    else:
        by = func.coalesce(index.c.low, 0) if params.search_params(kind).get(param) == params.DATE else index.c.value
        mine = and_(index.c.type == kind, index.c.id == resources.c.id, index.c.param == param)
        first = func.max(by) if down else func.min(by)
        column = select(first).where(mine).correlate(resources).scalar_subquery()
    return (column.desc() if down else column.asc()).nulls_last()
