"""Smooth closed outlines, mirrored sides, and the SVG file made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

Point = tuple[float, float]


def smooth(points: Sequence[Point], tension: float = 0.5) -> str:
    """A closed curve through every point (cardinal spline as cubic Béziers)."""
    count, k = len(points), tension / 3
    parts = [f"M{_xy(points[0])}"]
    for i in range(count):
        before, start, end, after = (points[(i + n) % count] for n in (-1, 0, 1, 2))
        first = (start[0] + (end[0] - before[0]) * k, start[1] + (end[1] - before[1]) * k)
        second = (end[0] - (after[0] - start[0]) * k, end[1] - (after[1] - start[1]) * k)
        parts.append(f"C{_xy(first)} {_xy(second)} {_xy(end)}")
    return "".join(parts) + "Z"


def sharp(points: Sequence[Point]) -> str:
    """A closed polygon."""
    return "M" + "L".join(_xy(p) for p in points) + "Z"


def open_line(points: Sequence[Point]) -> str:
    """A smooth open line."""
    parts = [f"M{_xy(points[0])}"]
    for i in range(len(points) - 1):
        before, start, end = points[max(i - 1, 0)], points[i], points[i + 1]
        after = points[min(i + 2, len(points) - 1)]
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        parts.append(f"C{_xy(first)} {_xy(second)} {_xy(end)}")
    return "".join(parts)


def ellipse(centre: Point, rx: float, ry: float, turn: float = 0.0) -> list[Point]:
    """Twelve points of an ellipse, turned by degrees."""
    found, tilt = [], math.radians(turn)
    for step in range(12):
        angle = math.tau * step / 12
        x, y = rx * math.cos(angle), ry * math.sin(angle)
        found.append(
            (centre[0] + x * math.cos(tilt) - y * math.sin(tilt), centre[1] + x * math.sin(tilt) + y * math.cos(tilt))
        )
    return found


def arc_band(centre: Point, inner: float, outer: float, start: float, end: float) -> list[Point]:
    """Points of a curved band between two radii, from one angle to another (degrees, 0 = image right, 90 = down)."""
    steps = 9
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    far = [(centre[0] + outer * math.cos(a), centre[1] + outer * math.sin(a)) for a in angles]
    near = [(centre[0] + inner * math.cos(a), centre[1] + inner * math.sin(a)) for a in reversed(angles)]
    return far + near


def band(line: Sequence[Point], width: float) -> list[Point]:
    """A thin closed band along a line."""
    sides: list[list[Point]] = [[], []]
    for i, point in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        length = math.hypot(after[0] - before[0], after[1] - before[1]) or 1.0
        nx, ny = (before[1] - after[1]) / length * width / 2, (after[0] - before[0]) / length * width / 2
        sides[0].append((point[0] + nx, point[1] + ny))
        sides[1].append((point[0] - nx, point[1] - ny))
    return sides[0] + sides[1][::-1]


def _xy(point: Point) -> str:
    return f"{_short(point[0])} {_short(point[1])}"


def _short(value: float) -> str:
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
    )


@dataclass
class Figure:
    """One SVG file: `regions` are the exam regions it serves; `axis` is the x of the midline."""

    name: str
    width: float
    height: float
    regions: str
    axis: float
    lines: list[str] = field(default_factory=list)

    def site(self, key: str, path: str, *, minor: bool = False) -> None:
        """A shape that is a catalogue site; `minor` parts are not stops of the Tab key."""
        extra = ' class="minor"' if minor else ""
        self.lines.append(f'  <path id={quoteattr(key)}{extra} d="{path}"/>')

    def both(
        self, key: str, points: Sequence[Point], *, rest: str = "", curved: bool = True, minor: bool = False
    ) -> None:
        """The same shape on both sides; the points are those of the patient's left."""
        draw = smooth if curved else sharp
        self.site(f"{key}.left{rest}", draw(points), minor=minor)
        self.site(f"{key}.right{rest}", draw(self.mirror(points)), minor=minor)

    def context(self, path: str) -> None:
        """Anatomy that is no site."""
        self.lines.append(f'  <path class="context" d="{path}"/>')

    def both_context(self, points: Sequence[Point], *, curved: bool = True) -> None:
        """Anatomy that is no site, on both sides."""
        draw = smooth if curved else sharp
        self.context(draw(points))
        self.context(draw(self.mirror(points)))

    def detail(self, path: str) -> None:
        """A fine line over the shapes, that takes no click."""
        self.lines.append(f'  <path class="detail" d="{path}"/>')

    def text(self, at: Point, words: str, anchor: str = "middle") -> None:
        """A level, or the side (D, G)."""
        x, y = _xy(at).split()
        self.lines.append(f'  <text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>')

    def sides(self, y: float, inset: float = 14.0) -> None:
        """« D » at the left of the image, « G » at its right."""
        for side, x in (("right", inset), ("left", 2 * self.axis - inset)):
            self.lines.append(f'  <text text-anchor="middle" x="{_short(x)}" y="{_short(y)}" data-side="{side}"/>')

    def mirror(self, points: Iterable[Point]) -> list[Point]:
        """The other side."""
        return [(2 * self.axis - x, y) for x, y in points]

    def svg(self) -> str:
        """The file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{self.name}" data-regions="{self.regions}" '
            f'viewBox="0 0 {_short(self.width)} {_short(self.height)}">'
        )
        return "\n".join([head, *self.lines, "</svg>", ""])
