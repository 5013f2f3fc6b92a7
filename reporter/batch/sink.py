"""Writes an output file from a known place on: what a killed run left after it is cut off."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from reporter.batch.messages import BatchError
from reporter.batch.records import member
from reporter.batch.source import STDIO, is_gzip


class Sink:
    """A file, or standard output or error, to which whole chunks are added."""

    def __init__(self, name: str, start: int = 0, stream: BinaryIO | None = None) -> None:
        self._name, self.offset = name, start
        self._file = stream or (sys.stdout.buffer if name == STDIO else _opened(Path(name), start))

    def write(self, data: bytes) -> None:
        """Add a chunk."""
        self._file.write(data)
        self.offset += len(data)

    def sync(self) -> None:
        """Return once everything written is on the disk."""
        self._file.flush()
        if is_file(self._name):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Everything out; standard streams stay open."""
        self._file.flush()
        if self._name != STDIO:
            self._file.close()

    def finish(self) -> None:
        """The end of the output: a gzip file without a line still needs one member."""
        if is_gzip(self._name) and not self.offset:
            self.write(member(b""))


def is_file(name: str) -> bool:
    """A regular file (or one still to be made), which can be cut, synchronised and resumed."""
    return name != STDIO and (Path(name).is_file() or not Path(name).exists())


def _opened(path: Path, start: int) -> BinaryIO:
    if not is_file(str(path)):
        return path.open("wb")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("r+b" if path.exists() else "w+b")
    if file.seek(0, os.SEEK_END) < start:
        file.close()
        raise BatchError("output", path=path)
    file.truncate(start)
    file.seek(start)
    return file
