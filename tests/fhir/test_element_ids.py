"""Ids of what a section lists: XML names that tell different statements apart, however the user named them."""

from __future__ import annotations

import pytest

from reporter.fhir.narrative import element_id


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("context/age_years", "history.context..age_5f_years"),
        ("derived/height-loss.1", "history.derived..height-loss.1"),
        ("finding/a b", "history.finding..a_20_b"),
        ("finding/é", "history.finding.._e9_"),
        ("finding/_20_", "history.finding.._5f_20_5f_"),
        ("finding/²", "history.finding.._b2_"),
    ],
)
def test_an_id_is_made_of_letters_digits_and_marks_only(key: str, expected: str) -> None:
    assert element_id("history", key) == expected
