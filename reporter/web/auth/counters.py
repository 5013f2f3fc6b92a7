"""Where rates are counted: in the process, for `limits`.

The storage of the library starts a thread every 10 ms while requests come, to forget what is over (0.15 ms of each
request here); this one forgets it on the way, whenever it has grown to twice its size.
"""

from __future__ import annotations

import threading
import time

from limits.storage import Storage

_FEW = 1000
_NOTHING = (0, 0.0)


class Counters(Storage):
    """A count and its end by key; a count that is over is none."""

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, float]] = {}
        self._many = _FEW

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; the first of a window begins it."""
        now = time.time()
        with self._lock:
            count, end = self._kept.get(key, _NOTHING)
            if end <= now:
                self._forget(now)
                count, end = 0, now + expiry
            self._kept[key] = count + amount, end
        return count + amount

    def get(self, key: str) -> int:
        """The count now."""
        count, end = self._kept.get(key, _NOTHING)
        return count if end > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends."""
        return self._kept.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how much it was."""
        with self._lock:
            count = len(self._kept)
            self._kept.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._kept.pop(key, None)

    def _forget(self, now: float) -> None:
        if len(self._kept) >= self._many:
            self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > now}
            self._many = max(_FEW, 2 * len(self._kept))
