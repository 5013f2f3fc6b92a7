"""Pieces of a plot: scale, grid, line, points, rows, table. Every text is escaped; colours are CSS classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from html import escape
from itertools import pairwise

_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 26.0, 22.0, 34.0
_STEPS = tuple(Decimal(step) for step in ("0.01", "0.02", "0.05", "0.1", "0.2", "0.5"))
_MAX_LINES = 6
_ROW, _COLUMN, _LABELS, _HEAD = 30.0, 110.0, 270.0, 34.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The scale of a plot: values from `low` to `high` upwards, `when` (any number) to the right."""

    width: float
    height: float
    low: Decimal
    high: Decimal
    when: Sequence[float]

    @property
    def step(self) -> Decimal:
        """Distance of the grid lines: a round number that makes few of them."""
        span = self.high - self.low
        return next((step for step in _STEPS if span / step <= _MAX_LINES - 2), _STEPS[-1])

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Lowest and highest grid line."""
        low = (self.low / self.step).to_integral_value(ROUND_FLOOR) * self.step
        high = (self.high / self.step).to_integral_value(ROUND_CEILING) * self.step
        return low, high if high > low else low + self.step

    def x(self, place: int) -> float:
        """Of a date."""
        first, last = self.when[0], self.when[-1]
        inside = self.width - _LEFT - _RIGHT - 40
        part = (self.when[place] - first) / (last - first) if last > first else place / max(1, len(self.when) - 1)
        return _LEFT + 20 + inside * part

    def y(self, value: Decimal) -> float:
        """Of a value."""
        low, high = self.bounds
        return self.height - _BOTTOM - float((value - low) / (high - low)) * (self.height - _TOP - _BOTTOM)


def grid(frame: Frame, say: Callable[[Decimal], str], unit: str) -> Iterator[str]:
    """Horizontal lines, their values, the unit."""
    low, high = frame.bounds
    value = low
    while value <= high:
        y = frame.y(value)
        yield f'<path class="plot-grid" d="M{_LEFT:.0f} {y:.1f}H{frame.width - _RIGHT:.0f}"/>'
        yield _text(_LEFT - 6, y + 4, say(value), "end")
        value += frame.step
    yield _text(6, 13, unit, "start")


def band(frame: Frame, low: Decimal, high: Decimal) -> str:
    """The values that are no significant change."""
    top, bottom = frame.y(high), frame.y(low)
    width = frame.width - _LEFT - _RIGHT
    return f'<rect class="plot-band" x="{_LEFT:.0f}" y="{top:.1f}" width="{width:.0f}" height="{bottom - top:.1f}"/>'


def lines(frame: Frame, values: Sequence[Decimal], broken: Sequence[bool]) -> Iterator[str]:
    """From value to value; broken where the two cannot be compared."""
    for i, (before, after) in enumerate(pairwise(values)):
        kind = "plot-move" if broken[i] else "plot-line"
        ends = f"M{frame.x(i):.1f} {frame.y(before):.1f}L{frame.x(i + 1):.1f} {frame.y(after):.1f}"
        yield f'<path class="{kind}" d="{ends}"/>'


def points(frame: Frame, values: Sequence[Decimal], labels: Sequence[str]) -> Iterator[str]:
    """A disc per value, the last one open, its value above."""
    for i, (value, label) in enumerate(zip(values, labels, strict=True)):
        x, y = frame.x(i), frame.y(value)
        kind = "plot-last" if i == len(values) - 1 else "plot-point"
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        yield _text(x, y - 9, label)


def dates(frame: Frame, labels: Sequence[str]) -> Iterator[str]:
    """Under the axis; a date too near the one before it is left to the table."""
    shown = -100.0
    for i, label in enumerate(labels):
        if frame.x(i) - shown >= 58:
            shown = frame.x(i)
            yield _text(shown, frame.height - 12, label)


def rows(
    labels: Sequence[str], columns: Sequence[str], states: Sequence[Sequence[str]]
) -> tuple[list[str], float, float]:
    """Sites × exams: filled disc present, open disc absent, « ? » indeterminate; moves joined by a broken line."""
    parts = [_text(_column(i), 20, column) for i, column in enumerate(columns)]
    for row, (label, line_states) in enumerate(zip(labels, states, strict=True)):
        y = _HEAD + _ROW * row + _ROW / 2
        parts.append(f'<path class="plot-grid" d="M0 {y + _ROW / 2:.0f}H{_column(len(columns) - 1) + 40:.0f}"/>')
        parts.append(_text(4, y + 4, label, "start"))
        parts += _stays(y, line_states)
    parts += _moves(states)
    for row, line_states in enumerate(states):
        y = _HEAD + _ROW * row + _ROW / 2
        parts += [_state(_column(i), y, state) for i, state in enumerate(line_states) if state != "none"]
    return parts, _column(len(columns) - 1) + 50, _HEAD + _ROW * len(labels) + 6


def _stays(y: float, states: Sequence[str]) -> Iterator[str]:
    for i, (before, after) in enumerate(pairwise(states)):
        if before == "present" and after != "none":
            yield f'<path class="plot-line" d="M{_column(i):.0f} {y:.0f}H{_column(i + 1):.0f}"/>'


def _moves(states: Sequence[Sequence[str]]) -> Iterator[str]:
    """From each site that heals to each site that appears at the next exam."""
    for i in range(len(states[0]) - 1):
        gone = [r for r, s in enumerate(states) if s[i] == "present" and s[i + 1] != "present"]
        come = [r for r, s in enumerate(states) if s[i] != "present" and s[i + 1] == "present"]
        for first in gone:
            for last in come:
                start, end = (_HEAD + _ROW * r + _ROW / 2 for r in (first, last))
                yield f'<path class="plot-move" d="M{_column(i):.0f} {start:.0f}L{_column(i + 1):.0f} {end:.0f}"/>'


def _state(x: float, y: float, state: str) -> str:
    if state in ("present", "absent"):
        kind = "plot-point" if state == "present" else "plot-last"
        return f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.0f}" r="6"/>'
    return _text(x, y + 4, "?" if state == "indeterminate" else "×")


def _column(place: int) -> float:
    return _LABELS + _COLUMN * place + _COLUMN / 2


def table(caption: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The same values to be read."""
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(line[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in line[1:])}</tr>'
        for line in lines
    )
    return (
        f'<details class="plot-table"><summary>{escape(caption)}</summary>'
        f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def figure(name: str, title: str, desc: str, width: float, height: float, body: Iterable[str], table: str) -> str:
    """The picture, its title and description, its table."""
    return (
        f'<figure class="plot-figure"><svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" id="{name}" '
        f'aria-labelledby="{name}-title {name}-desc" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(desc)}</desc>'
        f"{''.join(body)}</svg><figcaption>{escape(title)}. {escape(desc)}</figcaption>{table}</figure>"
    )


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
