"""What people write is read as what they mean; what they did not write is never made up."""

from decimal import Decimal
from typing import Any

import pytest

from reporter.intake import parse
from tests.intake.samples import CATALOG, codes, dxa, finding, mr


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("Medial_Femoral_Condyle", "medial_femoral_condyle"),
        ("condyle fémoral interne", "medial_femoral_condyle"),
        ("CONDYLE FEMORAL MEDIAL", "medial_femoral_condyle"),
        ("rotule", "patella"),
        ("calcanéum", "calcaneus"),
        ("cotyle", "acetabulum"),
    ],
)
def test_sites_by_any_of_their_names(written: str, site: str) -> None:
    exam = parse(finding(site={"code": written, "laterality": "droit"}), CATALOG)
    assert exam.findings[0].site.code == site
    assert exam.findings[0].site.laterality == "right"


@pytest.mark.parametrize("written", ["œdème médullaire", "oedème médullaire", "OEDEME MEDULLAIRE", "œdème osseux"])
def test_oe_and_accents(written: str) -> None:
    assert parse(finding(finding=written), CATALOG).findings[0].finding == "bone_marrow_oedema"


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("D12", "T12"),
        ("d 12", "T12"),
        ("Th7", "T7"),
        ("L1", "L1"),
        ("L4-L5", "L4L5"),
        ("L4/5", "L4L5"),
        ("L5‑S1", "L5S1"),
    ],
)
def test_levels(written: str, level: str) -> None:
    assert parse(finding(site={"code": "vertebra", "level": written}), CATALOG).findings[0].site.level == level


@pytest.mark.parametrize("written", ["L9", "vertèbre 3", "T13", "XYZ"])
def test_a_level_that_does_not_exist_is_left_to_the_rules(written: str) -> None:
    assert parse(finding(site={"code": "vertebra", "level": written}), CATALOG).findings[0].site.level == written


@pytest.mark.parametrize("minus", ["-", "−", "‑", "‐", "–"])
def test_decimal_comma_and_every_minus(minus: str) -> None:
    data = dxa()
    data["dxa"]["measurements"][0]["t_score"] = f"{minus}2,50"
    assert str(parse(data, CATALOG).dxa.measurements[0].t_score) == "-2.50"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(12, "mm", "12"), ("1,2", "cm", "12"), (Decimal("0.30"), "cm", "3"), ("12", " mm ", "12"), (0.012, "m", "12")],
)
def test_units_are_converted_exactly(value: Any, unit: str, expected: str) -> None:
    data = finding(measures=[{"name": "extent", "value": value, "unit": unit}])
    measure = parse(data, CATALOG).findings[0].measures[0]
    assert (measure.value, measure.unit) == (Decimal(expected), "mm")


def test_cc_is_ml_and_degrees_are_deg() -> None:
    cement = {"finding": "cement", "site": {"code": "vertebra", "level": "L1"}}
    volume = parse(finding(**cement, measures=[{"name": "volume", "value": 4, "unit": "cc"}]), CATALOG)
    assert volume.findings[0].measures[0].unit == "mL"
    kyphosis = {"finding": "kyphosis", "site": {"code": "spinal_segment"}}
    angle = parse(finding(**kyphosis, measures=[{"name": "angle", "value": "25", "unit": "°"}]), CATALOG)
    assert angle.findings[0].measures[0].unit == "deg"


@pytest.mark.parametrize(
    ("written", "tracer"),
    [("99m Tc-HDP", "99mTc-HDP"), ("18FNA", "18F-NaF"), ("18F‑NaF", "18F-NaF"), ("99mtc-hmdp", "99mTc-HDP")],
)
def test_tracers(written: str, tracer: str) -> None:
    data = finding(finding="increased_uptake", signal={})
    data["exam"] |= {"modality": "TEP" if "18" in written else "NM", "technique": {"tracer": written}}
    assert parse(data, CATALOG).study.technique.tracer == tracer


def test_null_is_absence() -> None:
    data = mr()
    data["exam"]["dose"] = None
    data["patient"]["weight_kg"] = None
    exam = parse(data, CATALOG)
    assert exam.study.dose is None
    assert exam.patient.weight_kg is None


def test_accession_is_the_accession_number() -> None:
    data = mr()
    data["exam"]["accession"] = "A-1"
    assert parse(data, CATALOG).study.accession_number == "A-1"


def test_entries_remember_where_the_user_gave_them() -> None:
    data = mr()
    data["findings"].insert(0, None)
    assert parse(data, CATALOG).findings[0].path == "/findings/1"


def test_a_number_that_is_missing_is_not_zero() -> None:
    data = finding(measures=[{"name": "extent", "value": None, "unit": "mm"}])
    assert codes(data) == [("V-REQ", "/findings/0/measures/0/value")]
    assert parse(mr(), CATALOG).patient.gestational_weeks is None


def test_free_text_is_kept_to_the_letter() -> None:
    data = mr() | {"free_text": {"findings": "  Kyste poplité…\n« tel quel »"}}
    assert parse(data, CATALOG).free_text == {"findings": "  Kyste poplité…\n« tel quel »"}


def test_a_blank_text_is_an_absent_one() -> None:
    data = mr() | {"free_text": {"findings": " \u00a0\n", "conclusion": ""}}
    data["order"] |= {"question": "", "requester": {"name": " "}}
    exam = parse(data, CATALOG)
    assert (dict(exam.free_text), exam.order.question, exam.order.requester_name) == ({}, None, None)


def test_planes_come_from_the_sequences_unless_given() -> None:
    assert parse(mr(), CATALOG).study.technique.planes == ("coronal", "sagittal")
    data = mr()
    data["exam"]["technique"]["planes"] = ["frontal"]
    assert parse(data, CATALOG).study.technique.planes == ("coronal",)
