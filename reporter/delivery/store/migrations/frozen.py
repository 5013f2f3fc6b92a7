"""Rows that the database itself refuses to change or delete.

Source: SQLite documentation, « CREATE TRIGGER »; PostgreSQL documentation, « Trigger Functions ».
"""

from __future__ import annotations

from alembic import op

_ACTS = ("UPDATE", "DELETE")


def freeze(table: str, why: str) -> None:
    """Refuse every change of the rows of a table; on PostgreSQL also to empty it."""
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for act in (*_ACTS, "TRUNCATE"):
        each = "STATEMENT" if act == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_frozen()"
        )
