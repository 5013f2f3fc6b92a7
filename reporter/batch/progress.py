"""How far a run is: a bar on a terminal, a line every ten seconds elsewhere. Always on standard error."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from tqdm import tqdm

from reporter.batch.messages import MESSAGES
from reporter.batch.records import Tally

_PERIOD = 10.0
_BAR = "{percentage:3.0f} % |{bar}| {desc} [{elapsed} < {remaining}]"
_NO_BAR = "{desc} [{elapsed}]"


class Progress:
    """The bar counts bytes of the input, for the number of its lines is not known; words count exams."""

    def __init__(self, size: int, start: int, stream: TextIO | None = None) -> None:
        stream = stream or sys.stderr
        self._stream, self._size, self._start = stream, size, start
        self._began = self._told = time.monotonic()
        tqdm.monitor_interval = 0  # its thread would be there when the workers are forked
        self._bar = tqdm(
            total=size or None,
            initial=start,
            file=stream,
            disable=not stream.isatty(),
            bar_format=_BAR if size else _NO_BAR,
        )

    def show(self, position: int, tally: Tally, lines_here: int) -> None:
        """`position` in the input; `lines_here` is what this run did itself."""
        elapsed = time.monotonic() - self._began
        rate = lines_here / elapsed if elapsed else 0
        lines, refused = _number(tally.lines), _number(tally.refused)
        words = MESSAGES["progress"].format(lines=lines, rate=_number(rate), refused=refused)
        if not self._bar.disable:
            self._bar.set_description_str(words, refresh=False)
            self._bar.update(max(0, position - self._bar.n))
        elif time.monotonic() - self._told >= _PERIOD:
            self._told = time.monotonic()
            self._stream.write(words + self._remaining(position, elapsed) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """The bar stays as it was last."""
        self._bar.close()

    def _remaining(self, position: int, elapsed: float) -> str:
        done = position - self._start
        if not self._size or done <= 0:
            return ""
        seconds = elapsed * (self._size - position) / done
        return MESSAGES["remaining"].format(time=tqdm.format_interval(seconds))


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")
