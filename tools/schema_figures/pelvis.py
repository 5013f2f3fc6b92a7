"""Pelvis from the front: sacrum with its alae and foramina, hip bones, hips."""

from __future__ import annotations

from tools.schema_figures.drawing import Figure, Point, arc_band, ellipse, open_line, smooth

AXIS = 210.0
HEAD: Point = (AXIS + 136, 188)
# Sacral segments: top, bottom, half width at the top and at the bottom.
SEGMENTS = {
    "S1": (82, 106, 27, 23),
    "S2": (108, 129, 22, 19),
    "S3": (131, 149, 18.5, 16),
    "S4": (151, 166, 15.5, 13),
    "S5": (168, 180, 12.5, 9),
}


def pelvis() -> Figure:
    """The whole figure."""
    figure = Figure("pelvis", 2 * AXIS, 330, "pelvis hip sacrum_region", AXIS)
    _lumbar(figure)
    _hip_bone(figure)
    _sacrum(figure)
    _femur(figure)
    figure.sides(24)
    return figure


def _p(*offsets: Point) -> list[Point]:
    """Points given from the midline."""
    return [(AXIS + x, y) for x, y in offsets]


def _lumbar(figure: Figure) -> None:
    figure.context(smooth(_p((-27, 44), (0, 47), (27, 44), (25, 58), (28, 71), (0, 74), (-28, 71), (-25, 58))))
    figure.both_context(_p((26, 50), (42, 47), (58, 52), (57, 58), (42, 60), (27, 62)))
    figure.detail(open_line(_p((-24, 79), (0, 80), (24, 79))))


def _sacrum(figure: Figure) -> None:
    outline = [(30, 78), (66, 77), (73, 90), (69, 116), (57, 141), (40, 163), (22, 182), (10, 188)]
    figure.site("sacrum", smooth(_p((0, 76), *outline, (0, 189), *[(-x, y) for x, y in outline[::-1]]), 0.5))
    ala = _p(
        (28, 82), (48, 78), (64, 80), (69, 91), (65, 114), (53, 139), (38, 159), (22, 178), (13, 180),
        (15, 166), (17, 150), (20, 130), (24, 107),
    )  # fmt: skip
    figure.both("sacral_ala", ala)
    for level, (top, bottom, upper, lower) in SEGMENTS.items():
        dip = 2.5 if level == "S1" else 1.0
        figure.site(
            f"sacral_segment.{level}",
            smooth(
                _p(
                    (-upper, top), (0, top + dip), (upper, top), (lower, bottom), (0, bottom + 0.6), (-lower, bottom)
                ),
                0.28,
            ),
        )  # fmt: skip
    for rank, level in enumerate(("S1", "S2", "S3", "S4")):
        _, bottom, _, lower = SEGMENTS[level]
        hole = ellipse((AXIS + lower + 9 - rank, bottom + 1), 6.2 - rank * 0.8, 4.8 - rank * 0.6, 25)
        figure.both("sacral_foramen", hole, rest=f".{level}", minor=True)
    figure.site(
        "sacrococcygeal",
        smooth(_p((-9, 184), (0, 185), (9, 184), (7, 194), (5, 205), (0, 213), (-5, 205), (-7, 194)), 0.5),
    )
    figure.detail(open_line(_p((-6, 195), (0, 196), (6, 195))))
    figure.detail(open_line(_p((-4, 205), (0, 206), (4, 205))))


def _hip_bone(figure: Figure) -> None:
    wing = _p(
        (79, 74), (90, 54), (112, 41), (138, 42), (160, 58), (171, 84), (170, 103), (162, 112), (158, 124),
        (161, 136), (157, 150), (146, 154), (128, 154), (110, 164), (98, 154), (86, 136), (79, 118), (80, 96),
    )  # fmt: skip
    figure.both("ilium", wing)
    figure.both("sacroiliac_joint", _p((72, 79), (78, 78), (79, 98), (77, 117), (70, 120), (72, 102)))
    figure.both(
        "superior_pubic_ramus",
        _p((104, 182), (111, 196), (106, 211), (84, 222), (56, 233), (30, 238), (9, 237), (8, 222), (24, 216),
           (52, 211), (80, 199)),
    )  # fmt: skip
    figure.both(
        "inferior_pubic_ramus",
        _p((9, 240), (28, 241), (36, 254), (50, 270), (62, 281), (56, 294), (44, 290), (24, 272), (10, 256)),
    )
    figure.both(
        "ischium",
        _p((64, 282), (58, 295), (66, 308), (82, 310), (97, 300), (106, 280), (112, 256), (119, 232), (113, 216),
           (105, 216), (95, 228), (90, 246), (84, 264), (74, 277)),
    )  # fmt: skip
    figure.site(
        "pubic_symphysis",
        smooth(_p((-6, 221), (0, 219), (6, 221), (6.5, 240), (5, 254), (0, 258), (-5, 254), (-6.5, 240)), 0.5),
    )
    figure.both("acetabulum", arc_band(HEAD, 27.5, 39, 208, 100), minor=False)
    figure.both("acetabular_roof", arc_band(HEAD, 27.5, 39, 211, 318))
    figure.both("hip_joint", arc_band(HEAD, 22.5, 26.8, 105, 322))


def _femur(figure: Figure) -> None:
    x, y = HEAD[0] - AXIS, HEAD[1]
    shaft = _p(
        (x + 37, y + 2), (x + 43, y - 9), (x + 52, y - 7), (x + 57, y + 6), (x + 55, y + 24), (x + 50, y + 48),
        (x + 47, y + 84), (x + 46, y + 128), (x + 26, y + 128), (x + 25, y + 84), (x + 22, y + 60), (x + 15, y + 52),
        (x + 15, y + 44), (x + 21, y + 38),
    )  # fmt: skip
    figure.both("proximal_femur", shaft)
    neck = _p(
        (x + 15, y - 14), (x + 24, y - 5), (x + 36, y + 1), (x + 31, y + 19), (x + 20, y + 38), (x + 11, y + 28),
        (x + 3, y + 19), (x + 11, y + 4),
    )  # fmt: skip
    figure.both("femoral_neck", neck)
    figure.both("femoral_epiphysis", ellipse(HEAD, 21.5, 21.5))
    figure.both("femoral_head", ellipse((HEAD[0] - 2, HEAD[1] - 2), 15.5, 15.5))
