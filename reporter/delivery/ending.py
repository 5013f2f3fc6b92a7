"""Being told to end, by SIGTERM or SIGINT.

A handler runs in the middle of anything, within a lock of the library or within itself: an exception raised in it, or
a lock taken, leaves that thing broken or for ever waiting. Here it only leaves word.
"""

from __future__ import annotations

import signal
from queue import Empty, SimpleQueue

_ENDS = (signal.SIGTERM, signal.SIGINT)
_LOOK_S = 1.0


def word() -> SimpleQueue[int]:
    """Where each of these signals is put from now on (`put` of this queue may interrupt itself: Python, « queue »)."""
    told: SimpleQueue[int] = SimpleQueue()
    for number in _ENDS:
        signal.signal(number, lambda number, _frame: told.put(number))
    return told


def wait(told: SimpleQueue[int]) -> None:
    """Until there is word, for the main thread: only there do handlers run, and not while it waits without an end."""
    while True:
        try:
            told.get(timeout=_LOOK_S)
        except Empty:
            continue
        return


def unheard() -> None:
    """The end is under way: from now on such a signal changes nothing, and not the exit code either."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
