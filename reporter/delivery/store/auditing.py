"""The audit trail: one line for each act, each holding the hash of the line before.

Whoever changes or removes a line breaks the chain from there on. The head (number and hash of the last line), kept
elsewhere from time to time, shows a tail that was cut off. The database itself refuses to change or delete a line.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from reporter.delivery.store import database
from reporter.delivery.store.base import Base
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.prepared import Prepared
from reporter.delivery.store.tables import audit
from reporter.delivery.store.together import Together

START = "0" * 64
_PAGE = 500
_NAME = "audit"
"""The lock under which a line is added."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An act: who did what to what, and how it ended. `detail` names no patient beyond `patient`."""

    action: str
    outcome: str
    actor: str = ""
    actor_name: str = ""
    entity: str = ""
    entity_id: str = ""
    patient: str = ""
    correlation: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """An act as it was written down; `seq` has no gap."""

    seq: int
    at: dt.datetime
    action: str
    outcome: str
    actor: str
    actor_name: str
    entity: str
    entity_id: str
    patient: str
    correlation: str
    detail: dict[str, Any]
    previous: str
    hash: str

    def computed(self) -> str:
        """The hash this content has now."""
        return _hash(self.seq, self.at, self.previous, [getattr(self, name) for name in _ENTRY])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Is the whole trail as it was written? `broken` is the number of the first line that is not."""

    intact: bool
    count: int
    broken: int | None


_ENTRY = tuple(f.name for f in dataclasses.fields(Entry))
# made once: SQLAlchemy need not make and compare them again for each line
_INSERT = insert(audit)
_HEAD = select(audit).order_by(audit.c.seq.desc()).limit(1)
_LAST = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)


class Audit(Base):
    """Lines are added and read, never changed."""

    def audit(self, entry: Entry) -> Line:
        """Write an act down; those of other threads may go into the same transaction."""
        return self._together.add(entry)

    @cached_property
    def _together(self) -> Together[Entry, Line]:
        return Together(self._written)

    def _written(self, entries: Sequence[Entry]) -> list[Line]:
        with self._writing_in_turn(_NAME) as connection:
            lines = _lines(self._last.first(connection, {}), entries, self._clock())
            self._insert.each(connection, map(_row, lines))
            return lines

    @cached_property
    def _last(self) -> Prepared:
        return self._prepared(_LAST)

    @cached_property
    def _insert(self) -> Prepared:
        return self._prepared(_INSERT)

    def audit_lines(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        actor: str | None = None,
        action: str | None = None,
        entity_id: str | None = None,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
    ) -> list[Line]:
        """Lines in the order of the acts; `after` a number gives the page that follows."""
        query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
        wanted = {audit.c.actor: actor, audit.c.action: action, audit.c.entity_id: entity_id}
        query = query.where(*(column == value for column, value in wanted.items() if value is not None))
        query = query if since is None else query.where(audit.c.at >= since)
        query = query if until is None else query.where(audit.c.at < until)
        with self._reading() as connection:
            return [_line_of(row) for row in connection.execute(query).mappings()]

    def audit_iter(self) -> Iterator[Line]:
        """Every line, a page at a time."""
        page = self.audit_lines(limit=_PAGE)
        while page:
            yield from page
            page = self.audit_lines(after=page[-1].seq, limit=_PAGE)

    def audit_head(self) -> Line | None:
        """The last line."""
        with self._reading() as connection:
            return _head(connection)

    def verify_audit(self, head: tuple[int, str] | None = None) -> Verdict:
        """Compute every hash again; `head` is the number and the hash of a line noted earlier, elsewhere."""
        previous, count = START, 0
        for line in self.audit_iter():
            noted = head is None or line.seq != head[0] or line.hash == head[1]
            if line.seq != count + 1 or line.previous != previous or line.hash != line.computed() or not noted:
                return Verdict(False, count, count + 1)
            previous, count = line.hash, count + 1
        if head is not None and head[0] > count:
            return Verdict(False, count, count + 1)
        return Verdict(True, count, None)


def append(connection: Connection, entry: Entry, now: dt.datetime) -> Line:
    """The next line of the chain, inside a transaction; one writer at a time."""
    database.lock(connection, _NAME)
    [line] = _lines(connection.execute(_LAST).first(), [entry], now)
    connection.execute(_INSERT, _row(line))
    return line


def _lines(last: Sequence[Any] | None, entries: Sequence[Entry], now: dt.datetime) -> list[Line]:
    """Those that follow the number and the hash of the last one."""
    seq, previous = last or (0, START)
    lines: list[Line] = []
    for entry in entries:
        seq += 1
        values = {name: getattr(entry, name) for name in _ENTRY}
        made = _hash(seq, now, previous, list(values.values()))
        lines.append(Line(seq=seq, at=now, previous=previous, hash=made, **values))
        previous = made
    return lines


def _row(line: Line) -> dict[str, Any]:
    return {**{name: getattr(line, name) for name in Line.__slots__}, "detail": dumps(line.detail)}


def _hash(seq: int, at: dt.datetime, previous: str, values: list[Any]) -> str:
    content = [seq, at.astimezone(dt.UTC).isoformat(timespec="microseconds"), previous, *values]
    return hashlib.sha256(dumps(content).encode("utf-8")).hexdigest()


def _head(connection: Connection) -> Line | None:
    row = connection.execute(_HEAD).mappings().first()
    return None if row is None else _line_of(row)


def _line_of(row: RowMapping) -> Line:
    values = {name: row[name] for name in Line.__slots__}
    return Line(**{**values, "detail": loads(row["detail"])})
