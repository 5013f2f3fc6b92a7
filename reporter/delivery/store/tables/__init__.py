"""The tables, by subject. What makes them in a database is `migrations`."""

from reporter.delivery.store.tables.access import audit, keys, tokens, users
from reporter.delivery.store.tables.base import metadata
from reporter.delivery.store.tables.fhir import holdings, index, resources
from reporter.delivery.store.tables.orders import orders, patients
from reporter.delivery.store.tables.outbox import outbox
from reporter.delivery.store.tables.reports import change_seq, drafts, reports, requests, versions

__all__ = [
    "audit", "change_seq", "drafts", "holdings", "index", "keys", "metadata", "orders", "outbox", "patients", "reports",
    "requests", "resources", "tokens", "users", "versions",
]  # fmt: skip
