"""The outbox: each signed version to each target, in the order of its report, however often a worker dies.

A claim is a lease: it is given back by time when its worker was killed. What follows in the same report waits while an
earlier version may still be sent. It does not wait for a dead letter: each version is whole, and a correction must get
out; the dead letter can no longer be sent once a newer version is there. A receiver never gets an older version over a
newer one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from reporter.delivery.store import database, sending
from reporter.delivery.store.auditing import Entry, append
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import DeliveryOrderError, LeaseLostError, UnknownError
from reporter.delivery.store.sending import ABANDONED, DEAD, DELIVERED, LEASED, PENDING, Delivery, delivery_of
from reporter.delivery.store.tables import outbox

MAX_LEASE = dt.timedelta(minutes=15)
MAX_WAIT = dt.timedelta(hours=6)
MINUTE = dt.timedelta(minutes=1)
_SENT = (DELIVERED, LEASED)
_NO_LEASE = {"lease": None, "lease_until": None}


class Outbox(Base):
    """What is to be sent."""

    def enqueue(self, report_id: str, n: int, targets: Iterable[str]) -> list[Delivery]:
        """Send a signed version to these targets too."""
        with self._writing() as connection:
            database.lock(connection, f"report {report_id}")
            return sending.enqueue(connection, report_id, n, targets, self._clock())

    def claim(self, target: str, *, lease: dt.timedelta = MINUTE) -> Delivery | None:
        """The next delivery that is due, for this worker alone until the lease ends; None when there is none.

        The attempt is counted here: a worker that dies has tried.
        """
        now = self._clock()
        with self._writing() as connection:
            found = connection.execute(_next(target, now)).scalar()
            if found is None:
                return None
            until = now + min(lease, MAX_LEASE)
            change = {"status": LEASED, "lease": str(uuid.uuid4()), "lease_until": until}
            taken = update(outbox).where(outbox.c.id == found).values(**change, attempts=outbox.c.attempts + 1)
            return delivery_of(connection.execute(taken.returning(outbox)).mappings().one())

    def mark_delivered(self, delivery: Delivery, receipt: str = "", audit: Entry | None = None) -> Delivery:
        """The receiver has it. Raises LeaseLostError."""
        done = {"status": DELIVERED, "delivered_at": self._clock(), "receipt": receipt, "error": None}
        return self._change(delivery, audit, **done, **_NO_LEASE)

    def mark_failed(
        self, delivery: Delivery, error: str, *, retry_in: dt.timedelta | None, audit: Entry | None = None
    ) -> Delivery:
        """Try again in a while, or never (`None`: a dead letter, waiting for a person). Raises LeaseLostError."""
        if retry_in is None:
            return self._change(delivery, audit, status=DEAD, error=error, **_NO_LEASE)
        then = self._clock() + min(retry_in, MAX_WAIT)
        return self._change(delivery, audit, status=PENDING, error=error, next_attempt=then, **_NO_LEASE)

    def replay(self, delivery_id: int) -> Delivery:
        """Send again. Raises DeliveryOrderError when a newer version of the report went there, or is on its way."""
        with self._writing() as connection:
            row = _locked(connection, delivery_id)
            later = select(outbox.c.id).where(_same_line(row), outbox.c.id > row.id, outbox.c.status.in_(_SENT))
            if connection.execute(later).first() is not None:
                raise DeliveryOrderError(delivery_id)
            again = {"status": PENDING, "attempts": 0, "next_attempt": self._clock(), "delivered_at": None}
            return _updated(connection, outbox.c.id == delivery_id, {**again, **_NO_LEASE})

    def abandon(self, delivery_id: int) -> Delivery:
        """Never send it; what follows in the same report may go. A delivered one stays delivered."""
        with self._writing() as connection:
            row = _locked(connection, delivery_id)
            if row.status == DELIVERED:
                return row
            return _updated(connection, outbox.c.id == delivery_id, {"status": ABANDONED, **_NO_LEASE})

    def delivery(self, delivery_id: int) -> Delivery:
        """One delivery. Raises UnknownError."""
        with self._reading() as connection:
            return _found(connection, select(outbox).where(outbox.c.id == delivery_id), delivery_id)

    def deliveries(
        self,
        *,
        status: str | None = None,
        target: str | None = None,
        report_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Deliveries, last first; `before` an id gives the page that follows."""
        query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
        wanted = {outbox.c.status: status, outbox.c.target: target, outbox.c.report_id: report_id}
        query = query.where(*(column == value for column, value in wanted.items() if value is not None))
        query = query if before is None else query.where(outbox.c.id < before)
        with self._reading() as connection:
            return [delivery_of(row) for row in connection.execute(query).mappings()]

    def delivery_counts(self) -> dict[tuple[str, str], int]:
        """How many deliveries each target has in each status."""
        query = select(outbox.c.target, outbox.c.status, func.count()).group_by(outbox.c.target, outbox.c.status)
        with self._reading() as connection:
            return {(target, status): count for target, status, count in connection.execute(query)}

    def _change(self, delivery: Delivery, audit: Entry | None, **values: Any) -> Delivery:
        """Change a delivery that this worker still holds, and write the act down with it."""
        mine = and_(outbox.c.id == delivery.id, outbox.c.status == LEASED, outbox.c.lease == delivery.lease)
        query = update(outbox).where(mine).values(**values).returning(outbox)
        with self._writing() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                raise LeaseLostError(delivery.id)
            if audit is not None:
                append(connection, audit, self._clock())
        return delivery_of(row)


def _next(target: str, now: dt.datetime) -> Select[Any]:
    """The first one due whose earlier ones are done; a time too far ahead comes from a clock that went back."""
    earlier = outbox.alias()
    waiting = select(earlier.c.id).where(
        earlier.c.report_id == outbox.c.report_id,
        earlier.c.target == target,
        earlier.c.id < outbox.c.id,
        earlier.c.status.in_((PENDING, LEASED)),
    )
    due = or_(
        and_(outbox.c.status == PENDING, _reached(outbox.c.next_attempt, now, MAX_WAIT)),
        and_(outbox.c.status == LEASED, _reached(outbox.c.lease_until, now, MAX_LEASE)),
    )
    query = select(outbox.c.id).where(outbox.c.target == target, due, ~waiting.exists())
    return query.order_by(outbox.c.id).limit(1).with_for_update(skip_locked=True)


def _reached(moment: ColumnElement[Any], now: dt.datetime, longest: dt.timedelta) -> ColumnElement[bool]:
    return or_(moment <= now, moment > now + longest)


def _same_line(delivery: Delivery) -> ColumnElement[bool]:
    return and_(outbox.c.report_id == delivery.report_id, outbox.c.target == delivery.target)


def _locked(connection: Connection, delivery_id: int) -> Delivery:
    return _found(connection, select(outbox).where(outbox.c.id == delivery_id).with_for_update(), delivery_id)


def _found(connection: Connection, query: Select[Any], delivery_id: int) -> Delivery:
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownError("envoi", str(delivery_id))
    return delivery_of(row)


def _updated(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> Delivery:
    query = update(outbox).where(which).values(**values).returning(outbox)
    return delivery_of(connection.execute(query).mappings().one())
