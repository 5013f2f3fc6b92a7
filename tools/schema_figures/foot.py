"""Both ankles and feet from the front and above, toes down."""

from __future__ import annotations

from tools.schema_figures.drawing import Figure, Point, band, smooth

AXIS = 200.0
FOOT = 92.0
# Metatarsals: base and head, width; then the tip of the toe.
RAYS = {
    1: ((-29, 182), (-37, 246), 14, (-41, 300)),
    2: ((-11, 176), (-14, 250), 10, (-16, 302)),
    3: ((3, 178), (5, 247), 9.5, (6, 294)),
    4: ((17, 179), (24, 242), 9.5, (27, 284)),
    5: ((32, 180), (42, 234), 10, (47, 270)),
}


def foot() -> Figure:
    """The whole figure."""
    figure = Figure("ankle_foot", 2 * AXIS, 316, "ankle_foot", AXIS)
    _leg(figure)
    _tarsus(figure)
    for number, (base, head, width, tip) in RAYS.items():
        _ray(figure, number, base, head, width, tip)
    figure.sides(22)
    return figure


def _p(*offsets: Point) -> list[Point]:
    """Points of the left foot from its axis; negative x is medial."""
    return [(AXIS + FOOT + x, y) for x, y in offsets]


def _leg(figure: Figure) -> None:
    figure.both_context(
        _p((-20, 12), (12, 12), (13, 36), (15, 52), (14, 57), (-22, 57), (-25, 70), (-33, 70), (-34, 54), (-24, 34))
    )
    figure.both("fibula", _p((20, 12), (29, 12), (29, 36), (34, 58), (34, 74), (28, 80), (22, 70), (21, 52), (20, 34)))
    figure.both(
        "ankle_joint",
        _p((-24, 59), (0, 60), (16, 59), (20, 72), (20, 76), (15, 64.5), (0, 64.5), (-20, 64.5), (-24, 74), (-26, 72)),
    )


def _tarsus(figure: Figure) -> None:
    figure.both("calcaneus", _p((21, 84), (32, 86), (39, 98), (39, 116), (35, 131), (22, 134), (15, 124), (17, 106)))
    figure.both(
        "talus",
        _p((-19, 68), (0, 67), (14, 68), (17, 82), (13, 100), (6, 114), (-8, 126), (-24, 124), (-27, 112), (-21, 94)),
    )
    figure.both(
        "navicular",
        _p((-36, 128), (-24, 128), (-8, 130), (5, 124), (8, 136), (2, 146), (-16, 149), (-34, 146), (-39, 137)),
    )
    figure.both("cuboid", _p((13, 136), (24, 138), (37, 135), (41, 150), (40, 172), (26, 175), (12, 173), (9, 152)))
    parts = {
        "medial": [(-37, 150), (-22, 152), (-21, 178), (-34, 178), (-39, 164)],
        "intermediate": [(-19, 152), (-7, 151), (-6, 171), (-17, 172)],
        "lateral": [(-4, 150), (7, 147), (9, 173), (-3, 174)],
    }
    for part, points in parts.items():
        figure.both("cuneiform", _p(*points), rest=f".{part}")


def _ray(figure: Figure, number: int, base: Point, head: Point, width: float, tip: Point) -> None:
    """A metatarsal and its toe."""
    along = [(base[0] + (head[0] - base[0]) * t, base[1] + (head[1] - base[1]) * t) for t in (0, 0.12, 0.5, 0.86, 1)]
    widths = (width, width * 0.92, width * 0.62, width * 0.95, width * 0.8)
    left = [(x - w / 2, y) for (x, y), w in zip(along, widths, strict=True)]
    right = [(x + w / 2, y) for (x, y), w in zip(along, widths, strict=True)]
    figure.both("metatarsal", _p(*left, *right[::-1]), rest=f".{number}")
    start = (head[0] + (tip[0] - head[0]) * 0.08, head[1] + 4)
    middle = (start[0] + (tip[0] - start[0]) * 0.56, start[1] + (tip[1] - start[1]) * 0.56)
    after = (middle[0], middle[1] + 3)
    for first, last in ((start, middle), (after, tip)):
        toe = _p(*band([first, ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2), last], width * 0.62))
        figure.context(smooth(toe, 0.4))
        figure.context(smooth(figure.mirror(toe), 0.4))
