"""Drafts, reports, versions that never change, requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reporter.delivery.store.migrations.frozen import freeze

revision = "0001"
down_revision = None
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The tables of the form."""
    _drafts()
    _reports()
    _versions()
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("received", _TIME, nullable=False),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False, index=True),
        sa.Column("exam_def", sa.String(100), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("updated", _TIME, nullable=False),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("patient_key", sa.String(300), index=True),
        sa.Column("patient_name", sa.String(300)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("exam_def", sa.String(100), nullable=False),
        sa.Column("exam_date", sa.String(10), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("signed_at", _TIME, nullable=False),
    )


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("report_id", sa.String(200), sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("draft_id", sa.String(36), nullable=False, unique=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("signed_at", _TIME, nullable=False),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("bundle", sa.Text, nullable=False),
        sa.Column("edits", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    freeze("versions", "a signed version never changes")
