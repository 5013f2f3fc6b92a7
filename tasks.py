#!/usr/bin/env python3
"""What a person does with a checkout: `python3 tasks.py demo`, `python3 tasks.py test` (standard library only).

demo    set up, print one French report and write every output of every sample into out/
test    set up and run the tests (arguments go to pytest)
setup   make .venv and install the pinned requirements and the package
golden  write the expected outputs of every sample again (review the diff)
bench   measure every promise about speed and memory (names of benchmarks may follow)
docs    write the generated parts of the README files and docs/ again
conformance  ask the engines not written by us about samples and generated exams (docs/conformance.md)
lock    pin the requirements again (needs pip-tools in .venv)
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements"
RUNTIME = ("runtime", "build")
ALL = ("runtime", "web", "cluster", "build", "test", "dev")
DEMO = "mr_pelvis_sacral_stress_fracture"
LOCK_OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--strip-extras",
)


def run(*command: str | Path) -> None:
    """Run a command from the project directory; stop with its exit code when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def setup(names: tuple[str, ...] = ALL) -> None:
    """Make .venv and install `names` (requirements files) and the package; nothing to do when they are up to date."""
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever python3 the machine has
        sys.exit("Python 3.11 or newer is needed.")
    if not PYTHON.exists():
        print("Creating .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    stamp = VENV / f"installed-{'-'.join(names)}"
    wanted = _digest(names)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    print("Installing the pinned requirements …", flush=True)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    files = [part for name in names for part in ("-r", REQUIREMENTS / f"{name}.txt")]
    run(*pip, "--require-hashes", *files)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(wanted, encoding="ascii")


def _digest(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in [ROOT / "pyproject.toml", *(REQUIREMENTS / f"{name}.txt" for name in names)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def demo() -> None:
    """Print one report, write every output of every sample into out/."""
    setup(RUNTIME)
    samples = sorted((ROOT / "fhir_examples").glob("*/input.json"))
    for sample in samples:
        command = [PYTHON, "-m", "reporter.cli", "render", sample, "--out", ROOT / "out" / sample.parent.name]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            sys.exit(f"{sample.parent.name}\n{done.stderr}")
    sys.stdout.reconfigure(encoding="utf-8")
    print((ROOT / "out" / DEMO / "report.txt").read_text(encoding="utf-8"))
    print(f"{len(samples)} reports written into out/ (text, HTML, JSON, FHIR document and transaction).")


def test() -> None:
    """Run the tests."""
    setup()
    run(PYTHON, "-m", "pytest", *sys.argv[2:])


def golden() -> None:
    """Write the expected outputs of every sample again."""
    setup()
    run(PYTHON, "-m", "tools.golden")


def bench() -> None:
    """Measure every promise about speed and memory."""
    setup()
    run(PYTHON, "-m", "benchmarks", *sys.argv[2:])


def docs() -> None:
    """Write the generated documentation again."""
    setup()
    run(PYTHON, "-m", "tools.docs")


def conformance() -> None:
    """Ask every engine, or those named, about the samples and generated exams."""
    setup()
    run(PYTHON, "-m", "tools.conformance.run", *(sys.argv[2:] or ("hapi", "schema", "read", "chain")))


def lock() -> None:
    """Pin the requirements again, with hashes and without any address or local path."""
    compile_ = (PYTHON, "-m", "piptools", "compile", *LOCK_OPTIONS)
    run(*compile_, "--output-file", REQUIREMENTS / "runtime.txt", "pyproject.toml")
    constraints: list[str | Path] = ["--constraint", REQUIREMENTS / "runtime.txt"]
    for name in ALL[1:]:
        target = REQUIREMENTS / f"{name}.txt"
        run(*compile_, *constraints, "--output-file", target, REQUIREMENTS / f"{name}.in")
        constraints += ["--constraint", target]


COMMANDS = {task.__name__: task for task in (demo, test, setup, golden, bench, docs, conformance, lock)}


def main() -> None:
    """Run the named task."""
    task = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if task is None:
        sys.exit(__doc__)
    task()


if __name__ == "__main__":
    main()
