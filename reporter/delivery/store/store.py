"""The store: drafts that are never lost, reports that never change, deliveries that arrive, acts written down."""

from __future__ import annotations

from reporter.delivery.store.accounts import Accounts
from reporter.delivery.store.answers import Answers
from reporter.delivery.store.apitokens import Tokens
from reporter.delivery.store.archive import Archive
from reporter.delivery.store.drafts import Drafts
from reporter.delivery.store.orders import Orders
from reporter.delivery.store.outbox import Outbox
from reporter.delivery.store.reports import Reports
from reporter.delivery.store.resources import Resources
from reporter.delivery.store.verification import Verification


class Store(Drafts, Reports, Orders, Resources, Outbox, Accounts, Tokens, Answers, Archive, Verification):
    """One database. Every method is one transaction, on disk when it returns; threads may share a store."""
