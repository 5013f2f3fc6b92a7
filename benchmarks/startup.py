"""(c) A cold `reporter render` against a bare process: pydantic, jinja2, PyYAML and the same models, nothing done.

Both as installed: modules compiled (as pip leaves them) and, for us, the catalogue kept by an earlier run. Beside it,
without a promise: without a cache, as the first run is; and with every module of ours compiled anew, both sides.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.inputs import CLOCK, REALISTIC, sample
from benchmarks.measure import Bound, Child, child, line

RUNS = 10
BARE = """
import jinja2, pydantic, yaml, reporter.catalog.schema, reporter.intake.models
reporter.intake.models.ExamInput.model_rebuild()
"""
RENDER = ("-m", "reporter.cli", "render", str(sample(REALISTIC["MRI"])), "--clock", CLOCK.isoformat(), "--out")


def main(runs: int = RUNS) -> list[Bound]:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        installed = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        kept = {"REPORTER_CACHE_DIR": f"{folder}/cache"}
        ours, bare = _pairs(runs, Path(folder), installed, kept)
        first = _pairs(runs // 2, Path(folder), installed, {"REPORTER_CACHE_DIR": ""})
        uncompiled = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""}
        anew = _pairs(runs // 2, Path(folder), uncompiled, kept)
    for name, runs_of in (("render", ours), ("bare", bare)):
        print(line(f"{name}: CPU", [run.cpu for run in runs_of]))
        print(line(f"{name}: wall", [run.wall for run in runs_of]))
        print(line(f"{name}: peak memory", [run.peak_mb for run in runs_of], "MB", 1))
    print(f"render / bare, CPU: {_ratio(*first):.3g} × without a cache, {_ratio(*anew):.3g} × with no module compiled")
    return [
        Bound("(c) cold render / bare process, CPU", _ratio(ours, bare), 1.5),
        Bound("(c) peak memory of render", max(run.peak_mb for run in ours), 80, unit="MB"),
    ]


def _pairs(runs: int, folder: Path, both: dict[str, str], own: dict[str, str]) -> tuple[list[Child], list[Child]]:
    """Runs of ours and of the bare process in turn, after one of each that is not counted."""
    ours: list[Child] = []
    bare: list[Child] = []
    for _ in range(runs + 1):
        ours.append(child(sys.executable, *RENDER, str(folder / "out"), **both, **own))
        bare.append(child(sys.executable, "-c", BARE, **both))
    return ours[1:], bare[1:]


def _ratio(ours: list[Child], bare: list[Child]) -> float:
    return statistics.median(a.cpu / b.cpu for a, b in zip(ours, bare, strict=True))
