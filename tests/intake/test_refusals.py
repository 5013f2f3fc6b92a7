"""Each mistake has its code, its place and a French message; all of them come together."""

import copy
from typing import Any

import pytest

from reporter.errors import InvalidExam
from reporter.intake import parse, parse_partial
from tests.intake.samples import CATALOG, codes, dxa, finding, issues, mr

ROOT = "/findings/0"


@pytest.mark.parametrize(
    ("changes", "code", "path", "words"),
    [
        ({"finding": "oedeme_osseux"}, "V-CODE", "/finding", "bone_marrow_oedema"),
        ({"status": "presnt"}, "V-CODE", "/status", "present"),
        ({"site": {"code": "genoux_x"}}, "V-CODE", "/site/code", "inconnu"),
        ({"signal": {"T9": "hypo"}}, "V-CODE", "/signal/T9", "T9"),
        ({"signal": {"T1": "noir"}}, "V-CODE", "/signal/T1", "noir"),
        ({"morphology": {"genant": 2}}, "V-CODE", "/morphology/genant", "œdème médullaire"),
        ({"morphology": {"extent": "partout"}}, "V-CODE", "/morphology/extent", "partout"),
        ({"measures": [{"name": "volume", "value": 2, "unit": "mL"}]}, "V-CODE", "/measures/0/name", "volume"),
        ({"measures": [{"name": "extent", "value": 2}]}, "V-UNIT", "/measures/0/unit", "mm"),
        ({"measures": [{"name": "extent", "value": 2, "unit": "mL"}]}, "V-UNIT", "/measures/0/unit", "mL"),
        ({"measures": [{"name": "extent", "value": 400, "unit": "mm"}]}, "V-RANGE", "/measures/0/value", "plausibles"),
        ({"relations": [{"type": "abuts", "target": "F9"}]}, "RPT-REF", "/relations/0/target", "F9"),
        ({"relations": [{"type": "abuts", "target": "F1"}]}, "RPT-REF", "/relations/0/target", "F1"),
        ({"count": 0}, "V-RANGE", "/count", "plausibles"),
        ({"count": "beaucoup"}, "V-CODE", "/count", "beaucoup"),
        ({"comment": "x" * 201}, "RPT-TYPE", "/comment", "200"),
        ({"severite": "marked"}, "RPT-KEY", "/severite", "severity"),
        ({"site": {"code": "cuneiform", "part": "haut"}}, "V-CODE", "/site/part", "haut"),
        ({"site": "genou"}, "RPT-TYPE", "/site", "objet attendu, texte reçu"),
        ({"id": "F 1"}, "RPT-ID", "/id", "F 1"),
        ({"id": None}, "V-REQ", "/id", "identifiant"),
    ],
)
def test_a_mistake_in_a_finding(changes: dict[str, Any], code: str, path: str, words: str) -> None:
    found = issues(finding(**changes))
    assert [(i.code, i.path, i.severity) for i in found] == [(code, ROOT + path, "error")]
    assert words in found[0].message


def test_severity_and_evolution_the_sign_does_not_take() -> None:
    data = finding(finding="contour_faceting", signal={}, severity="marked")
    assert codes(data) == [("V-CODE", f"{ROOT}/severity")]
    cement = finding(finding="cement", signal={}, evolution={"change": "new", "compared_to": "C1"})
    assert codes(cement) == [("V-CODE", f"{ROOT}/evolution")]


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        (["patient", "sex"], None, ("V-REQ", "/patient/sex")),
        (["patient", "age_years"], None, ("V-REQ", "/patient/birth_date")),
        (["patient", "age_years"], 121, ("V-RANGE", "/patient/age_years")),
        (["patient", "age_years"], 30.5, ("RPT-TYPE", "/patient/age_years")),
        (["patient", "age_years"], True, ("RPT-TYPE", "/patient/age_years")),
        (["patient", "birth_date"], "1970-02-30", ("V-DATE", "/patient/birth_date")),
        (["patient", "birth_date"], "1970-02-00", ("V-DATE", "/patient/birth_date")),
        (["order", "indication"], None, ("V-REQ", "/order/indication")),
        (["order", "indication"], "  ", ("V-REQ", "/order/indication")),
        (["exam", "date"], "12/02/2024", ("V-DATE", "/exam/date")),
        (["exam", "date"], None, ("V-REQ", "/exam/date")),
        (["exam", "modality"], "IRMM", ("V-CODE", "/exam/modality")),
        (["exam", "region"], "genou_gauche", ("V-CODE", "/exam/region")),
        (["exam", "contrast"], None, ("V-REQ", "/exam/contrast")),
        (["exam", "technique", "tracer"], "99mTc-HDP", ("RPT-KEY", "/exam/technique/tracer")),
        (["exam", "technique", "slice"], 3, ("RPT-KEY", "/exam/technique/slice")),
        (["schema_version"], "2.0", ("V-CODE", "/schema_version")),
        (["dose"], {}, ("RPT-KEY", "/dose")),
    ],
)
def test_a_mistake_elsewhere(keys: list[str], value: Any, expected: tuple[str, str]) -> None:
    data = mr()
    parent = data
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    assert codes(data) == [expected]


