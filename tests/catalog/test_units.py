"""Every unit with a source is one that a UCUM parser we did not write understands."""

import csv
import io
from pathlib import Path

import pytest
from ucumvert import get_ucum_parser

REGISTRIES = ("registry", "structure")
CODES = Path(__file__).resolve().parents[2] / "terminology" / "codes"
UCUM = "http://unitsofmeasure.org"
PARSER = get_ucum_parser()


def units() -> list[str]:
    texts = [(CODES / f"{name}.csv").read_text(encoding="utf-8") for name in REGISTRIES]
    rows = [row for text in texts for row in csv.DictReader(io.StringIO(text))]
    return [row["code"] for row in rows if row["system"] == UCUM]


@pytest.mark.parametrize("unit", units())
def test_the_unit_is_ucum(unit: str) -> None:
    assert PARSER.parse(unit)


def test_the_parser_refuses_what_is_not_ucum() -> None:
    for unit in ("g/cm²", "inch", "SD"):
        with pytest.raises(Exception, match=r"No terminal|Unexpected"):
            PARSER.parse(unit)
