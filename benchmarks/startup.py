"""(c) A cold `reporter render` against a bare process: pydantic, jinja2, PyYAML and the same models, nothing done."""

from __future__ import annotations

import statistics
import sys
import tempfile

from benchmarks.inputs import CLOCK, REALISTIC, sample
from benchmarks.measure import Bound, Child, child, line

RUNS = 10
BARE = "import jinja2, pydantic, yaml, reporter.intake.models, reporter.catalog.schema"


def main(runs: int = RUNS) -> list[Bound]:
    """Measure and print."""
    ours: list[Child] = []
    bare: list[Child] = []
    with tempfile.TemporaryDirectory() as out:
        render = ("-m", "reporter.cli", "render", str(sample(REALISTIC["MRI"])), "--out", out)
        for _ in range(runs + 1):
            ours.append(child(sys.executable, *render, "--clock", CLOCK.isoformat()))
            bare.append(child(sys.executable, "-c", BARE))
    ours, bare = ours[1:], bare[1:]
    for name, runs_of in (("render", ours), ("bare", bare)):
        print(line(f"{name}: CPU", [run.cpu for run in runs_of]))
        print(line(f"{name}: wall", [run.wall for run in runs_of]))
        print(line(f"{name}: peak memory", [run.peak_mb for run in runs_of], "MB", 1))
    cpu = statistics.median(a.cpu / b.cpu for a, b in zip(ours, bare, strict=True))
    return [
        Bound("(c) cold render / bare process, CPU", cpu, 1.5),
        Bound("(c) peak memory of render", max(run.peak_mb for run in ours), 80, unit="MB"),
    ]
