"""The wheel, installed alone in a clean environment, works from any directory."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "fhir_examples" / "mr_pelvis_sacral_stress_fracture"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("fhir_reporter-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the pinned runtime requirements and the wheel, nothing else."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    requirements = str(ROOT / "requirements" / "runtime.txt")
    subprocess.run([*pip, "--require-hashes", "-r", requirements], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return home / "bin"


def test_the_data_are_in_the_wheel_once(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    for tree in ("terminology", "templates"):
        here = {str(p.relative_to(ROOT)) for p in (ROOT / tree).rglob("*") if p.is_file()}
        assert {n.removeprefix("reporter/data/") for n in names if n.startswith(f"reporter/data/{tree}/")} == here
    assert "reporter/py.typed" in names
    assert {n.split("/")[0] for n in names} <= {"reporter", next(n for n in names if "dist-info" in n).split("/")[0]}


def test_it_renders_from_another_directory(environment: Path, tmp_path: Path) -> None:
    command = [str(environment / "reporter"), "render", str(SAMPLE / "input.json"), "--out", "report"]
    done = subprocess.run(
        [*command, "--clock", "2026-01-15T09:30:00+00:00"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("report.txt", "report.json", "bundle.json", "transaction.json", "report.html"):
        assert (tmp_path / "report" / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_lint_finds_the_shipped_catalogue(environment: Path, tmp_path: Path) -> None:
    done = subprocess.run([str(environment / "reporter"), "lint"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
