"""Dates of FHIR as spans of time: what is written to the minute, the day or the year covers all of it.

Source: FHIR R4 « Search », § date. A date without zone is taken in UTC. Numbers are microseconds since 1970.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
FIRST, LAST = -(2**62), 2**62
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICRO = dt.timedelta(microseconds=1)
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)(T(?P<hour>\d\d):(?P<minute>\d\d)"
    r"(:(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?\Z",
    re.ASCII,
)
_STEPS = {
    "second": dt.timedelta(seconds=1),
    "minute": dt.timedelta(minutes=1),
    "day": dt.timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A date to search for: `low` included, `high` excluded."""

    prefix: str
    low: int
    high: int


def span(text: str) -> Span:
    """A search value, such as `ge2024-03`. Raises ValueError."""
    prefix = text[:2] if text[:2] in PREFIXES else ""
    low, high = bounds(text[len(prefix) :])
    return Span(prefix or "eq", low, high)


def bounds(text: str) -> tuple[int, int]:
    """First moment of a FHIR date, and the first one after it. Raises ValueError."""
    found = _DATE.match(text)
    if found is None:
        raise ValueError("not a FHIR date")
    given = {name: value for name, value in found.groupdict().items() if value is not None}
    try:
        return _bounds(given)
    except OverflowError as error:
        raise ValueError("out of the calendar") from error


def _bounds(given: Mapping[str, str]) -> tuple[int, int]:
    number = {name: int(given.get(name, "01" if name in ("month", "day") else "0")) for name in _NUMBERS}
    micro = int((given["fraction"][1:] + "000000")[:6]) if "fraction" in given else 0
    zone = dt.datetime.fromisoformat("2000-01-01T00:00" + given.get("zone", "Z")).tzinfo
    first = dt.datetime(**number, microsecond=micro, tzinfo=zone)
    if "fraction" in given:
        digits = min(len(given["fraction"]) - 1, 6)
        return micros(first), micros(first) + 10 ** (6 - digits)
    return micros(first), micros(_next(first, given))


_NUMBERS = ("year", "month", "day", "hour", "minute", "second")


def _next(first: dt.datetime, given: Mapping[str, str]) -> dt.datetime:
    for name, step in _STEPS.items():
        if name in given:
            return first + step
    if "month" in given:
        return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.replace(year=first.year + 1)


def micros(moment: dt.datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICRO


def moment(number: int) -> dt.datetime:
    """The time that many microseconds after 1970."""
    return _EPOCH + number * _MICRO


def of_element(value: Any) -> tuple[int, int] | None:
    """The span of a date, a dateTime, an instant or a Period; None for anything else."""
    try:
        if isinstance(value, str):
            return bounds(value)
        if isinstance(value, Mapping) and ("start" in value or "end" in value):
            low = bounds(value["start"])[0] if "start" in value else FIRST
            return low, bounds(value["end"])[1] if "end" in value else LAST
    except (TypeError, ValueError):
        return None
    return None
