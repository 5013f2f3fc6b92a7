"""What `import reporter` may load, and in which direction modules may import."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BANNED = ("flask", "fhir", "sqlalchemy", "sqlite3", "requests", "httpx", "reportlab", "pydicom", "hypothesis", "pytest")


@pytest.mark.parametrize("module", ["reporter", "reporter.engine", "reporter.cli"])
def test_optional_packages_stay_out(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {BANNED!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _declared(project: dict[str, Any]) -> list[str]:
    """What the package needs, and what its extras need."""
    extras = project.get("optional-dependencies", {}).values()
    return [*project["dependencies"], *(text for extra in extras for text in extra)]


def _imported(path: Path) -> Iterator[str]:
    """The packages a file imports, wherever it does; a line of a docstring that begins with « from » is none."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def test_declared_dependencies_are_those_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w-]", text)[0].lower() for text in _declared(project)}
    files = [*(ROOT / "reporter").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
    roots = {root for path in files for root in _imported(path)} - set(sys.stdlib_module_names)
    imported = {name.lower() for root in roots - {"reporter"} for name in metadata.packages_distributions()[root]}
    assert imported == declared


def test_each_dependency_has_its_note() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^\w-]", text)[0].lower() for text in _declared(project)}
    for name in ("test", "dev", "build"):
        wanted |= {line.lower() for line in (ROOT / "requirements" / f"{name}.in").read_text().split()}
    notes = (ROOT / "DEPENDENCY-NOTES.md").read_text(encoding="utf-8")
    assert {text.lower() for text in re.findall(r"^- `([^`]+)`", notes, re.MULTILINE)} == wanted


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name)
def test_requirements_are_pinned_with_hashes_and_name_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[A-Za-z]", text, re.MULTILINE)) > 0
    assert "://" not in text
    assert not re.findall(r"^--", text, re.MULTILINE)


def test_every_lint_exception_has_a_reason() -> None:
    for path in sorted((ROOT / "reporter").rglob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "# noqa" in line:
                assert re.search(r"# noqa: [A-Z0-9, ]+ - .+", line), f"{path.name}: {line.strip()}"
            if "# type: ignore" in line:
                assert re.search(r"# type: ignore\[[\w, -]+\]  # .+", line), f"{path.name}: {line.strip()}"
