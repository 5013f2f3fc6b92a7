"""What a process that renders one report loads: nothing it does not use."""

import gc
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reporter.cli import main

ROOT = Path(__file__).resolve().parents[2]
INPUT = ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture" / "input.json"
UNUSED = {
    *("flask", "werkzeug", "sqlalchemy", "alembic", "lxml", "yaml", "tqdm", "httpx", "hl7apy", "pydantic_settings"),
    *("asyncio", "http", "sqlite3", "ssl", "multiprocessing", "concurrent", "logging", "unittest", "pdb", "doctest"),
    *("tomllib", "difflib", "jsonschema", "rich", "typer", "click", "pkg_resources", "setuptools"),
    *("reporter.web", "reporter.delivery", "reporter.batch", "reporter.catalog.build", "reporter.catalog.schema"),
    *("reporter.catalog.loader", "reporter.catalog.source", "reporter.catalog.lint", "reporter.fhir.xml"),
    *("reporter.fhir.xml_read", "reporter.fhir.xml_write", "reporter.fhir.read", "reporter.fhir.terminology.maps"),
    *("reporter.cli.serve", "reporter.cli.batch", "reporter.cli.lint"),
}
_RUN = """
import json, sys
from reporter.cli import main
code = main(sys.argv[1:])
sys.stderr.write(json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""


def modules(cache: Path, *words: str) -> set[str]:
    """What a fresh process has loaded after a command."""
    environment = {**os.environ, "REPORTER_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", _RUN, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stderr.splitlines()[-1])
    assert found["code"] == 0
    return set(found["modules"])


def test_a_render_loads_only_what_it_uses(tmp_path: Path) -> None:
    words = ("render", str(INPUT), "--out", str(tmp_path / "out"), "--clock", "2026-01-15T09:30:00Z")
    assert "yaml" in modules(tmp_path / "cache", *words)
    again = modules(tmp_path / "cache", *words)
    assert UNUSED & again == set()
    assert {"reporter.rules", "reporter.narrative", "reporter.fhir.check", "jinja2", "pydantic"} <= again
    assert (tmp_path / "out" / "bundle.json").is_file()


@pytest.mark.parametrize("command", ["render", "check", "explain"])
def test_the_help_of_a_command_loads_no_other(command: str) -> None:
    code = f"import sys; from reporter.cli.app import _parser; _parser(['{command}']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {name for name in done.stdout.split() if name.startswith("reporter.cli.")}
    assert found == {"reporter.cli.app", "reporter.cli.shared", f"reporter.cli.{command}"}
    assert not {"pydantic", "jinja2", "yaml"} & set(done.stdout.split())


def test_the_help_lists_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reporter.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = {path.stem for path in (ROOT / "reporter" / "cli").glob("[a-z]*.py")} - {"app", "shared", "stored"}
    told = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert listed <= told


def test_memory_is_looked_after_again_when_a_command_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert gc.isenabled()
    assert main(["check", str(INPUT)]) == 0
    assert '"issues"' in capsys.readouterr().out
    assert gc.isenabled()


@pytest.mark.parametrize("package", ["catalog", "cli", "fhir", "french", "intake", "model", "narrative", "rules"])
def test_no_pattern_lists_all_of_unicode(package: str) -> None:
    """`[\\u0370-\\U0010ffff]` takes 4 ms to compile, `[^\\0-\\u036f]` nothing."""
    for path in (ROOT / "reporter" / package).rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert not re.search(r"-(?:\\u0010ffff|\\ud7ff|\\uffff|\\uffef)", text), path.name
