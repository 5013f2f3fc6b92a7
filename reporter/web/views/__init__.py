"""The pages, one module each."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Every page, in the order they are found."""
    from reporter.web import admin
    from reporter.web.views import acts, draft, report, start

    return (start.pages, draft.pages, acts.pages, report.pages, *admin.blueprints())
