"""(b) One change of the live report in the engine: read what is there, judge it, tell it as text."""

from __future__ import annotations

import statistics
import time
from typing import Any

import orjson

from benchmarks.inputs import CLOCK, REALISTIC, clock, sample_bytes
from benchmarks.measure import Bound, line
from reporter import engine, intake
from reporter.batch import Recipe, convert
from reporter.catalog import load_catalog
from reporter.heap import settled

CHANGES, DUMPS = 400, 20
WORDS = "aspect stable du rachis, sans autre particularité notable. "
# 3 ms, where orjson.dumps of the document of the MRI takes 0.022 ms: the machine of the anchors
FLOORS = 3 / 0.022


def main(changes: int = CHANGES) -> list[Bound]:
    """Measure and print."""
    raw = sample_bytes(REALISTIC["MRI"])
    plain = orjson.loads(convert(Recipe(CLOCK), [b" ".join(raw.splitlines())]).output)
    previews, floors = typed(intake.load_json(raw), plain, changes)
    p50, p99 = statistics.median(previews), statistics.quantiles(previews, n=100)[98]
    print(line("preview of one change", previews))
    print(line("orjson.dumps of the document", floors))
    print(f"  p50 {p50 * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms")
    return [
        Bound("(b) preview p99 / p50", p99 / p50, 5),
        Bound(
            "(b) preview p99 / orjson floor (3 ms on the machine of the anchors)",
            p99 / statistics.median(floors),
            FLOORS,
        ),
    ]


def typed(data: Any, document: Any, changes: int) -> tuple[list[float], list[float]]:
    """CPU seconds of each change, a letter more in the free text, and of the floor beside it."""
    catalog, previews, floors = load_catalog(), [], []
    letters = WORDS * (changes // len(WORDS) + 1)
    with settled():
        for number in range(changes):
            data["free_text"] = {**data.get("free_text", {}), "findings": letters[: number + 1]}
            began = time.process_time()
            report, _ = engine.preview(data, catalog, clock=clock)
            text = report.text() if report else ""
            done = time.process_time()
            for _ in range(DUMPS):
                orjson.dumps(document)
            previews.append(done - began)
            floors.append((time.process_time() - done) / DUMPS)
            if not text:
                raise SystemExit("no preview")
    return previews[5:], floors[5:]
