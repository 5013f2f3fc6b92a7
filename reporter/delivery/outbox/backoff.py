"""How long to wait before the next try: exponential, with full jitter.

Source: AWS Architecture Blog, « Exponential Backoff And Jitter » (2015): `random(0, min(cap, base · 2^attempt))`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from reporter.delivery.targets import Target

_DOUBLINGS = 32
"""Beyond this many the cap has long been reached; numbers stay small."""


def _uniform(low: float, high: float) -> float:
    return random.SystemRandom().uniform(low, high)


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits; `uniform` draws between two numbers."""

    uniform: Callable[[float, float], float] = field(default=_uniform)

    def wait(self, target: Target, attempts: int, asked: dt.timedelta | None = None) -> dt.timedelta | None:
        """The wait after a number of attempts, never less than the receiver asked; None when they are used up."""
        if attempts >= target.attempts:
            return None
        longest = min(target.backoff_max_s, target.backoff_s * 2 ** min(attempts - 1, _DOUBLINGS))
        drawn = dt.timedelta(seconds=self.uniform(0, longest))
        return max(drawn, asked or dt.timedelta())
