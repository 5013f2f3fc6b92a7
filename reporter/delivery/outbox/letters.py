"""From a line of the outbox to what is sent: always the signed version itself, checked against its hash."""

from __future__ import annotations

import uuid

from reporter.delivery.store import Store, loads
from reporter.delivery.store.sending import Delivery
from reporter.delivery.targets import DeliveryError, Letter


def letter_of(store: Store, delivery: Delivery) -> Letter:
    """The letter of a delivery. Raises DeliveryError when the stored version is no longer what was signed."""
    versions = store.versions(delivery.report_id)
    version = next(v for v in versions if v.n == delivery.n)
    if not version.intact():
        raise DeliveryError("STORE-HASH", retryable=False)
    return Letter(
        key=_key(delivery),
        report_id=delivery.report_id,
        n=delivery.n,
        signed_at=version.signed_at,
        text=version.text,
        document=loads(version.bundle),
        earlier=tuple(loads(v.bundle) for v in versions if v.n < delivery.n),
        correlation=correlation(delivery),
    )


def correlation(delivery: Delivery) -> str:
    """The id of one attempt, in our log and in the receiver's."""
    return f"{delivery.id}-{delivery.attempts}"


def _key(delivery: Delivery) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{delivery.target}/{delivery.report_id}/{delivery.n}"))
