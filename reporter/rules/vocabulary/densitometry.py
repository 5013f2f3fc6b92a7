"""Densitometry: classes, comparison, sides, vertebrae; vitamin D."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter

from reporter.model.exam import Diagnosis, DxaMeasurement, Lab, Site, make_site
from reporter.rules import measures
from reporter.rules.facts import Facts, only_with, plain, word
from reporter.rules.vocabulary.places import neighbours, sides_meet
from reporter.rules.vocabulary.selection import ASSERTED

HIPS = ("total_hip", "femoral_neck")
LUMBAR = ("L1", "L2", "L3", "L4")
CHANGES = {"dxa_significant_loss": "loss", "dxa_no_loss": "none", "dxa_significant_gain": "gain"}
WHO = {"dxa_normal": "normal", "dxa_osteopenia": "osteopenia", "dxa_osteoporosis": "osteoporosis"}
AGE_RANGE = {"dxa_below_expected_age": "below_expected", "dxa_within_expected_age": "within_expected"}


def _all(facts: Facts) -> tuple[DxaMeasurement, ...]:
    return facts.exam.dxa.measurements if facts.exam.dxa else ()


def _classifying(facts: Facts) -> list[DxaMeasurement]:
    """Measurements that may classify: the trochanter and the whole body never do."""
    rois = facts.catalog.rois
    return [m for m in _all(facts) if m.site in rois and rois[m.site].diagnostic]


@word
def young_adult(facts: Facts) -> bool:
    """A premenopausal woman or a man under 50."""
    patient = facts.exam.patient
    if patient.sex == "female":
        return patient.menopausal_status == "premenopausal"
    return patient.sex == "male" and facts.age is not None and facts.age < 50


@word
def who_applies(facts: Facts) -> bool:
    """A peri- or postmenopausal woman, or a man of 50 or more."""
    patient = facts.exam.patient
    if patient.sex == "female":
        return patient.menopausal_status in ("postmenopausal", "perimenopausal")
    return patient.sex == "male" and facts.age is not None and facts.age >= 50


@word
@only_with("/dxa", without=None)
def lowest(facts: Facts, score: str) -> DxaMeasurement | None:
    """The classifying measurement with the lowest t_score or z_score."""
    read, found = attrgetter(score), None
    for m in _classifying(facts):
        if read(m) is not None and (found is None or read(m) < read(found)):
            found = m
    return found


def _lowest_t(facts: Facts, rois: tuple[str, ...]) -> DxaMeasurement | None:
    scores = [(m.t_score, n) for n, m in enumerate(_all(facts)) if m.site in rois and m.t_score is not None]
    return _all(facts)[min(scores)[1]] if scores else None


@word
@only_with("/dxa", without=None)
def lowest_hip_t(facts: Facts) -> DxaMeasurement | None:
    """The hip or neck measurement with the lowest T-score."""
    return _lowest_t(facts, HIPS)


@word
@only_with("/dxa", without=None)
def lowest_spine_or_hip(facts: Facts) -> DxaMeasurement | None:
    """The spine, hip or neck measurement with the lowest T-score."""
    return _lowest_t(facts, ("lumbar_spine", *HIPS))


@word
def dxa_id(facts: Facts, m: DxaMeasurement) -> str:
    """Evidence id of a measurement: dxa/<index>."""
    for n, other in enumerate(_all(facts)):
        if other is m:
            return f"dxa/{n}"
    raise LookupError(m.path)


@plain
def roi_site(m: DxaMeasurement) -> Site:
    """The region measured, as a site."""
    return make_site(m.site, m.laterality)


@plain
def who_class(t_score: Decimal) -> str:
    """WHO class of a T-score."""
    return measures.who_class(t_score)


@plain
def z_class(z_score: Decimal) -> str:
    """Expected-range class of a Z-score."""
    return measures.z_class(z_score)


@word
@only_with("/dxa")
def hip_pairs(facts: Facts, score: str) -> list[tuple[DxaMeasurement, DxaMeasurement]]:
    """(left, right) measurements of a paired region, both with this value."""
    sides: dict[str, dict[str | None, DxaMeasurement]] = {}
    for m in _all(facts):
        found = sides.setdefault(m.site, {})
        if getattr(m, score) is not None:
            found[m.laterality] = m
    return [(found["left"], found["right"]) for found in sides.values() if "left" in found and "right" in found]


@plain
def mean_score(left: Decimal, right: Decimal) -> Decimal:
    """Mean of two scores, half away from zero."""
    return measures.mean_score(left, right)


@word
def comparable(facts: Facts, m: DxaMeasurement) -> bool:
    """Same device string, same side, same vertebrae as the prior measurement."""
    prior = m.prior
    if prior is None or m.bmd is None or prior.device is None or prior.device != facts.exam.study.technique.device:
        return False
    same_side = prior.laterality in (None, m.laterality)
    same_set = not (prior.vertebrae_included and m.vertebrae_included) or set(prior.vertebrae_included) == set(
        m.vertebrae_included
    )
    return same_side and same_set


@word
def bmd_change(facts: Facts, m: DxaMeasurement) -> Decimal | None:
    """Current minus prior density, when comparable."""
    if not comparable(facts, m) or m.prior is None or m.bmd is None:
        return None
    return m.bmd - m.prior.bmd


@word
def threshold(facts: Facts, m: DxaMeasurement) -> Decimal:
    """The least significant change of a region: the facility's, else 0,03 g/cm²."""
    return facts.exam.dxa.lsc.get(m.site, measures.DEFAULT_LSC) if facts.exam.dxa else measures.DEFAULT_LSC


