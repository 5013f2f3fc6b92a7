"""(a) Input JSON to the bytes of the checked document, against what `fhir.resources` takes to validate that document.

Also against the floor, `orjson.dumps` of the finished document, and for (d) against a pipeline that makes the same text
and bundle, unchecked, then validates and dumps it with `fhir.resources`.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import warnings
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.inputs import CLOCK, REALISTIC, clock, sample_bytes
from benchmarks.measure import Bound, alternate, line, ratio
from reporter import engine, fhir, intake
from reporter.batch import Recipe, convert
from reporter.batch.records import catalog_for
from reporter.catalog import Catalog
from reporter.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fhir.resources.R4B.bundle import Bundle

ROUNDS = 40
OURS, VALIDATE, PIPELINE, FLOOR = "ours, all checks on", "fhir.resources validate", "fhir.resources pipeline", "orjson"


def main(rounds: int = ROUNDS) -> list[Bound]:
    """Measure and print."""
    shares, floors, pipelines = [], [], []
    for name, folder in REALISTIC.items():
        times = alternate(sides(sample_bytes(folder)), rounds)
        for side, values in times.items():
            print(line(f"{name}: {side}", values))
        shares.append(ratio(times, OURS, VALIDATE))
        floors.append(ratio(times, OURS, FLOOR))
        pipelines.append(ratio(times, PIPELINE, OURS))
        print(f"  of fhir.resources {shares[-1]:.3f}, of the orjson floor {floors[-1]:.1f}")
    return [
        Bound("(a) checked document / fhir.resources validation", max(shares), 0.25),
        Bound("(a) checked document / orjson.dumps floor (30 excellent)", statistics.median(floors), 50),
        Bound("(d) per core, against building and dumping with fhir.resources", min(pipelines), 12, least=True),
    ]


def sides(raw: bytes) -> dict[str, Callable[[], object]]:
    """What is compared; the parsed document of the other sides is made beforehand."""
    recipe, text = Recipe(CLOCK), b" ".join(raw.splitlines())
    document = convert(recipe, [text]).output
    decimal, plain = json.loads(document), orjson.loads(document)
    return {
        OURS: lambda: convert(recipe, [text]),
        VALIDATE: lambda: Bundle.model_validate(decimal),
        PIPELINE: lambda: _pipeline(recipe, text),
        FLOOR: lambda: orjson.dumps(plain),
    }


def unchecked(data: Any, catalog: Catalog, now: Callable[[], dt.datetime]) -> dict[str, Any]:
    """Our text and bundle, without our check: what another program would then hold to `fhir.resources`."""
    report = engine.build_report(intake.parse(data, catalog), catalog, clock=now)
    return fhir.document_bundle(report.data, report.narrative, catalog, ids=report.ids, settings=Settings())


def _pipeline(recipe: Recipe, raw: bytes) -> str:
    bundle = unchecked(intake.load_json(raw), catalog_for(recipe), clock)
    dumped: str = Bundle.model_validate(bundle).model_dump_json()
    return dumped
