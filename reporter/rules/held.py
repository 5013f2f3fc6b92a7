"""What an exam holds, by name: rules that ask for anything else are not tried (`Facts.holds`, `needs`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.model.exam import Exam, Finding

Names = set[str | None]


def held(exam: Exam, named: Mapping[str, list[Finding]], catalog: Catalog) -> Names:
    """See `Facts.holds`."""
    names: Names = {exam.study.modality, exam.patient.pregnancy_status, *named}
    for found in named.values():
        if len(found) > 1 and _disputed(found):
            names.add("/disputed")
    _hold_concluded(exam, catalog, names)
    _hold_entered(exam, names)
    _hold_described(exam.findings, names)
    for prior in exam.comparisons:
        if prior.findings:
            names.update([f.finding for f in prior.findings])
            _hold_described(prior.findings, names)
    return names


def _disputed(found: list[Finding]) -> bool:
    """One sign that is not given the same status everywhere."""
    return len({f.status for f in found}) > 1


def _hold_concluded(exam: Exam, catalog: Catalog, names: Names) -> None:
    """Diagnoses and what they are a kind of, recommendations."""
    conclusion = exam.conclusion
    if conclusion.diagnoses:
        names.add("/diagnoses")
        known = kinds(catalog)
        for d in conclusion.diagnoses:
            names.update(known.get(d.code) or (d.code,))
            if d.age:
                names.add("age")
    names.update(conclusion.recommendations)
    if conclusion.free_text or exam.free_text:
        names.add("/text")


def _hold_entered(exam: Exam, names: Names) -> None:
    """What is entered beside findings."""
    patient = exam.patient
    if exam.findings:
        names.add("/findings")
    if exam.comparisons:
        names.add("/comparisons")
    if exam.study.laterality:
        names.add("/laterality")
    if patient.procedures:
        names.update(["/procedures", *[p.type for p in patient.procedures]])
    if patient.labs:
        names.update(["/labs", *[lab.code for lab in patient.labs]])
    if patient.treatments:
        names.add("/treatments")
    if patient.prior_fractures:
        names.add("/prior_fractures")
    if exam.dxa is not None:
        names.update(["/dxa", *[m.site for m in exam.dxa.measurements]])


def _hold_described(findings: Iterable[Finding], names: Names) -> None:
    """What some finding gives beside its sign."""
    for f in findings:
        site = f.site
        names.add(f.status)
        names.add(site.laterality)
        if site.level:
            names.add("/level")
        if f.measures:
            names.add("/measures")
            names.update([m.name for m in f.measures])
        if f.morphology:
            names.add("/morphology")
            names.update(f.morphology)
        if f.signal:
            names.add("/signal")
            names.update(f.signal)
            names.update(f.signal.values())
        if f.uptake:
            names.add("/uptake")
        if f.evolution:
            names.add("/evolution")
            names.add(f.evolution.change)
        if f.comment:
            names.add("/text")


@per_catalog
def kinds(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Each diagnosis with what it is a kind of, nearest first."""
    return {code: _lineage(catalog, code) for code in catalog.diagnoses}


def _lineage(catalog: Catalog, code: str) -> tuple[str, ...]:
    found: list[str] = []
    current: str | None = code
    while current is not None and current not in found:
        found.append(current)
        entry = catalog.diagnoses.get(current)
        current = entry.is_a if entry else None
    return tuple(found)
