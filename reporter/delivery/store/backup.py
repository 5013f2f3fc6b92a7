"""A copy of the whole database while it is in use, and a database made from such a copy.

SQLite: its own online backup, a database file. PostgreSQL: the rows of every table as lines of JSON, one state of the
database (REPEATABLE READ); the first line names the schema, the last one how many rows and the hash of all.
Source: SQLite documentation, « SQLite Backup API »; PostgreSQL documentation, « Transaction Isolation ».
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, make_url, select, text

from reporter.delivery.store import database, schema, tables
from reporter.delivery.store.base import Base
from reporter.delivery.store.errors import ArchiveError
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.store import Store
from reporter.delivery.store.tables.base import UtcDateTime
from reporter.errors import InvalidExam

FORMAT = "fhir-reporter-backup/1"
_MAGIC = b"SQLite format 3\x00"
_BATCH = 500
_THERE = "Existe déjà : {name}. Rien n'est écrasé."
_NOT_EMPTY = "La base de données n'est pas vide. Rien n'est écrasé."
_CUT = "Sauvegarde incomplète ou modifiée. Rien n'a été restauré."
_SCHEMA = "Sauvegarde d'un autre schéma ({found}, attendu : {wanted}). Restaurez-la avec la version qui l'a faite."


def backup(store: Base, path: Path) -> None:
    """Write a copy of the database; it appears under its name once it is whole. Raises ArchiveError."""
    if path.exists():
        raise ArchiveError(_THERE.format(name=path.name))
    part = path.with_name(f"{path.name}.part")
    os.close(private(part))
    try:
        if database.is_sqlite(store.engine):
            _copy_of(store, part)
        else:
            _rows_of(store, part)
        os.link(part, path)
    except FileExistsError as error:
        raise ArchiveError(_THERE.format(name=path.name)) from error
    finally:
        part.unlink()


def private(path: Path) -> int:
    """A new file that its owner alone reads, open for writing. Raises ArchiveError when there is one already."""
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise ArchiveError(_THERE.format(name=path.name)) from error


def restore(path: Path, url: str) -> None:
    """Make the database of `url` from a backup; what is there already is never written over. Raises ArchiveError."""
    with path.open("rb") as file:
        first = file.readline(1000)
    if first.startswith(_MAGIC):
        _place(path, Path(make_url(url).database or "") if url.startswith("sqlite") else None)
        return
    _check_format(_parsed(first))
    store = Store(url)
    try:
        with store.engine.begin() as connection:
            _fill(connection, path)
    finally:
        store.close()


def _copy_of(store: Base, part: Path) -> None:
    with closing(store.engine.raw_connection()) as source, closing(sqlite3.connect(part)) as copy:
        found = source.driver_connection
        if isinstance(found, sqlite3.Connection):
            found.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _place(path: Path, target: Path | None) -> None:
    """A database file becomes the database, if it is sound and nothing is there."""
    if target is None:
        raise ArchiveError("Cette sauvegarde est un fichier SQLite : l'adresse sqlite:///… est attendue.")
    if target.exists():
        raise ArchiveError(_THERE.format(name=target.name))
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as source:
        try:
            sound = source.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise ArchiveError(_CUT)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(private(target))
        with closing(sqlite3.connect(target)) as made:
            source.backup(made)


def _rows_of(store: Base, part: Path) -> None:
    digest, count = hashlib.sha256(), 0
    with part.open("w", encoding="utf-8", newline="\n") as file, database.reader(store.engine).begin() as connection:
        for line in _lines(connection):
            digest.update(line.encode("utf-8"))
            file.write(line)
            count += 1
        file.write(dumps({"rows": count - 1, "sha256": digest.hexdigest()}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _lines(connection: Connection) -> Iterator[str]:
    yield dumps({"format": FORMAT, "schema": schema.HEAD}) + "\n"
    for table in tables.metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key.columns)
        for row in connection.execute(query.execution_options(yield_per=_BATCH)):
            yield dumps([table.name, *map(_plain, row)]) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _fill(connection: Connection, path: Path) -> None:
    """Every row, in one transaction with the check of the last line."""
    database.lock(connection, "schema")
    if any(connection.execute(select(func.count()).select_from(t)).scalar() for t in tables.metadata.sorted_tables):
        raise ArchiveError(_NOT_EMPTY)
    batch: list[dict[str, Any]] = []
    current: Table | None = None
    with path.open("r", encoding="utf-8", newline="\n") as file:
        for table, row in _rows(file):
            if batch and (table is not current or len(batch) == _BATCH):
                connection.execute(insert(_sure(current)), batch)
                batch = []
            current = table
            batch.append(row)
    if batch:
        connection.execute(insert(_sure(current)), batch)
    _restart(connection)


def _sure(table: Table | None) -> Table:
    if table is None:
        raise ArchiveError(_CUT)
    return table


def _rows(lines: Iterable[str]) -> Iterator[tuple[Table, dict[str, Any]]]:
    digest, count, end = hashlib.sha256(), 0, None
    try:
        for line in lines:
            content = loads(line)
            if isinstance(content, dict) and "sha256" in content:
                end = content
                continue
            digest.update(line.encode("utf-8"))
            count += 1
            if isinstance(content, list):
                table = tables.metadata.tables[content[0]]
                yield table, {c.name: _typed(c.type, v) for c, v in zip(table.columns, content[1:], strict=True)}
    except (InvalidExam, KeyError, TypeError, UnicodeDecodeError, ValueError, binascii.Error) as error:
        raise ArchiveError(_CUT) from error
    if end != {"rows": count - 1, "sha256": digest.hexdigest()}:
        raise ArchiveError(_CUT)


def _parsed(line: bytes) -> Any:
    try:
        return loads(line.decode("utf-8"))
    except (InvalidExam, UnicodeDecodeError) as error:
        raise ArchiveError(_CUT) from error


def _check_format(content: Any) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ArchiveError(_CUT)
    if content.get("schema") != schema.HEAD:
        raise ArchiveError(_SCHEMA.format(found=content.get("schema"), wanted=schema.HEAD))


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    return base64.b64decode(value, validate=True) if isinstance(kind, LargeBinary) else value


def _restart(connection: Connection) -> None:
    """Sequences go on after what was restored."""
    if database.is_sqlite(connection):
        return
    highest = [select(func.coalesce(func.max(t.c.seq), 0)) for t in (tables.drafts, tables.reports, tables.orders)]
    last = max(int(connection.execute(query).scalar_one()) for query in highest)
    connection.execute(text("SELECT setval('change_seq', :next, false)"), {"next": last + 1})
    sent = int(connection.execute(select(func.coalesce(func.max(tables.outbox.c.id), 0))).scalar_one())
    restart = "SELECT setval(pg_get_serial_sequence('outbox', 'id'), :next, false)"
    connection.execute(text(restart), {"next": sent + 1})
