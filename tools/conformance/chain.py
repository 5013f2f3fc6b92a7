"""Ask the chain of engines in ../shared/fhir/validator about FHIR files, two processes at a time."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools.conformance.definitions import PROFILES
from tools.conformance.hapi import Issues
from tools.conformance.store import Answers, CannotRunError

FOLDER = PROFILES.parent / "validator"
WORKERS = 2
MOST = 100
"""Files in one call: what was answered is kept when a later call breaks down."""
TOLD = ("fatal", "error", "crash", "warning")


def set_up() -> None:
    """Install the chain's own libraries when they are not there or out of date."""
    if not (FOLDER / "setup.sh").exists():
        raise CannotRunError(f"no chain: {FOLDER}")
    done = subprocess.run(["bash", str(FOLDER / "setup.sh")], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode:
        raise CannotRunError(f"setup.sh: {(done.stdout + done.stderr).strip()[-400:]}")


def validate(files: Iterable[Path], own: Path) -> Issues:
    """The issues of each file, our definitions given beside the profiles the files claim."""
    set_up()
    files = list(dict.fromkeys(files))
    answers = Answers("chain", FOLDER, PROFILES, own)
    found = {file: kept for file in files if (kept := answers.known(file)) is not None}
    missing = [file for file in files if file not in found]
    size = min(MOST, -(-len(missing) // WORKERS) or 1)
    parts = [missing[start : start + size] for start in range(0, len(missing), size)]
    with ThreadPoolExecutor(WORKERS) as pool:
        for answer in pool.map(lambda part: _ask(part, own), parts):
            for file, issues in answer.items():
                answers.keep(file, issues)
                found[file] = issues
    return {file: found[file] for file in files}


def _ask(files: list[Path], own: Path) -> Issues:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "issues.json"
        options = ["--profiles", "auto", "--profiles", str(own), "--max", "0", "--json", str(out)]
        command = ["bash", str(FOLDER / "validate"), *options, *(str(file) for file in files)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        if not out.exists() or done.returncode not in {0, 1}:
            raise CannotRunError(f"validate: {(done.stdout + done.stderr).strip()[-400:]}")
        answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))["files"]
    return {file: [_issue(one) for one in answer[str(file)]["issues"] if one["severity"] in TOLD] for file in files}


def _issue(issue: dict[str, Any]) -> dict[str, Any]:
    return {
        "severity": issue["severity"],
        "id": issue["engine"],
        "path": issue["path"] or "",
        "message": issue["message"] or "",
    }
