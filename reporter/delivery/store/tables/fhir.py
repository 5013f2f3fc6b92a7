"""FHIR resources of the latest version of each report and of the orders received, and their search index.

A resource is kept as long as one holder (a report, an order) has it: a patient is shared by several reports.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from reporter.delivery.store.tables.base import metadata

resources = Table(
    "resources",
    metadata,
    Column("type", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("version_id", Integer, nullable=False),
    Column("last_updated", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("json", Text, nullable=False),
    Index("ix_resources_updated", "type", "last_updated"),
    Index("ix_resources_id", "id"),
)

holdings = Table(
    "holdings",
    metadata,
    Column("holder", String(220), primary_key=True),
    Column("type", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Index("ix_holdings_resource", "type", "id"),
)

index = Table(
    "search_index",
    metadata,
    Column("type", String(64), nullable=False),
    Column("id", String(64), nullable=False),
    Column("param", String(64), nullable=False),
    Column("system", String(500)),
    Column("value", String(500)),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Index("ix_search_value", "type", "param", "value", "id"),
    Index("ix_search_date", "type", "param", "low"),
    Index("ix_search_resource", "type", "id", "param"),
)
