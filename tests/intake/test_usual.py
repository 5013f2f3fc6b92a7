"""An exam that is read as it stands says what the models and the careful way say of it, and is left as it was."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.errors import InvalidExam
from reporter.intake import load_json, parse, parse_partial
from reporter.intake.build import build, usual
from reporter.intake.models import ExamInput
from reporter.intake.problems import Problems
from reporter.intake.tidy import tidy
from reporter.intake.vocabulary import vocabulary_of
from reporter.model.exam import Exam
from tests.intake.samples import CATALOG, codes, dxa, finding, mr
from tests.intake.test_fuzz import PLACES, VALUES, full, put

EXAMPLES = Path(__file__).parents[2] / "fhir_examples"
SAMPLES = [load_json(path.read_bytes()) for path in sorted(EXAMPLES.glob("*/input.json"))]
WORDS = st.sampled_from(
    ["L4-L5", "d12", "G", "femme", "condyle fémoral interne", "2,5", "e\u0301", " ", "\ufeff", "x" * 300]
)
NAMED = [path for path in PLACES if isinstance(path[-1], str) and path[-2:-1] not in [("morphology",), ("lsc",)]]
CODES = vocabulary_of(CATALOG)


def by_the_models(data: Any) -> Exam:
    return build(ExamInput.model_validate(tidy(data, Problems()), context=CODES))


@pytest.mark.parametrize("data", [mr(), dxa(), full(), *SAMPLES])
def test_every_sample_is_read_as_it_stands(data: dict[str, Any]) -> None:
    before = copy.deepcopy(data)
    read = usual(data, CATALOG)
    assert read is not None
    assert repr(read) == repr(by_the_models(data))
    assert parse(data, CATALOG) == read
    assert data == before


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A full exam with up to three values put anywhere."""
    data = full()
    for path, value in draw(st.lists(st.tuples(st.sampled_from(PLACES), VALUES | WORDS), min_size=1, max_size=3)):
        put(data, path, value)
    return data


@settings(max_examples=400, deadline=None)
@given(changed())
def test_what_is_read_as_it_stands_is_what_the_models_read(data: dict[str, Any]) -> None:
    read = usual(data, CATALOG)
    if read is not None:
        assert repr(read) == repr(by_the_models(data))


@settings(max_examples=200, deadline=None)
@given(changed())
def test_an_input_is_left_as_it_was(data: dict[str, Any]) -> None:
    before = repr(data)
    parse_partial(data, CATALOG)
    assert repr(data) == before


@pytest.mark.parametrize("place", NAMED, ids=str)
def test_a_missing_or_unknown_name_is_for_the_models(place: tuple[Any, ...]) -> None:
    data = full()
    node = data
    for key in place[:-1]:
        node = node[key]
    node["colour"] = node.pop(place[-1])
    assert usual(data, CATALOG) is None


def test_entries_know_their_place() -> None:
    read = parse(full(), CATALOG)
    prior, measured = read.comparisons[0], read.dxa
    assert measured is not None and prior.dxa is not None and measured.measurements[0].prior is not None
    earlier = (prior, *prior.findings, *prior.dxa.measurements)
    assert [finding.path for finding in read.findings] == ["/findings/0", "/findings/1"]
    assert [entry.path.removeprefix("/comparisons/0") for entry in earlier] == [
        "",
        "/findings/0",
        "/dxa/measurements/0",
    ]
    assert measured.measurements[0].prior.path == "/dxa/measurements/0/prior"
    assert measured.measurements[0].vertebrae_excluded[0].path == "/dxa/measurements/0/vertebrae_excluded/0"
    patient = read.patient
    parts = (patient.labs, patient.procedures, patient.prior_fractures, patient.treatments)
    names = ("labs", "procedures", "prior_fractures", "treatments")
    assert [part[0].path for part in parts] == [f"/patient/{name}/0" for name in names]
    assert read.conclusion.diagnoses[0].path == "/conclusion/diagnoses/0"


def test_a_sign_of_an_earlier_exam_is_named_after_it() -> None:
    data = full()
    prior = data["comparisons"][0]
    prior["findings"] = [{k: v for k, v in prior["findings"][0].items() if k != "id"}, prior["findings"][0]]
    assert [f.id for f in parse(data, CATALOG).comparisons[0].findings] == ["C1/0", "F2"]


@pytest.mark.parametrize("side", ["right\x1f", "right\x00", "\x7fright"])
def test_a_forbidden_character_is_refused_beside_a_code_as_well(side: str) -> None:
    assert codes(finding(site={"code": "patella", "laterality": side}))[0][0] == "RPT-TYPE"


@pytest.mark.parametrize("given", [2, "2", Decimal("2.0")])
def test_the_number_of_an_attribute_is_exact(given: Any) -> None:
    sign = next(sign for sign in CATALOG.findings.values() if "genant" in sign.attributes)
    read = parse(finding(finding=sign.id, morphology={"genant": given}), CATALOG)
    assert repr(dict(read.findings[0].morphology)) == "{'genant': Decimal('2')}"


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": [{"b": 1, "b": 1}]}]',
        '{"a": "1:2", "b": 3, "a": "4"}',
        '{"a": "\\u003a", "b": 1, "b": 2}',
        '{"a": "\\u003A", "\\u0061": 2}',
        '{"\\u0061": 1, "a": 2}',
        '{"a": 1.50, "a": 1.50}',
    ],
)
def test_a_name_that_stands_twice_is_always_found(text: str) -> None:
    with pytest.raises(InvalidExam) as refused:
        load_json(text)
    assert "deux fois" in refused.value.issues[0].message


def test_colons_and_escapes_are_no_names() -> None:
    text = '{"a:b": ":\\u003a\\n", "c": [1e2, 12345678901234567890123, "\\ud800", 0.10], "d": {}} \r\n'
    read = load_json(text)
    assert read == {"a:b": "::\n", "c": [100, 12345678901234567890123, "\ud800", Decimal("0.1")], "d": {}}
    assert str(read["c"][3]) == "0.10"


@pytest.mark.parametrize("value", [(), b"2", [], {}, object()], ids=repr)
def test_what_is_no_value_of_an_attribute_is_left_to_the_careful_way(value: Any) -> None:
    assert usual(finding(morphology={"depth": value}), CATALOG) is None
