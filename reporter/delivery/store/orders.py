"""The work list: orders as received, the patients they are for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from reporter.catalog.text import alias_key
from reporter.delivery.store import database, indexing, orderrows, tables
from reporter.delivery.store.auditing import Entry, append
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import StaleOrderError, UnknownError
from reporter.delivery.store.jsontext import dumps
from reporter.delivery.store.orderrows import CANCELLED, RECEIVED, STARTED, NewOrder, Order, Patient, order_of

_OPEN = (RECEIVED, STARTED)
Act = Callable[[Order, bool], Entry]
"""What an order as it is kept, new or not, leaves in the audit trail."""


class Orders(Base):
    """Orders and patients."""

    def put_order(
        self,
        new: NewOrder,
        resources: Sequence[Mapping[str, Any]] = (),
        *,
        expected: int | None = None,
        audit: Act | None = None,
    ) -> tuple[Order, bool]:
        """Keep an order, or bring the one of this key up to date (its id stays); True when it is new.

        `resources` are served and searched like those of a report; an update replaces them.
        `audit` is written down in the same transaction. Raises StaleOrderError when the order there is not at the
        `expected` version.
        """
        now = self._clock()
        with self._writing() as connection:
            database.lock(connection, f"order {new.key}")
            if new.patient is not None:
                _put_patient(connection, new.patient, now)
            values = orderrows.order_values(connection, new, now)
            known = _by(connection, tables.orders.c.key == new.key)
            if expected is not None and known is not None and known.version != expected:
                raise StaleOrderError(known.id, expected, known.version)
            order = _inserted(connection, new, values) if known is None else _changed(connection, known, new, values)
            indexing.keep(connection, indexing.order_holder(order.id), resources, now)
            if audit is not None:
                append(connection, audit(order, known is None), now)
        return order, known is None

    def order(self, order_id: str) -> Order:
        """One order. Raises UnknownError."""
        with self._reading() as connection:
            found = _by(connection, tables.orders.c.id == order_id)
        if found is None:
            raise UnknownError("demande", order_id)
        return found

    def order_by_key(self, key: str) -> Order | None:
        """The order of a business identifier."""
        with self._reading() as connection:
            return _by(connection, tables.orders.c.key == key)

    def orders(
        self,
        *,
        statuses: Sequence[str] = _OPEN,
        text: str = "",
        patient_key: str | None = None,
        accession: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Order]:
        """The work list, last received first; every word of `text` is in the line, accents and case aside."""
        table = tables.orders
        query = select(table).where(table.c.status.in_(statuses)).order_by(table.c.seq.desc())
        wanted = {table.c.patient_key: patient_key, table.c.accession: accession}
        query = query.where(*(column == value for column, value in wanted.items() if value is not None))
        query = query.where(*(table.c.words.contains(word, autoescape=True) for word in alias_key(text).split()))
        with self._reading() as connection:
            return [order_of(row) for row in connection.execute(query.limit(limit).offset(offset)).mappings()]

    def start_order(self, order_id: str, draft_id: str) -> Order:
        """A draft answers it."""
        with self._writing() as connection:
            change = {"status": STARTED, "draft_id": draft_id, "updated": self._clock()}
            return orderrows.change(connection, order_id, change)

    def patient(self, key: str) -> Patient:
        """One patient. Raises UnknownError."""
        with self._reading() as connection:
            row = connection.execute(select(tables.patients).where(tables.patients.c.key == key)).mappings().first()
        if row is None:
            raise UnknownError("patient", key)
        return orderrows.patient_of(row)

    def patients(self, text: str = "", limit: int = 50) -> list[Patient]:
        """Patients whose name, birth date or identifiers hold every word, accents and case aside."""
        table = tables.patients
        query = select(table).order_by(table.c.name, table.c.key).limit(limit)
        query = query.where(*(table.c.words.contains(word, autoescape=True) for word in alias_key(text).split()))
        with self._reading() as connection:
            return [orderrows.patient_of(row) for row in connection.execute(query).mappings()]


def _inserted(connection: Connection, new: NewOrder, values: dict[str, Any]) -> Order:
    order_id, now = str(uuid.uuid4()), values["updated"]
    connection.execute(insert(tables.requests).values(id=order_id, payload=dumps(new.payload), received=now))
    row = {"id": order_id, "key": new.key, "status": new.status, "version": 1, "created": now}
    query = insert(tables.orders).values(**row, **values).returning(tables.orders)
    return order_of(connection.execute(query).mappings().one())


def _changed(connection: Connection, known: Order, new: NewOrder, values: dict[str, Any]) -> Order:
    """A later message of the same order: what was started or reported stays so, unless it is cancelled."""
    table = tables.requests
    connection.execute(update(table).where(table.c.id == known.id).values(payload=dumps(new.payload)))
    status = new.status if CANCELLED in (new.status, known.status) else known.status
    return orderrows.change(connection, known.id, {**values, "status": status})


def _by(connection: Connection, which: ColumnElement[bool]) -> Order | None:
    row = connection.execute(select(tables.orders).where(which)).mappings().first()
    return None if row is None else order_of(row)


def _put_patient(connection: Connection, person: Patient, now: dt.datetime) -> Patient:
    database.lock(connection, f"patient {person.key}")
    table, values = tables.patients, orderrows.patient_values(person, now)
    done = connection.execute(update(table).where(table.c.key == person.key).values(**values))
    if done.rowcount == 0:
        connection.execute(insert(table).values(key=person.key, **values))
    return orderrows.patient_of(connection.execute(select(table).where(table.c.key == person.key)).mappings().one())