@word
def bmd_change_class(facts: Facts, m: DxaMeasurement) -> str | None:
    """loss, none or gain against the facility's threshold, else 0,03 g/cm²."""
    delta = bmd_change(facts, m)
    lsc = facts.exam.dxa.lsc.get(m.site) if facts.exam.dxa else None
    return None if delta is None else measures.change_class(delta, lsc)


@word
def bmd_change_pct(facts: Facts, m: DxaMeasurement) -> Decimal | None:
    """Relative change in per cent."""
    if not comparable(facts, m) or m.prior is None or m.bmd is None:
        return None
    return measures.change_percent(m.bmd, m.prior.bmd)


def _concerns(d: Diagnosis, m: DxaMeasurement) -> bool:
    if d.site is None:
        return True
    if d.site.code == "hip":
        return m.site in HIPS and sides_meet(d.site.laterality, m.laterality)
    return d.site.code == m.site and sides_meet(d.site.laterality, m.laterality)


def _asserted(facts: Facts, codes: dict[str, str]) -> list[Diagnosis]:
    return [d for d in facts.exam.conclusion.diagnoses if d.code in codes and d.certainty in ASSERTED]


@word
def change_declared(facts: Facts, m: DxaMeasurement) -> bool:
    """A change is concluded for this region; with no site said, only when nothing else could carry it."""
    declared = _asserted(facts, CHANGES)
    others = any(comparable(facts, other) for other in _all(facts))
    return any(_concerns(d, m) and (d.site is not None or not others) for d in declared)


@word
@only_with("dxa_significant_loss", "dxa_significant_gain", without=None)
def within_threshold(facts: Facts, d: Diagnosis) -> DxaMeasurement | None:
    """For a loss or gain concluded where every comparable change is not significant: the first of them."""
    if CHANGES.get(d.code) not in ("loss", "gain") or d.certainty not in ASSERTED:
        return None
    found = [m for m in _all(facts) if _concerns(d, m) and bmd_change(facts, m) is not None]
    if not found or any(bmd_change_class(facts, m) != "none" for m in found):
        return None
    return found[0]


@word
def dxa_supported(facts: Facts, d: Diagnosis) -> bool:
    """A densitometric conclusion has its measurements; classes and thresholds have rules of their own."""
    if not _all(facts) and any(p.modality == "DXA" for p in facts.exam.comparisons):
        return True
    if d.code in CHANGES:
        found = {bmd_change_class(facts, m) for m in _all(facts) if _concerns(d, m) and m.prior is not None}
        tenable = {CHANGES[d.code], None} | ({"gain"} if d.code == "dxa_no_loss" else set())
        return bool(found & tenable) or found == {"none"}
    if d.code == "dxa_focal_osteoporosis":
        return bool(hip_pairs(facts, "bmd") or hip_pairs(facts, "t_score"))
    score = "z_score" if d.code in AGE_RANGE else "t_score"
    return any(getattr(m, score) is not None for m in _all(facts))


