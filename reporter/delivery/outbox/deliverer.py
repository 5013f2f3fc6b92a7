"""The worker: claims, sends, says what came of it. Any number of them may share one store.

A worker that is killed leaves a lease that ends by itself; what it was sending is sent again, under the same ids.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Sequence

from reporter.delivery.outbox import events
from reporter.delivery.outbox.backoff import Backoff
from reporter.delivery.outbox.letters import correlation, letter_of
from reporter.delivery.store import Store, StoreError
from reporter.delivery.store.auditing import Entry
from reporter.delivery.store.errors import LeaseLostError
from reporter.delivery.store.sending import Delivery
from reporter.delivery.targets import DeliveryError, Sender, Target, open_sender
from reporter.errors import ConfigError

_IDLE_S = 1.0
_BLOCKED_S = 10.0
_EXCHANGES = 5
"""The longest sending: a token, the letter, the token renewed, the letter again; and one more for safety."""
_MARGIN = dt.timedelta(seconds=5)


class Deliverer:
    """Sends to every target, each in a thread of its own: a slow one does not hold the others back."""

    def __init__(
        self, store: Store, targets: Sequence[Target], *, backoff: Backoff | None = None, idle_s: float = _IDLE_S
    ) -> None:
        self._store = store
        self._targets = tuple(targets)
        self._backoff = backoff or Backoff()
        self._idle_s = idle_s
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Send from now on."""
        self._threads = [
            threading.Thread(target=self._serve, args=(target,), name=f"deliver-{target.name}", daemon=True)
            for target in self._targets
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 30) -> bool:
        """Finish what is being sent and stop; False when that takes longer than `timeout_s`."""
        self._stop.set()
        end = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def drain(self) -> int:
        """Send everything that is due now; the number of deliveries tried."""
        return sum(self._drained(target) for target in self._targets)

    def _drained(self, target: Target) -> int:
        sender = open_sender(target)
        try:
            tried = 0
            while not self._stop.is_set() and self._one(target, sender):
                tried += 1
            return tried
        finally:
            sender.close()

    def _serve(self, target: Target) -> None:
        """Drain, wait, again. What forbids sending (certificates, a database that is away) is tried again later."""
        while not self._stop.is_set():
            pause = self._idle_s
            try:
                self._drained(target)
            except Exception as error:  # noqa: BLE001 - a worker that ends without a word would leave reports unsent
                events.stopped(target.name, getattr(error, "code", type(error).__name__))
                pause = _BLOCKED_S
            self._stop.wait(pause)

    def _one(self, target: Target, sender: Sender) -> bool:
        """Send the next delivery that is due, if any."""
        lease = dt.timedelta(seconds=_EXCHANGES * target.timeout_s) + _MARGIN
        delivery = self._store.claim(target.name, lease=lease)
        if delivery is None:
            return False
        try:
            self._try(target, sender, delivery)
        except LeaseLostError:
            events.lost(delivery)
        return True

    def _try(self, target: Target, sender: Sender, delivery: Delivery) -> None:
        try:
            receipt = sender.send(letter_of(self._store, delivery))
        except DeliveryError as error:
            self._failed(target, delivery, error)
        except ConfigError:
            self._failed(target, delivery, DeliveryError("CONFIG", retryable=True))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a letter that cannot be made must not stop those of others
            self._failed(target, delivery, DeliveryError(f"INTERNAL-{type(error).__name__}", retryable=False))
        else:
            self._store.mark_delivered(delivery, receipt, audit=_entry(delivery, "success"))
            events.sent(delivery)

    def _failed(self, target: Target, delivery: Delivery, error: DeliveryError) -> None:
        wait = self._backoff.wait(target, delivery.attempts, error.retry_after) if error.retryable else None
        said = f"{error.code}\n{error.detail}" if error.detail else error.code
        dead = _entry(delivery, "failure", error.code) if wait is None else None
        self._store.mark_failed(delivery, said, retry_in=wait, audit=dead)
        events.failed(delivery, error.code, None if wait is None else round(wait.total_seconds(), 3))


def _entry(delivery: Delivery, outcome: str, code: str = "") -> Entry:
    """The line of the audit trail for the end of a delivery; attempts in between are in the log only."""
    detail = {"target": delivery.target, "version": delivery.n, "attempt": delivery.attempts}
    return Entry(
        action="deliver",
        outcome=outcome,
        actor="reporter",
        entity="report",
        entity_id=delivery.report_id,
        correlation=correlation(delivery),
        detail={**detail, "code": code} if code else detail,
    )
