"""Drafts, signed reports, the work list, FHIR resources, deliveries, accounts and the audit trail, in one database."""

from reporter.delivery.store.accounts import NewUser, User
from reporter.delivery.store.answers import Answer
from reporter.delivery.store.apitokens import Token
from reporter.delivery.store.archive import Imported
from reporter.delivery.store.auditing import Entry, Line, Verdict
from reporter.delivery.store.errors import (
    AlreadySignedError,
    ArchiveError,
    DatabaseUrlError,
    DeliveryOrderError,
    DuplicateError,
    KeyBusyError,
    KeyReusedError,
    LeaseLostError,
    NewerSchemaError,
    StaleDraft,
    StaleOrderError,
    StoreBusyError,
    StoreDownError,
    StoreError,
    StoreFullError,
    UnknownError,
)
from reporter.delivery.store.jsontext import dumps, loads
from reporter.delivery.store.orderrows import NewOrder, Order, Patient
from reporter.delivery.store.params import search_params, searched_types
from reporter.delivery.store.records import Draft, Report, Request, Signing, Version
from reporter.delivery.store.resources import Page, Resource
from reporter.delivery.store.searching import Criterion, Match, Search, Words
from reporter.delivery.store.sending import Delivery
from reporter.delivery.store.spans import Span, span
from reporter.delivery.store.store import Store
from reporter.delivery.store.verification import Checked, Problem

__all__ = [
    "AlreadySignedError", "Answer", "ArchiveError", "Checked", "Criterion", "DatabaseUrlError", "Delivery",
    "DeliveryOrderError", "Draft", "DuplicateError", "Entry", "Imported", "KeyBusyError", "KeyReusedError",
    "LeaseLostError", "Line", "Match", "NewOrder", "NewUser", "NewerSchemaError", "Order", "Page", "Patient",
    "Problem", "Report", "Request", "Resource", "Search", "Signing", "Span", "StaleDraft", "StaleOrderError",
    "Store", "StoreBusyError", "StoreDownError", "StoreError", "StoreFullError", "Token", "UnknownError", "User",
    "Verdict", "Version", "Words", "dumps", "loads", "search_params", "searched_types", "span",
]  # fmt: skip
