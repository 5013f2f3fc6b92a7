"""Pages of the administrator: accounts, tokens, deliveries, audit trail. No findings here."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """One a subject."""
    from reporter.web.admin import audit, deliveries, tokens, users

    return (users.pages, tokens.pages, deliveries.pages, audit.pages)
