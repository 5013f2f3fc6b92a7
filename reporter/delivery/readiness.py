"""Can the service do its work now: database writable and of this release, room on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from reporter.delivery.store import database, schema

BUSY_MS = 2000
_MB = 1024 * 1024


class Probe:
    """Asks with a connection of its own, new each time, and waits two seconds at most for a database that is held."""

    def __init__(self, url: str, data: Path, *, min_free_mb: int) -> None:
        self._engine: Engine = database.open_engine(url, busy_ms=BUSY_MS)
        self._data = data
        self._least = min_free_mb * _MB

    def problems(self) -> dict[str, str]:
        """Check → what is wrong with it (empty: nothing); words only, no path and no address."""
        checks = self._database()
        checks["disk"] = "" if self._free() >= self._least else "low"
        return checks

    def free_bytes(self) -> int:
        """Room left on the disk of the data."""
        return self._free()

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._data).free
        except OSError:
            return 0

    def _database(self) -> dict[str, str]:
        """A transaction that could write, and the revision it sees; nothing is written."""
        try:
            with self._engine.connect() as connection:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except SQLAlchemyError:
            return {"database": "unavailable", "migrations": "unknown"}
        finally:
            self._engine.dispose()
        return {"database": "", "migrations": "" if found == schema.HEAD else "other"}
