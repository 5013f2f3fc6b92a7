"""Spine: in profile (front of the body at the left), and from the front for what has two sides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from tools.schema_figures.drawing import Figure, Point, ellipse, open_line, sharp, smooth

LEVELS = [*(f"C{i}" for i in range(1, 8)), *(f"T{i}" for i in range(1, 13)), *(f"L{i}" for i in range(1, 6))]
# Height and depth of the bodies, level by level, and where the middle of each stands (x of the profile).
HEIGHTS = [8, 11, 10.5, 10.5, 10.5, 11, 11.5, 12.5, 13, 13, 13.5, 14, 14.5, 15, 15.5, 16, 16.5, 17.5, 18.5,
           20, 20.5, 21, 21, 21]  # fmt: skip
DEPTHS = [9, 16, 16, 16.5, 17, 17.5, 18, 19, 20, 21, 21.5, 22, 22.5, 23, 24, 25, 26, 27, 28, 31, 32, 33, 34, 34]
DISCS = [2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3.5, 4, 4, 4.5, 5.5, 6, 6.5, 7, 7]
CURVE = {0: 136, 3: 126, 6: 132, 9.5: 149, 12.5: 154, 15.5: 149, 18.5: 135, 20.5: 124.5, 22: 122, 23: 126, 24: 138}
FRONT_AXIS = 322.0
CANAL = 11.0


@dataclass(frozen=True)
class Body:
    """A vertebral body in profile: centre, tilt (radians), height, depth; `gap`: the disc below it."""

    level: str
    x: float
    y: float
    tilt: float
    height: float
    depth: float
    gap: float

    def at(self, ahead: float, down: float) -> Point:
        """A point from the centre: `ahead` towards the front in half depths, `down` in half heights."""
        u, v = -ahead * self.depth / 2, down * self.height / 2
        return (
            self.x + u * math.cos(self.tilt) - v * math.sin(self.tilt),
            self.y + u * math.sin(self.tilt) + v * math.cos(self.tilt),
        )

    def behind(self, distance: float, down: float) -> Point:
        """A point at a distance behind the posterior wall."""
        return self.at(-1 - 2 * distance / self.depth, down)

    def before(self, distance: float, down: float) -> Point:
        """A point at a distance before the anterior wall."""
        return self.at(1 + 2 * distance / self.depth, down)


def spine() -> Figure:
    """The whole figure."""
    regions = "cervical_spine thoracic_spine lumbar_spine thoracolumbar_spine full_spine"
    figure = Figure("spine", 400, 578, regions, FRONT_AXIS)
    bodies = _bodies()
    _segments(figure, bodies)
    for body in bodies:
        _profile(figure, body)
    _discs(figure, bodies)
    _sacrum(figure, bodies[-1])
    _from_the_front(figure, bodies)
    return figure


def _bodies() -> list[Body]:
    tops, y = [], 34.0
    for height, gap in zip(HEIGHTS, DISCS, strict=True):
        tops.append(y)
        y += height + gap
    centres = [(_x(i), top + HEIGHTS[i] / 2) for i, top in enumerate(tops)]
    found = []
    for i, level in enumerate(LEVELS):
        above, below = (
            centres[max(i - 1, 0)],
            centres[i + 1] if i + 1 < len(centres) else (centres[i][0] + 9, centres[i][1] + 28),
        )
        tilt = -math.atan2(below[0] - above[0], below[1] - above[1])
        found.append(Body(level, *centres[i], tilt, HEIGHTS[i], DEPTHS[i], DISCS[i]))
    return found


def _x(index: float) -> float:
    """The curve of the spine, smooth through its marks (cubic Hermite)."""
    marks = sorted(CURVE.items())
    place = next(i for i in range(len(marks) - 1) if index <= marks[i + 1][0])
    (first, start), (last, end) = marks[place], marks[place + 1]
    part, span = (index - first) / (last - first), last - first
    leaving, arriving = _slope(marks, place) * span, _slope(marks, place + 1) * span
    return (
        start * (1 + 2 * part) * (1 - part) ** 2
        + leaving * part * (1 - part) ** 2
        + end * part**2 * (3 - 2 * part)
        + arriving * part**2 * (part - 1)
    )


def _slope(marks: list[tuple[float, float]], place: int) -> float:
    before, after = marks[max(place - 1, 0)], marks[min(place + 1, len(marks) - 1)]
    return (after[1] - before[1]) / (after[0] - before[0])


def _segments(figure: Figure, bodies: list[Body]) -> None:
    """Brackets before the bodies: the whole spine, the thoracolumbar junction."""
    first, last = bodies[0], bodies[-1]
    figure.site("spinal_segment", _bracket(46, first.at(0, -1)[1], last.at(0, 1)[1]))
    junction = [body for body in bodies if body.level in ("T11", "T12", "L1")]
    figure.site("thoracolumbar_junction", _bracket(66, junction[0].at(0, -1)[1], junction[-1].at(0, 1)[1]))


def _bracket(x: float, top: float, bottom: float) -> str:
    return sharp([(x, top), (x + 9, top), (x + 9, top + 4), (x + 5, top + 4), (x + 5, bottom - 4), (x + 9, bottom - 4),
                  (x + 9, bottom), (x, bottom)])  # fmt: skip


def _profile(figure: Figure, body: Body) -> None:
    """One vertebra and what surrounds it, seen from its left."""
    _arch(figure, body)
    reach = 1 + body.gap / body.height
    if body.level == "C1":
        figure.site("vertebra.C1", smooth(ellipse((body.x - 2, body.y), 4.2, 3.8)))
    elif body.level == "C2":
        figure.site("vertebra.C2", smooth(_axis_body(body), 0.45))
    else:
        figure.site(f"vertebra.{body.level}", smooth(_waisted(body), 0.4))
    canal = [body.behind(2.2, -reach), body.behind(CANAL, -reach), body.behind(CANAL, reach), body.behind(2.2, reach)]
    figure.site(f"epidural_space.{body.level}", sharp(canal), minor=True)
    front = [body.before(2, -reach), body.before(8, -reach), body.before(8, reach), body.before(2, reach)]
    figure.site(f"prevertebral_soft_tissue.{body.level}", sharp(front), minor=True)
    vein = [
        body.before(9.5, -0.7),
        body.before(13, -0.2),
        body.before(13, 0.5),
        body.before(9.5, 0.9),
        body.before(11, 0),
    ]
    figure.site(f"perivertebral_vein.{body.level}", smooth(vein, 0.5), minor=True)
    if body.level not in ("C1", "C2"):
        _walls(figure, body)
        _plate(figure, body, "superior_endplate", -1)
    if body.level != "C1":
        _plate(figure, body, "inferior_endplate", 1)


def _waisted(body: Body) -> list[Point]:
    """A body with concave walls and flat endplates."""
    return [body.at(*p) for p in ((1, -1), (0, -0.94), (-1, -1), (-0.93, 0), (-1, 1), (0, 0.94), (1, 1), (0.86, 0))]


def _axis_body(body: Body) -> list[Point]:
    """C2 with its dens."""
    shape = (
        (1, -0.5),
        (0.45, -0.9),
        (0.4, -2.6),
        (-0.1, -3.0),
        (-0.55, -2.6),
        (-0.6, -0.9),
        (-1, -0.6),
        (-1, 1),
        (0, 0.94),
        (1.05, 1),
    )
    return [body.at(*p) for p in shape]


def _walls(figure: Figure, body: Body) -> None:
    wall = [body.at(-0.8, -0.8), body.at(-1, -0.9), body.at(-0.95, 0), body.at(-1, 0.9), body.at(-0.8, 0.8)]
    figure.site(f"posterior_wall.{body.level}", sharp(wall), minor=True)


def _plate(figure: Figure, body: Body, name: str, side: int) -> None:
    plate = [
        body.at(0.96, side * 0.98),
        body.at(-0.96, side * 0.98),
        body.at(-0.8, side * 0.7),
        body.at(0.8, side * 0.7),
    ]
    figure.site(f"{name}.{body.level}", sharp(plate), minor=True)


def _arch(figure: Figure, body: Body) -> None:
    """Pedicle as context, then laminae and spinous process."""
    figure.context(
        sharp([body.at(-0.9, -0.75), body.behind(CANAL + 4, -0.75), body.behind(CANAL + 4, 0), body.at(-0.9, 0)])
    )
    kind, number = body.level[0], int(body.level[1:])
    length, drop = {"C": (9 + number * 1.6, 0.5), "T": (20, 1.9 if 3 < number < 10 else 1.35), "L": (20, 0.55)}[kind]
    start = CANAL + 1.5
    half = 0.42 if kind == "L" else 0.3
    shape = [
        body.behind(start, -0.8), body.behind(start + 5, -0.7), body.behind(start + length, drop - half),
        body.behind(start + length + 1.5, drop), body.behind(start + length, drop + half),
        body.behind(start + 6, 0.5 + drop * 0.3), body.behind(start, 0.6),
    ]  # fmt: skip
    figure.site(f"posterior_arch.{body.level}", smooth(shape, 0.35))


def _discs(figure: Figure, bodies: list[Body]) -> None:
    for upper, lower in pairwise(bodies[1:]):
        top = -0.5 if lower.level == "C2" else -1.0
        shape = [upper.at(0.97, 1.06), upper.at(-0.97, 1.06), lower.at(-0.97, top - 0.06), lower.at(0.97, top - 0.06)]
        figure.site(f"intervertebral_disc.{upper.level}{lower.level}", sharp(shape))


def _sacrum(figure: Figure, last: Body) -> None:
    """Sacral segments and coccyx in profile, going backwards then forwards."""
    path = [(last.x + x, last.y + y) for x, y in ((10, 29), (24, 49), (37, 65), (45, 79), (47, 91))]
    sizes = [(26, 33), (21, 26), (17, 20), (14, 15), (11, 11)]
    pieces = []
    for i, ((x, y), (height, depth)) in enumerate(zip(path, sizes, strict=True)):
        following = path[i + 1] if i + 1 < len(path) else (last.x + 44, last.y + 103)
        tilt = -math.atan2(following[0] - x, following[1] - y)
        pieces.append(Body(f"S{i + 1}", x, y, tilt, height, depth, 1))
    first = pieces[0]
    disc = [last.at(0.97, 1.06), last.at(-0.97, 1.06), first.at(-0.97, -1.0), first.at(0.97, -1.0)]
    figure.site("intervertebral_disc.L5S1", sharp(disc))
    for piece in pieces:
        taper = 0.82
        shape = [piece.at(*p) for p in ((1, -0.92), (-1, -0.92), (-taper, 0.92), (0, 0.96), (taper, 0.92))]
        figure.site(f"sacral_segment.{piece.level}", smooth(shape, 0.25))
        figure.context(
            sharp([piece.behind(7, -0.9), piece.behind(11, -0.7), piece.behind(9, 0.7), piece.behind(6, 0.9)])
        )
    _plate(figure, first, "superior_endplate", -1)
    canal = [first.behind(2, -1), first.behind(8, -1), first.behind(6, 1), first.behind(1.5, 1)]
    figure.site("epidural_space.S1", sharp(canal), minor=True)
    front = [first.before(2, -1), first.before(8, -1), first.before(6, 0.9), first.before(1, 0.9)]
    figure.site("prevertebral_soft_tissue.S1", sharp(front), minor=True)
    vein = [first.before(9.5, -0.7), first.before(13, -0.2), first.before(12, 0.5), first.before(8.5, 0.7)]
    figure.site("perivertebral_vein.S1", smooth(vein), minor=True)
    figure.site(
        "sacrococcygeal",
        smooth(
            [(last.x + x, last.y + y) for x, y in ((41, 97), (51, 98), (50, 104), (44, 110), (33, 112), (36, 105))], 0.5
        ),
    )


def _from_the_front(figure: Figure, bodies: list[Body]) -> None:
    """Bodies, pedicles, foramina and soft tissues of both sides."""
    for i, body in enumerate(bodies):
        half, tall = 11 + 0.52 * i, body.height / 2
        x, y = FRONT_AXIS, body.y
        figure.site(
            f"vertebra.{body.level}~front",
            smooth([(x - half, y - tall), (x, y - tall + 0.6), (x + half, y - tall), (x + half * 0.9, y),
                    (x + half, y + tall), (x, y + tall - 0.6), (x - half, y + tall), (x - half * 0.9, y)], 0.4),
        )  # fmt: skip
        figure.detail(
            open_line([(x, y - 1), (x - 1.6, y + tall * 0.9), (x, y + tall + 1), (x + 1.6, y + tall * 0.9), (x, y - 1)])
        )
        strip = [
            (x + half + 9, y - tall - 1),
            (x + half + 15, y - tall - 1),
            (x + half + 15, y + tall + 1),
            (x + half + 9, y + tall + 1),
        ]
        figure.both("paravertebral_soft_tissue", strip, rest=f".{body.level}", curved=False, minor=True)
        if body.level != "C1":
            oval = ellipse((x + half * 0.66, y - tall * 0.2), 2.4 + i * 0.07, tall * 0.52)
            figure.both("pedicle", oval, rest=f".{body.level}", minor=True)
        figure.text((FRONT_AXIS - 66, y + 3), body.level)
        figure.text((86, y + 3), body.level)
    names = [*LEVELS, "S1"]
    for i, body in enumerate(bodies[1:], start=1):
        half = 11 + 0.52 * i
        y = body.y + body.height / 2 + body.gap / 2
        hole = ellipse((FRONT_AXIS + half + 4, y), 2.6, max(3.4, body.gap * 0.75))
        figure.both("intervertebral_foramen", hole, rest=f".{body.level}{names[i + 1]}", minor=True)
    _front_sacrum(figure, bodies[-1].y + 16)
    figure.sides(20, inset=FRONT_AXIS - 52)


def _front_sacrum(figure: Figure, top: float) -> None:
    x = FRONT_AXIS
    right = [(25, top + 2), (40, top), (38, top + 20), (26, top + 44), (12, top + 64), (4, top + 74)]
    figure.context(smooth([*((x + a, b) for a, b in right), *((x - a, b) for a, b in right[::-1])], 0.4))
    strip = [(x + 44, top + 2), (x + 50, top + 2), (x + 46, top + 22), (x + 41, top + 22)]
    figure.both("paravertebral_soft_tissue", strip, rest=".S1", curved=False, minor=True)
