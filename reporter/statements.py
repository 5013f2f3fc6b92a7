"""Exam + Assessment → Statements: the one list every output is a view of (DESIGN §1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from reporter.model.exam import Diagnosis, Dxa, DxaMeasurement, Exam, Finding, Patient, PriorExam, Site
from reporter.model.report import Assessment, Attribute, Derived, Origin, Statement, Value

SIDES = ("right", "left")


def statements(exam: Exam, assessment: Assessment) -> tuple[Statement, ...]:
    """Every statement of the report, in input order; nothing is added that was not entered or derived."""
    findings = [s for f in exam.findings for s in _finding(f)]
    index = _evidence_index(findings)
    diagnoses = [s for n, d in enumerate(exam.conclusion.diagnoses) for s in _diagnosis(n, d, index)]
    parts: list[Iterable[Statement]] = [
        _frame(exam),
        _context(exam.patient),
        findings,
        _dxa(exam.dxa),
        *(_prior(prior) for prior in exam.comparisons),
        (_derived(n, d, index) for n, d in enumerate(assessment.derived)),
        diagnoses,
        _differential(exam),
        _recommendations(exam, assessment),
        _notes(exam),
    ]
    return tuple(s for part in parts for s in part)


def _evidence_index(findings: list[Statement]) -> dict[str, tuple[str, ...]]:
    """Finding id as the user knows it → statement ids (two for a bilateral finding)."""
    index: dict[str, tuple[str, ...]] = {}
    for statement in findings:
        index[statement.source_id] = (*index.get(statement.source_id, ()), statement.id)
    return index


def _frame(exam: Exam) -> Iterator[Statement]:
    yield Statement("order", "order", "order", Origin("entered", "/order"), source_id="order")
    yield Statement("technique", "technique", "technique", Origin("entered", "/exam/technique"), source_id="technique")
    for prior in exam.comparisons:
        yield Statement(
            f"comparison/{prior.id}", "comparison", "comparison", Origin("entered", prior.path), source_id=prior.id
        )


def _prior(prior: PriorExam) -> Iterator[Statement]:
    """What an earlier exam showed: never a finding of this one, so each has a kind and an id of its own."""
    frame = f"comparison/{prior.id}"
    for position, finding in enumerate(prior.findings):
        for statement in _finding(finding):
            own = statement.id.removeprefix(finding.id)
            yield dataclasses.replace(statement, id=f"{frame}/finding/{position}{own}", kind="prior_finding")
    yield from _dxa(prior.dxa, f"{frame}/dxa", f"{prior.path}/dxa", "prior_dxa")


def _finding(finding: Finding) -> Iterator[Statement]:
    sides = SIDES if finding.site.laterality == "bilateral" else (None,)
    for side in sides:
        site = dataclasses.replace(finding.site, laterality=side) if side else finding.site
        yield Statement(
            id=f"{finding.id}.{side}" if side else finding.id,
            kind="finding",
            concept=finding.finding,
            origin=Origin("entered", finding.path),
            source_id=finding.id,
            site=site,
            status=finding.status,
            attributes=tuple(_attributes(finding)),
            measures=finding.measures,
            evolution=finding.evolution,
            relations=finding.relations,
            count=finding.count,
            comment=finding.comment,
        )


def _attributes(finding: Finding) -> Iterator[Attribute]:
    for sequence, value in finding.signal.items():
        yield Attribute(f"signal.{sequence}", value)
    if finding.density:
        yield Attribute("density", finding.density)
    if finding.uptake and finding.uptake.pattern:
        yield Attribute("uptake.pattern", finding.uptake.pattern)
    for phase in finding.uptake.phases if finding.uptake else ():
        yield Attribute("uptake.phases", phase)
    if finding.severity:
        yield Attribute("severity", finding.severity)
    for name, attribute in finding.morphology.items():
        yield Attribute(name, attribute)


_PATIENT_FACTS: tuple[tuple[str, str | None], ...] = (
    ("pregnancy_status", None),
    ("gestational_weeks", "wk"),
    ("postpartum_days", "d"),
    ("breastfeeding", None),
    ("menopausal_status", None),
    ("height_cm", "cm"),
    ("height_at_20_cm", "cm"),
    ("height_prior_cm", "cm"),
    ("weight_kg", "kg"),
)
_ABSENT = ("unknown", "not_applicable")


def _context(patient: Patient) -> Iterator[Statement]:
    """Patient facts that were given; unknown and not applicable are answers, not facts: they are coded, never said."""
    for name, unit in _PATIENT_FACTS:
        value = getattr(patient, name)
        if value in _ABSENT:
            origin = Origin("entered", f"/patient/{name}")
            yield Statement(f"context/{name}", "no_answer", name, origin, source_id=name, status=value)
        elif value is not None:
            yield _context_fact(name, name, f"/patient/{name}", value, unit)
    for n, factor in enumerate(patient.risk_factors):
        yield _context_fact(f"risk_factor/{n}", "risk_factor", f"/patient/risk_factors/{n}", factor)
    for n, treatment in enumerate(patient.treatments):
        since = (Attribute("since", treatment.since),) if treatment.since else ()
        yield _context_fact(f"treatment/{n}", "treatment", treatment.path, treatment.drug_class, attributes=since)
    for n, lab in enumerate(patient.labs):
        yield _context_fact(f"lab/{n}", f"lab.{lab.code}", lab.path, lab.value, lab.unit)
    yield from _history(patient)


def _history(patient: Patient) -> Iterator[Statement]:
    for n, fracture in enumerate(patient.prior_fractures):
        site = Site(fracture.site, fracture.laterality, fracture.level, fracture.number)
        known = {"fragility": fracture.fragility, "date": str(fracture.date) if fracture.date else None}
        attributes = tuple(Attribute(k, v) for k, v in known.items() if v is not None)
        yield _context_fact(
            f"prior_fracture/{n}", "prior_fracture", fracture.path, True, site=site, attributes=attributes
        )
    for n, procedure in enumerate(patient.procedures):
        at = Site(procedure.site, procedure.laterality, procedure.level) if procedure.site else None
        details = {
            "laterality": None if at else procedure.laterality,
            "level": None if at else procedure.level,
            "date": str(procedure.date) if procedure.date else None,
            "approach": procedure.approach,
            "guidance": procedure.guidance,
            "device": procedure.device,
            "cement_volume_ml": procedure.cement_volume_ml,
        }
        given = tuple(Attribute(k, v) for k, v in details.items() if v is not None)
        yield _context_fact(f"procedure/{n}", "procedure", procedure.path, procedure.type, site=at, attributes=given)


def _context_fact(
    key: str,
    concept: str,
    path: str,
    value: Value,
    unit: str | None = None,
    site: Site | None = None,
    attributes: tuple[Attribute, ...] = (),
) -> Statement:
    return Statement(
        f"context/{key}",
        "context",
        concept,
        Origin("entered", path),
        source_id=key,
        site=site,
        value=value,
        unit=unit,
        attributes=attributes,
    )


_DXA_UNITS = {"bmd": "g/cm2", "bmc": "g", "area": "cm2", "t_score": "SD", "z_score": "SD"}


def _dxa(dxa: Dxa | None, prefix: str = "dxa", path: str = "/dxa", kind: str = "dxa") -> Iterator[Statement]:
    if dxa is None:
        return
    for n, measurement in enumerate(dxa.measurements):
        yield from _measurement(f"{prefix}/{n}", measurement, kind)
    for name, unit in (("tbs", "1"), ("frax_major", "%"), ("frax_hip", "%")):
        value = getattr(dxa, name)
        if value is not None:
            origin = Origin("entered", f"{path}/{name}")
            yield Statement(f"{prefix}/{name}", kind, name, origin, source_id=name, value=value, unit=unit)


def _measurement(key: str, measurement: DxaMeasurement, kind: str) -> Iterator[Statement]:
    site = Site(measurement.site, measurement.laterality)
    attributes = tuple(Attribute("vertebrae_included", level) for level in measurement.vertebrae_included)
    attributes += tuple(_excluded(measurement))
    for name, unit in _DXA_UNITS.items():
        value = getattr(measurement, name)
        if value is not None:
            origin = Origin("entered", f"{measurement.path}/{name}")
            yield Statement(
                f"{key}/{name}", kind, name, origin, key, site, value=value, unit=unit, attributes=attributes
            )


def _excluded(measurement: DxaMeasurement) -> Iterator[Attribute]:
    for excluded in measurement.vertebrae_excluded:
        yield Attribute(
            "vertebrae_excluded", f"{excluded.level}:{excluded.reason}" if excluded.reason else excluded.level
        )


def _derived(n: int, derived: Derived, index: dict[str, tuple[str, ...]]) -> Statement:
    return Statement(
        id=f"derived/{n}",
        kind="derived",
        concept=derived.name,
        origin=Origin("proposed" if derived.concluded else "derived", rule=derived.rule),
        source_id=f"derived/{n}",
        site=derived.site,
        value=derived.value,
        unit=derived.unit,
        attributes=derived.params,
        evidence=tuple(i for e in derived.evidence for i in index.get(e, (e,))),
    )


def _diagnosis(n: int, diagnosis: Diagnosis, index: dict[str, tuple[str, ...]]) -> Iterator[Statement]:
    bilateral = diagnosis.site is not None and diagnosis.site.laterality == "bilateral"
    attributes = (Attribute("age", diagnosis.age),) if diagnosis.age else ()
    for side in SIDES if bilateral else (None,):
        site = dataclasses.replace(diagnosis.site, laterality=side) if side and diagnosis.site else diagnosis.site
        yield Statement(
            id=f"diagnosis/{n}.{side}" if side else f"diagnosis/{n}",
            kind="diagnosis",
            concept=diagnosis.code,
            origin=Origin("entered", diagnosis.path),
            source_id=f"diagnosis/{n}",
            site=site,
            status=diagnosis.certainty,
            attributes=attributes,
            evidence=tuple(i for e in diagnosis.findings for i in index.get(e, (e,))),
        )


def _differential(exam: Exam) -> Iterator[Statement]:
    for n, code in enumerate(exam.conclusion.differential):
        origin = Origin("entered", f"/conclusion/differential/{n}")
        yield Statement(f"differential/{n}", "diagnosis", code, origin, f"differential/{n}", status="discussed")


def _recommendations(exam: Exam, assessment: Assessment) -> Iterator[Statement]:
    rules: dict[str, str] = {}
    for code, rule in assessment.proposed:
        rules.setdefault(code, rule)
    for n, code in enumerate(dict.fromkeys(exam.conclusion.recommendations)):
        origin = Origin("entered", f"/conclusion/recommendations/{n}", rules.get(code))
        yield Statement(f"recommendation/{code}", "recommendation", code, origin, source_id=code, status="proposed")


def _notes(exam: Exam) -> Iterator[Statement]:
    for section, text in exam.free_text.items():
        yield Statement(
            f"note/{section}",
            "note",
            section,
            Origin("entered", f"/free_text/{section}"),
            source_id=section,
            value=text,
        )
    if exam.conclusion.free_text:
        origin = Origin("entered", "/conclusion/free_text")
        yield Statement(
            "note/conclusion_free_text", "note", "conclusion", origin, "conclusion", value=exam.conclusion.free_text
        )
