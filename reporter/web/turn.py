"""Threads of one process take turns at heavy work, a whole piece each.

Python runs one thread at a time anyway. Left alone, those that compute take the processor from each other every 5 ms,
and one that holds the lock of the database, which lets go of Python at each statement, waits for all of them each time:
with four threads at `$generate`, 40 ms to write a line of the audit trail instead of 1, and a tenth more CPU.
What is waited for is waited for outside: a client, another process that writes, an audit line to be on the disk. Two
rules keep turns from waiting for each other: who holds the database asks for no turn, and `Store.audit` is not called
within a turn (it takes one itself).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
TURN = threading.RLock()


def in_turn(work: Callable[P, R]) -> Callable[P, R]:
    """One of these at a time."""

    @wraps(work)
    def taken(*args: P.args, **kwargs: P.kwargs) -> R:
        with TURN:
            return work(*args, **kwargs)

    return taken
