"""Sends what the outbox holds: one line of work a target, order kept by report, until it is there."""

from __future__ import annotations

from reporter.delivery.outbox.backoff import Backoff
from reporter.delivery.outbox.deliverer import Deliverer

__all__ = ["Backoff", "Deliverer"]
