"""Drafts, signed reports, received requests."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Sequence, String, Table, Text

from reporter.delivery.store.tables.base import UtcDateTime, metadata

change_seq = Sequence("change_seq", metadata=metadata)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("exam_def", String(100), nullable=False),
    Column("document", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("seq", BigInteger, nullable=False, index=True),
)

reports = Table(
    "reports",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("patient_key", String(300), index=True),
    Column("patient_name", String(300)),
    Column("title", String(300), nullable=False),
    Column("exam_def", String(100), nullable=False),
    Column("exam_date", String(10), nullable=False),
    Column("words", Text, nullable=False),
    Column("latest", Integer, nullable=False),
    Column("status", String(40), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("seq", BigInteger, nullable=False, index=True),
)

versions = Table(
    "versions",
    metadata,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("draft_id", String(36), nullable=False, unique=True),
    Column("status", String(40), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("signer", String(200), nullable=False),
    Column("input", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("bundle", Text, nullable=False),
    Column("edits", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("payload", Text, nullable=False),
    Column("received", UtcDateTime, nullable=False),
)
