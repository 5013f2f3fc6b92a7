"""What is read as it stands, and what takes the longer way, say the same."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import pytest

from reporter.intake import parse
from reporter.intake.vocabulary import vocabulary_of
from tests.intake.samples import CATALOG, codes, dxa, finding, mr

SPACES = [char for char in map(chr, range(32, sys.maxunicode + 1)) if char.isspace()]


@pytest.mark.parametrize("space", SPACES, ids=lambda char: f"U+{ord(char):04X}")
def test_every_space_around_an_id_is_left_out(space: str) -> None:
    data = mr() | {"comparisons": [{"id": f"C1{space}", "modality": "XR", "date": "2023-01-01", "region": "knee"}]}
    assert parse(data, CATALOG).comparisons[0].id == "C1"
    data["exam"]["limitations"] = [f"{space}mouvements{space}"]
    assert parse(data, CATALOG).study.limitations == ("mouvements",)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"t_score": 99}, "t_score"),
        ({"z_score": "-99"}, "z_score"),
        ({"bmd": 99}, "bmd"),
        ({"vertebra_t_scores": {"L1": 99}}, "vertebra_t_scores/L1"),
        ({"prior": {"date": "2020-01", "bmd": 99}}, "prior/bmd"),
    ],
)
def test_each_densitometric_value_has_its_own_limits(changes: dict[str, Any], path: str) -> None:
    data = dxa()
    data["dxa"]["measurements"][0] |= changes
    assert codes(data) == [("DX-RANGE", f"/dxa/measurements/0/{path}")]


@pytest.mark.parametrize(
    ("part", "key", "value", "code"),
    [
        ("patient", "name", b"Durand", "RPT-TYPE"),
        ("patient", "name", 3, "RPT-TYPE"),
        ("order", "pain", 1, "RPT-TYPE"),
        ("order", "pain", "true", "RPT-TYPE"),
        ("patient", "sex", True, "RPT-TYPE"),
        ("patient", "sex", "fille", "V-CODE"),
        ("patient", "sex", " ", "V-REQ"),
        ("patient", "identifiers", [{"value": "\u2003"}], "V-REQ"),
        ("patient", "identifiers", [{"value": "1", "colour": "x"}], "RPT-KEY"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_with_its_reason(part: str, key: str, value: Any, code: str) -> None:
    data = mr()
    data[part][key] = value
    assert [found for found, _ in codes(data)] == [code]


def test_an_absent_entry_keeps_the_numbers_of_the_others() -> None:
    data = finding(measures=[None, {"name": "extent", "value": 12, "unit": "mm"}])
    data["findings"].insert(0, None)
    read = parse(data, CATALOG)
    assert [f.path for f in read.findings] == ["/findings/1"]
    assert [m.name for m in read.findings[0].measures] == ["extent"]


def test_a_blank_text_is_an_absent_one_where_there_may_be_none() -> None:
    data = mr()
    data["patient"] |= {"name": " \u200a", "family_name": "-", "given_names": ["Ana", None]}
    data["order"]["requester"] = {"name": "\t", "speciality": "rhumatologie"}
    read = parse(data, CATALOG)
    assert (read.patient.name, read.patient.family_name, read.patient.given_names) == (None, "-", ("Ana",))
    assert (read.order.requester_name, read.order.requester_speciality) == (None, "rhumatologie")


@pytest.mark.parametrize(
    ("given", "number"),
    [({"accession": "A1"}, "A1"), ({"accession_number": "A2", "accession": "A1"}, "A2"), ({"accession": None}, None)],
)
def test_the_other_name_of_a_field(given: dict[str, Any], number: str | None) -> None:
    data = mr()
    data["exam"] |= given
    assert parse(data, CATALOG).study.accession_number == number


def test_texts_are_composed_wherever_they_stand() -> None:
    data = mr()
    data["exam"]["limitations"] = ["e\u0301chec", "échec"]
    data["patient"]["family_name"] = "Le\u0301a"
    read = parse(data, CATALOG)
    assert read.study.limitations == ("échec", "échec")
    assert read.patient.family_name == "Léa"
    assert data["patient"]["family_name"] == "Le\u0301a"


def test_codes_of_the_user_leave_no_trace() -> None:
    known = vocabulary_of(CATALOG)
    data = mr()
    data["patient"]["labs"] = [{"code": "25OHD", "value": 20, "unit": "ng/mL"}]
    parse(data, CATALOG)
    tables = set(known.tables)
    for number in range(20):
        data["patient"]["labs"] = [{"code": f"LAB{number}", "value": 1, "unit": "mmol/L"}]
        codes(data)
    assert set(known.tables) == tables


def test_the_first_exam_of_a_catalogue_is_read_as_the_next_ones() -> None:
    fresh = dataclasses.replace(CATALOG)
    data = mr() | {"free_text": {"findings": "Bien.", "indication": " "}}
    data["patient"] |= {"risk_factors": ["tobacco", None], "treatments": [{"class": "denosumab"}]}
    data["findings"][0]["count"] = "multiples"
    for _ in range(3):
        read = parse(data, fresh)
        assert read.study.technique.planes == ("coronal", "sagittal")
        assert (read.patient.risk_factors, read.patient.treatments[0].drug_class) == (("tobacco",), "denosumab")
        assert (dict(read.findings[0].signal), read.findings[0].count) == ({"T1": "hypo", "STIR": "hyper"}, "multiple")
        assert dict(read.free_text) == {"findings": "Bien."}
        assert read.comparisons == read.patient.labs == read.conclusion.diagnoses == ()


def test_a_relation_to_itself_or_to_nothing_is_refused_among_many() -> None:
    data = mr()
    first = data["findings"][0]
    data["findings"] = [
        {**first, "id": f"F{n}", "relations": [{"type": "abuts", "target": f"F{n + 1}"}]} for n in range(3)
    ]
    data["findings"].append({**first, "id": "F3", "relations": [{"type": "abuts", "target": "F3"}]})
    data["findings"].append({**first, "id": "F4", "relations": [{"type": "abuts", "target": "F9"}]})
    assert codes(data) == [
        ("RPT-REF", "/findings/3/relations/0/target"),
        ("RPT-REF", "/findings/4/relations/0/target"),
    ]
