"""(e) Time and memory against the number of findings and the size of the catalogue."""

from __future__ import annotations

import statistics
import tempfile
import time
import tracemalloc
from functools import partial
from pathlib import Path

from benchmarks.inputs import CLOCK, REALISTIC, larger_catalogue, sample_bytes, with_findings
from benchmarks.measure import Bound, alternate, line, ratio
from reporter.batch import Recipe, convert
from reporter.batch.records import catalog_for

FINDINGS = (1, 10, 50, 100, 200)
TIMES = (1, 10, 50)
ROUNDS = 20


def main(rounds: int = ROUNDS) -> list[Bound]:
    """Measure and print."""
    return [_findings(rounds), *_catalogue(rounds)]


def _findings(rounds: int) -> Bound:
    recipe = Recipe(CLOCK)
    inputs = {count: with_findings(count) for count in FINDINGS}
    for count, raw in inputs.items():
        if not convert(recipe, [raw]).output:
            raise SystemExit(f"{count} findings are refused")
    times = alternate({str(count): partial(convert, recipe, [raw]) for count, raw in inputs.items()}, rounds)
    middle = {count: statistics.median(times[str(count)]) for count in FINDINGS}
    for count in FINDINGS:
        tracemalloc.start()
        convert(recipe, [inputs[count]])
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        print(line(f"{count} findings", times[str(count)]), f"peak of one conversion {peak:.1f} MB")
    slope = (middle[200] - middle[100]) / 100
    before = (middle[100] - middle[10]) / 90
    return Bound("(e) cost of a finding, from 100 to 200 / from 10 to 100 (1 is linear)", slope / before, 1.25)


def _catalogue(rounds: int) -> list[Bound]:
    raw = b" ".join(sample_bytes(REALISTIC["MRI"]).splitlines())
    with tempfile.TemporaryDirectory() as folder:
        recipes = {}
        for times in TIMES:
            place = larger_catalogue(Path(folder) / str(times), times)
            recipes[f"catalogue × {times}"] = recipe = Recipe(CLOCK, overlays=(str(place),))
            began = time.process_time()
            catalog = catalog_for(recipe)
            spent = time.process_time() - began
            print(f"catalogue × {times}: {len(catalog.findings)} signs, {len(catalog.sites)} sites, load {spent:.2f} s")
        sides = {name: partial(convert, recipe, [raw]) for name, recipe in recipes.items()}
        measured = alternate(sides, rounds)
    for name, values in measured.items():
        print(line(name, values))
    base = "catalogue × 1"
    return [
        Bound("(e) conversion with the catalogue × 10 / × 1", ratio(measured, "catalogue × 10", base), 1.1),
        Bound("(e) conversion with the catalogue × 50 / × 1", ratio(measured, "catalogue × 50", base), 1.1),
    ]
