"""What was put in is what the Observations say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reporter.fhir import constants as c
from reporter.model import exam as m
from reporter.model.report import Derived
from reporter.settings import Settings
from tests.fhir import samples
from tests.fhir.samples import component, local, observation


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    return samples.parsed(samples.document(samples.mr_exam()))


@pytest.fixture(scope="module")
def dxa() -> dict[str, Any]:
    return samples.parsed(samples.document(samples.dxa_exam(), samples.change()))


def target(bundle: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    (found,) = [e["resource"] for e in bundle["entry"] if e["fullUrl"] == reference["reference"]]
    return found


def test_a_finding_says_what_in_its_code_and_whether_in_its_value(bundle: dict[str, Any]) -> None:
    oedema = observation(bundle, "F1")
    assert local(oedema["code"], "finding") == "bone_marrow_oedema"
    assert oedema["code"]["text"] == "œdème médullaire"
    assert {"system": c.SNOMED, "code": "52101004", "display": "Present (qualifier value)"} in oedema[
        "valueCodeableConcept"
    ]["coding"]
    assert oedema["status"] == "preliminary"
    assert oedema["effectiveDateTime"] == "2024-03-08"
    assert oedema["note"] == [{"text": "Aspect <inhabituel> & net."}]


def test_an_absent_finding_keeps_its_positive_code(bundle: dict[str, Any]) -> None:
    right = observation(bundle, "F2.right")
    assert local(right["code"], "finding") == "fracture_line"
    assert right["valueCodeableConcept"]["coding"][0]["code"] == "2667000"


def test_not_assessed_is_unknown_with_our_code() -> None:
    finding = m.Finding("F1", "joint_effusion", "not_assessed", m.Site("knee_joint", "left"), "/findings/0")
    said = observation(samples.document(samples.mr_exam(findings=(finding,))), "F1")["valueCodeableConcept"]
    assert local(said, "finding-status") == "not_assessed"
    assert said["coding"][1]["code"] == "261665006"


def test_the_site_has_code_french_text_side_and_zones(bundle: dict[str, Any]) -> None:
    oedema = observation(bundle, "F1")
    assert local(oedema["bodySite"], "site") == "medial_femoral_condyle"
    assert "condyle fémoral médial gauche" in oedema["bodySite"]["text"]
    structure = target(bundle, oedema["bodySite"]["extension"][0]["valueReference"])
    assert structure["resourceType"] == "BodyStructure"
    assert "7771000" in {x["code"] for x in structure["locationQualifier"][0]["coding"]}
    (side,) = component(oedema, "laterality")
    assert "7771000" in {x["code"] for x in side["valueCodeableConcept"]["coding"]}
    zones = [local(p["valueCodeableConcept"], "zone") for p in component(oedema, "zone")]
    assert zones == ["subchondral", "median_slope"]


def test_codes_under_licence_need_the_licence() -> None:
    def systems(settings: Settings) -> set[str]:
        bundle = samples.document(samples.mr_exam(), settings=settings)
        return {x["system"] for x in observation(bundle, "F1")["bodySite"]["coding"]}

    assert systems(Settings()) == {c.LOCAL + "site", c.RADLEX}


def test_attributes_and_measures_are_components(bundle: dict[str, Any]) -> None:
    oedema = observation(bundle, "F1")
    (signal,) = component(oedema, "signal.T2FS")
    assert local(signal["valueCodeableConcept"], "signal") == "hyper"
    (severity,) = component(oedema, "severity")
    assert local(severity["valueCodeableConcept"], "severity") == "marked"
    (change,) = component(oedema, "evolution")
    assert local(change["valueCodeableConcept"], "evolution") == "increased"
    assert component(oedema, "compared_to")[0]["valueString"] == "C1"
    (extent,) = component(oedema, "extent", "measure")
    assert extent["valueQuantity"] == {"value": Decimal("12.50"), "unit": "mm", "system": c.UCUM, "code": "mm"}
    assert str(extent["valueQuantity"]["value"]) == "12.50"


def test_the_prior_and_the_relation_are_references(bundle: dict[str, Any]) -> None:
    oedema = observation(bundle, "F1")
    started = [target(bundle, r)["started"] for r in oedema["derivedFrom"]]
    assert started == ["2024-03-08", "2023-10"]
    (related,) = oedema["hasMember"]
    assert target(bundle, related) == observation(bundle, "F2.left")
    assert related["extension"][0]["valueCoding"]["code"] == "abuts"


def test_phases_are_one_component_each() -> None:
    uptake = m.Uptake("focal", ("flow", "delayed"))
    finding = m.Finding("F1", "increased_uptake", "present", m.Site("talus", "right"), "/findings/0", uptake=uptake)
    seen = observation(samples.document(samples.mr_exam(findings=(finding,))), "F1")
    assert [local(p["valueCodeableConcept"], "attribute-value") for p in component(seen, "uptake.phases")] == [
        "flow",
        "delayed",
    ]


def test_level_number_and_typed_attributes() -> None:
    morphology = {"genant": Decimal(2), "osteoporotic": True, "shape": "wedge"}
    finding = m.Finding(
        "F1", "vertebral_fracture", "present", m.Site("vertebra", level="T12"), "/f", morphology=morphology
    )
    rib = m.Finding("F2", "fracture", "present", m.Site("rib", "left", number=9), "/f")
    bundle = samples.document(samples.mr_exam(findings=(finding, rib)))
    fracture = observation(bundle, "F1")
    assert local(component(fracture, "level")[0]["valueCodeableConcept"], "level") == "T12"
    assert component(fracture, "genant")[0]["valueInteger"] == 2
    assert component(fracture, "osteoporotic")[0]["valueBoolean"] is True
    assert fracture["bodySite"]["text"] == "corps vertébral de T12"
    assert component(observation(bundle, "F2"), "number")[0]["valueInteger"] == 9


def test_diagnoses_carry_certainty_and_evidence(bundle: dict[str, Any]) -> None:
    retained = observation(bundle, "diagnosis/0")
    assert local(retained["valueCodeableConcept"], "certainty") == "retained"
    assert {target(bundle, r)["id"] for r in retained["derivedFrom"]} == {
        observation(bundle, key)["id"] for key in ("F1", "F2.left", "F2.right")
    }
    icd = next(x for x in retained["code"]["coding"] if x["system"].endswith("icd-10"))
    assert "display" not in icd


def test_a_recommendation_is_proposed_and_never_an_order(bundle: dict[str, Any]) -> None:
    proposed = observation(bundle, "recommendation/R-DXA")
    assert local(proposed["code"], "recommendation") == "R-DXA"
    assert local(proposed["valueCodeableConcept"], "recommendation-status") == "proposed"
    assert len(samples.resources(bundle, "ServiceRequest")) == 1
    assert [x["system"] for x in proposed["code"]["coding"]] == [c.LOCAL + "recommendation"]


def test_densitometry_keeps_its_decimals(dxa: dict[str, Any]) -> None:
    bmd = observation(dxa, "dxa/0/bmd")
    assert bmd["valueQuantity"] == {"value": Decimal("0.720"), "unit": "g/cm²", "system": c.UCUM, "code": "g/cm2"}
    assert str(bmd["valueQuantity"]["value"]) == "0.720"
    assert str(component(bmd, "lsc", "measure")[0]["valueQuantity"]["value"]) == "0.030"
    score = observation(dxa, "dxa/1/t_score")
    assert score["valueQuantity"]["code"] == "1"
    assert "38267-1" in {x["code"] for x in score["code"]["coding"]}
    assert str(observation(dxa, "dxa/1/z_score")["valueQuantity"]["value"]) == "0.0"


def test_a_broader_loinc_is_not_presented_as_equivalent(dxa: dict[str, Any]) -> None:
    assert [x["system"] for x in observation(dxa, "dxa/0/bmd")["code"]["coding"]] == [c.LOCAL + "dxa"]


def test_densitometry_says_which_vertebrae(dxa: dict[str, Any]) -> None:
    score = observation(dxa, "dxa/1/t_score")
    included = [local(p["valueCodeableConcept"], "level") for p in component(score, "vertebrae_included")]
    assert included == ["L1", "L2", "L4"]
    assert local(component(score, "vertebrae_excluded")[0]["valueCodeableConcept"], "level") == "L3"
    (reason,) = component(score, "exclusion_reason.L3")
    assert local(reason["valueCodeableConcept"], "attribute-value") == "fracture"
    assert component(score, "t_score.L1", "measure")[0]["valueQuantity"]["value"] == Decimal("-2.5")


def test_an_earlier_density_is_not_a_result_of_this_exam(dxa: dict[str, Any]) -> None:
    earlier = observation(dxa, "dxa/0/prior")
    assert earlier["effectiveDateTime"] == "2022-03-01"
    assert local(earlier["code"], "dxa") is None
    results = {r["reference"] for r in samples.only(dxa, "DiagnosticReport")["result"]}
    assert f"urn:uuid:{earlier['id']}" not in results


def test_a_derived_fact_names_its_rule_and_its_evidence(dxa: dict[str, Any]) -> None:
    change = observation(dxa, "derived/0")
    assert local(change["code"], "derived") == "bmd_change"
    assert local(change["method"], "rule") == "DX-LSC"
    assert str(change["valueQuantity"]["value"]) == "-0.030"
    expected = {observation(dxa, key)["id"] for key in ("dxa/0/bmd", "dxa/0/t_score", "dxa/0/prior")}
    assert {target(dxa, r)["id"] for r in change["derivedFrom"]} == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, {"valueBoolean": True}),
        (3, {"valueInteger": 3}),
        (Decimal("46.0"), {"valueQuantity": {"value": Decimal("46.0"), "unit": "1", "system": c.UCUM, "code": "1"}}),
    ],
)
def test_derived_values_keep_their_type(value: Any, expected: dict[str, Any]) -> None:
    bundle = samples.document(samples.mr_exam(), Derived("height_loss", "VB-LOSS", value))
    found = observation(bundle, "derived/0")
    assert {k: v for k, v in found.items() if k.startswith("value")} == expected


def test_context_is_history_and_pregnancy_has_its_loinc_code(bundle: dict[str, Any]) -> None:
    status = observation(bundle, "context/pregnancy_status")
    assert {"system": c.LOINC, "code": "82810-3"} in status["code"]["coding"]
    assert local(status["valueCodeableConcept"], "context-value") == "not_pregnant"
    assert observation(bundle, "context/age_years")["valueQuantity"]["value"] == 61
    pain = observation(bundle, "order/pain")["valueCodeableConcept"]
    assert pain["coding"][0]["code"] == "52101004"
