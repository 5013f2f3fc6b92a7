"""(d) `reporter batch`: two workers against one and against the input split by hand; (e) time and memory by records."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.inputs import CLOCK, records
from benchmarks.measure import ROOT, Bound, Child, child, line

SIZES = (100, 1_000, 10_000, 100_000)
FEWER = SIZES[:-1]
PAIRS = 3


def main(sizes: Sequence[int] = SIZES, count: int = 3_000, pairs: int = PAIRS) -> list[Bound]:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        gain, shared = _scaling(place, count, pairs)
        grown = _growth(place, sizes)
    return [
        Bound("(d) two workers / one, when two cores are free", gain, 1.6, least=True),
        Bound("(d) CPU of two workers / of one, on any load (1.25 leaves 1.6)", shared, 1.25),
        *grown,
    ]


def batch(source: Path, workers: int) -> Child:
    """One run in a process of its own."""
    return child(*_command(source, source.with_suffix(".out"), workers))


def _command(source: Path, out: Path, workers: int) -> tuple[str, ...]:
    options = ("--workers", str(workers), "--clock", CLOCK.isoformat())
    return (sys.executable, "-m", "reporter.cli", "batch", str(source), "--out", str(out), *options)


def _scaling(place: Path, count: int, pairs: int) -> tuple[float, float]:
    whole = records(place / "whole.ndjson", count)
    lines = whole.read_bytes().splitlines(keepends=True)
    halves = [place / "first.ndjson", place / "second.ndjson"]
    for path, half in zip(halves, (lines[: count // 2], lines[count // 2 :]), strict=True):
        path.write_bytes(b"".join(half))
    walls: dict[str, list[float]] = {"1 worker": [], "2 workers": [], "2 commands, a half each": []}
    cpus: dict[str, list[float]] = {"1 worker": [], "2 workers": []}
    for _ in range(pairs):
        for workers, name in ((1, "1 worker"), (2, "2 workers")):
            run = batch(whole, workers)
            walls[name].append(run.wall)
            cpus[name].append(run.cpu)
        walls["2 commands, a half each"].append(_together(halves))
    for name, values in walls.items():
        print(line(f"{name}: wall, {count} records", values, "s", 1), f"{count / statistics.median(values):.0f}/s")
    for name, values in cpus.items():
        print(line(f"{name}: CPU", values, "s", 1), f"{count / statistics.median(values):.0f}/s per core")
    pairs_of = [zip(values["1 worker"], values["2 workers"], strict=True) for values in (walls, cpus)]
    return statistics.median(a / b for a, b in pairs_of[0]), statistics.median(b / a for a, b in pairs_of[1])


def _together(halves: list[Path]) -> float:
    began = time.perf_counter()
    commands = [_command(half, half.with_suffix(".out"), 1) for half in halves]
    running = [subprocess.Popen(c, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands]
    for process in running:
        process.wait()
    return time.perf_counter() - began


def _growth(place: Path, sizes: Sequence[int]) -> list[Bound]:
    """Time and memory against the number of records, with one worker and with two."""
    bounds = []
    for workers in (1, 2):
        runs: dict[int, Child] = {}
        for size in sizes:
            source = records(place / f"{size}.ndjson", size)
            runs[size] = run = batch(source, workers)
            told = f"{workers} worker(s), {size:>6} records: {run.wall:8.1f} s, {size / run.wall:6.0f}/s"
            print(f"{told}, {size / run.cpu:6.0f}/s per core, largest process {run.peak_mb:.0f} MB")
            for path in (source, source.with_suffix(".out")):
                path.unlink()
        most, beside = sizes[-1], f"at {sizes[-1]} records / at 1000, {workers} worker(s)"
        slower = runs[most].cpu / most / (runs[1_000].cpu / 1_000)
        bounds += [
            Bound(f"(d) peak memory of a process {beside}", runs[most].peak_mb / runs[1_000].peak_mb, 1.05),
            Bound(f"(e) CPU per record {beside}", slower, 1.1),
        ]
    return bounds
