"""No code without a source: those of the bundles, those written in Python, and those of the tables."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reporter.catalog.checkdigit import extension, mod10, verhoeff
from tests.fhir.codings import UCUM, foreign
from tests.fhir.test_terminology import sample
from tools.golden import samples

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "terminology" / "codes"
MODULES = sorted((ROOT / "reporter").rglob("*.py"))
SHAPES = (
    (re.compile(r"\d{1,6}-\d\Z"), mod10),
    (re.compile(r"(?!10*\Z)[1-9]\d{5,17}\Z"), lambda code: verhoeff(code) and not extension(code)),
    (re.compile(r"RID\d+\Z"), bool),
    (re.compile(r"[A-Z]{4}\d{3}\Z"), bool),
)


def registered() -> dict[tuple[str, str], str]:
    found = {}
    for name in ("registry", "structure", "licensed/registry"):
        with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["sources"].strip(), row["code"]
                found[row["system"], row["code"]] = row["display"]
    return found


REGISTERED = registered()


@pytest.mark.parametrize("directory", samples(), ids=lambda path: path.name)
def test_every_standard_code_of_a_bundle_has_a_source_and_its_display(directory: Path) -> None:
    for bundle in sample(directory.name):
        codes = foreign(bundle)
        assert not {(system, code) for system, code, _ in codes} - REGISTERED.keys()
        wrong = {(s, code, d) for s, code, d in codes if d is not None and s != UCUM and d != REGISTERED[s, code]}
        assert not wrong


def literals(path: Path) -> Iterator[str]:
    """Every word of every text of a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from node.value.split()


def looks_like_a_code(text: str) -> bool:
    return any(shape.match(text) and right(text) for shape, right in SHAPES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_code_written_in_python_has_a_source(path: Path) -> None:
    known = {code for _, code in REGISTERED}
    assert not {text for text in literals(path) if looks_like_a_code(text)} - known


def test_codes_in_python_are_recognised() -> None:
    assert looks_like_a_code("18748-4")
    assert looks_like_a_code("52101004")
    assert looks_like_a_code("RID4650")
    assert looks_like_a_code("LHMH002")
    assert not looks_like_a_code("2024-05")
    assert {"18748-4", "52101004"} <= set(literals(ROOT / "reporter" / "fhir" / "constants.py"))
