"""Any JSON value ends in an Exam or in issues, and a damaged valid input too."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.errors import InvalidExam
from reporter.intake import load_json, parse_partial
from reporter.model.exam import Exam
from tests.intake.samples import CATALOG, dxa, mr

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def full() -> dict[str, Any]:
    """An input that uses every object of the model."""
    data = mr() | {"dxa": dxa()["dxa"], "free_text": {"findings": "x"}}
    data["patient"] |= {
        "labs": [{"code": "25OHD", "value": 10, "unit": "ng/mL"}],
        "procedures": [{"type": "fixation", "site": "patella", "date": "2020-01"}],
        "prior_fractures": [{"site": "wrist", "laterality": "left"}],
        "treatments": [{"class": "denosumab"}],
        "identifiers": [{"value": "1", "type": "IPP"}],
        "risk_factors": ["tobacco"],
    }
    data["exam"] |= {"dose": {"dlp_mgy_cm": 3}, "protocol_override": {"rule": "L-ORDER", "reason": "urgence"}}
    data["order"]["requester"] = {"name": "Dr A", "speciality": "rhumatologie"}
    data["findings"][0] |= {
        "measures": [{"name": "extent", "value": 4, "unit": "mm"}],
        "morphology": {"extent": "focal"},
        "uptake": {"phases": ["flow"]},
        "evolution": {"change": "new", "compared_to": "C1"},
        "relations": [{"type": "abuts", "target": "F2"}],
    }
    second = {**copy.deepcopy(data["findings"][0]), "id": "F2", "relations": []}
    data["findings"].append(second)
    prior = {"id": "C1", "modality": "MR", "date": "2023-01", "region": "knee", "findings": [copy.deepcopy(second)]}
    data["comparisons"] = [prior | {"dxa": dxa()["dxa"]}]
    measure = data["dxa"]["measurements"][0]
    measure |= {"prior": {"date": "2020-01", "bmd": 0.8}, "vertebrae_excluded": [{"level": "L1", "reason": "ciment"}]}
    data["conclusion"] = {"diagnoses": [{"code": "osteonecrosis", "certainty": "possible", "findings": ["F1"]}]}
    return data


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in items for place in places(item, (*path, key))]


def put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    """Replace one value, unless an earlier change took its place away."""
    for key in path[:-1]:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(data, dict) or (isinstance(data, list) and path[-1] in range(len(data))):
        data[path[-1]] = value


PLACES = places(full())


def ends_well(data: object) -> None:
    exam, issues = parse_partial(data, CATALOG)
    assert exam is None or isinstance(exam, Exam)
    assert exam is not None or issues
    for issue in issues:
        assert issue.message.strip()
        issue.message.encode()
        issue.path.encode()


def test_the_full_input_is_valid() -> None:
    assert parse_partial(full(), CATALOG)[1] == []


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_value(value: object) -> None:
    ends_well(value)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=4))
def test_a_damaged_input(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    data = full()
    for path, value in changes:
        put(data, path, value)
    ends_well(data)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text(text: str | bytes) -> None:
    try:
        ends_well(load_json(text))
    except InvalidExam as refused:
        assert refused.issues[0].code == "RPT-JSON"


def test_depth_is_bounded() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    ends_well(deep)
    ends_well(mr() | {"conclusion": deep})
