"""The figures on file: SVG drawings whose element ids are places."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from reporter.resources import data_roots

_FOLDER = Path("templates") / "web" / "schema"
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_ENDS = re.compile(r"(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)(?=[A-Z]|\Z)")
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Shape:
    """kind site (`key`: its place), context, detail, or text (`words`; `side` left|right for « G », « D »).

    `spot`: where a glyph on it stands.
    """

    kind: str
    box: Box
    d: str = ""
    key: str = ""
    minor: bool = False
    words: str = ""
    side: str = ""
    anchor: str = "middle"
    spot: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawing and the exam regions it serves."""

    name: str
    regions: frozenset[str]
    width: float
    height: float
    shapes: tuple[Shape, ...]


def figures(*overlays: Path) -> tuple[Figure, ...]:
    """Every figure; a file of an overlay replaces ours of the same name."""
    return _load(tuple(data_roots(*overlays)))


@lru_cache(maxsize=8)
def _load(roots: tuple[Path, ...]) -> tuple[Figure, ...]:
    files: dict[str, Path] = {}
    for root in reversed(roots):
        files.update({path.stem: path for path in sorted((root / _FOLDER).glob("*.svg"))})
    return tuple(_figure(path) for path in files.values())


def _figure(path: Path) -> Figure:
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file, or the site's own overlay
    box = [float(number) for number in root.get("viewBox", "0 0 0 0").split()]
    regions = frozenset(root.get("data-regions", "").split())
    return Figure(path.stem, regions, box[2], box[3], tuple(_shapes(root)))


def _shapes(root: ET.Element) -> Iterable[Shape]:
    for element in root:
        kind = element.get("class", "")
        if element.tag == f"{_SVG}text":
            x, y = float(element.get("x", "0")), float(element.get("y", "0"))
            words, side = element.text or "", element.get("data-side", "")
            yield Shape("text", Box(x, y, x, y), words=words, side=side, anchor=element.get("text-anchor", "middle"))
        elif element.tag == f"{_SVG}path":
            d, key = element.get("d", ""), element.get("id", "")
            yield Shape("site" if key else kind, _box(d), d, key, kind == "minor", spot=_spot(d))


def _spot(d: str) -> tuple[float, float]:
    """The middle of the shape; of a curved band, the middle of its thickness halfway along."""
    points = [(float(x), float(y)) for x, y in _ENDS.findall(d)]
    centre = _box(d).centre
    if _inside(centre, points):
        return centre
    quarter = len(points) // 4
    (ax, ay), (bx, by) = points[quarter], points[-1 - quarter]
    return (ax + bx) / 2, (ay + by) / 2


def _inside(point: tuple[float, float], polygon: list[tuple[float, float]]) -> bool:
    """Even-odd rule."""
    inside, (x, y) = False, point
    for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]]):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def _box(d: str) -> Box:
    numbers = [float(number) for number in _NUMBERS.findall(d)]
    xs, ys = numbers[::2], numbers[1::2]
    return Box(min(xs), min(ys), max(xs), max(ys))
