"""Skeleton from the front, palms forward: thorax and upper limbs as sites, the rest of the lower limbs in outline."""

from __future__ import annotations

from tools.schema_figures.drawing import Figure, Point, arc_band, band, ellipse, open_line, smooth

AXIS = 170.0
SHOULDER: Point = (AXIS + 66, 108)
# Ribs: widest point, how far down the front end is, and where it ends from the midline.
RIBS = {
    1: (27, 9, 13), 2: (37, 16, 11), 3: (44, 22, 10), 4: (49, 28, 10), 5: (52.5, 33, 10), 6: (55, 37, 11),
    7: (57, 40, 13), 8: (58, 38, 24), 9: (58, 33, 34), 10: (56, 27, 42), 11: (49, 17, 47), 12: (37, 8, 36),
}  # fmt: skip


def skeleton() -> Figure:
    """The whole figure."""
    figure = Figure("skeleton", 2 * AXIS, 690, "shoulder hand_wrist chest whole_body", AXIS)
    _head(figure)
    _trunk(figure)
    _thorax(figure)
    _arm(figure)
    _hand(figure)
    _leg(figure)
    figure.sides(24, inset=22)
    return figure


def _p(*offsets: Point) -> list[Point]:
    return [(AXIS + x, y) for x, y in offsets]


def _head(figure: Figure) -> None:
    half = [(14, 12), (24, 22), (26, 36), (22, 48), (19, 52), (17, 64), (9, 72)]
    figure.context(smooth(_p((0, 9), *half, (0, 74), *[(-x, y) for x, y in half[::-1]])))
    figure.both_context(ellipse((AXIS + 9.5, 41), 6.2, 5.2))
    figure.context(smooth(_p((0, 47), (3, 54), (0, 56), (-3, 54))))
    figure.detail(open_line(_p((-9, 63), (0, 64.5), (9, 63))))


def _trunk(figure: Figure) -> None:
    """Spine, sternum and pelvis in outline."""
    for i in range(24):
        half, y = 4.6 + 0.26 * i, 77 + i * 9.2 + 0.02 * i * i
        figure.context(
            smooth(
                _p((-half, y), (half, y), (half * 0.88, y + 4), (half, y + 8), (-half, y + 8), (-half * 0.88, y + 4)),
                0.4,
            )
        )
    wing = [(15, 322), (24, 306), (44, 300), (57, 312), (58, 330), (52, 344), (44, 352), (33, 350), (22, 342)]
    figure.both_context(_p(*wing))
    figure.context(smooth(_p((-14, 316), (14, 316), (15, 330), (8, 348), (0, 358), (-8, 348), (-15, 330)), 0.4))
    figure.both_context(
        _p((4, 368), (22, 362), (36, 354), (40, 364), (34, 384), (26, 394), (20, 388), (10, 376), (4, 378))
    )
    figure.both_context(_p((21, 369), (32, 364), (32, 375), (25, 384), (17, 376)))


def _thorax(figure: Figure) -> None:
    cage = [(14, 102), (34, 110), (50, 132), (60, 168), (63, 200), (59, 222), (46, 232), (30, 212), (14, 188)]
    figure.site("ribs", smooth(_p((0, 99), *cage, (0, 184), *[(-x, y) for x, y in cage[::-1]])))
    figure.both(
        "lung",
        _p(
            (11, 108),
            (24, 106),
            (38, 118),
            (47, 142),
            (52, 172),
            (53, 200),
            (40, 192),
            (22, 190),
            (9, 192),
            (8, 160),
            (10, 132),
        ),
    )
    for number, (wide, drop, end) in RIBS.items():
        top = 103 + (number - 1) * 10.4
        line = [(7, top), (wide * 0.55, top - 2), (wide * 0.93, top + drop * 0.22 + 3), (wide, top + drop * 0.55 + 5)]
        if number < 11:
            line += [(wide * 0.82, top + drop * 0.86 + 6), ((wide + end) / 2.2, top + drop + 5), (end, top + drop + 2)]
        else:
            line += [(end, top + drop + 8)]
        figure.both("rib", _p(*band(line, 3.4)), rest=f".{number}", minor=True)
    figure.context(
        smooth(
            _p(
                (-9, 107),
                (0, 109),
                (9, 107),
                (7, 118),
                (5, 122),
                (6, 150),
                (3, 168),
                (0, 176),
                (-3, 168),
                (-6, 150),
                (-5, 122),
                (-7, 118),
            ),
            0.45,
        )
    )


