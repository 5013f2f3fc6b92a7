"""Clinical arithmetic at its boundaries."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reporter.rules import measures


@pytest.mark.parametrize(
    ("heights", "reference", "loss"),
    [
        ((14, 24), 26, 46),
        ((13,), 26, 50),
        ((26,), 26, 0),
        ((199,), 200, 1),
        ((39,), 40, 3),
        ((27,), 26, None),
        ((), 26, None),
    ],
)
def test_height_loss(heights: tuple[int, ...], reference: int, loss: int | None) -> None:
    assert measures.height_loss(map(Decimal, heights), Decimal(reference)) == loss


@pytest.mark.parametrize(
    ("loss", "grade"),
    [("0", 0), ("19.9", 0), ("20", 1), ("25", 1), ("25.1", 2), ("40", 2), ("40.1", 3), ("100", 3)],
)
def test_genant(loss: str, grade: int) -> None:
    assert measures.genant(Decimal(loss)) == grade


def test_mean_score_rounds_half_away_from_zero() -> None:
    assert str(measures.mean_score(Decimal("-2.1"), Decimal("-1.6"))) == "-1.9"
    assert str(measures.mean_score(Decimal("2.1"), Decimal("1.6"))) == "1.9"
    assert str(measures.mean_score(Decimal("-2.1"), Decimal("-2.1"))) == "-2.1"


@pytest.mark.parametrize(
    ("score", "expected"),
    [("-0.9", "normal"), ("-1.0", "normal"), ("-1.1", "osteopenia"), ("-2.4", "osteopenia"), ("-2.5", "osteoporosis")],
)
def test_who_class(score: str, expected: str) -> None:
    assert measures.who_class(Decimal(score)) == expected


def test_z_class() -> None:
    assert measures.z_class(Decimal("-1.9")) == "within_expected"
    assert measures.z_class(Decimal("-2.0")) == "below_expected"


@pytest.mark.parametrize(
    ("delta", "lsc", "expected"),
    [
        ("-0.030", None, "none"),
        ("-0.031", None, "loss"),
        ("0.030", None, "none"),
        ("0.031", None, "gain"),
        ("-0.020", "0.020", "loss"),
        ("0.019", "0.020", "none"),
        ("0", "0", "none"),
    ],
)
def test_change_class(delta: str, lsc: str | None, expected: str) -> None:
    assert measures.change_class(Decimal(delta), None if lsc is None else Decimal(lsc)) == expected


def test_change_percent() -> None:
    assert measures.change_percent(Decimal("0.828"), Decimal("0.873")) == Decimal("-5.2")
    assert measures.change_percent(Decimal("0.8"), Decimal(0)) is None


def test_side_difference() -> None:
    assert measures.side_difference(Decimal("0.80"), Decimal("0.72")) == 10
    assert measures.side_difference(Decimal(0), Decimal("0.72")) is None


def test_vitamin_d() -> None:
    assert measures.vitamin_d_ng(Decimal(25), "nmol/L") == 10
    assert measures.vitamin_d_ng(Decimal(25), "g/L") is None
    assert [measures.vitamin_d_class(Decimal(v)) for v in ("9.9", "10", "29.9", "30")] == [
        "deep_insufficiency", "insufficiency", "insufficiency", "sufficient",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("endplates", "share", "frame", "distraction", "oedema", "expected"),
    [
        (0, None, False, False, True, 1),
        (0, None, False, False, False, None),
        (1, "0.19", False, False, True, 2),
        (1, "0.2", False, False, True, 3),
        (1, None, False, False, True, None),
        (2, None, False, False, True, 4),
        (0, None, True, False, False, 4),
        (2, "0.5", True, True, True, 5),
    ],
)
def test_of_class(
    endplates: int, share: str | None, frame: bool, distraction: bool, oedema: bool, expected: int | None
) -> None:
    wall = None if share is None else Decimal(share)
    found = measures.of_class(
        endplates=endplates, wall_share=wall, frame_loss=frame, distraction=distraction, oedema=oedema
    )
    assert found == expected


@pytest.mark.parametrize(
    ("arthritis", "collapse", "depression", "plain", "stage"),
    [
        (False, False, None, False, "I"),
        (False, False, None, True, "II"),
        (False, False, None, None, None),
        (False, True, None, True, "III"),
        (False, True, "2", True, "IIIA"),
        (False, True, "2.1", True, "IIIB"),
        (True, True, "1", True, "IV"),
    ],
)
def test_arco(arthritis: bool, collapse: bool, depression: str | None, plain: bool | None, stage: str | None) -> None:
    depth = None if depression is None else Decimal(depression)
    assert measures.arco(arthritis=arthritis, collapse=collapse, depression=depth, plain_abnormal=plain) == stage


@pytest.mark.parametrize(
    ("anterior", "sides", "displaced", "h_shaped", "expected"),
    [
        (True, 0, False, False, "I"),
        (False, 0, False, False, None),
        (True, 2, False, False, "II"),
        (True, 1, True, False, "III"),
        (False, 2, True, False, "IV"),
        (False, 2, False, True, "IVb"),
    ],
)
def test_ffp(anterior: bool, sides: int, displaced: bool, h_shaped: bool, expected: str | None) -> None:
    assert measures.ffp(anterior=anterior, posterior_sides=sides, displaced=displaced, h_shaped=h_shaped) == expected
