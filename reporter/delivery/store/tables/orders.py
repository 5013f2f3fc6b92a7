"""Patients and orders as received: the work list."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from reporter.delivery.store.tables.base import UtcDateTime, metadata

patients = Table(
    "patients",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("name", String(300)),
    Column("birth_date", String(10)),
    Column("sex", String(20)),
    Column("identifiers", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", ForeignKey("requests.id"), primary_key=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("accession", String(100), index=True),
    Column("patient_key", String(300), index=True),
    Column("patient_name", String(300)),
    Column("title", String(300), nullable=False),
    Column("exam_def", String(100)),
    Column("exam_date", String(30)),
    Column("priority", String(20), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("draft_id", String(36)),
    Column("report_id", String(200)),
    Column("version", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("seq", BigInteger, nullable=False, index=True),
)