def _arm(figure: Figure) -> None:
    x, y = SHOULDER
    figure.both_context(
        [(x - 10, y - 4), (x - 18, y + 6), (x - 28, y + 16), (x - 24, y + 44), (x - 14, y + 30), (x - 8, y + 14)]
    )
    figure.both(
        "clavicle", band([(AXIS + 9, 102), (AXIS + 26, 95), (AXIS + 44, 96), (x - 6, y - 14), (x + 3, y - 13)], 5.4)
    )
    figure.both("shoulder_joint", arc_band(SHOULDER, 11.2, 15, 110, 250))
    figure.both_context(
        [
            (x - 4, y + 8),
            (x + 9, y + 5),
            (x + 9, y + 30),
            (x + 12, y + 70),
            (x + 15, y + 92),
            (x + 16, y + 104),
            (x, y + 104),
            (x + 2, y + 92),
            (x + 3, y + 70),
        ]
    )
    figure.both("humeral_epiphysis", ellipse(SHOULDER, 10.6, 10.6))
    figure.both("humeral_head", ellipse((x - 1.5, y - 1), 7.2, 7.2))
    ulna = [
        (x + 1, y + 106),
        (x + 7, y + 106),
        (x + 9, y + 130),
        (x + 18, y + 190),
        (x + 14, y + 191),
        (x + 4, y + 132),
    ]
    radius = [
        (x + 10, y + 107),
        (x + 17, y + 107),
        (x + 18, y + 130),
        (x + 26, y + 172),
        (x + 19, y + 172),
        (x + 12, y + 132),
    ]
    figure.both_context(ulna)
    figure.both_context(radius)
    figure.both("distal_radius", [(x + 19.5, y + 173), (x + 26, y + 173), (x + 30, y + 190), (x + 20, y + 193)])
    figure.both(
        "wrist",
        [
            (x + 15, y + 194),
            (x + 30, y + 193),
            (x + 32, y + 202),
            (x + 29, y + 208),
            (x + 17, y + 208),
            (x + 14, y + 202),
        ],
    )


def _hand(figure: Figure) -> None:
    """Palm as the site, fingers in outline."""
    x, y = SHOULDER[0] + 23, SHOULDER[1] + 209
    figure.both(
        "hand",
        [
            (x - 7, y + 1),
            (x + 7, y + 1),
            (x + 11, y + 12),
            (x + 10, y + 27),
            (x, y + 30),
            (x - 9, y + 26),
            (x - 9, y + 12),
        ],
    )
    for tip, base, width in (
        ((-13, 49), (-7, 29), 3.6),
        ((-5, 55), (-2.5, 32), 3.8),
        ((2.5, 56), (2.5, 32), 4),
        ((9, 51), (7, 31), 3.8),
        ((20, 27), (12, 11), 4.4),
    ):
        middle = ((tip[0] + base[0]) / 2, (tip[1] + base[1]) / 2)
        finger = band([(x + a, y + b) for a, b in (base, middle, tip)], width)
        figure.context(smooth(finger, 0.4))
        figure.context(smooth(figure.mirror(finger), 0.4))


def _leg(figure: Figure) -> None:
    """Thigh and leg: shafts are sites, their ends are drawn in detail by the other figures."""
    figure.both_context([*ellipse((AXIS + 47, 357), 8, 8)])
    figure.both_context(_p((52, 352), (62, 352), (66, 362), (64, 380), (56, 382), (50, 368)))
    figure.both(
        "femoral_shaft", _p((54, 380), (65, 378), (63, 420), (58, 462), (57, 488), (43, 488), (46, 462), (51, 420))
    )
    figure.both_context(_p((42, 490), (58, 490), (64, 500), (62, 512), (51, 509), (38, 512), (36, 500)))
    figure.both_context(ellipse((AXIS + 50, 496), 6.5, 7.5))
    figure.both_context(
        _p((37, 516), (62, 516), (60, 530), (53, 545), (49, 600), (49, 634), (39, 636), (40, 600), (41, 545))
    )
    figure.both("fibula", band(_p((62, 526), (59, 560), (56, 600), (55, 640)), 4.6))
    figure.both_context(_p((38, 639), (54, 640), (58, 654), (62, 674), (54, 682), (38, 682), (34, 670), (37, 652)))
