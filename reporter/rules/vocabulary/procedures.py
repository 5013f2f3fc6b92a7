"""Cement, devices and the procedures they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reporter.model.exam import Finding, PastProcedure
from reporter.rules.facts import Facts, only_with, plain, word
from reporter.rules.vocabulary.places import SACRAL_SITES, neighbours, sides_meet, split_level
from reporter.rules.vocabulary.selection import having, measure_of

CEMENTING = ("vertebroplasty", "kyphoplasty", "sacroplasty", "cementoplasty", "fixation", "arthroplasty")


@dataclass(frozen=True, slots=True)
class Volume:
    """Cement in one vertebra, and where it was given."""

    level: str
    value: Decimal
    path: str


@word
def procedure_known(facts: Facts, f: Finding) -> bool:
    """A procedure that explains the finding is among the patient's."""
    return any(matches_procedure(facts, f, p) for p in facts.exam.patient.procedures)


def matches_procedure(facts: Facts, f: Finding, done: PastProcedure) -> bool:
    """Same level (a leak may reach the next one), or same bone; an unplaced procedure explains anything."""
    if done.type not in CEMENTING:
        return False
    if f.site.code == "lung":
        return True
    if f.site.code in SACRAL_SITES:
        return done.type == "sacroplasty" or done.site in (None, *SACRAL_SITES)
    levels = set(split_level(f.site.level))
    if levels and done.level is not None:
        near = set(neighbours(facts.catalog, done.level)) if f.finding == "cement_leak" else set()
        return bool(levels & ({done.level} | near))
    if levels:
        return done.site in (None, "vertebra", "spinal_segment") and done.type != "sacroplasty"
    return done.site in (None, f.site.code) and sides_meet(done.laterality, f.site.laterality)


@word
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
    day = facts.exam.study.date
    earlier = (p for p in facts.exam.patient.procedures if p.date is not None and p.date.before(day))
    return any(matches_procedure(facts, f, p) for p in earlier)


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
    volumes = {v.level: v for v in (*_injected(facts), *_seen(facts))}
    return tuple(volumes.values())


def _injected(facts: Facts) -> Iterator[Volume]:
    for p in facts.exam.patient.procedures:
        if p.type in ("vertebroplasty", "kyphoplasty", "cementoplasty") and p.level and p.cement_volume_ml is not None:
            yield Volume(p.level, p.cement_volume_ml, f"{p.path}/cement_volume_ml")


def _seen(facts: Facts) -> Iterator[Volume]:
    for f in having(facts, "cement"):
        volume = measure_of(f, "volume")
        if volume is not None and f.site.level is not None:
            yield Volume(f.site.level, volume, f"{f.path}/measures")


@word
@only_with("/procedures")
def planned_levels(facts: Facts) -> tuple[str, ...]:
    """Vertebrae to be cemented after the exam."""
    plan = (p for p in facts.exam.patient.procedures if p.type in ("vertebroplasty", "kyphoplasty"))
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
    return tuple(level for level in levels if level in known)


def _on_vertebra(code: str) -> bool:
    return code in ("vertebra", "superior_endplate", "inferior_endplate", "spinal_segment", "posterior_wall")


@plain
def large(leaks: tuple[Finding, ...]) -> bool:
    """One of the leaks is more than minimal."""
    return any(f.severity in ("moderate", "marked") for f in leaks)
