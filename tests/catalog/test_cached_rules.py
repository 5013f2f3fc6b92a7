"""Rules compiled by an earlier process say what they say when compiled anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.caching import ROOT

SAMPLE = ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json"
SITE = """rules:
  - id: V-INDIC
    kind: error
    group: A
    when: letters(order.indication) < {letters}
    path: "'/order/indication'"
    message: "{message}"
    source: "site"
  - id: X-AGE
    kind: warning
    group: A
    when: patient.age_years + 'x' == 3
    path: "'/patient'"
    message: "Jamais."
    source: "site"
"""
_CHECK = """
import ast, sys
compiled, parse = [], ast.parse
ast.parse = lambda text, *rest, **more: compiled.append(text) or parse(text, *rest, **more)
from reporter.cli import main
code = main(sys.argv[1:])
sys.stderr.write(f"\\n{code} {len(compiled)}")
"""


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    data: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    data["order"]["indication"] = "RAS."
    file = tmp_path / "input.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def site(folder: Path, letters: int = 5, message: str = "Indication trop brève.") -> Path:
    (folder / "terminology").mkdir(parents=True, exist_ok=True)
    text = SITE.format(letters=letters, message=message)
    (folder / "terminology" / "site.yaml").write_text(text, encoding="utf-8")
    return folder


def check(cache: Path | str, *words: str) -> tuple[dict[str, str], int, int]:
    """Code → message of the issues, the exit code, and how many expressions were parsed."""
    environment = {**os.environ, "REPORTER_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", _CHECK, "check", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    code, count = done.stderr.splitlines()[-1].split()
    issues = json.loads(done.stdout)["issues"] if done.stdout else []
    return {issue["code"]: issue["message"] for issue in issues}, int(code), int(count)


def test_rules_are_compiled_by_the_first_process_only(tmp_path: Path, exam: Path) -> None:
    for first in (True, False):
        issues, code, parsed = check(tmp_path / "cache", str(exam))
        assert issues["V-INDIC"].startswith("L'indication doit résumer le problème clinique")
        assert (code, parsed > 0) == (2, first)


def test_a_changed_rule_is_compiled_anew(tmp_path: Path, exam: Path) -> None:
    cache, folder = tmp_path / "cache", tmp_path / "site"
    for letters, message in ((5, "Indication trop brève."), (5, "Indication à revoir."), (2, "Indication à revoir.")):
        for _ in range(2):
            issues, _, _ = check(cache, str(exam), "--overlay", str(site(folder, letters, message)))
            assert issues.get("V-INDIC") == (message if letters == 5 else None)


def test_a_rule_that_fails_names_its_expression(tmp_path: Path, exam: Path) -> None:
    for _ in range(2):
        issues, code, _ = check(tmp_path / "cache", str(exam), "--overlay", str(site(tmp_path / "site")))
        assert issues["RPT-RULE"].startswith("Règle X-AGE inapplicable : patient.age_years + 'x' == 3: unsupported")
        assert code == 2


def test_a_badly_written_rule_is_refused_each_time(tmp_path: Path, exam: Path) -> None:
    folder = site(tmp_path / "site")
    file = folder / "terminology" / "site.yaml"
    file.write_text(file.read_text("utf-8").replace("patient.age_years + 'x' == 3", "open('x')"), encoding="utf-8")
    for _ in range(2):
        issues, code, _ = check(tmp_path / "cache", str(exam), "--overlay", str(folder))
        assert (issues, code) == ({}, 1)
    assert not list((tmp_path / "cache").glob("rules-*"))


def test_damaged_rules_are_compiled_anew(tmp_path: Path, exam: Path) -> None:
    check(tmp_path / "cache", str(exam))
    (file,) = (tmp_path / "cache").glob("rules-*")
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:1000] + b"?" + whole[1001:], b""):
        file.write_bytes(damaged)
        issues, code, parsed = check(tmp_path / "cache", str(exam))
        assert issues["V-INDIC"].startswith("L'indication doit résumer le problème clinique")
        assert (code, parsed > 0) == (2, True)
        assert file.read_bytes()[:64] == whole[:64]
