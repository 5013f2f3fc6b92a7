"""The service: work list, FHIR resources, outbox, accounts, audit, idempotency keys; an order no clock can change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reporter.delivery.store.migrations.frozen import freeze

revision = "0002"
down_revision = "0001"
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The tables of the service, and `seq` in those of the form."""
    _sequence()
    _orders()
    _resources()
    _outbox()
    _accounts()
    _audit()
    _keys()


def _sequence() -> None:
    """Number what is there by its time, once; from now on by a sequence."""
    for name, moment in (("drafts", "updated"), ("reports", "signed_at")):
        with op.batch_alter_table(name) as changed:
            changed.add_column(sa.Column("seq", sa.BigInteger, nullable=False, server_default="0"))
        _number(sa.table(name, sa.column("id"), sa.column(moment), sa.column("seq")), moment)
        op.create_index(f"ix_{name}_seq", name, ["seq"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE change_seq")
        highest = "SELECT GREATEST((SELECT max(seq) FROM drafts), (SELECT max(seq) FROM reports), 0) + 1"
        op.execute(f"SELECT setval('change_seq', ({highest}), false)")


def _number(table: sa.TableClause, moment: str) -> None:
    other = table.alias()
    earlier = sa.or_(
        other.c[moment] < table.c[moment], sa.and_(other.c[moment] == table.c[moment], other.c.id <= table.c.id)
    )
    rank = sa.select(sa.func.count()).select_from(other).where(earlier).scalar_subquery()
    op.execute(sa.update(table).values(seq=rank))


def _orders() -> None:
    op.create_table(
        "patients",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("name", sa.String(300)),
        sa.Column("birth_date", sa.String(10)),
        sa.Column("sex", sa.String(20)),
        sa.Column("identifiers", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("updated", _TIME, nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(36), sa.ForeignKey("requests.id"), primary_key=True),
        sa.Column("key", sa.String(300), nullable=False, unique=True),
        sa.Column("accession", sa.String(100), index=True),
        sa.Column("patient_key", sa.String(300), index=True),
        sa.Column("patient_name", sa.String(300)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("exam_def", sa.String(100)),
        sa.Column("exam_date", sa.String(30)),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("draft_id", sa.String(36)),
        sa.Column("report_id", sa.String(200)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, index=True),
    )


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("type", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True, index=True),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("last_updated", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
        sa.Index("ix_resources_updated", "type", "last_updated"),
    )
    op.create_table(
        "holdings",
        sa.Column("holder", sa.String(220), primary_key=True),
        sa.Column("type", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Index("ix_holdings_resource", "type", "id"),
    )
    op.create_table(
        "search_index",
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("param", sa.String(64), nullable=False),
        sa.Column("system", sa.String(500)),
        sa.Column("value", sa.String(500)),
        sa.Column("low", sa.BigInteger),
        sa.Column("high", sa.BigInteger),
        sa.Index("ix_search_value", "type", "param", "value", "id"),
        sa.Index("ix_search_date", "type", "param", "low"),
        sa.Index("ix_search_resource", "type", "id", "param"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("target", sa.String(100), nullable=False),
        sa.Column("report_id", sa.String(200), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("next_attempt", _TIME, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("lease_until", _TIME),
        sa.Column("delivered_at", _TIME),
        sa.Column("error", sa.Text),
        sa.Column("receipt", sa.Text),
        sa.ForeignKeyConstraint(["report_id", "n"], ["versions.report_id", "versions.n"]),
        sa.Index("ix_outbox_due", "target", "status", "id"),
        sa.Index("ix_outbox_report", "report_id", "target", "id"),
        sqlite_autoincrement=True,
    )


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("login", sa.String(200), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.String(300)),
        sa.Column("subject", sa.String(500), unique=True),
        sa.Column("identifiers", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", _TIME),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("last_login", _TIME),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(128), nullable=False, unique=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("expires", _TIME),
        sa.Column("last_used", _TIME),
        sa.Column("revoked", _TIME),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False, index=True),
        sa.Column("action", sa.String(60), nullable=False, index=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False, index=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("entity", sa.String(60), nullable=False),
        sa.Column("entity_id", sa.String(300), nullable=False, index=True),
        sa.Column("patient", sa.String(300), nullable=False),
        sa.Column("correlation", sa.String(100), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    freeze("audit", "a line of the audit trail never changes")


def _keys() -> None:
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(500), primary_key=True),
        sa.Column("request_hash", sa.String(128), nullable=False),
        sa.Column("lease_until", _TIME),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
        sa.Column("created", _TIME, nullable=False, index=True),
    )
