"""Comparison with prior exams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reporter.model.exam import Finding, PriorExam
from reporter.rules.facts import Facts, once, only_with, plain, word
from reporter.rules.vocabulary.places import bone, covers, same_place, sides_meet, weight_bearing
from reporter.rules.vocabulary.selection import having

REGRESSIONS = ("partial_regression", "complete_regression")
_WITH_STATUS = {
    "new": ("present",), "increased": ("present",), "unchanged": ("present", "indeterminate"),
    "partial_regression": ("present", "indeterminate"), "recurrent": ("present",), "complete_regression": ("absent",),
}  # fmt: skip
_GLOBAL = ("exam_region", "spinal_segment")


@plain
@only_with("/evolution", without=None)
def change(f: Finding) -> str | None:
    """The evolution given, if any."""
    return f.evolution.change if f.evolution else None


@word
def compared(facts: Facts, f: Finding) -> tuple[PriorExam, ...]:
    """The comparison named by the evolution, else every comparison."""
    wanted = f.evolution.compared_to if f.evolution else None
    return tuple(p for p in facts.exam.comparisons if wanted in (None, p.id))


@plain
@only_with("/evolution", without=True)
def evolution_fits(f: Finding) -> bool:
    """Status and evolution go together."""
    return f.evolution is None or f.status in _WITH_STATUS.get(f.evolution.change, (f.status,))


@word
def shown_before(facts: Facts, f: Finding) -> bool:
    """The comparison shows the same sign present at the same place."""
    return any(g.status == "present" and same_place(g.site, f.site) for g in _before(facts, f, f.finding))


@word
def normal_before(facts: Facts, f: Finding) -> bool:
    """The newest comparison that speaks of the place denies the sign there, and none shows it there."""
    shown = (g for g in _before(facts, f, f.finding) if g.status == "present")
    if any(covers(g.site, f.site) or covers(f.site, g.site) or same_place(g.site, f.site) for g in shown):
        return False
    return any(_denied(facts, f, sign) for sign in (f.finding, "any_abnormality"))


def _denied(facts: Facts, f: Finding, sign: str) -> bool:
    """The comparison denies the sign at the place, or for all that it shows."""
    if any(g.status == "absent" and covers(g.site, f.site) for g in _before(facts, f, sign)):
        return True
    overall = _of_compared(f, _priors(facts).overall.get(sign, ()))
    return any(g.status == "absent" and sides_meet(g.site.laterality, f.site.laterality) for g in overall)


@dataclass(slots=True)
class _Priors:
    """Findings of the comparisons: of a sign at a bone, and of a sign for a whole region."""

    placed: dict[Any, list[tuple[PriorExam, Finding]]] = field(default_factory=dict)
    overall: dict[str, list[tuple[PriorExam, Finding]]] = field(default_factory=dict)


@once
def _priors(facts: Facts) -> _Priors:
    found = _Priors()
    for prior in facts.comparisons:
        for g in prior.findings:
            found.placed.setdefault((g.finding, bone(g.site)), []).append((prior, g))
            if g.site.code in _GLOBAL:
                found.overall.setdefault(g.finding, []).append((prior, g))
    return found


def _before(facts: Facts, f: Finding, sign: str) -> list[Finding]:
    """Findings of a sign at the bone of this one, on what it is compared with."""
    return _of_compared(f, _priors(facts).placed.get((sign, bone(f.site)), ())) if facts.comparisons else []


def _of_compared(f: Finding, found: Iterable[tuple[PriorExam, Finding]]) -> list[Finding]:
    wanted = f.evolution.compared_to if f.evolution else None
    return [g for prior, g in found if wanted in (None, prior.id)]


@word
def other_modality(facts: Facts, f: Finding) -> bool:
    """Every exam compared with is of another modality."""
    modalities = {p.modality for p in compared(facts, f)}
    return bool(modalities) and facts.exam.study.modality not in modalities


@word
def changed_oedema(facts: Facts, changes: tuple[str, ...]) -> tuple[Finding, ...]:
    """Marrow oedemas of weight-bearing bones with one of these evolutions."""
    found = having(facts, "bone_marrow_oedema", ("present", "absent"))
    return tuple(f for f in found if f.evolution and f.evolution.change in changes and weight_bearing(facts, f.site))


@word
@only_with("bone_marrow_oedema", without=None)
@only_with("new")
@only_with(*REGRESSIONS)
def migration(facts: Facts) -> tuple[tuple[Finding, ...], tuple[Finding, ...]] | None:
    """(regressing, new) oedemas at different places; None without both, or after a trauma."""
    if facts.exam.order.trauma:
        return None
    leaving, coming = changed_oedema(facts, REGRESSIONS), changed_oedema(facts, ("new",))
    elsewhere = tuple(f for f in coming if any(not same_place(f.site, g.site) for g in leaving))
    return (leaving, elsewhere) if leaving and elsewhere else None


@word
@only_with("bone_marrow_oedema")
@only_with("complete_regression")
@only_with("absent")
def all_resolved(facts: Facts) -> tuple[Finding, ...]:
    """Every marrow oedema named, when all have gone by complete regression."""
    found = having(facts, "bone_marrow_oedema", ("present", "absent", "indeterminate"))
    if not found:
        return ()
    changed = tuple(f for f in found if f.evolution is not None)
    if any(f.status != "absent" for f in found) or any(change(f) != "complete_regression" for f in changed):
        return ()
    return changed


@word
def months_known(facts: Facts, f: Finding) -> int:
    """Months since the oldest comparison that shows the sign there, else since the one compared with."""
    placed = _priors(facts).placed.get((f.finding, bone(f.site)), ())
    shown = [prior for prior, g in placed if same_place(g.site, f.site)]
    dates = [p.date for p in (*shown, *compared(facts, f))]
    return max((facts.exam.study.date.months_since(date) for date in dates), default=0)
