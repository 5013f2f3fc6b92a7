"""Every sample gives, byte for byte, the files kept beside it (`python3 tasks.py golden` writes them again)."""

import json
import re
from pathlib import Path

import pytest

from reporter.catalog import load_catalog
from reporter.outputs import REPORT_FILES
from tools.golden import render, samples

CATALOG = load_catalog()


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
def test_the_outputs_are_those_kept(sample: Path) -> None:
    for name, content in render(sample, CATALOG).items():
        kept = (sample / name).read_bytes()
        assert content.encode() == kept, f"{sample.name}/{name} changed: python3 tasks.py golden, then read the diff"


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
def test_nothing_stale_is_kept(sample: Path) -> None:
    assert {path.name for path in sample.iterdir()} == {"input.json", *REPORT_FILES}


def test_every_modality_has_a_sample() -> None:
    seen = {json.loads((s / "input.json").read_text(encoding="utf-8"))["exam"]["modality"] for s in samples()}
    assert seen == set(CATALOG.vocabulary["modality"])


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)
def test_no_line_breaks_inside_a_number_or_before_its_unit(sample: Path) -> None:
    text = (sample / "report.txt").read_text(encoding="utf-8")
    assert not re.findall(r"(?<!\S)\d{1,3} \d{3}\b|\d (?:mm|%|mL|MBq|mGy|cm|ng)\b", text)
