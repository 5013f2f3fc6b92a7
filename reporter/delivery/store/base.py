"""One database, its transactions, and the failures of a database in words."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from reporter.delivery.store import database, schema
from reporter.delivery.store.errors import StoreBusyError, StoreDownError, StoreError, StoreFullError

Clock = Callable[[], dt.datetime]
Turn = AbstractContextManager[Any]
# PostgreSQL, appendix A « Error Codes »: lock_not_available, deadlock_detected, serialization_failure; disk_full
_BUSY = ("55P03", "40P01", "40001")
_FULL = ("53100",)


def utc_now() -> dt.datetime:
    """The time of this machine."""
    return dt.datetime.now(dt.UTC)


class Base:
    """What every part of the store works with: two views of one engine, the clock, the names of the targets."""

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
        self._looker = database.looker(self._engine)
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

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is on disk at the end, or never was."""
        with _refused(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing_in_turn(self) -> Iterator[Connection]:
        """The same, in the turn of the process until the disk is waited for."""
        with _refused(), self._engine.connect() as connection:
            with self._turn:
                connection.begin()
                yield connection
            connection.commit()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One view of the database, nothing written."""
        with _refused(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """One view of the database, for one statement."""
        with _refused(), self._looker.begin() as connection:
            yield connection


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
