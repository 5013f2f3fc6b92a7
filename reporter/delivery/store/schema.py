"""The schema of a database: made or brought up to date when it is opened, refused when it is newer than we are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from reporter.delivery.store import database, indexing, rows
from reporter.delivery.store.errors import NewerSchemaError
from reporter.delivery.store.tables import reports

FIRST, HEAD = "0001", "0002"
_TABLE = "alembic_version"
_SCRIPTS = Path(__file__).resolve().parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Bring the database to the schema of this release, one process at a time.

    Raises NewerSchemaError. Everything happens in one transaction, in both databases.
    """
    with connection.begin():
        if _revision(connection) == HEAD:
            return
    with connection.begin():
        database.lock(connection, "schema")
        found = _revision(connection)
        if found not in (None, FIRST, HEAD):
            raise NewerSchemaError(str(found))
        if found != HEAD:
            _migrate(connection, found)
            _index_again(connection)


def _revision(connection: Connection) -> str | None:
    """The revision written in the database; a database made before there were revisions is at the first one."""
    names = inspect(connection).get_table_names()
    if _TABLE in names:
        return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608 - a constant
    return FIRST if "versions" in names else None


def _index_again(connection: Connection) -> None:
    """What an earlier release signed is served and searched as this one does it."""
    for report_id in connection.execute(select(reports.c.id).order_by(reports.c.seq)).scalars().all():
        last = rows.last_version(connection, report_id)
        indexing.keep_bundle(connection, indexing.report_holder(report_id), last.bundle, last.signed_at)


def _migrate(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if found is not None and _TABLE not in inspect(connection).get_table_names():
        command.stamp(config, found)
    command.upgrade(config, HEAD)
