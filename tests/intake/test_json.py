"""Text → values: exact numbers, and nothing that json lets through in silence."""

from decimal import Decimal

import pytest

from reporter.errors import InvalidExam
from reporter.intake import load_json


def test_numbers_keep_their_digits() -> None:
    assert load_json('{"bmd": 0.030, "n": 3}') == {"bmd": Decimal("0.030"), "n": 3}
    assert str(load_json("[0.030]")[0]) == "0.030"


def test_a_byte_order_mark_is_no_error() -> None:
    assert load_json(b"\xef\xbb\xbf[1]") == [1]
    assert load_json("\ufeff[1]") == [1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "deux fois"),
        ('{"a": NaN}', "NaN"),
        ("[-Infinity]", "Infinity"),
        (b"\xff\xfe", "UTF-8"),
        ("{", "ligne 1"),
        ("", "illisible"),
        ("[" * 100_000, "profondément"),
        ("1" * 5000, "trop long"),
    ],
)
def test_what_is_not_exact_json_is_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(InvalidExam) as refused:
        load_json(text)
    (issue,) = refused.value.issues
    assert issue.code == "RPT-JSON"
    assert words in issue.message
