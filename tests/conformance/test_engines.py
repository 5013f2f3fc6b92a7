"""HL7's own engine and the official XML schemas see planted faults; asked for by .ci/run (REPORTER_CONFORMANCE=1)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reporter import engine, fhir, intake
from reporter.catalog import load_catalog
from reporter.fhir import xml
from tools.conformance import definitions, hapi, schema
from tools.conformance.exams import CLOCK

pytestmark = pytest.mark.skipif("REPORTER_CONFORMANCE" not in os.environ, reason="needs Maven: docs/conformance.md")
SAMPLE = Path(__file__).resolve().parents[2] / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json"
Json = dict[str, Any]


def document() -> Json:
    exam = intake.parse(intake.load_json(SAMPLE.read_bytes()), load_catalog())
    return engine.build_report(exam, load_catalog(), clock=lambda: CLOCK).to_fhir("document")


def first(bundle: Json, kind: str) -> Json:
    found: Json = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    return found


def no_status(bundle: Json) -> None:
    del first(bundle, "Observation")["status"]


def unknown_local_code(bundle: Json) -> None:
    observation = next(
        e["resource"]
        for e in bundle["entry"]
        if any("CodeSystem/finding" in c["system"] for c in e["resource"].get("code", {}).get("coding", []))
    )
    observation["code"]["coding"][0]["code"] = "invented"


def unknown_extension(bundle: Json) -> None:
    first(bundle, "Patient").setdefault("extension", []).append({"url": "https://example.org/x", "valueBoolean": True})


def unknown_profile(bundle: Json) -> None:
    first(bundle, "Patient")["meta"] = {"profile": ["https://example.org/StructureDefinition/none"]}


def value_and_absence(bundle: Json) -> None:
    first(bundle, "Observation").pop("component", None)
    first(bundle, "Observation")["component"] = [{"code": {"text": "x"}, "valueString": "y", "dataAbsentReason": {}}]


def bad_required_code(bundle: Json) -> None:
    first(bundle, "DiagnosticReport")["status"] = "signed"


def nothing(bundle: Json) -> None:
    """The sample as it is."""


PLANTED = [no_status, unknown_local_code, unknown_extension, unknown_profile, value_and_absence, bad_required_code]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> hapi.Issues:
    folder = tmp_path_factory.mktemp("planted")
    for plant in (*PLANTED, nothing):
        bundle = document()
        plant(bundle)
        (folder / f"{plant.__name__}.json").write_text(fhir.to_json(bundle), encoding="utf-8")
    return hapi.validate(sorted(folder.iterdir()), definitions.folders())


@pytest.mark.parametrize("plant", PLANTED, ids=lambda p: p.__name__)
def test_hl7_engine_sees_a_planted_fault(answers: hapi.Issues, plant: Callable[[Json], None]) -> None:
    issues = next(found for file, found in answers.items() if file.stem == plant.__name__)
    assert hapi.errors(issues)


def test_hl7_engine_has_nothing_against_the_sample_itself(answers: hapi.Issues) -> None:
    issues = next(found for file, found in answers.items() if file.stem == "nothing")
    assert hapi.errors(issues) == []


def test_the_official_schema_accepts_the_sample_and_sees_an_element_out_of_order() -> None:
    official, made = schema.schema(), xml.to_xml(document())
    assert schema.faults(made, official) == []
    assert schema.faults(made.replace(b"<timestamp", b"<stamp"), official)


def test_a_required_code_outside_its_list_breaks_the_schema() -> None:
    bundle = json.loads(fhir.to_json(document()), parse_float=Decimal)
    bundle["type"] = "letter"
    assert schema.faults(xml.to_xml(bundle), schema.schema())
