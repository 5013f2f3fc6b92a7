"""Code stays small enough to hold in the head."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "reporter").rglob("*.py"))
PRODUCT = [
    path
    for folder in ("reporter", "terminology", "templates", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix in {".py", ".yaml", ".j2", ".csv", ".md", ".html", ".css"}
]
CASE_ID = re.compile(r"\b(?:S[0-4]-(?:MR|CT|NM|XR|DXA|AN|US|PT)\d?|N-(?:MR|CT|DXA|NM)-[A-Z0-9]+|X-\d\d)\b")
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:work|root|tmp|home)/")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_is_longer_than_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_function_is_longer_than_50_lines(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree)
        if isinstance(node, functions) and node.end_lineno is not None and node.end_lineno - node.lineno >= 50
    ]
    assert not long


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_no_case_id_and_no_machine_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not CASE_ID.findall(text)
    assert not MACHINE_PATH.findall(text)
