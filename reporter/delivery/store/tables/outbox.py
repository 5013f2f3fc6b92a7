"""What is to be sent, and to whom; `id` gives the order."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text

from reporter.delivery.store.tables.base import UtcDateTime, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("target", String(100), nullable=False),
    Column("report_id", String(200), nullable=False),
    Column("n", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("next_attempt", UtcDateTime, nullable=False),
    Column("lease", String(36)),
    Column("lease_until", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("error", Text),
    Column("receipt", Text),
    ForeignKeyConstraint(["report_id", "n"], ["versions.report_id", "versions.n"]),
    Index("ix_outbox_due", "target", "status", "id"),
    Index("ix_outbox_report", "report_id", "target", "id"),
    sqlite_autoincrement=True,
)
