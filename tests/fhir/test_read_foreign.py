"""Bundles written by others: what is unambiguous is read, the rest is reported, nothing is guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reporter.errors import InvalidExam
from reporter.fhir import constants as c
from reporter.fhir.read import Reading, read, read_bundle
from tests.fhir import samples
from tests.fhir.test_read import bundle
from tests.fhir.whole_inputs import DXA, MR, Json

CATALOG = samples.catalog()
PRESENT = {"coding": [{"system": c.SNOMED, "code": "52101004"}]}
SACRUM = {"coding": [{"system": c.SNOMED, "code": "54735007"}]}
FRACTURE = {"coding": [{"system": c.SNOMED, "code": "125605004"}]}


def observation(**given: Any) -> Json:
    return {"resourceType": "Observation", "status": "final", "id": "obs-1", **given}


def codes(reading: Reading) -> list[str]:
    return [issue.code for issue in reading.issues]


def collection(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def stripped(value: Any) -> Any:
    """Without any coding of ours."""
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if (kept := stripped(item)) not in ({}, [])}
    if isinstance(value, list):
        ours = [isinstance(i, dict) and str(i.get("system", "")).startswith(c.LOCAL) for i in value]
        kept = [stripped(item) for item, own in zip(value, ours, strict=True) if not own]
        return [item for item in kept if item not in ({}, [])]
    return value


# --- bundles of ours without our codes


def test_standard_codes_alone_give_the_signs_they_are_equivalent_to() -> None:
    reading = read(stripped(bundle(MR)), CATALOG)
    assert [(f["id"], f["finding"], f["status"], f["site"]["code"]) for f in reading.data["findings"]] == [
        ("F3", "vertebral_fracture", "present", "vertebra")
    ]
    assert reading.data["exam"]["modality"] == "MR"
    assert (reading.data["exam"]["region"], reading.data["exam"]["laterality"]) == ("knee", "bilateral")
    assert reading.data["patient"]["family_name"] == "PAT-TROIS"
    assert reading.data["conclusion"]["diagnoses"] == [{"code": "stress_fracture", "certainty": "retained"}]
    assert reading.data["free_text"] == MR["free_text"]
    assert set(codes(reading)) <= {
        "FHIR-READ-RESOURCE",
        "FHIR-READ-ELEMENT",
        "FHIR-READ-DATE",
        "FHIR-READ-CODE",
    }


def test_every_observation_that_is_not_read_has_its_issue() -> None:
    made = stripped(bundle(MR))
    reading = read(made, CATALOG)
    paths = {i.path.removesuffix("/effectiveDateTime") for i in reading.issues}
    for number, entry in enumerate(made["entry"]):
        resource = entry["resource"]
        read_ones = {"F3", "order", "comparison/C1", "comparison/C2"}
        names = {i.get("value") for i in resource.get("identifier", []) if isinstance(i, dict)}
        if resource["resourceType"] == "Observation" and not names & read_ones:
            assert f"/entry/{number}/resource" in paths


def test_densitometry_by_loinc_codes() -> None:
    reading = read(stripped(bundle(DXA)), CATALOG)
    assert reading.data["dxa"] == {
        "measurements": [{"site": "lumbar_spine", "bmd": Decimal("0.900"), "z_score": Decimal("0.0")}],
        "frax_major": Decimal("20.5"),
        "frax_hip": Decimal("4.0"),
    }


# --- single resources and small bundles


def test_a_sign_in_snomed_ct_with_its_site() -> None:
    reading = read(observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=SACRUM), CATALOG)
    assert reading.data["findings"] == [
        {"id": "obs-1", "finding": "fracture", "status": "present", "site": {"code": "sacrum"}}
    ]
    assert codes(reading) == []


def test_a_side_inside_a_snomed_ct_expression() -> None:
    site = {"coding": [{"system": c.SNOMED, "code": "67453005:272741003=7771000"}]}
    reading = read(observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=site), CATALOG)
    assert reading.data["findings"][0]["site"] == {"code": "talus", "laterality": "left"}


def test_two_sides_for_one_sign_are_a_conflict() -> None:
    site = {"coding": [{"system": c.SNOMED, "code": "67453005:272741003=7771000"}]}
    right = {"code": {"text": "côté"}, "valueCodeableConcept": {"coding": [{"system": c.SNOMED, "code": "24028007"}]}}
    reading = read(observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=site, component=[right]), CATALOG)
    assert reading.data == {}
    assert codes(reading) == ["FHIR-READ-EMPTY", "FHIR-READ-CONFLICT", "FHIR-READ-RESOURCE"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"valueCodeableConcept": {"coding": [{"system": c.SNOMED, "code": "261665006"}]}}, "FHIR-READ-RESOURCE"),
        ({"valueBoolean": True}, "FHIR-READ-RESOURCE"),
        ({}, "FHIR-READ-RESOURCE"),
        ({"valueCodeableConcept": PRESENT, "bodySite": {"text": "sacrum"}}, "FHIR-READ-CODE"),
        ({"valueCodeableConcept": PRESENT, "status": "entered-in-error"}, "FHIR-READ-STATUS"),
        ({"valueCodeableConcept": PRESENT, "modifierExtension": [{"url": "urn:x"}]}, "FHIR-READ-MODIFIER"),
    ],
    ids=["unknown", "boolean", "no-value", "site-as-text", "in-error", "modifier"],
)
def test_a_sign_that_is_not_clear_is_not_read(change: Json, expected: str) -> None:
    reading = read(observation(code=FRACTURE, **{"bodySite": SACRUM, **change}), CATALOG)
    assert reading.data == {}
    assert expected in codes(reading)


def test_two_codes_that_disagree_mean_nothing() -> None:
    both = {"coding": [*FRACTURE["coding"], {"system": c.SNOMED, "code": "416209007"}]}
    reading = read(observation(code=both, valueCodeableConcept=PRESENT, bodySite=SACRUM), CATALOG)
    assert reading.data == {}


def test_what_the_reader_does_not_know_of_a_sign_is_reported() -> None:
    given = {
        "interpretation": [{"text": "anormal"}],
        "component": [{"code": {"text": "taille"}, "valueQuantity": {"value": 3, "unit": "mm"}}],
        "note": [{"text": "un"}, {"text": "deux"}],
    }
    reading = read(observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=SACRUM, **given), CATALOG)
    assert [i.path for i in reading.issues] == ["/interpretation", "/component/0", "/note/0", "/note/1"]
    assert reading.data["findings"][0]["finding"] == "fracture"


SPINE_BMD = {"coding": [{"system": c.LOINC, "code": "24966-4"}]}


@pytest.mark.parametrize(
    "unit",
    [
        {"system": c.UCUM, "code": "g/cm-2", "unit": "g/cm²"},
        {"unit": "g/cm2"},
        {"system": c.UCUM, "code": "g/m2"},
        {"system": "urn:other", "code": "g/cm2"},
    ],
)
def test_a_wrong_unit_is_reported_and_never_converted(unit: Json) -> None:
    reading = read(observation(code=SPINE_BMD, valueQuantity={"value": Decimal("0.887"), **unit}), CATALOG)
    assert reading.data == {}
    assert "FHIR-READ-UNIT" in codes(reading)


@pytest.mark.parametrize("code", ["g/cm2", "g.cm-2"])
def test_units_that_ucum_holds_equal(code: str) -> None:
    value = {"value": Decimal("0.880"), "system": c.UCUM, "code": code}
    reading = read(observation(code=SPINE_BMD, valueQuantity=value), CATALOG)
    assert str(reading.data["dxa"]["measurements"][0]["bmd"]) == "0.880"


def test_a_bound_is_not_a_value() -> None:
    value = {"value": 1, "comparator": "<", "system": c.UCUM, "code": "g/cm2"}
    reading = read(observation(code=SPINE_BMD, valueQuantity=value), CATALOG)
    assert reading.data == {} and "FHIR-READ-VALUE" in codes(reading)


def test_the_unit_of_the_official_bone_density_example_is_refused() -> None:
    femur = {"coding": [{"system": c.LOINC, "code": "24701-5"}]}
    value = {"value": Decimal("0.887"), "unit": "g/cm²", "system": c.UCUM, "code": "g/cm-2"}
    reading = read(observation(code=femur, valueQuantity=value), CATALOG)
    assert codes(reading) == ["FHIR-READ-EMPTY", "FHIR-READ-AMBIGUOUS", "FHIR-READ-UNIT"]


def test_a_broader_code_is_never_read_as_one_region() -> None:
    value = {"value": Decimal("0.631"), "system": c.UCUM, "code": "g/cm2"}
    femur = {"coding": [{"system": c.LOINC, "code": "80954-1"}]}
    reading = read(observation(code=femur, valueQuantity=value), CATALOG)
    assert codes(reading) == ["FHIR-READ-EMPTY", "FHIR-READ-AMBIGUOUS"]


# --- who and when


def test_resources_of_another_patient_are_not_read() -> None:
    sign = observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=SACRUM)
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": {"reference": "Patient/a"}}
    people = [{"resourceType": "Patient", "id": name, "gender": "female"} for name in ("a", "b")]
    mine, other = {**sign, "subject": {"reference": "Patient/a"}}, {**sign, "subject": {"reference": "Patient/b"}}
    reading = read(collection(report, *people, {**mine, "id": "m"}, {**other, "id": "o"}), CATALOG)
    assert [f["id"] for f in reading.data["findings"]] == ["m"]
    assert codes(reading).count("FHIR-READ-SUBJECT") == 2


def test_a_result_of_another_day_is_not_of_this_exam() -> None:
    sign = observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=SACRUM)
    report = {"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": "2024-03-08T10:00:00Z"}
    dated = [{**sign, "id": f"o{n}", "effectiveDateTime": day} for n, day in enumerate(("2024-03-08", "2019-01-02"))]
    reading = read(collection(report, *dated), CATALOG)
    assert [f["id"] for f in reading.data["findings"]] == ["o0"]
    assert "FHIR-READ-DATE" in codes(reading)


def test_which_of_two_reports_is_not_guessed() -> None:
    reports = [{"resourceType": "DiagnosticReport", "id": f"r{n}", "effectiveDateTime": "2024-03-08"} for n in (1, 2)]
    reading = read(collection(*reports), CATALOG)
    assert codes(reading) == ["FHIR-READ-EMPTY", "FHIR-READ-SEVERAL", "FHIR-READ-SEVERAL"]


def test_a_request_that_is_a_recommendation_is_not_the_request_of_the_exam() -> None:
    report = {"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": "2024-03-08"}
    later = {"resourceType": "ServiceRequest", "status": "active", "reasonCode": [{"text": "Contrôle dans un an."}]}
    reading = read(collection(report, later), CATALOG)
    assert "order" not in reading.data
    assert [(i.code, i.path) for i in reading.issues] == [("FHIR-READ-RESOURCE", "/entry/1/resource")]


def test_a_reference_that_leads_nowhere_is_reported() -> None:
    report = {"resourceType": "DiagnosticReport", "effectiveDateTime": "2024-03-08", "result": [{"reference": "X/1"}]}
    assert [(i.code, i.path) for i in read(report, CATALOG).issues] == [("FHIR-READ-REFERENCE", "/result/0")]


def test_an_unknown_kind_of_resource_and_an_empty_entry_are_reported() -> None:
    made = collection({"resourceType": "Medication", "id": "m"}, {"resourceType": "Patient", "gender": "male"})
    made["entry"].append({"request": {"method": "DELETE", "url": "Patient/1"}})
    reading = read(made, CATALOG)
    assert [(i.code, i.path) for i in reading.issues] == [
        ("FHIR-READ-ENTRY", "/entry/2"),
        ("FHIR-READ-RESOURCE", "/entry/0/resource"),
    ]


def test_the_free_text_of_a_foreign_report() -> None:
    findings = {"coding": [{"system": c.LOINC, "code": "59776-5"}]}
    reading = read(collection(observation(code=findings, valueString="Rien d’anormal.")), CATALOG)
    assert reading.data["free_text"] == {"findings": "Rien d’anormal."}
    report = {"resourceType": "DiagnosticReport", "effectiveDateTime": "2024-03-08", "conclusion": "Normal."}
    assert read(report, CATALOG).data["free_text"] == {"conclusion": "Normal."}


def test_a_bundle_that_holds_no_whole_exam_is_refused_with_every_reason() -> None:
    with pytest.raises(InvalidExam) as refused:
        read_bundle(observation(code=FRACTURE, valueCodeableConcept=PRESENT, bodySite=SACRUM), CATALOG)
    assert {"/patient", "/order", "/exam"} <= {i.path for i in refused.value.issues}
    with pytest.raises(InvalidExam) as empty:
        read_bundle([], CATALOG)
    assert empty.value.issues[0].code == "FHIR-READ-BUNDLE"
