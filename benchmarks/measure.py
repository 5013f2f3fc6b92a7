"""Two sides, always in turn: a machine that is busy for a while is busy for both."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporter.heap import settled

TURN_S = 0.02
ROOT = Path(__file__).resolve().parents[1]
Times = dict[str, list[float]]
_STARTER = """
import os, sys, time
began, null = time.perf_counter(), os.open(os.devnull, os.O_RDWR)
files = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=files), 0)
print([os.waitstatus_to_exitcode(status), time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss])
"""


@dataclass(frozen=True, slots=True)
class Bound:
    """A promise: `value` must not be above (or, `least`, below) `limit`."""

    name: str
    value: float
    limit: float
    least: bool = False
    unit: str = "×"

    @property
    def held(self) -> bool:
        """Is it kept?"""
        return self.value >= self.limit if self.least else self.value <= self.limit

    def __str__(self) -> str:
        sign, verdict = ("≥" if self.least else "≤"), ("PASS" if self.held else "FAIL")
        return f"{verdict}  {self.name}: {self.value:.3g} {self.unit} (bound {sign} {self.limit:g} {self.unit})"


@dataclass(frozen=True, slots=True)
class Child:
    """What a finished process cost, by the account of the system."""

    wall: float
    cpu: float
    peak_mb: float


def alternate(sides: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """CPU seconds of one call of each side, a turn of each after the other, `rounds` times.

    A turn is as many calls in a row as fill TURN_S, whatever the side: each is measured warm, as where it is used. The
    first turn, not counted, says how many that is. What is loaded is kept out of the garbage collections, as `reporter
    batch` and `reporter serve` do; each side pays for its own garbage.
    """
    times: Times = {name: [] for name in sides}
    with settled():
        calls = {name: _calls(side) for name, side in sides.items()}
        for _ in range(rounds):
            for name, side in sides.items():
                times[name].append(_turn(side, calls[name]))
    return times


def _calls(side: Callable[[], object]) -> int:
    side()
    return max(1, round(TURN_S / max(_turn(side, 1), 1e-6)))


def _turn(side: Callable[[], object], calls: int) -> float:
    began = time.process_time()
    for _ in range(calls):
        side()
    return (time.process_time() - began) / calls


def ratio(times: Times, one: str, other: str) -> float:
    """The median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def line(name: str, values: Sequence[float], unit: str = "ms", scale: float = 1e3) -> str:
    """Median and the middle half."""
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return f"{name:<44}{middle * scale:>10.3f} {unit}   [{low * scale:.3f} – {high * scale:.3f}]  n={len(values)}"


def child(*command: str, **environment: str) -> Child:
    """Run a process to its end, with these variables beside ours; its peak is that of the largest process in it.

    It is started by a process that has loaded nothing: a fresh child's peak begins at the size of its parent.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STARTER, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    code, wall, cpu, peak = json.loads(done.stdout)
    if code not in (0, 2):
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return Child(wall, cpu, peak / 1024)
