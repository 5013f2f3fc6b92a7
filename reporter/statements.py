"""Exam + Assessment → Statements: the one list every output is a view of (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from reporter.model.exam import Conclusion, Diagnosis, Dxa, DxaMeasurement, Exam, Finding, Patient, PriorExam, Site
from reporter.model.report import Assessment, Attribute, Derived, Origin, Statement, Value

SIDES = ("right", "left")


def statements(exam: Exam, assessment: Assessment) -> tuple[Statement, ...]:
    """Every statement of the report, in input order; nothing is added that was not entered or derived."""
    findings = [s for f in exam.findings for s in _finding(f, f.id)]
    index = _evidence_index(findings)
    found = [*_FRAME, *[_comparison(prior) for prior in exam.comparisons]]
    found += _context(exam.patient)
    found += findings
    if exam.dxa is not None:
        found += _dxa(exam.dxa)
    for prior in exam.comparisons:
        found += _prior(prior)
    found += [_derived(n, d, index) for n, d in enumerate(assessment.derived)]
    found += _concluded(exam.conclusion, assessment, index)
    found += _notes(exam)
    return tuple(found)


def _evidence_index(findings: list[Statement]) -> dict[str, list[str]]:
    """Finding id as the user knows it → statement ids (two for a bilateral finding)."""
    index: dict[str, list[str]] = {}
    for statement in findings:
        index.setdefault(statement.source_id, []).append(statement.id)
    return index


def _evidence(names: Iterable[str], index: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple([i for name in names for i in index.get(name, (name,))])


# every report has a request and an acquisition
_FRAME = (
    Statement("order", "order", "order", Origin("entered", "/order"), source_id="order"),
    Statement("technique", "technique", "technique", Origin("entered", "/exam/technique"), source_id="technique"),
)


def _comparison(prior: PriorExam) -> Statement:
    origin = Origin("entered", prior.path)
    return Statement(f"comparison/{prior.id}", "comparison", "comparison", origin, source_id=prior.id)


def _prior(prior: PriorExam) -> Iterator[Statement]:
    """What an earlier exam showed: never a finding of this one, so each has a kind and an id of its own."""
    frame = f"comparison/{prior.id}"
    for position, finding in enumerate(prior.findings):
        yield from _finding(finding, f"{frame}/finding/{position}", "prior_finding")
    yield from _dxa(prior.dxa, f"{frame}/dxa", f"{prior.path}/dxa", "prior_dxa")


def _finding(finding: Finding, key: str, kind: str = "finding") -> list[Statement]:
    """One statement, or one for each side of a bilateral sign (its values by position, which takes half the time)."""
    origin, attributes = Origin("entered", finding.path), _attributes(finding)
    return [
        Statement(
            name, kind, finding.finding, origin, finding.id, site, finding.status, None, None, attributes,
            finding.measures, finding.evolution, finding.relations, finding.count, finding.comment,
        )
        for name, site in _sided(key, finding.site)
    ]  # fmt: skip


def _sided(key: str, site: Site) -> tuple[tuple[str, Site], ...]:
    """The site, or each side of a bilateral one, with the name of its statement."""
    if site.laterality != "bilateral":
        return ((key, site),)
    return tuple([(f"{key}.{side}", site.on(side)) for side in SIDES])


def _attributes(finding: Finding) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    if finding.signal:
        found += [Attribute(f"signal.{sequence}", value) for sequence, value in finding.signal.items()]
    if finding.density:
        found.append(Attribute("density", finding.density))
    if finding.uptake:
        if finding.uptake.pattern:
            found.append(Attribute("uptake.pattern", finding.uptake.pattern))
        found += [Attribute("uptake.phases", phase) for phase in finding.uptake.phases]
    if finding.severity:
        found.append(Attribute("severity", finding.severity))
    if finding.morphology:
        found += [Attribute(name, value) for name, value in finding.morphology.items()]
    return tuple(found)


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
_facts = attrgetter(*(name for name, _ in _PATIENT_FACTS))
_ABSENT = ("unknown", "not_applicable")


def _context(patient: Patient) -> Iterator[Statement]:
    """Patient facts that were given; unknown and not applicable are answers, not facts: they are coded, never said."""
    given = zip(_PATIENT_FACTS, _facts(patient), strict=True)
    for (name, unit), value in [fact for fact in given if fact[1] is not None]:
        if value in _ABSENT:
            origin = Origin("entered", f"/patient/{name}")
            yield Statement(f"context/{name}", "no_answer", name, origin, source_id=name, status=value)
        else:
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
    origin = Origin("entered", path)
    return Statement(f"context/{key}", "context", concept, origin, key, site, None, value, unit, attributes)


_DXA_UNITS = {"bmd": "g/cm2", "bmc": "g", "area": "cm2", "t_score": "SD", "z_score": "SD"}
_densities = attrgetter(*_DXA_UNITS)


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
    included = [Attribute("vertebrae_included", level) for level in measurement.vertebrae_included]
    attributes = (*included, *_excluded(measurement))
    for (name, unit), value in zip(_DXA_UNITS.items(), _densities(measurement), strict=True):
        if value is not None:
            origin = Origin("entered", f"{measurement.path}/{name}")
            yield Statement(f"{key}/{name}", kind, name, origin, key, site, None, value, unit, attributes)


def _excluded(measurement: DxaMeasurement) -> Iterator[Attribute]:
    for excluded in measurement.vertebrae_excluded:
        yield Attribute(
            "vertebrae_excluded", f"{excluded.level}:{excluded.reason}" if excluded.reason else excluded.level
        )


def _derived(n: int, derived: Derived, index: Mapping[str, list[str]]) -> Statement:
    key = f"derived/{n}"
    origin = Origin("proposed" if derived.concluded else "derived", "", derived.rule)
    evidence = _evidence(derived.evidence, index)
    return Statement(
        key, "derived", derived.name, origin, key, derived.site, None, derived.value, derived.unit, derived.params,
        (), None, (), None, None, evidence,
    )  # fmt: skip


def _concluded(conclusion: Conclusion, assessment: Assessment, index: Mapping[str, list[str]]) -> Iterator[Statement]:
    for n, diagnosis in enumerate(conclusion.diagnoses):
        yield from _diagnosis(n, diagnosis, index)
    for n, code in enumerate(conclusion.differential):
        origin = Origin("entered", f"/conclusion/differential/{n}")
        yield Statement(f"differential/{n}", "diagnosis", code, origin, f"differential/{n}", status="discussed")
    if conclusion.recommendations:
        yield from _recommendations(conclusion, assessment)


def _diagnosis(n: int, diagnosis: Diagnosis, index: Mapping[str, list[str]]) -> Iterator[Statement]:
    key, origin = f"diagnosis/{n}", Origin("entered", diagnosis.path)
    attributes = (Attribute("age", diagnosis.age),) if diagnosis.age else ()
    evidence = _evidence(diagnosis.findings, index)
    for name, site in _sided(key, diagnosis.site) if diagnosis.site else ((key, None),):
        yield Statement(
            name, "diagnosis", diagnosis.code, origin, key, site, diagnosis.certainty, None, None, attributes,
            (), None, (), None, None, evidence,
        )  # fmt: skip


def _recommendations(conclusion: Conclusion, assessment: Assessment) -> Iterator[Statement]:
    rules: dict[str, str] = {}
    for code, rule in assessment.proposed:
        rules.setdefault(code, rule)
    for n, code in enumerate(dict.fromkeys(conclusion.recommendations)):
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
