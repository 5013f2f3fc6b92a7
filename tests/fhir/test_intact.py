"""Objects that bundles share: the check knows them again, and finds every change that somebody made to one."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reporter.fhir import constants as c
from reporter.fhir import house
from reporter.fhir.check import check
from reporter.fhir.fine import fine
from reporter.fhir.intact import Intact
from tests.fhir import samples

Json = dict[str, Any]
CATALOG = samples.catalog()
BOOK = house.book(CATALOG)


@pytest.fixture(scope="module")
def bundle() -> Json:
    """A bundle as it is built: what the catalogue says is shared."""
    made = samples.document(samples.mr_exam(), samples.change())
    assert fine(made, BOOK)
    return made


def objects(node: Any) -> Iterator[Json]:
    """Every object of a bundle."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(part)


def shared(bundle: Json) -> list[Json]:
    """Those that are known by their copy."""
    copies = {number: one for known in BOOK.shared.copies.values() for number, one in known.items()}
    return list({id(one): one for one in objects(bundle) if id(one) in copies}.values())


def test_much_of_a_bundle_is_known_by_its_copy(bundle: Json) -> None:
    found = shared(bundle)
    assert len(found) > 15
    copies = BOOK.shared.copies["CodeableConcept"]
    for one in found:
        if id(one) in copies:
            assert copies[id(one)] == one
            assert copies[id(one)] is not one
            assert copies[id(one)].get("coding", [0]) is not one.get("coding", [1])


CHANGES: list[Callable[[Json], Any]] = [
    lambda one: one.update(laterality="left"),
    lambda one: one.update(text=""),
    lambda one: one.update(text="a\u00a0b"),
    lambda one: one.update(text=None),
    lambda one: one.update(coding=[]),
    lambda one: one.update(coding={}),
    lambda one: one.update(id=" "),
    lambda one: one.clear(),
]
OF_CODINGS: list[Callable[[Json], Any]] = [
    lambda coding: coding.update(code=" a"),
    lambda coding: coding.update(code=1),
    lambda coding: coding.update(system="urn:x"),
    lambda coding: coding.update(display="\u00a0"),
    lambda coding: coding.update(extra="x"),
    lambda coding: coding.update(userSelected="true"),
    lambda coding: coding.pop("system"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_shared_object_that_somebody_changed_is_found(bundle: Json, change: Callable[[Json], Any]) -> None:
    for one in shared(bundle):
        kept = dict(one)
        change(one)
        assert not fine(bundle, BOOK), one
        assert check(bundle, CATALOG), one
        one.clear()
        one.update(kept)
    assert fine(bundle, BOOK)


@pytest.mark.parametrize("change", OF_CODINGS)
def test_a_shared_object_that_somebody_changed_deep_inside_is_found(
    bundle: Json, change: Callable[[Json], Any]
) -> None:
    for one in shared(bundle):
        for inner in [each for each in objects(one) if {"system", "code"} <= each.keys()]:
            kept = dict(inner)
            change(inner)
            assert not fine(bundle, BOOK), inner
            inner.clear()
            inner.update(kept)
    assert fine(bundle, BOOK)


def test_a_shared_object_in_another_place_is_not_taken_for_what_stands_there(bundle: Json) -> None:
    """A concept is no Coding, no component and no Reference, however well it is known."""
    known = shared(bundle)[0]
    for name, value in (("code", [known]), ("subject", known), ("component", [known]), ("extension", [known])):
        other = {**bundle, "entry": [{**entry, "resource": {**entry["resource"]}} for entry in bundle["entry"]]}
        samples.resources(other, "Observation")[0][name] = value
        assert not fine(other, BOOK), name


@pytest.mark.parametrize(
    "made",
    [
        {"coding": [{"system": c.LOINC, "code": "18748-5"}]},
        {"coding": [{"system": f"{c.LOCAL}finding", "code": "never heard of"}]},
        {"coding": [{"code": "x"}]},
        {"text": ""},
        {"text": "a\u00a0b"},
        {"coding": [], "text": "x"},
        {"url": c.NARRATIVE_LINK, "valueUrl": "urn:uuid:1#a"},
        {"url": c.BODY_SITE, "valueReference": {"reference": "urn:uuid:1"}},
        {"code": {"text": "x"}},
        {"code": {"text": "x"}, "valueInteger": 1},
        {"code": {"text": "x"}, "valueBoolean": True},
        {"unknown": "x"},
        {},
    ],
    ids=str,
)
def test_what_is_not_fine_alone_is_never_known(bundle: Json, made: Json) -> None:
    """Nor what says more than texts: there « equal » is not « the same », as `True` equals 1."""
    known = dataclasses.replace(BOOK, shared=Intact())
    good = {"text": "x"}
    known.shared.learn([made, (good,)])
    assert fine(bundle, known)
    assert [one for copies in known.shared.copies.values() for one in copies.values()] == [good]
    assert not known.shared.new


def test_a_change_before_the_first_check_is_found_as_well(bundle: Json) -> None:
    known = dataclasses.replace(BOOK, shared=Intact())
    own = copy.deepcopy(bundle)
    concept = next(one for one in objects(own) if "coding" in one and "text" in one)
    known.shared.learn(concept)
    concept["coding"][0]["code"] = " a"
    assert not fine(own, known)
