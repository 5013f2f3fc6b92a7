"""Orders and patients ↔ rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from reporter.catalog.text import alias_key
from reporter.delivery.store import database, tables
from reporter.delivery.store.errors import UnknownError
from reporter.delivery.store.jsontext import dumps, loads

RECEIVED, STARTED, REPORTED, CANCELLED = "received", "started", "reported", "cancelled"


@dataclass(frozen=True, slots=True)
class Patient:
    """A person as received; `key` is what reports call `patient_key`."""

    key: str
    name: str | None = None
    birth_date: str | None = None
    sex: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    updated: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to keep: `key` is its business identifier (`system|value`), `payload` the partial input of its exam."""

    key: str
    payload: dict[str, Any]
    accession: str | None = None
    patient: Patient | None = None
    title: str = ""
    exam_def: str | None = None
    exam_date: str | None = None
    priority: str = "routine"
    status: str = RECEIVED


@dataclass(frozen=True, slots=True)
class Order:
    """A line of the work list; `id` is also that of the request a form starts from."""

    id: str
    key: str
    accession: str | None
    patient_key: str | None
    patient_name: str | None
    title: str
    exam_def: str | None
    exam_date: str | None
    priority: str
    status: str
    draft_id: str | None
    report_id: str | None
    version: int
    created: dt.datetime
    updated: dt.datetime


def order_of(row: RowMapping) -> Order:
    """The record of a row of `orders`."""
    return Order(**{name: row[name] for name in Order.__slots__})


def order_values(connection: Connection, new: NewOrder, now: dt.datetime) -> dict[str, Any]:
    """What a row of `orders` says of an order as received."""
    person = new.patient or Patient("")
    shown = (new.key.rpartition("|")[2], new.accession, person.key, person.name, new.title, new.exam_date)
    return {
        "accession": new.accession,
        "patient_key": person.key or None,
        "patient_name": person.name,
        "title": new.title,
        "exam_def": new.exam_def,
        "exam_date": new.exam_date,
        "priority": new.priority,
        "words": alias_key(" ".join(part for part in shown if part)),
        "updated": now,
        "seq": database.following(connection, tables.change_seq, tables.orders.c.seq),
    }


def patient_of(row: RowMapping) -> Patient:
    """The record of a row of `patients`."""
    values = {name: row[name] for name in Patient.__slots__}
    return Patient(**{**values, "identifiers": tuple(tuple(pair) for pair in loads(row["identifiers"]))})


def patient_values(person: Patient, now: dt.datetime) -> dict[str, Any]:
    """What a row of `patients` says, its key aside."""
    shown = (person.key, person.name, person.birth_date, *(value for _, value in person.identifiers))
    return {
        "name": person.name,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "identifiers": dumps(person.identifiers),
        "words": alias_key(" ".join(part for part in shown if part)),
        "updated": now,
    }


def change(connection: Connection, order_id: str, values: dict[str, Any]) -> Order:
    """Change an order. Raises UnknownError."""
    table = tables.orders
    query = update(table).where(table.c.id == order_id).values(**values, version=table.c.version + 1).returning(table)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownError("demande", order_id)
    return order_of(row)


def answered(connection: Connection, order_id: str, report_id: str, now: dt.datetime) -> None:
    """The report of an order is signed; a request that is no order (a link, a file) has nothing to note."""
    known = connection.execute(select(tables.orders.c.id).where(tables.orders.c.id == order_id)).first()
    if known is not None:
        change(connection, order_id, {"status": REPORTED, "report_id": report_id, "draft_id": None, "updated": now})
