"""How far a run has come, on the disk: a line for what was asked, then one for each commit.

A line counts when it is whole and its checksum holds; the last one that does is where a run goes on. Outputs are
synchronised before their line is written, so nothing a line says can be missing; what came after it is cut off and
made again, so nothing is twice.
"""

from __future__ import annotations

import dataclasses
import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from reporter.batch.messages import BatchError
from reporter.batch.records import Tally
from reporter.batch.source import Mark


@dataclass(slots=True)
class State:
    """A place between two chunks: in the input, in both outputs, and the count so far."""

    mark: Mark = field(default_factory=Mark)
    output: int = 0
    refused: int = 0
    tally: Tally = field(default_factory=Tally)
    done: bool = False


class Journal:
    """The journal beside an output; `header` is what the run was asked to do."""

    def __init__(self, path: Path, header: dict[str, Any], state: State | None = None) -> None:
        """Start a new journal, or go on after `state`, the last line that counts; it takes its place at once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + ".new")
        self._file: BinaryIO = made.open("wb")
        self._write(header)
        self.commit(state or State())
        made.replace(path)
        _sync_directory(path.parent)

    def commit(self, state: State) -> None:
        """Remember a place; returns once it is on the disk."""
        self._write(dataclasses.asdict(state))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more commits."""
        self._file.close()

    def _write(self, value: dict[str, Any]) -> None:
        text = orjson.dumps(value)
        self._file.write(b"%08x %s\n" % (zlib.crc32(text), text))


def read(path: Path) -> tuple[dict[str, Any], State] | None:
    """What was asked and how far the run came; None when there is no journal, or none that had begun."""
    try:
        lines = [value for line in path.read_bytes().split(b"\n")[:-1] if (value := _value(line)) is not None]
    except FileNotFoundError:
        return None
    try:
        return (lines[0], _state(lines[-1])) if lines[1:] else None
    except (KeyError, TypeError):
        raise BatchError("journal", path=path) from None


def _value(line: bytes) -> dict[str, Any] | None:
    checksum, _, text = line.partition(b" ")
    return orjson.loads(text) if checksum == b"%08x" % zlib.crc32(text) else None


def _state(value: dict[str, Any]) -> State:
    mark, tally = Mark(**value["mark"]), Tally(**value["tally"])
    return State(mark, value["output"], value["refused"], tally, value["done"])


def _sync_directory(path: Path) -> None:
    """The name of a new file is on the disk once its directory is (POSIX only)."""
    if os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
