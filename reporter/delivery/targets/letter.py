"""What is sent, and what can come of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from reporter.errors import ReporterError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """One signed version on its way to one target.

    `document` is the bundle as it was signed, `earlier` those of the versions before it; `key` is the same each time
    this version is sent to this target, so that the receiver recognises a repetition.
    """

    key: str
    report_id: str
    n: int
    signed_at: dt.datetime
    text: str
    document: Json
    earlier: tuple[Json, ...] = ()
    correlation: str = ""


class DeliveryError(ReporterError):
    """A target did not take a letter.

    `code` says why without naming anybody; `detail` is the receiver's own answer, which may: it is kept in the
    database, never logged. `retry_after` is the wait the receiver asked for.
    """

    def __init__(
        self, code: str, *, retryable: bool, detail: str = "", retry_after: dt.timedelta | None = None
    ) -> None:
        self.code, self.retryable, self.detail, self.retry_after = code, retryable, detail, retry_after
        super().__init__(code)


class Sender(Protocol):
    """The way to one target; used by one thread at a time."""

    def send(self, letter: Letter) -> str:
        """The receipt. Raises DeliveryError."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...
