"""Who may come in, what was done, which requests were answered."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from reporter.delivery.store.tables.base import UtcDateTime, metadata

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("password_hash", String(300)),
    Column("subject", String(500), unique=True),
    Column("identifiers", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("epoch", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("last_login", UtcDateTime),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("hash", String(128), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime),
    Column("last_used", UtcDateTime),
    Column("revoked", UtcDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("action", String(60), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("actor", String(200), nullable=False, index=True),
    Column("actor_name", String(200), nullable=False),
    Column("entity", String(60), nullable=False),
    Column("entity_id", String(300), nullable=False, index=True),
    Column("patient", String(300), nullable=False),
    Column("correlation", String(100), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

keys = Table(
    "idempotency",
    metadata,
    Column("key", String(500), primary_key=True),
    Column("request_hash", String(128), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
    Column("created", UtcDateTime, nullable=False, index=True),
)
