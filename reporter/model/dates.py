"""Dates that keep their precision (« octobre 2013 » is 2013-10, never 2013-10-01)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from reporter.model.quick import quick

_PATTERN = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?\Z")


@quick
@dataclass(frozen=True, slots=True)
class PartialDate:
    """YYYY-MM or YYYY-MM-DD."""

    year: int
    month: int
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Raise ValueError on anything but a real YYYY-MM or YYYY-MM-DD date.

        A whole one that ISO 8601 writes so, as nearly all are, is read three times faster by `datetime`.
        """
        if len(text) == 10 and text[4] == "-" == text[7]:
            try:
                whole = dt.date.fromisoformat(text)
            except ValueError:
                pass
            else:
                return cls(whole.year, whole.month, whole.day)
        match = _PATTERN.match(text)
        if match is None:
            raise ValueError(text)
        year, month, day = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
        dt.date(year, month, 1 if day is None else day)
        return cls(year, month, day)

    def before(self, other: PartialDate) -> bool:
        """Strictly earlier; compared at month level when either has no day (DOMAIN_MODEL §6)."""
        if (self.year, self.month) != (other.year, other.month) or self.day is None or other.day is None:
            return (self.year, self.month) < (other.year, other.month)
        return self.day < other.day

    def same(self, other: PartialDate) -> bool:
        """Neither before nor after at the precision both have."""
        return not self.before(other) and not other.before(self)

    def months_since(self, earlier: PartialDate) -> int:
        """Whole calendar months from `earlier` to this date."""
        months = (self.year - earlier.year) * 12 + self.month - earlier.month
        if self.day is not None and earlier.day is not None and self.day < earlier.day:
            months -= 1
        return months

    def years_since(self, earlier: PartialDate) -> int:
        """Completed years, as an age is counted."""
        return self.months_since(earlier) // 12

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")


def is_date(text: str) -> bool:
    """Is the text a real YYYY-MM or YYYY-MM-DD date?"""
    try:
        PartialDate.parse(text)
    except ValueError:
        return False
    return True
