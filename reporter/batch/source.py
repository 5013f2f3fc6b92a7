"""Reads the input in chunks of lines: the same chunks from the same place, whatever happened before."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from reporter.batch.messages import BatchError
from reporter.batch.records import MAX_LINE

STDIO = "-"
CHUNK_LINES = 32
CHUNK_BYTES = 256 << 10
_TAIL = 4096
_SKIP = 1 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between two lines: bytes before it (decompressed), and a check of the last of them."""

    offset: int = 0
    length: int = 0
    crc: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines; `end` is the place after them, `position` how far the file itself was read."""

    first: int
    lines: tuple[bytes, ...]
    end: Mark
    position: int


def is_gzip(name: str) -> bool:
    """Is a file gzip by its name?"""
    return name.endswith(".gz")


@contextmanager
def opened(name: str, start: Mark = Mark(), line: int = 1) -> Iterator[Source]:
    """A file from `start` on, whose first line there is number `line`; gzip by its name, `-` standard input."""
    with nullcontext(sys.stdin.buffer) if name == STDIO else Path(name).open("rb") as raw:
        yield Source(name, raw, start, line)


class Source:
    """An open input and the place in it; BatchError when what lies before `start` is not what it was."""

    def __init__(self, name: str, raw: BinaryIO, start: Mark, line: int) -> None:
        self._name, self._raw, self._mark, self._line = name, raw, start, line
        self._file = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_gzip(name) else raw
        self._damaged = False
        self._go_to(start)

    def chunks(self) -> Iterator[Chunk]:
        """The chunks from here to the end; of a damaged gzip file the lines before the damage, then BatchError."""
        while lines := self._lines():
            yield Chunk(self._line, lines, self._mark, self.position())
            self._line += len(lines)

    def position(self) -> int:
        """How far the file itself was read."""
        return 0 if self._name == STDIO else self._raw.tell()

    def _lines(self) -> tuple[bytes, ...]:
        lines: list[bytes] = []
        size = 0
        try:
            while not self._damaged and len(lines) < CHUNK_LINES and size < CHUNK_BYTES and (line := self._next()):
                lines.append(line)
                size += len(line)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._damaged = True
        if self._damaged and not lines:
            raise BatchError("gzip", path=self._name)
        return tuple(lines)

    def _next(self) -> bytes:
        """The next line; of one longer than MAX_LINE only the start, enough to refuse it."""
        line = last = self._file.readline(MAX_LINE + 1)
        if not line:
            return line
        offset = self._mark.offset + len(line)
        while not last.endswith(b"\n") and (piece := self._file.readline(MAX_LINE)):
            last = piece
            offset += len(piece)
        tail = last[-_TAIL:]
        self._mark = Mark(offset, len(tail), zlib.crc32(tail))
        return line

    def _go_to(self, mark: Mark) -> None:
        """Skip what is done: by a jump in a plain file, by reading it again otherwise; it must end as it did."""
        before = mark.offset - mark.length
        if self._file.seekable() and not is_gzip(self._name):
            self._file.seek(before)
        else:
            while before:
                skipped = len(self._file.read(min(before, _SKIP)))
                if not skipped:
                    raise BatchError("input")
                before -= skipped
        if zlib.crc32(self._file.read(mark.length)) != mark.crc:
            raise BatchError("input")
