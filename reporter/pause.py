"""A pause. `time.sleep` can fail when the clock of the machine is made to jump (libfaketime): an event cannot."""

from __future__ import annotations

import threading

_NEVER = threading.Event()


def pause(seconds: float) -> None:
    """Wait, whatever the clock does meanwhile."""
    _NEVER.wait(seconds)