@word
@only_with(*WHO, *AGE_RANGE, without=None)
def misclassified(facts: Facts, d: Diagnosis) -> Decimal | None:
    """The score that gives another class than the declared one; None when they agree.

    The class of one region may be declared beside the overall one, when both are right.
    """
    if d.certainty not in ASSERTED or not (d.code in WHO or d.code in AGE_RANGE):
        return None
    score, table = ("t_score", WHO) if d.code in WHO else ("z_score", AGE_RANGE)
    overall = lowest(facts, score)
    if overall is None or _class(overall, score) == table[d.code]:
        return None
    if d.site is not None and _site_class_stands(facts, d, score, table, _class(overall, score)):
        return None
    value: Decimal = getattr(overall, score)
    return value


def _class(m: DxaMeasurement, score: str) -> str:
    value: Decimal = getattr(m, score)
    return measures.who_class(value) if score == "t_score" else measures.z_class(value)


def _site_class_stands(facts: Facts, d: Diagnosis, score: str, table: dict[str, str], overall: str) -> bool:
    here = [m for m in _classifying(facts) if _concerns(d, m) and getattr(m, score) is not None]
    right_here = any(_class(m, score) == table[d.code] for m in here)
    return right_here and any(table.get(other.code) == overall for other in _asserted(facts, table))


@plain
def evaluable(m: DxaMeasurement) -> int | None:
    """Number of lumbar vertebrae measured; None when it was not said."""
    if m.vertebrae_included:
        return len(set(m.vertebrae_included))
    return len(set(LUMBAR) - {x.level for x in m.vertebrae_excluded}) if m.vertebrae_excluded else None


@word
def uneven_vertebrae(facts: Facts, m: DxaMeasurement) -> list[tuple[str, str]]:
    """Adjacent measured vertebrae whose T-scores differ by more than 1."""
    if not m.vertebra_t_scores:
        return []
    scores = {v: t for v, t in m.vertebra_t_scores.items() if not m.vertebrae_included or v in m.vertebrae_included}
    pairs = [(v, below) for v in scores for below in neighbours(facts.catalog, v)[1:] if below in scores]
    return [(v, below) for v, below in pairs if abs(scores[v] - scores[below]) > 1]


@plain
def wrongly_excluded(m: DxaMeasurement) -> list[str]:
    """Excluded vertebrae without a reason, or measured all the same."""
    return [x.level for x in m.vertebrae_excluded if not (x.reason or "").strip() or x.level in m.vertebrae_included]


@word
def side_gap(facts: Facts, left: DxaMeasurement, right: DxaMeasurement) -> tuple[Decimal, str] | None:
    """(difference in %, affected side): the side asked about, else the lower one."""
    if left.bmd is None or right.bmd is None:
        return None
    asked = facts.exam.order.laterality
    affected = asked if asked in ("left", "right") else ("left" if left.bmd < right.bmd else "right")
    ill, sound = (left.bmd, right.bmd) if affected == "left" else (right.bmd, left.bmd)
    gap = measures.side_difference(sound, ill)
    return None if gap is None else (gap, affected)


@plain
def rounded(value: Decimal, step: str = "1") -> Decimal:
    """Rounded half away from zero."""
    return measures.half_away(value, step)


@word
@only_with("/labs", without=None)
def vitamin_d(facts: Facts, lab: Lab | None = None) -> Decimal | None:
    """25-OH vitamin D in ng/mL: of a lab, else the first one given."""
    for known in facts.patient.labs if lab is None else (lab,):
        if known.code == "25OHD":
            return measures.vitamin_d_ng(known.value, known.unit)
    return None


@plain
def vitamin_d_class(ng_per_ml: Decimal) -> str:
    """deep_insufficiency, insufficiency or sufficient."""
    return measures.vitamin_d_class(ng_per_ml)
