"""One database, its transactions, and the failures of a database in words."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Insert, PoolProxiedConnection, Select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from reporter.delivery.store import database, schema
from reporter.delivery.store.errors import StoreBusyError, StoreDownError, StoreError, StoreFullError
from reporter.delivery.store.prepared import Prepared

Clock = Callable[[], dt.datetime]
Turn = AbstractContextManager[Any]
# PostgreSQL, appendix A « Error Codes »: lock_not_available, deadlock_detected, serialization_failure; disk_full
_BUSY = ("55P03", "40P01", "40001")
_FULL = ("53100",)


def utc_now() -> dt.datetime:
    """The time of this machine."""
    return dt.datetime.now(dt.UTC)


class Base:
    """What every part of the store works with: one database to write, to read and to add lines, clock, targets."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock = utc_now,
        targets: Sequence[str] = (),
        busy_ms: int = database.BUSY_MS,
        turn: Turn | None = None,
    ) -> None:
        """`turn`: the lock under which threads of this process take turns, if they do; lines are written in it."""
        self._turn: Turn = turn or threading.Lock()
        self._clock = clock
        self._targets = tuple(dict.fromkeys(targets))
        self._engine = database.open_engine(url, busy_ms=busy_ms)
        self._reader = database.reader(self._engine)
        self._hasty = database.hasty(self._engine, busy_ms)
        self._busy_ms = busy_ms
        try:
            with _refused(), self._engine.connect() as connection:
                schema.upgrade(connection)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def engine(self) -> Engine:
        """The engine, for backups."""
        return self._engine

    @property
    def targets(self) -> tuple[str, ...]:
        """Where each signed version goes."""
        return self._targets

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()
        self._hasty.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is on disk at the end, or never was."""
        with _refused(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing_in_turn(self, name: str) -> Iterator[PoolProxiedConnection]:
        """The same for prepared statements, one writer under this name, in the turn of the process.

        Others who write, and the disk, are waited for outside the turn.
        """
        with self._driven(self._hasty) as connection:
            for last in database.attempts(self._busy_ms):
                with self._turn:
                    if database.taken(connection, name, busy_ms=self._busy_ms, last=last):
                        yield connection
                        break
            connection.commit()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One view of the database, nothing written."""
        with _refused(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _driven(self, engine: Engine) -> Iterator[PoolProxiedConnection]:
        """A connection of a pool, for prepared statements: one of them sees one state of the database."""
        failures = engine.dialect.loaded_dbapi.Error
        with _refused():
            try:
                taken = engine.raw_connection()
            except failures as error:
                raise self._failed(error, None) from error
            with closing(taken) as connection:
                try:
                    yield connection
                except failures as error:
                    raise self._failed(error, connection) from error

    def _failed(self, error: Any, connection: PoolProxiedConnection | None) -> Exception:
        """What the driver says, as the failure it would be from SQLAlchemy; a connection that is lost is given up."""
        dialect = self._engine.dialect
        lost = connection is not None and dialect.is_disconnect(error, connection.dbapi_connection, None)
        if connection is not None and lost:
            connection.invalidate(error)
        base = dialect.loaded_dbapi.Error
        made: Exception = DBAPIError.instance(None, None, error, base, connection_invalidated=lost, dialect=dialect)
        return made

    def _prepared(self, statement: Select[Any] | Insert) -> Prepared:
        return Prepared(statement, self._engine.dialect)


@contextmanager
def _refused() -> Iterator[None]:
    """A failure of the database, as a refusal of the store in words; anything else goes its way."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreBusyError from error
    except DBAPIError as error:
        known = _known(error)
        if known is None:
            raise
        raise known from error


def _known(error: DBAPIError) -> StoreError | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state in _BUSY:
        return StoreBusyError()
    if state in _FULL:
        return StoreFullError()
    # class 08 connection exception, 57P01–57P03 server shutting down or starting
    down = error.connection_invalidated or (isinstance(error, OperationalError) and state is None)
    if down or str(state)[:2] == "08" or str(state)[:4] == "57P0":
        return StoreDownError()
    return None


def _of_sqlite(cause: sqlite3.Error) -> StoreError | None:
    """By the primary result code (SQLite documentation, « Result and Error Codes »)."""
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError()
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreFullError() if code == sqlite3.SQLITE_FULL else StoreDownError()
    return StoreDownError() if code == sqlite3.SQLITE_CANTOPEN else None
