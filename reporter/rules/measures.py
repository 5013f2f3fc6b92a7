"""Clinical arithmetic on `Decimal`: thresholds are compared exactly, results are rounded half away from zero."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

LOSS, NONE, GAIN = "loss", "none", "gain"
DEFAULT_LSC = Decimal("0.03")
NMOL_PER_NG = Decimal("2.5")
_HUNDRED = Decimal(100)
_UNIT = Decimal(1)


def half_away(value: Decimal, step: str = "1") -> Decimal:
    """Round to the step, a half going away from zero: −1,85 → −1,9."""
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def height_loss(heights: Iterable[Decimal], reference: Decimal) -> Decimal | None:
    """(1 − lowest / reference) × 100 as an integer; None when nothing is lost or the reference is not a height."""
    lowest = min(heights, default=None)
    if lowest is None or reference <= 0 or lowest > reference:
        return None
    return half_away((_UNIT - lowest / reference) * _HUNDRED)


def genant(loss: Decimal) -> int:
    """Grade 0 under 20 %, 1 up to 25 %, 2 up to 40 %, 3 beyond."""
    if loss < 20:
        return 0
    if loss <= 25:
        return 1
    return 2 if loss <= 40 else 3


def mean_score(left: Decimal, right: Decimal) -> Decimal:
    """Mean of two scores to one decimal."""
    return half_away((left + right) / 2, "0.1")


def who_class(t_score: Decimal) -> str:
    """Normal ≥ −1,0 > osteopenia > −2,5 ≥ osteoporosis."""
    if t_score >= Decimal("-1.0"):
        return "normal"
    return "osteopenia" if t_score > Decimal("-2.5") else "osteoporosis"


def z_class(z_score: Decimal) -> str:
    """Below the expected range for age at −2,0 and under."""
    return "below_expected" if z_score <= Decimal("-2.0") else "within_expected"


def change_class(delta: Decimal, facility_lsc: Decimal | None = None) -> str:
    """Beyond 0,03 g/cm² (strictly), or reaching the facility's own least significant change."""
    significant = abs(delta) > DEFAULT_LSC if facility_lsc is None else abs(delta) >= facility_lsc
    if not significant or delta == 0:
        return NONE
    return LOSS if delta < 0 else GAIN


def change_percent(current: Decimal, prior: Decimal) -> Decimal | None:
    """Relative change to one decimal."""
    return half_away((current - prior) / prior * _HUNDRED, "0.1") if prior else None


def side_difference(healthy: Decimal, affected: Decimal) -> Decimal | None:
    """(healthy − affected) / healthy × 100, exact."""
    return (healthy - affected) / healthy * _HUNDRED if healthy else None


def vitamin_d_ng(value: Decimal, unit: str) -> Decimal | None:
    """25-OH vitamin D in ng/mL from ng/mL, µg/L or nmol/L; None for another unit."""
    if unit in ("ng/mL", "ug/L", "µg/L"):
        return value
    return value / NMOL_PER_NG if unit == "nmol/L" else None


def vitamin_d_class(ng_per_ml: Decimal) -> str:
    """deep_insufficiency < 10 ≤ insufficiency < 30 ≤ sufficient (ng/mL)."""
    if ng_per_ml < 10:
        return "deep_insufficiency"
    return "insufficiency" if ng_per_ml < 30 else "sufficient"


def of_class(
    *, endplates: int, wall_share: Decimal | None, frame_loss: bool, distraction: bool, oedema: bool
) -> int | None:
    """AO Spine–DGOU osteoporotic fracture class; None when one endplate is broken and the wall share is unknown.

    `wall_share` is the part of the posterior wall involved (0–1): under one fifth is OF2, from one fifth OF3.
    """
    if distraction:
        return 5
    if endplates >= 2 or frame_loss:
        return 4
    if endplates == 1:
        return None if wall_share is None else (2 if wall_share < Decimal("0.2") else 3)
    return 1 if oedema else None


def arco(*, arthritis: bool, collapse: bool, depression: Decimal | None, plain_abnormal: bool | None) -> str | None:
    """ARCO 2019 stage; a collapse of unknown depth is III, an unknown radiograph gives no stage I or II."""
    if arthritis:
        return "IV"
    if collapse:
        return "III" if depression is None else ("IIIA" if depression <= 2 else "IIIB")
    if plain_abnormal is None:
        return None
    return "II" if plain_abnormal else "I"


def ffp(*, anterior: bool, posterior_sides: int, displaced: bool, h_shaped: bool) -> str | None:
    """Rommens–Hofmann type of a fragility fracture of the pelvis."""
    if h_shaped:
        return "IVb"
    if posterior_sides == 0:
        return "I" if anterior else None
    if not displaced:
        return "II"
    return "III" if posterior_sides == 1 else "IV"
