"""The generated exams: repeatable, valid, of every modality, rich; the engines' tools around them."""

from __future__ import annotations

import collections
import itertools
import re
from pathlib import Path

import pytest
import yaml

from reporter import fhir
from reporter.catalog import load_catalog
from reporter.catalog.entries import Catalog
from tools.conformance import exams, people, store, warnings
from tools.conformance.draw import Json

ROOT = Path(__file__).resolve().parents[2]
COUNT = 140


@pytest.fixture(scope="module")
def drawn() -> list[Json]:
    return list(exams.exams(load_catalog(), 7, COUNT, exams.Count()))


def test_the_same_seed_gives_the_same_exams(drawn: list[Json]) -> None:
    again = exams.exams(load_catalog(), 7, 20, exams.Count())
    assert [fhir.to_json(exam) for exam in again] == [fhir.to_json(exam) for exam in drawn[:20]]
    other = exams.exams(load_catalog(), 8, 20, exams.Count())
    assert [fhir.to_json(exam) for exam in other] != [fhir.to_json(exam) for exam in drawn[:20]]


def test_the_engine_refuses_none_of_them(drawn: list[Json]) -> None:
    catalog = load_catalog()
    assert [issue for exam in drawn for issue in exams.errors(exam, catalog)] == []


def test_they_are_of_every_modality_status_and_certainty(drawn: list[Json]) -> None:
    catalog: Catalog = load_catalog()
    modalities = collections.Counter(exam["exam"]["modality"] for exam in drawn)
    assert modalities == dict.fromkeys(catalog.vocabulary["modality"], COUNT // 7)
    findings = [finding for exam in drawn for finding in exam["findings"]]
    assert {finding["status"] for finding in findings} == set(catalog.vocabulary["status"])
    diagnoses = itertools.chain.from_iterable(exam["conclusion"].get("diagnoses", []) for exam in drawn)
    assert {diagnosis["certainty"] for diagnosis in diagnoses} == set(catalog.vocabulary["certainty"])
    said = {key for finding in findings for key in finding}
    assert {"signal", "measures", "evolution", "severity", "morphology", "relations", "uptake", "comment"} <= said
    assert {finding["finding"] for finding in findings} >= {
        name for name, sign in catalog.findings.items() if not sign.derived and sign.polarity == "finding"
    } - {"pulmonary_cement_embolus", "subchondral_hypervascularity"}


def test_exams_of_densitometry_have_excluded_vertebrae_and_earlier_densities(drawn: list[Json]) -> None:
    regions = [region for exam in drawn if "dxa" in exam for region in exam["dxa"]["measurements"]]
    assert any(region.get("vertebrae_excluded") for region in regions)
    assert any(region.get("prior") for region in regions)
    assert any(exam["dxa"].get("lsc") for exam in drawn if "dxa" in exam)


def test_identities_are_of_the_test_system_and_their_keys_hold(drawn: list[Json]) -> None:
    identifiers = [i for exam in drawn for i in exam["patient"].get("identifiers", [])]
    national = [i for i in identifiers if i["type"] != "IPP"]
    assert national
    assert {i["system"] for i in national} == {people.INS_TEST}
    for identifier in national:
        assert 97 - int(identifier["value"][:13]) % 97 == int(identifier["value"][13:])


@pytest.mark.parametrize(("digits", "whole"), [("7992739871", "79927398713"), ("99900000", "999000003")])
def test_a_check_digit(digits: str, whole: str) -> None:
    assert people.luhn(digits) == whole


def test_answers_are_found_by_the_content_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(store.HOME_VARIABLE, str(tmp_path / "home"))
    file, twin = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text("{}", encoding="utf-8")
    twin.write_text("{}", encoding="utf-8")
    answers = store.Answers("engine", "state 1")
    answers.keep(file, [{"severity": "error"}])
    assert answers.known(twin) == [{"severity": "error"}]
    assert store.Answers("engine", "state 2").known(file) is None
    file.write_text("{ }", encoding="utf-8")
    assert answers.known(file) is None


def test_every_accepted_class_of_warnings_is_explained() -> None:
    text = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `((?:hapi|chain)-[a-z-]+)` \|", text, re.MULTILINE)
    assert explained == list(yaml.safe_load(warnings.TABLE.read_text(encoding="utf-8")))


def test_a_warning_of_no_class_is_not_explained() -> None:
    issue = {"id": "Something_New", "path": "Bundle", "message": "never seen"}
    assert warnings.explained("hapi", issue) is None
