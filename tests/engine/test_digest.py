"""The name of an exam without an accession number: it never changes, whatever the release (ids rest on it)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest

from reporter.model import canonical
from reporter.model import exam as m
from tests.fhir import samples


@pytest.mark.parametrize(
    ("exam", "digest"),
    [
        (samples.mr_exam(), "88bd2b7f955958b8fc835975870b6836"),
        (samples.dxa_exam(), "405767792c767a87c29fb68081f772d0"),
    ],
)
def test_an_exam_keeps_its_name(exam: m.Exam, digest: str) -> None:
    assert canonical.digest(exam) == digest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 'é\u0001\u2028"\\', "a": [True, None, 3]}, '{"a":[true,null,3],"b":"é\\u0001\u2028\\"\\\\"}'),
        ((Decimal("1.50"), Decimal("1.5")), '["1.50","1.5"]'),
        (m.Sequence("T1", "axial"), '{"plane":"axial","sequence":"T1"}'),
        (m.Treatment("bisphosphonate", "/patient/treatments/0"), '{"drug_class":"bisphosphonate","since":null}'),
    ],
)
def test_the_canonical_text_is_sorted_json_without_places(value: object, text: str) -> None:
    assert canonical.digest(value) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_order_of_a_mapping_and_the_place_of_an_entry_do_not_count() -> None:
    exam = samples.dxa_exam()
    assert exam.dxa is not None
    moved = tuple(replace(one, path=f"/elsewhere/{n}") for n, one in enumerate(exam.dxa.measurements))
    same = replace(exam, dxa=replace(exam.dxa, measurements=moved))
    assert canonical.digest(same) == canonical.digest(exam)
