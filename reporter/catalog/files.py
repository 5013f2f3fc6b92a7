"""The data files of a catalogue, read once: the bytes that are hashed are the bytes that are parsed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LICENSED = "licensed"
TREES = ("terminology", "templates")
REPORT_TEMPLATES = "templates/report/"
_WEB = "templates/web/"
_DATA = (".yaml", ".csv")


class DataFile(NamedTuple):
    """One file; `shown` is how messages name it, `relative` starts with the name of its tree."""

    relative: str
    shown: str
    content: bytes


def data_files(roots: list[Path], *, licensed: bool) -> list[DataFile]:
    """Every data file of the roots (most specific root first, as `data_roots` gives them), in the order of reading."""
    found = []
    for root in reversed(roots):
        for relative in sorted(_wanted(root, licensed), key=lambda name: name.split("/")):
            path = root / relative
            shown = str(path) if root is not roots[-1] else relative
            found.append(DataFile(relative, shown, path.read_bytes()))
    return found


def digest(files: list[DataFile]) -> str:
    """The hash of the catalogue, which its reports carry: names and bytes of every file."""
    known = hashlib.sha256()
    for file in files:
        known.update(file.relative.encode() + b"\0" + file.content + b"\0")
    return known.hexdigest()


def _wanted(root: Path, licensed: bool) -> Iterator[str]:
    for tree in TREES:
        for name in _below(f"{root}{os.sep}{tree}", tree):
            data = name.endswith(_DATA) or name.startswith(REPORT_TEMPLATES)
            if data and not name.startswith(_WEB) and (licensed or LICENSED not in name.split("/")):
                yield name


def _below(folder: str, relative: str) -> Iterator[str]:
    """Names of the files below a folder that may not be there; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{relative}/{entry.name}")
        elif entry.is_file():
            yield f"{relative}/{entry.name}"
