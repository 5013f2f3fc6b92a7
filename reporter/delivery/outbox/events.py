"""What the log says of deliveries: the name of the event and ids, never a name, a text or an answer."""

from __future__ import annotations

import logging
from typing import TextIO

from reporter.delivery import logs
from reporter.delivery.outbox.letters import correlation
from reporter.delivery.store.sending import Delivery

LOGGER = logging.getLogger("reporter.delivery")


def sent(delivery: Delivery) -> None:
    """The receiver has it."""
    _tell(logging.INFO, "delivery.sent", delivery)


def failed(delivery: Delivery, code: str, wait_s: float | None) -> None:
    """It was not taken: it will be tried again, or is a dead letter."""
    name = "delivery.retry" if wait_s is not None else "delivery.dead"
    _tell(logging.WARNING if wait_s is not None else logging.ERROR, name, delivery, code=code, wait_s=wait_s)


def lost(delivery: Delivery) -> None:
    """The lease ended before the answer: another worker sends it again."""
    _tell(logging.WARNING, "delivery.lease_lost", delivery)


def stopped(target: str, code: str) -> None:
    """A target cannot be served for the moment."""
    LOGGER.error("delivery.blocked", extra={logs.FIELD: {"target": target, "code": code}})


def to_stream(stream: TextIO) -> None:
    """Write the events as JSON, one a line."""
    LOGGER.addHandler(logs.handler(stream))
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def _tell(level: int, name: str, delivery: Delivery, **more: str | float | None) -> None:
    ids = {
        "target": delivery.target,
        "delivery": delivery.id,
        "report": delivery.report_id,
        "version": delivery.n,
        "attempt": delivery.attempts,
        "correlation": correlation(delivery),
    }
    LOGGER.log(level, name, extra={logs.FIELD: {**ids, **{k: v for k, v in more.items() if v is not None}}})
