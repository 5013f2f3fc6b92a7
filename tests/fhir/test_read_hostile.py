"""Whatever JSON comes in, reading ends in data and issues: no exception, no other end."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import fhir
from reporter.errors import InvalidExam
from reporter.fhir.read import Reading, read, read_bundle
from reporter.model.exam import Exam
from tests.fhir import samples
from tests.fhir.test_read import bundle
from tests.fhir.whole_inputs import WHOLE

CATALOG = samples.catalog()
BUNDLES = {name: bundle(data) for name, data in WHOLE.items()}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=12)
WORDS = st.sampled_from(["", "Patient", "Observation", "#", "urn:uuid:", "Patient?identifier=|", "9999", "2024-02-30"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["resourceType", "entry", "resource", "id", "identifier", "code", "coding", "valueQuantity", "component", "subject"]
)
SHAPES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in items for place in places(item, (*path, key))]


def put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    """Replace one value, unless an earlier change took its place away."""
    for key in path[:-1]:
        if not isinstance(data, dict | list) or (isinstance(data, dict) and key not in data):
            return
        data = data[key]
    if isinstance(data, dict) or (isinstance(data, list) and isinstance(path[-1], int) and path[-1] < len(data)):
        data[path[-1]] = value


PLACES = {name: places(made) for name, made in BUNDLES.items()}


def survives(value: object) -> None:
    reading = read(value, CATALOG)
    assert isinstance(reading, Reading)
    assert reading.usable == bool(reading.data)
    assert all(issue.message and issue.code.startswith("FHIR-READ-") for issue in reading.issues)
    fhir.to_json(reading.data)
    try:
        assert isinstance(read_bundle(value, CATALOG), Exam)
    except InvalidExam as refused:
        assert refused.issues


@given(SHAPES)
def test_any_json(value: Any) -> None:
    survives(value)


@given(st.sampled_from(sorted(BUNDLES)), st.data())
def test_a_damaged_bundle(name: str, data: st.DataObject) -> None:
    made = copy.deepcopy(BUNDLES[name])
    for place in data.draw(st.lists(st.sampled_from(PLACES[name]), min_size=1, max_size=8)):
        put(made, place, data.draw(VALUES))
    survives(made)


@given(st.sampled_from(sorted(BUNDLES)), st.data())
def test_a_bundle_with_swapped_parts(name: str, data: st.DataObject) -> None:
    made = copy.deepcopy(BUNDLES[name])
    first, second = data.draw(st.tuples(*[st.sampled_from(PLACES[name])] * 2))
    put(made, first, copy.deepcopy(at(BUNDLES[name], second)))
    survives(made)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("value", [None, [], "x", 3, {}, {"resourceType": 1}, {"resourceType": ""}])
def test_what_is_no_resource(value: object) -> None:
    reading = read(value, CATALOG)
    assert not reading.usable and reading.data == {}


def test_references_in_a_circle() -> None:
    one = {"resourceType": "Observation", "id": "a", "hasMember": [{"reference": "Observation/b"}]}
    other = {"resourceType": "Observation", "id": "b", "hasMember": [{"reference": "Observation/a"}]}
    survives({"resourceType": "Bundle", "entry": [{"resource": one}, {"resource": other}]})


def test_sections_inside_sections_without_end() -> None:
    deep: Any = {"title": "x"}
    for _ in range(2000):
        deep = {"section": [deep]}
    survives({"resourceType": "Composition", "section": [deep]})
