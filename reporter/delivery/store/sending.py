"""What the outbox holds: a delivery, its row, and how one is written with a new version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert

from reporter.delivery.store.tables import outbox

PENDING, LEASED, DELIVERED, DEAD, ABANDONED = "pending", "leased", "delivered", "dead", "abandoned"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version of a report on its way to one target; `id` grows with time and gives the order."""

    id: int
    target: str
    report_id: str
    n: int
    status: str
    attempts: int
    created: dt.datetime
    next_attempt: dt.datetime
    lease: str | None
    lease_until: dt.datetime | None
    delivered_at: dt.datetime | None
    error: str | None
    receipt: str | None


def enqueue(connection: Connection, report_id: str, n: int, targets: Iterable[str], now: dt.datetime) -> list[Delivery]:
    """One delivery for each target, to be sent at once."""
    return [_enqueued(connection, report_id, n, target, now) for target in targets]


def _enqueued(connection: Connection, report_id: str, n: int, target: str, now: dt.datetime) -> Delivery:
    row = {"target": target, "report_id": report_id, "n": n, "status": PENDING, "attempts": 0}
    query = insert(outbox).values(**row, created=now, next_attempt=now).returning(outbox)
    return delivery_of(connection.execute(query).mappings().one())


def delivery_of(row: RowMapping) -> Delivery:
    """The record of a row of the outbox."""
    return Delivery(**{name: row[name] for name in Delivery.__slots__})
