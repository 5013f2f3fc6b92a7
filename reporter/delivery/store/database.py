"""The engine, set up so that what is committed stays committed, and what differs between the two databases.

SQLite: write-ahead log, synchronous=FULL, one writer at a time from the start of its transaction (BEGIN IMMEDIATE),
foreign keys on. PostgreSQL (psycopg 3): READ COMMITTED, with locks taken by name where the order of acts matters.
Source: SQLite documentation, « Write-Ahead Logging » and « PRAGMA synchronous »;
SQLAlchemy 2, dialect pysqlite, « Serializable isolation / Savepoints / Transactional DDL »;
PostgreSQL documentation, « Advisory Locks » and « Sequence Manipulation Functions ».
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    PoolProxiedConnection,
    Sequence,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from reporter.delivery.store.errors import DatabaseUrlError
from reporter.errors import MissingExtraError
from reporter.pause import pause

READ = "reporter_read_only"
BUSY_MS = 30_000
_WRITE = "BEGIN IMMEDIATE"
_LOCK = "SELECT pg_{}advisory_xact_lock(hashtextextended({}, 0))"
_LOOK_S, _LOOK_MOST_S = 0.0005, 0.01
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def open_engine(url: str, *, busy_ms: int = BUSY_MS) -> Engine:
    """The engine of a database URL (`sqlite:///…` or `postgresql://…`). Raises DatabaseUrlError, MissingExtraError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlError from error
    if parsed.drivername not in _DRIVERS:
        raise DatabaseUrlError
    parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
    return _sqlite(parsed, busy_ms) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed, busy_ms)


def hasty(engine: Engine, busy_ms: int) -> Engine:
    """The same database, to write to: SQLite refuses at once when another writes, and whoever asked waits by itself."""
    if not is_sqlite(engine) or engine.url.database in (None, "", ":memory:"):
        return engine
    made = create_engine(engine.url)
    event.listen(made, "connect", lambda connection, _record: _prepare(connection, busy_ms))
    event.listen(made, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=0"))
    return made


def _sqlite(url: URL, busy_ms: int) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, busy_ms))
    event.listen(engine, "begin", lambda connection: _begin(connection, busy_ms))
    return engine


def _postgresql(url: URL, busy_ms: int) -> Engine:
    """Waits have an end: for a lock, for a connection, for a node that stopped inside a transaction."""
    limits = f"-c lock_timeout={busy_ms} -c idle_in_transaction_session_timeout={2 * busy_ms}"
    arguments = {"connect_timeout": 10, "options": f"{url.query.get('options', '')} {limits}".strip()}
    try:
        import psycopg
    except ModuleNotFoundError as error:
        raise MissingExtraError("postgres") from error
    bare = url.difference_update_query(["options"])
    return create_engine(bare, module=psycopg, pool_pre_ping=True, connect_args=arguments)


def reader(engine: Engine) -> Engine:
    """The same database, to read: one transaction sees one state of it."""
    options: dict[str, Any] = {READ: True}
    if not is_sqlite(engine):
        options["isolation_level"] = "REPEATABLE READ"
    return engine.execution_options(**options)


def is_sqlite(bind: Engine | Connection) -> bool:
    """Is it the embedded database?"""
    return bind.dialect.name == "sqlite"


def lock(connection: Connection, name: str) -> None:
    """Nobody else holds this name until the end of the transaction; SQLite has one writer already."""
    if not is_sqlite(connection):
        connection.execute(text(_LOCK.format("", ":name")), {"name": name})


def following(connection: Connection, sequence: Sequence, column: ColumnElement[int]) -> int:
    """The next number of a sequence; SQLite has one writer, so its next number is one more than the highest."""
    if not is_sqlite(connection):
        return int(connection.scalar(sequence))
    return int(connection.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one())


def _prepare(connection: Any, busy_ms: int) -> None:
    """PRAGMAs of a new SQLite connection; transactions are begun by us, not by the driver."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={busy_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, busy_ms: int) -> None:
    if READ in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection, busy_ms)


def _begin_writing(connection: Connection, busy_ms: int) -> None:
    """Wait for the one who writes, at most the time given."""
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        for last in attempts(busy_ms):
            if last or not _is_busy(driver):
                break
        if not driver.in_transaction:
            connection.exec_driver_sql(_WRITE)  # fails again, in words of SQLAlchemy
    finally:
        driver.execute(f"PRAGMA busy_timeout={busy_ms}")


def attempts(busy_ms: int) -> Iterator[bool]:
    """Attempts at what another may hold, with a pause after each; True: the time given is over, this is the last.

    SQLite itself sleeps 1, 2, 5 … 100 ms between two looks: whoever has waited longest looks least often, and a short
    queue of processes becomes tenths of a second for one of them. Here it looks at once, then every few ms.
    """
    began = time.monotonic()
    while (waited := time.monotonic() - began) * 1000 < busy_ms:
        yield False
        pause(min(_LOOK_S + waited / 20, _LOOK_MOST_S))
    yield True


def taken(connection: PoolProxiedConnection, name: str, *, busy_ms: int, last: bool) -> bool:
    """Begin to write, under a name, unless another does; what refuses the `last` attempt is raised by the driver."""
    driver = connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return _taken_by_name(connection, name, busy_ms, last=last)
    if not last and _is_busy(driver):
        return False
    if not driver.in_transaction:
        driver.execute(_WRITE)
    return True


def _taken_by_name(connection: PoolProxiedConnection, name: str, busy_ms: int, *, last: bool) -> bool:
    with closing(connection.cursor()) as cursor:
        if last:
            cursor.execute("SET LOCAL lock_timeout = 1")
            cursor.execute(_LOCK.format("", "%s"), (name,))
            cursor.execute(f"SET LOCAL lock_timeout = {busy_ms}")
            return True
        cursor.execute(_LOCK.format("try_", "%s"), (name,))
        return bool(cursor.fetchall()[0][0])


def _is_busy(driver: sqlite3.Connection) -> bool:
    """Begin, unless another writes."""
    try:
        driver.execute(_WRITE)
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return False


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        made = sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)
        connection.execute(made.on_conflict_do_nothing(), rows)
