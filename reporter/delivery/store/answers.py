"""Idempotency keys: the same request sent twice is carried out once and answered twice.

Source: draft-ietf-httpapi-idempotency-key-header, « Enforcement ».
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from reporter.delivery.store import database
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import KeyBusyError, KeyReusedError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.tables import keys

TWO_MINUTES = dt.timedelta(minutes=2)
_LONGEST = dt.timedelta(minutes=15)
_FORGOTTEN = 100
_KEPT = dt.timedelta(days=7)
"""A client that repeats a request does it within hours; the answers hold reports, which are not to be kept twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, to be answered again."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Answers(Base):
    """Keys and the answers they had."""

    def begin_key(self, key: str, request_hash: str, *, lease: dt.timedelta = TWO_MINUTES) -> Answer | None:
        """None: carry the request out, the key is yours; else the answer it had.

        A key whose first request died is free again when its lease ends. Answers of more than a week ago are forgotten.
        Raises KeyReusedError for another request, KeyBusyError while the first is carried out.
        """
        now = self._clock()
        mine = {"request_hash": request_hash, "lease_until": now + min(lease, _LONGEST), "created": now}
        with self._writing() as connection:
            database.lock(connection, f"key {key}")
            _forget_some(connection, now - _KEPT)
            row = connection.execute(select(keys).where(keys.c.key == key)).mappings().first()
            if row is None:
                connection.execute(insert(keys).values(key=key, **mine))
                return None
            if row["request_hash"] != request_hash:
                raise KeyReusedError
            if row["status"] is not None:
                return _answer_of(row)
            if now < row["lease_until"] <= now + _LONGEST:
                raise KeyBusyError
            connection.execute(update(keys).where(keys.c.key == key).values(**mine))
            return None

    def finish_key(self, key: str, answer: Answer) -> None:
        """Keep the answer."""
        done = {"status": answer.status, "headers": dumps(dict(answer.headers)), "body": answer.body}
        with self._writing() as connection:
            connection.execute(update(keys).where(keys.c.key == key).values(**done, lease_until=None))

    def forget_key(self, key: str) -> None:
        """Nothing was done: the key is free. An answer that was kept stays."""
        with self._writing() as connection:
            connection.execute(delete(keys).where(keys.c.key == key, keys.c.status.is_(None)))


def _forget_some(connection: Connection, before: dt.datetime) -> None:
    """A few at a time, so that no request pays for a year of them; those that another forgets are left to it."""
    old = select(keys.c.key).where(
        keys.c.created < before, or_(keys.c.status.is_not(None), keys.c.lease_until < before)
    )
    some = old.order_by(keys.c.created).limit(_FORGOTTEN).with_for_update(skip_locked=True)
    connection.execute(delete(keys).where(keys.c.key.in_(some)))


def _answer_of(row: RowMapping) -> Answer:
    return Answer(row["status"], loads(row["headers"]), bytes(row["body"]))
