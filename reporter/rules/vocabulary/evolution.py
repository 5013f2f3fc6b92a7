"""Comparison with prior exams."""

from __future__ import annotations

from reporter.model.exam import Finding, PriorExam, Site
from reporter.rules.facts import Facts, plain, word
from reporter.rules.vocabulary.places import covers, same_place, sides_meet, weight_bearing
from reporter.rules.vocabulary.selection import having

REGRESSIONS = ("partial_regression", "complete_regression")
_WITH_STATUS = {
    "new": ("present",), "increased": ("present",), "unchanged": ("present", "indeterminate"),
    "partial_regression": ("present", "indeterminate"), "recurrent": ("present",), "complete_regression": ("absent",),
}  # fmt: skip
_GLOBAL = ("exam_region", "spinal_segment")


@plain
def change(f: Finding) -> str | None:
    """The evolution given, if any."""
    return f.evolution.change if f.evolution else None


@word
def compared(facts: Facts, f: Finding) -> tuple[PriorExam, ...]:
    """The comparison named by the evolution, else every comparison."""
    wanted = f.evolution.compared_to if f.evolution else None
    return tuple(p for p in facts.exam.comparisons if wanted in (None, p.id))


@plain
def evolution_fits(f: Finding) -> bool:
    """Status and evolution go together."""
    return f.evolution is None or f.status in _WITH_STATUS.get(f.evolution.change, (f.status,))


@word
def shown_before(facts: Facts, f: Finding) -> bool:
    """The comparison shows the same sign present at the same place."""
    prior = (g for p in compared(facts, f) for g in p.findings)
    return any(g.finding == f.finding and g.status == "present" and same_place(g.site, f.site) for g in prior)


@word
def normal_before(facts: Facts, f: Finding) -> bool:
    """The newest comparison that speaks of the place denies the sign there, and none shows it there."""
    prior = [g for p in compared(facts, f) for g in p.findings]
    shown = (g for g in prior if g.finding == f.finding and g.status == "present")
    if any(covers(g.site, f.site) or covers(f.site, g.site) or same_place(g.site, f.site) for g in shown):
        return False
    return any(g.status == "absent" and _denies(g, f) for g in prior)


def _denies(g: Finding, f: Finding) -> bool:
    if g.finding not in (f.finding, "any_abnormality"):
        return False
    overall = g.site.code in _GLOBAL and sides_meet(g.site.laterality, f.site.laterality)
    return overall or covers(g.site, f.site)


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
def migration(facts: Facts) -> tuple[tuple[Finding, ...], tuple[Finding, ...]] | None:
    """(regressing, new) oedemas at different places; None without both, or after a trauma."""
    if facts.exam.order.trauma:
        return None
    leaving, coming = changed_oedema(facts, REGRESSIONS), changed_oedema(facts, ("new",))
    elsewhere = tuple(f for f in coming if any(not same_place(f.site, g.site) for g in leaving))
    return (leaving, elsewhere) if leaving and elsewhere else None


@word
def all_resolved(facts: Facts) -> tuple[Finding, ...]:
    """Every marrow oedema named, when all have gone by complete regression."""
    found = having(facts, "bone_marrow_oedema", ("present", "absent", "indeterminate"))
    changed = tuple(f for f in found if f.evolution is not None)
    if any(f.status != "absent" for f in found) or any(change(f) != "complete_regression" for f in changed):
        return ()
    return changed


@word
def months_known(facts: Facts, f: Finding) -> int:
    """Months since the oldest comparison that shows the sign there, else since the one compared with."""
    place: Site = f.site
    shown = [
        p
        for p in facts.exam.comparisons
        if any(g.finding == f.finding and same_place(g.site, place) for g in p.findings)
    ]
    dates = [p.date for p in (*shown, *compared(facts, f))]
    return max((facts.exam.study.date.months_since(date) for date in dates), default=0)