def test_densitometry_values_out_of_range() -> None:
    data = dxa()
    data["dxa"]["measurements"][0] |= {"bmd": 8.2, "t_score": -12}
    found = issues(data)
    assert [(i.code, i.path) for i in found] == [
        ("DX-RANGE", "/dxa/measurements/0/bmd"),
        ("DX-RANGE", "/dxa/measurements/0/t_score"),
    ]
    assert "plausible" in found[0].message
    assert "8,2" in found[0].message


def test_a_densitometry_needs_its_measures() -> None:
    data = dxa()
    del data["dxa"]
    assert codes(data) == [("V-REQ", "/dxa")]
    assert codes(dxa() | {"dxa": {"measurements": []}}) == [("V-REQ", "/dxa/measurements")]
    assert codes(dxa() | {"dxa": {"measurements": [{"site": "total_hip"}]}}) == [("V-REQ", "/dxa/measurements/0/bmd")]


def test_an_id_used_twice() -> None:
    data = mr()
    data["findings"].append(copy.deepcopy(data["findings"][0]))
    assert codes(data) == [("RPT-ID", "/findings/1/id")]


def test_references_of_evolution_and_diagnosis() -> None:
    data = finding(evolution={"change": "new", "compared_to": "C9"})
    assert codes(data) == []  # with no comparison at all, the rules say so
    data["comparisons"] = [{"id": "C1", "modality": "MR", "date": "2023-01", "region": "knee", "laterality": "right"}]
    data["conclusion"] = {"diagnoses": [{"code": "osteonecrosis", "certainty": "possible", "findings": ["F2"]}]}
    assert codes(data) == [
        ("RPT-REF", f"{ROOT}/evolution/compared_to"),
        ("RPT-REF", "/conclusion/diagnoses/0/findings/0"),
    ]


def test_a_laboratory_value_needs_a_unit_of_its_own() -> None:
    data = mr()
    data["patient"]["labs"] = [{"code": "25-OH-D", "value": 10}, {"code": "25OHD", "value": 10, "unit": "mm"}]
    assert codes(data) == [("V-UNIT", "/patient/labs/0/unit"), ("V-UNIT", "/patient/labs/1/unit")]


def test_every_problem_at_once() -> None:
    data = finding(severite=1, measures=[{"name": "extent", "value": 2}], signal={"T1": "noir"})
    del data["patient"]["sex"]
    data["exam"]["date"] = "hier"
    with pytest.raises(InvalidExam) as refused:
        parse(data, CATALOG)
    assert {i.code for i in refused.value.issues} == {"RPT-KEY", "V-UNIT", "V-CODE", "V-REQ", "V-DATE"}


def test_control_characters_and_lone_surrogates_are_refused() -> None:
    data = mr()
    data["order"]["indication"] = "Douleur \x00 du genou"
    data["order"]["question"] = "\ud800"
    found = set(codes(data))
    assert {("RPT-TYPE", "/order/indication"), ("RPT-TYPE", "/order/question")} <= found


def test_a_refused_value_does_not_hide_the_rest() -> None:
    data = finding(
        measures=[{"name": "extent", "value": 400, "unit": "mm"}, {"name": "extent", "value": 4, "unit": "mm"}]
    )
    exam, found = parse_partial(data, CATALOG)
    assert [i.code for i in found] == ["V-RANGE"]
    assert exam is not None
    assert [str(m.value) for m in exam.findings[0].measures] == ["4"]


def test_a_sign_that_cannot_be_named_takes_the_conclusion_with_it() -> None:
    data = mr()
    data["findings"].append({**copy.deepcopy(data["findings"][0]), "id": "F2", "finding": "joint_efusion"})
    data["conclusion"] = {"diagnoses": [{"code": "osteonecrosis", "certainty": "possible", "findings": ["F2"]}]}
    exam, found = parse_partial(data, CATALOG)
    assert [i.code for i in found] == ["V-CODE"]
    assert exam is not None
    assert [f.id for f in exam.findings] == ["F1"]
    assert exam.conclusion.diagnoses == ()


@pytest.mark.parametrize(
    "changes", [{"finding": "inconnu"}, {"site": {"code": "patella", "laterality": "gauchee"}}, {"cote": "left"}]
)
def test_no_exam_when_an_absence_would_be_blamed(changes: dict[str, Any]) -> None:
    exam, found = parse_partial(finding(**changes), CATALOG)
    assert exam is None
    assert len(found) == 1
