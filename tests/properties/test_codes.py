"""No bundle of any exam holds a code that the export does not define or that has no stored source."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given

from reporter import engine, fhir, intake
from reporter.fhir import terminology
from tests.fhir.codings import LOCAL, foreign, local, parsed
from tests.strategies import CATALOG, Json, clock, exams

CODES = Path(__file__).resolve().parents[2] / "terminology" / "codes"
EXPORTED = {
    (resource["url"].removeprefix(LOCAL), concept["code"])
    for resource in terminology.export(CATALOG).values()
    if resource["resourceType"] == "CodeSystem"
    for concept in resource["concept"]
}


def sourced() -> set[tuple[str, str]]:
    """Every code of the tables that names a source."""
    found = set()
    for name in ("registry", "structure"):
        with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found |= {(row["system"], row["code"]) for row in csv.DictReader(file) if row["sources"].strip()}
    return found


SOURCED = sourced()


@given(exams())
def test_every_code_of_a_bundle_is_defined_or_sourced(data: Json) -> None:
    report = engine.build_report(intake.parse(data, CATALOG), CATALOG, clock=clock)
    bundle = parsed(fhir.to_json(report.to_fhir()))
    assert local(bundle) <= EXPORTED
    assert {(system, code) for system, code, _ in foreign(bundle)} <= SOURCED
