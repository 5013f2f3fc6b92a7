"""Where signed reports go: FHIR servers and HL7 v2 receivers."""

from __future__ import annotations

from reporter.delivery.targets.letter import DeliveryError, Letter, Sender
from reporter.delivery.targets.settings import FhirTarget, MllpTarget, Target, from_file, read_targets
from reporter.errors import MissingExtraError

__all__ = [
    "DeliveryError",
    "FhirTarget",
    "Letter",
    "MllpTarget",
    "Sender",
    "Target",
    "from_file",
    "open_sender",
    "read_targets",
]


def open_sender(target: Target) -> Sender:
    """The way to a target. Raises ConfigError (certificates), MissingExtraError (the extra `ris`)."""
    try:
        if isinstance(target, FhirTarget):
            from reporter.delivery.targets.fhir import FhirSender

            return FhirSender(target)
        from reporter.delivery.targets.mllp import MllpSender

        return MllpSender(target)
    except ModuleNotFoundError as error:
        raise MissingExtraError("ris") from error
