"""Decimals leave exactly as they came."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from reporter.fhir import to_json


@pytest.mark.parametrize("number", ["0.030", "-0.045", "1", "12.50", "0.0", "100"])
def test_a_decimal_keeps_its_digits(number: str) -> None:
    assert to_json({"value": Decimal(number)}) == f'{{\n  "value": {number}\n}}\n'


def test_an_exponent_is_written_out() -> None:
    assert to_json({"value": Decimal("1E+2")}) == '{\n  "value": 100\n}\n'


def test_the_rest_is_ordinary_json() -> None:
    value = {"b": [True, 0, 'œdème « " »\n'], "a": {}, "c": []}
    assert json.loads(to_json(value)) == value
    assert list(json.loads(to_json(value))) == ["b", "a", "c"]


@pytest.mark.parametrize("value", [1.5, None, Decimal("NaN"), object()])
def test_what_is_not_a_fhir_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_json({"value": value})
