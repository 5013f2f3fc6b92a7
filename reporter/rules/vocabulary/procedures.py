"""Cement, devices and the procedures they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reporter.model.exam import Finding, PastProcedure
from reporter.model.quick import quick
from reporter.rules.facts import Facts, once, only_with, plain, word
from reporter.rules.vocabulary.places import SACRAL_SITES, neighbours, sides_meet, split_level
from reporter.rules.vocabulary.selection import having, measure_of

CEMENTING = ("vertebroplasty", "kyphoplasty", "sacroplasty", "cementoplasty", "fixation", "arthroplasty")
_IN_BONE = ("vertebroplasty", "kyphoplasty", "cementoplasty")


@quick
@dataclass(frozen=True, slots=True)
class Volume:
    """Cement in one vertebra, and where it was given."""

    level: str
    value: Decimal
    path: str


@word
@only_with("/procedures")
def procedure_known(facts: Facts, f: Finding) -> bool:
    """A procedure that explains the finding is among the patient's."""
    return _explained(facts, f, facts.patient.procedures)


def matches_procedure(facts: Facts, f: Finding, done: PastProcedure) -> bool:
    """Same level (a leak may reach the next one), or same bone; an unplaced procedure explains anything."""
    if done.type not in CEMENTING:
        return False
    if f.site.code == "lung":
        return True
    if f.site.code in SACRAL_SITES:
        return done.type == "sacroplasty" or done.site in (None, *SACRAL_SITES)
    levels = split_level(f.site.level)
    if levels and done.level is not None:
        if done.level in levels:
            return True
        return f.finding == "cement_leak" and not set(levels).isdisjoint(neighbours(facts.catalog, done.level))
    if levels:
        return done.site in (None, "vertebra", "spinal_segment") and done.type != "sacroplasty"
    return done.site in (None, f.site.code) and sides_meet(done.laterality, f.site.laterality)


@word
@only_with(trait="needs_procedure")
def described(facts: Facts, done: PastProcedure) -> bool:
    """A finding of the exam describes the result of this procedure, and no earlier one explains it."""
    for f in facts.findings:
        entry = facts.catalog.findings.get(f.finding)
        if entry is None or not entry.needs_procedure or f.status == "not_assessed":
            continue
        if matches_procedure(facts, f, done) and not _explained_earlier(facts, f):
            return True
    return False


def _explained_earlier(facts: Facts, f: Finding) -> bool:
    """A procedure strictly before the exam explains the finding."""
    return _explained(facts, f, _earlier(facts))


def _explained(facts: Facts, f: Finding, known: Iterable[PastProcedure]) -> bool:
    return [done for done in known if matches_procedure(facts, f, done)] != []


@once
def _earlier(facts: Facts) -> list[PastProcedure]:
    day = facts.study.date
    return [p for p in facts.patient.procedures if p.date is not None and p.date.before(day)]


@word
def same_day(facts: Facts, done: PastProcedure) -> bool:
    """Done on the very day of the exam; unknown days are not the same day."""
    day = facts.exam.study.date
    return done.date is not None and done.date.day is not None and done.date == day


@word
def after_exam(facts: Facts, done: PastProcedure) -> bool:
    """Dated after the exam."""
    return done.date is not None and facts.exam.study.date.before(done.date)


@word
def leak_locations(facts: Facts, f: Finding) -> tuple[str, ...]:
    """Locations the catalogue knows."""
    entry = facts.catalog.findings.get(f.finding)
    return tuple(entry.values_fr.get("leak_location", ())) if entry else ()


@word
@only_with("cement", "/procedures")
def cement_volumes(facts: Facts) -> tuple[Volume, ...]:
    """Cement volume of each vertebra: as seen, else as injected."""
    volumes: dict[str, Volume] = {}
    for p in facts.patient.procedures:
        if p.type in _IN_BONE and p.level and p.cement_volume_ml is not None:
            volumes[p.level] = Volume(p.level, p.cement_volume_ml, f"{p.path}/cement_volume_ml")
    for f in having(facts, "cement"):
        volume = measure_of(f, "volume")
        if volume is not None and f.site.level is not None:
            volumes[f.site.level] = Volume(f.site.level, volume, f"{f.path}/measures")
    return tuple(volumes.values())


@word
@only_with("/procedures")
def planned_levels(facts: Facts) -> tuple[str, ...]:
    """Vertebrae to be cemented after the exam."""
    plan = [p for p in facts.patient.procedures if p.level and p.type in ("vertebroplasty", "kyphoplasty")]
    return tuple(sorted({p.level for p in plan if p.level and after_exam(facts, p)}))


@word
def fixed(facts: Facts, done: PastProcedure) -> bool:
    """A fixation of the same bone goes with the cementoplasty."""
    fixations = (p for p in facts.exam.patient.procedures if p.type in ("fixation", "arthroplasty"))
    return any(p.site in (None, done.site) and sides_meet(p.laterality, done.laterality) for p in fixations)


@word
def unsafe_levels(facts: Facts, levels: tuple[str, ...]) -> tuple[str, ...]:
    """Levels of the list known to be fractured, cemented or instrumented."""
    signs = having(facts, ("vertebral_fracture", "endplate_fracture", "cement", "implant", "intravertebral_cleft"))
    known = {level for f in signs for level in split_level(f.site.level)}
    patient = facts.exam.patient
    known |= {x.level for x in patient.prior_fractures if x.level and _on_vertebra(x.site)}
    known |= {p.level for p in patient.procedures if p.level and p.type in CEMENTING and not after_exam(facts, p)}
    return tuple([level for level in levels if level in known])


def _on_vertebra(code: str) -> bool:
    return code in ("vertebra", "superior_endplate", "inferior_endplate", "spinal_segment", "posterior_wall")


@plain
def large(leaks: tuple[Finding, ...]) -> bool:
    """One of the leaks is more than minimal."""
    return any(f.severity in ("moderate", "marked") for f in leaks)
