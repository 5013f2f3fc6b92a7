"""Two sides, always in turn: a machine that is busy for a while is busy for both."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    """CPU seconds of each side, a round of each after the other; one round beforehand is not counted."""
    times: Times = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            gc.collect()
            began = time.process_time()
            side()
            spent = time.process_time() - began
            if number:
                times[name].append(spent)
    return times


def ratio(times: Times, one: str, other: str) -> float:
    """The median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def line(name: str, values: Sequence[float], unit: str = "ms", scale: float = 1e3) -> str:
    """Median and the middle half."""
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return f"{name:<44}{middle * scale:>10.3f} {unit}   [{low * scale:.3f} – {high * scale:.3f}]  n={len(values)}"


def child(*command: str) -> Child:
    """Run a process to its end; its peak is that of the largest process in it.

    It is started by a process that has loaded nothing: a fresh child's peak begins at the size of its parent.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STARTER, *command], cwd=ROOT, capture_output=True, check=True
    )
    code, wall, cpu, peak = json.loads(done.stdout)
    if code not in (0, 2):
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return Child(wall, cpu, peak / 1024)
