"""Two small plots as accessible SVG: bone density over the dates with its LSC band, and sites over the exams.

Each comes with a table of the same values, so that nothing is said by the picture alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reporter import french
from reporter.catalog.entries import Catalog
from reporter.intake.values import to_decimal
from reporter.model.dates import PartialDate
from reporter.rules.measures import DEFAULT_LSC
from reporter.settings import Settings
from reporter.web import svg
from reporter.web.schema.places import Place, names_of, places_of

_PLACES = 3
_RANK = ("present", "indeterminate", "absent", "not_assessed")


@dataclass(frozen=True, slots=True)
class Point:
    """One measure: when, how much, and what makes it comparable with another."""

    date: PartialDate
    bmd: Decimal
    device: str | None = None
    vertebrae: frozenset[str] = frozenset()

    def follows(self, other: Point) -> bool:
        """Same device string and same vertebrae, as the rules ask before they speak of a change."""
        same_set = not (self.vertebrae and other.vertebrae) or self.vertebrae == other.vertebrae
        return self.device is not None and self.device == other.device and same_set


@dataclass(frozen=True, slots=True)
class Trend:
    """The measures of one densitometric region and side, oldest first; `lsc` its least significant change."""

    site: str
    laterality: str | None
    points: tuple[Point, ...]
    lsc: Decimal


def dxa_trend(data: Mapping[str, Any], catalog: Catalog, settings: Settings | None = None) -> str:
    """One figure per region measured at least twice; nothing when there is none."""
    found = [trend for trend in trends(data, catalog) if len(trend.points) > 1]
    return "\n".join(_trend(n, trend, catalog, settings or Settings()) for n, trend in enumerate(found))


def trends(data: Mapping[str, Any], catalog: Catalog) -> list[Trend]:
    """Measures of this exam, of the earlier value given with each, and of prior densitometries; one per date."""
    dxa = _mapping(data.get("dxa"))
    found: dict[tuple[str, str | None], dict[PartialDate, Point]] = {}
    exams = [(p, _mapping(p.get("dxa"))) for p in _rows(data.get("comparisons"))] + [(_mapping(data.get("exam")), dxa)]
    for exam, values in exams:
        device = _mapping(exam.get("technique")).get("device")
        for measure in _rows(values.get("measurements")):
            if measure.get("site") in catalog.rois:
                points = found.setdefault((str(measure["site"]), _text(measure.get("laterality"))), {})
                prior = _mapping(measure.get("prior"))
                points.update(_point(prior.get("date"), prior, prior.get("device")))
                points.update(_point(exam.get("date"), measure, device))
    given = _mapping(dxa.get("lsc"))
    return [
        Trend(site, side, tuple(sorted(points.values(), key=lambda p: _order(p.date))), _lsc(given.get(site)))
        for (site, side), points in found.items()
        if points
    ]


def timeline(data: Mapping[str, Any], catalog: Catalog, settings: Settings | None = None) -> str:
    """Sites in rows, exams in columns; nothing without a dated prior exam that has findings."""
    exams = dict(sorted(_exams(data, catalog), key=lambda pair: _order(pair[0])))
    sites = [place for rows in exams.values() for place, status in rows.items() if status == "present"]
    if len(exams) < 2 or not sites:
        return ""
    return _timeline(exams, list(dict.fromkeys(sites)), catalog, settings or Settings())


def _exams(data: Mapping[str, Any], catalog: Catalog) -> Iterator[tuple[PartialDate, dict[Place, str]]]:
    """(date, place → strongest status) of each exam."""
    priors = [(p.get("date"), p.get("findings")) for p in _rows(data.get("comparisons"))]
    for given, findings in [*priors, (_mapping(data.get("exam")).get("date"), data.get("findings"))]:
        date, rows = _date(given), _rows(findings)
        if date is not None and rows:
            yield date, _statuses(rows, catalog.sites)


def _statuses(rows: Sequence[Mapping[str, Any]], known: Container[str]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for row in rows:
        status = row.get("status")
        for place in places_of(row, known):
            if status in _RANK and _RANK.index(status) <= _RANK.index(found.get(place, _RANK[-1])):
                found[place] = status
    return found


def _trend(n: int, trend: Trend, catalog: Catalog, settings: Settings) -> str:
    words = catalog.lexicon["schema"]["plots"]
    site = french.roi_np(trend.site, trend.laterality, catalog).text
    title = french.typeset(words["trend"].format(site=site), settings)
    *_, base, last = trend.points
    tested, values = last.follows(base), [point.bmd for point in trend.points]
    around = [base.bmd - trend.lsc, base.bmd + trend.lsc] if tested else []
    when = [_months(point.date) for point in trend.points]
    frame = svg.Frame(440, 210, min(*values, *around), max(*values, *around), when)
    broken = [not after.follows(before) for before, after in pairwise(trend.points)]
    body = [
        *([svg.band(frame, *around)] if tested else []),
        *svg.grid(frame, lambda value: french.number(value, 2), words["axis"]),
        *svg.lines(frame, values, broken),
        *svg.points(frame, values, [french.number(value, _PLACES) for value in values]),
        *svg.dates(frame, [_short(point.date) for point in trend.points]),
    ]
    said = words["trend_desc" if tested else "untested"].format(lsc=_bmd(trend.lsc), date=french.of_date(base.date))
    table = svg.table(words["table"], tuple(words["columns"].values()), _values(trend))
    return svg.figure(f"plot-dxa-{n}", title, french.typeset(said, settings), frame.width, frame.height, body, table)


def _values(trend: Trend) -> list[tuple[str, str, str]]:
    """Date, value, and the change since the value before when the two can be compared."""
    before: Sequence[Point | None] = (None, *trend.points)
    return [
        (
            french.date_fr(point.date),
            _bmd(point.bmd),
            french.number(point.bmd - prior.bmd, _PLACES, signed=True) if prior and point.follows(prior) else "",
        )
        for prior, point in zip(before, trend.points, strict=False)
    ]


def _timeline(
    exams: Mapping[PartialDate, Mapping[Place, str]], sites: list[Place], catalog: Catalog, settings: Settings
) -> str:
    words, names = catalog.lexicon["schema"]["plots"], names_of(catalog, settings)
    labels = [names.label(place) for place in sites]
    states = [[rows.get(place, "none") for rows in exams.values()] for place in sites]
    body, width, height = svg.rows(labels, [_short(date) for date in exams], states)
    said = words["states"]
    table = svg.table(
        words["table"],
        (words["site"], *(french.date_fr(date) for date in exams)),
        [(label, *(said[state] for state in row)) for label, row in zip(labels, states, strict=True)],
    )
    desc = french.typeset(words["timeline_desc"], settings)
    return svg.figure("plot-timeline", words["timeline"], desc, width, height, body, table)


def _point(date: object, values: Mapping[str, Any], device: object) -> dict[PartialDate, Point]:
    when, bmd, levels = _date(date), to_decimal(values.get("bmd")), values.get("vertebrae_included")
    if when is None or bmd is None:
        return {}
    named = frozenset(map(str, levels)) if isinstance(levels, list) else frozenset()
    return {when: Point(when, bmd, device if isinstance(device, str) and device else None, named)}


def _lsc(given: object) -> Decimal:
    value = to_decimal(given)
    return value if value is not None and value > 0 else DEFAULT_LSC


def _date(given: object) -> PartialDate | None:
    try:
        return PartialDate.parse(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _order(date: PartialDate) -> tuple[int, int, int]:
    return date.year, date.month, date.day or 0


def _months(date: PartialDate) -> float:
    return date.year * 12 + date.month + (date.day or 15) / 31


def _short(date: PartialDate) -> str:
    """« 03/2018 »."""
    return f"{date.month:02d}/{date.year}"


def _bmd(value: Decimal) -> str:
    return french.quantity(value, "g/cm2", _PLACES)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value in ("left", "right", "bilateral") else None
