"""Where conformance tools keep what they made: class paths, compiled Java, answers of engines already given."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HOME_VARIABLE = "REPORTER_CONFORMANCE_HOME"


class CannotRunError(Exception):
    """A tool cannot be had or broke down: never to be read as a pass."""


def home() -> Path:
    """The directory of everything kept, `REPORTER_CONFORMANCE_HOME` or below the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fhir-reporter-conformance"
    return Path(os.environ.get(HOME_VARIABLE) or default)


def digest(*parts: Path | str) -> str:
    """SHA-256 over texts and files; a folder counts with the names and contents of all its files."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(f"text {part}\n".encode())
            continue
        for path in _files(part):
            total.update(f"file {path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def write(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as part:
        part.write(text)
    Path(part.name).replace(path)


class Answers:
    """Answers of one engine in one state (its code, its definitions), by the content of the file asked about."""

    def __init__(self, engine: str, *state: Path | str) -> None:
        self._home = home() / "answers" / engine / digest(*state)[:20]

    def known(self, file: Path) -> list[dict[str, Any]] | None:
        """The issues found earlier in a file of the same content, None when it was never asked about."""
        kept = self._place(file)
        if not kept.exists():
            return None
        issues: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8"))
        return issues

    def keep(self, file: Path, issues: Iterable[dict[str, Any]]) -> None:
        """Remember the issues of a file."""
        write(self._place(file), json.dumps(list(issues), ensure_ascii=False))

    def _place(self, file: Path) -> Path:
        name = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._home / name[:2] / f"{name}.json"
