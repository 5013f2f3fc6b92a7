"""The engine, set up so that what is committed stays committed, and what differs between the two databases.

SQLite: write-ahead log, synchronous=FULL, one writer at a time from the start of its transaction (BEGIN IMMEDIATE),
foreign keys on. PostgreSQL (psycopg 3): READ COMMITTED, with locks taken by name where the order of acts matters.
Source: SQLite documentation, « Write-Ahead Logging » and « PRAGMA synchronous »;
SQLAlchemy 2, dialect pysqlite, « Serializable isolation / Savepoints / Transactional DDL »;
PostgreSQL documentation, « Advisory Locks » and « Sequence Manipulation Functions ».
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any, cast

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
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

READ, ONE = "reporter_read_only", "reporter_one_statement"
BUSY_MS = 30_000
_WRITE = "BEGIN IMMEDIATE"
_LOOK_S, _LOOK_MOST_S = 0.0005, 0.01
_NEVER = threading.Event()
"""To wait with: time.sleep can fail when the clock of the machine is made to jump (libfaketime)."""
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


def looker(engine: Engine) -> Engine:
    """The same, for one statement alone: SQLite lets it see one state of the database without BEGIN and COMMIT."""
    return reader(engine).execution_options(**{ONE: True})


def is_sqlite(bind: Engine | Connection) -> bool:
    """Is it the embedded database?"""
    return bind.dialect.name == "sqlite"


def lock(connection: Connection, name: str) -> None:
    """Nobody else holds this name until the end of the transaction; SQLite has one writer already."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


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
    options = connection.get_execution_options()
    if READ not in options:
        _begin_writing(connection, busy_ms)
    elif ONE not in options:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection, busy_ms: int) -> None:
    """Wait for the one who writes, at most the time given.

    SQLite itself sleeps 1, 2, 5 … 100 ms between two looks: whoever has waited longest looks least often, and a short
    queue of processes becomes tenths of a second for one of them. Here it looks at once, then every few ms.
    """
    driver, began = cast(sqlite3.Connection, connection.connection.driver_connection), time.monotonic()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while _is_busy(driver) and (waited := time.monotonic() - began) * 1000 < busy_ms:
            _NEVER.wait(min(_LOOK_S + waited / 20, _LOOK_MOST_S))
        if not driver.in_transaction:
            connection.exec_driver_sql(_WRITE)  # fails again, in words of SQLAlchemy
    finally:
        driver.execute(f"PRAGMA busy_timeout={busy_ms}")


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
