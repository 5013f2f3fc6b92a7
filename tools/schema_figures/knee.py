"""Both knees from the front."""

from __future__ import annotations

from tools.schema_figures.drawing import Figure, Point, ellipse, open_line

AXIS = 200.0
KNEE = 96.0


def knee() -> Figure:
    """The whole figure; the patella is drawn over the femur."""
    figure = Figure("knee", 2 * AXIS, 300, "knee", AXIS)
    figure.both("femoral_shaft", _p((-19, 20), (19, 20), (19, 60), (22, 84), (-22, 84), (-20, 60)), curved=False)
    figure.both(
        "medial_femoral_condyle",
        _p(
            (-22, 85),
            (-8, 85),
            (-7, 108),
            (-9, 128),
            (-16, 141),
            (-32, 143),
            (-45, 134),
            (-48, 118),
            (-41, 102),
            (-29, 93),
        ),
    )
    figure.both(
        "lateral_femoral_condyle",
        _p((22, 85), (8, 85), (7, 108), (9, 128), (16, 140), (31, 141), (43, 133), (46, 118), (39, 102), (28, 93)),
    )
    figure.both(
        "intercondylar_region",
        _p((-7, 86), (7, 86), (6, 108), (8, 126), (5, 140), (0, 144), (-5, 140), (-8, 126), (-6, 108)),
    )
    joint = [(-46, 144), (-28, 147.5), (-8, 146), (0, 148), (8, 145), (28, 145.5), (44, 142), (45, 146), (28, 149.5),
             (8, 150), (0, 152), (-8, 151), (-28, 151.5), (-47, 149)]  # fmt: skip
    figure.both("knee_joint", _p(*joint))
    figure.both(
        "medial_tibial_plateau",
        _p((-48, 153), (-28, 155), (-8, 154), (0, 156), (0, 180), (-14, 184), (-28, 183), (-40, 174), (-49, 164)),
    )
    figure.both(
        "lateral_tibial_plateau",
        _p((47, 150), (28, 153), (8, 153), (1, 156), (1, 180), (14, 184), (27, 182), (40, 172), (48, 161)),
    )
    figure.both_context(
        _p((-27, 185), (0, 186), (26, 184), (20, 206), (17, 240), (17, 288), (-16, 288), (-17, 240), (-20, 206))
    )
    figure.both(
        "fibula",
        _p(
            (39, 176),
            (48, 168),
            (54, 176),
            (52, 190),
            (46, 204),
            (45, 240),
            (46, 288),
            (38, 288),
            (37, 240),
            (38, 204),
            (36, 190),
        ),
    )
    figure.both("patella", ellipse((AXIS + KNEE, 104), 17, 19))
    for side in (1, -1):
        figure.detail(open_line([(AXIS + side * (KNEE + x), y) for x, y in ((-6, 190), (0, 196), (5, 192))]))
    figure.sides(22)
    return figure


def _p(*offsets: Point) -> list[Point]:
    """Points of the left knee from its middle; negative x is medial."""
    return [(AXIS + KNEE + x, y) for x, y in offsets]
