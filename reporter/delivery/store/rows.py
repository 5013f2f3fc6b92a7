"""Rows of the tables ↔ records, inside a transaction that the store began."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from reporter.catalog.text import alias_key
from reporter.delivery.store import database, tables
from reporter.delivery.store.errors import AlreadySignedError, StaleDraft, UnknownError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.records import Draft, Report, Signing, Version, content_hash


def draft_row(connection: Connection, draft_id: str, *, mine: bool = False) -> RowMapping:
    """The row of an open draft, `mine` until the end of the transaction. Raises AlreadySignedError or UnknownError."""
    query = select(tables.drafts).where(tables.drafts.c.id == draft_id)
    row = connection.execute(query.with_for_update() if mine else query).mappings().first()
    if row is not None:
        return row
    table = tables.versions
    signed = connection.execute(select(table.c.report_id, table.c.n).where(table.c.draft_id == draft_id)).first()
    if signed is not None:
        raise AlreadySignedError(signed.report_id, signed.n)
    raise UnknownError("brouillon", draft_id)


def check_version(connection: Connection, draft_id: str, version: int) -> None:
    """Raise StaleDraft when the draft is not at this version; it stays at this version until the transaction ends."""
    current = draft_row(connection, draft_id, mine=True)["version"]
    if current != version:
        raise StaleDraft(draft_id, version, current)


def latest(connection: Connection, report_id: str) -> int:
    """Number of the last version of a report, 0 when it has none."""
    found = connection.execute(select(tables.reports.c.latest).where(tables.reports.c.id == report_id)).scalar()
    return int(found or 0)


def last_version(connection: Connection, report_id: str) -> Version:
    """The last version of a report that has one."""
    table = tables.versions
    query = select(table).where(table.c.report_id == report_id).order_by(table.c.n.desc()).limit(1)
    return version_of(connection.execute(query).mappings().one())


def keep_report(connection: Connection, signing: Signing, signed: Version) -> None:
    """The row that lists show, made at the first version and brought up to date by the next ones."""
    shown = (signing.report_id, signing.patient_key, signing.patient_name, signing.title, signing.exam_date)
    values = {
        "patient_key": signing.patient_key,
        "patient_name": signing.patient_name,
        "title": signing.title,
        "exam_def": signing.exam_def,
        "exam_date": signing.exam_date,
        "words": alias_key(" ".join(part for part in shown if part)),
        "latest": signed.n,
        "status": signed.status,
        "signed_at": signed.signed_at,
        "seq": database.following(connection, tables.change_seq, tables.reports.c.seq),
    }
    if signed.n == 1:
        connection.execute(insert(tables.reports).values(id=signed.report_id, **values))
    else:
        connection.execute(update(tables.reports).where(tables.reports.c.id == signed.report_id).values(**values))


def new_version(signing: Signing, n: int, now: dt.datetime) -> Version:
    """What is signed now, and its hash."""
    return Version(
        report_id=signing.report_id,
        n=n,
        status=signing.status,
        signed_at=now,
        signer=signing.signer,
        input=signing.input,
        text=signing.text,
        html=signing.html,
        bundle=signing.bundle,
        edits=signing.edits,
        sha256=content_hash(signing),
    )


def version_row(signed: Version) -> dict[str, Any]:
    """Values of a row of `versions`."""
    row = {name: getattr(signed, name) for name in Version.__slots__}
    return {**row, "input": dumps(signed.input), "edits": dumps(signed.edits)}


def version_of(row: RowMapping) -> Version:
    """The record of a row of `versions`."""
    values = {name: row[name] for name in Version.__slots__}
    return Version(**{**values, "input": loads(row["input"]), "edits": loads(row["edits"])})


def report_of(row: RowMapping) -> Report:
    """The record of a row of `reports`."""
    return Report(**{name: row[name] for name in Report.__slots__})


def draft_of(row: RowMapping) -> Draft:
    """The record of a row of `drafts`."""
    return Draft(**{**{name: row[name] for name in Draft.__slots__}, "document": loads(row["document"])})
