"""Exam + Assessment → Statements: the one list every output is a view of (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from reporter.model.exam import (
    Conclusion,
    Diagnosis,
    Dxa,
    DxaMeasurement,
    Exam,
    ExcludedVertebra,
    Finding,
    PriorExam,
    Site,
    make_site,
)
from reporter.model.report import (
    Assessment,
    Attribute,
    Derived,
    Origin,
    Statement,
    make_attribute,
    make_origin,
    make_statement,
)
from reporter.statements_context import context

SIDES = ("right", "left")


def statements(exam: Exam, assessment: Assessment) -> tuple[Statement, ...]:
    """Every statement of the report, in input order; nothing is added that was not entered or derived."""
    findings: list[Statement] = []
    for f in exam.findings:
        findings += _finding(f, f.id)
    found = [*_FRAME, *[_comparison(prior) for prior in exam.comparisons]]
    found += context(exam.patient)
    found += findings
    if exam.dxa is not None:
        found += _dxa(exam.dxa)
    for prior in exam.comparisons:
        if prior.findings or prior.dxa is not None:
            found += _prior(prior)
    if assessment.derived or exam.conclusion.diagnoses:
        index = _evidence_index(findings)
        found += [_derived(n, d, index) for n, d in enumerate(assessment.derived)]
        for n, diagnosis in enumerate(exam.conclusion.diagnoses):
            found += _diagnosis(n, diagnosis, index)
    found += _proposed(exam.conclusion, assessment)
    if exam.free_text or exam.conclusion.free_text:
        found += _notes(exam)
    return tuple(found)


def _evidence_index(findings: list[Statement]) -> dict[str, list[str]]:
    """Finding id as the user knows it → statement ids (two for a bilateral finding)."""
    index: dict[str, list[str]] = {}
    for statement in findings:
        index.setdefault(statement.source_id, []).append(statement.id)
    return index


def _evidence(names: Iterable[str], index: Mapping[str, list[str]]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        found += index.get(name) or (name,)
    return tuple(found)


# every report has a request and an acquisition
_FRAME = (
    Statement("order", "order", "order", Origin("entered", "/order"), source_id="order"),
    Statement("technique", "technique", "technique", Origin("entered", "/exam/technique"), source_id="technique"),
)


def _comparison(prior: PriorExam) -> Statement:
    origin = make_origin("entered", prior.path)
    return make_statement(f"comparison/{prior.id}", "comparison", "comparison", origin, source_id=prior.id)


def _prior(prior: PriorExam) -> list[Statement]:
    """What an earlier exam showed: never a finding of this one, so each has a kind and an id of its own."""
    frame, found = f"comparison/{prior.id}", list[Statement]()
    for position, finding in enumerate(prior.findings):
        found += _finding(finding, f"{frame}/finding/{position}", "prior_finding")
    if prior.dxa is not None:
        found += _dxa(prior.dxa, f"{frame}/dxa", f"{prior.path}/dxa", "prior_dxa")
    return found


def _finding(finding: Finding, key: str, kind: str = "finding") -> list[Statement]:
    """One statement, or one for each side of a bilateral sign (its values by position, which takes half the time)."""
    site, origin, attributes = finding.site, make_origin("entered", finding.path), _attributes(finding)
    return [
        make_statement(
            name, kind, finding.finding, origin, finding.id, place, finding.status, None, None, attributes,
            finding.measures, finding.evolution, finding.relations, finding.count, finding.comment,
        )
        for name, place in (((key, site),) if site.laterality != "bilateral" else _sided(key, site))
    ]  # fmt: skip


def _sided(key: str, site: Site) -> list[tuple[str, Site]]:
    """Each side of a bilateral site, with the name of its statement."""
    return [(f"{key}.{side}", site.on(side)) for side in SIDES]


def _attributes(finding: Finding) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    if finding.signal:
        found += [make_attribute(f"signal.{sequence}", value) for sequence, value in finding.signal.items()]
    if finding.density:
        found.append(make_attribute("density", finding.density))
    if finding.uptake:
        if finding.uptake.pattern:
            found.append(make_attribute("uptake.pattern", finding.uptake.pattern))
        found += [make_attribute("uptake.phases", phase) for phase in finding.uptake.phases]
    if finding.severity:
        found.append(make_attribute("severity", finding.severity))
    if finding.morphology:
        found += [make_attribute(name, value) for name, value in finding.morphology.items()]
    return tuple(found)


_DXA_UNITS = {"bmd": "g/cm2", "bmc": "g", "area": "cm2", "t_score": "SD", "z_score": "SD"}
_densities = attrgetter(*_DXA_UNITS)


def _dxa(dxa: Dxa, prefix: str = "dxa", path: str = "/dxa", kind: str = "dxa") -> list[Statement]:
    found: list[Statement] = []
    for n, measurement in enumerate(dxa.measurements):
        found += _measurement(f"{prefix}/{n}", measurement, kind)
    for name, unit, value in (
        ("tbs", "1", dxa.tbs),
        ("frax_major", "%", dxa.frax_major),
        ("frax_hip", "%", dxa.frax_hip),
    ):
        if value is not None:
            origin = make_origin("entered", f"{path}/{name}")
            found.append(make_statement(f"{prefix}/{name}", kind, name, origin, name, None, None, value, unit))
    return found


def _measurement(key: str, measurement: DxaMeasurement, kind: str) -> list[Statement]:
    site, path = make_site(measurement.site, measurement.laterality), measurement.path
    included = [make_attribute("vertebrae_included", level) for level in measurement.vertebrae_included]
    attributes = (*included, *[_excluded(one) for one in measurement.vertebrae_excluded])
    return [
        make_statement(
            f"{key}/{name}",
            kind,
            name,
            make_origin("entered", f"{path}/{name}"),
            key,
            site,
            None,
            value,
            unit,
            attributes,
        )
        for (name, unit), value in zip(_DXA_UNITS.items(), _densities(measurement), strict=True)
        if value is not None
    ]


def _excluded(one: ExcludedVertebra) -> Attribute:
    return make_attribute("vertebrae_excluded", f"{one.level}:{one.reason}" if one.reason else one.level)


def _derived(n: int, derived: Derived, index: Mapping[str, list[str]]) -> Statement:
    key = f"derived/{n}"
    origin = make_origin("proposed" if derived.concluded else "derived", "", derived.rule)
    evidence = _evidence(derived.evidence, index)
    return make_statement(
        key, "derived", derived.name, origin, key, derived.site, None, derived.value, derived.unit, derived.params,
        (), None, (), None, None, evidence,
    )  # fmt: skip


def _diagnosis(n: int, diagnosis: Diagnosis, index: Mapping[str, list[str]]) -> list[Statement]:
    key, site, origin = f"diagnosis/{n}", diagnosis.site, make_origin("entered", diagnosis.path)
    attributes = (make_attribute("age", diagnosis.age),) if diagnosis.age else ()
    evidence = _evidence(diagnosis.findings, index)
    return [
        make_statement(
            name, "diagnosis", diagnosis.code, origin, key, place, diagnosis.certainty, None, None, attributes,
            (), None, (), None, None, evidence,
        )
        for name, place in (_sided(key, site) if site and site.laterality == "bilateral" else ((key, site),))
    ]  # fmt: skip


def _proposed(conclusion: Conclusion, assessment: Assessment) -> list[Statement]:
    """What is discussed beside the diagnoses, and recommended."""
    found: list[Statement] = []
    for n, code in enumerate(conclusion.differential):
        key, origin = f"differential/{n}", make_origin("entered", f"/conclusion/differential/{n}")
        found.append(make_statement(key, "diagnosis", code, origin, key, None, "discussed"))
    if conclusion.recommendations:
        found += _recommendations(conclusion, assessment)
    return found


def _recommendations(conclusion: Conclusion, assessment: Assessment) -> list[Statement]:
    rules: dict[str, str] = {}
    for code, rule in assessment.proposed:
        rules.setdefault(code, rule)
    found: list[Statement] = []
    for n, code in enumerate(dict.fromkeys(conclusion.recommendations)):
        origin = make_origin("entered", f"/conclusion/recommendations/{n}", rules.get(code))
        found.append(make_statement(f"recommendation/{code}", "recommendation", code, origin, code, None, "proposed"))
    return found


def _notes(exam: Exam) -> Iterator[Statement]:
    for section, text in exam.free_text.items():
        yield make_statement(
            f"note/{section}",
            "note",
            section,
            make_origin("entered", f"/free_text/{section}"),
            source_id=section,
            value=text,
        )
    if exam.conclusion.free_text:
        origin = make_origin("entered", "/conclusion/free_text")
        yield make_statement(
            "note/conclusion_free_text", "note", "conclusion", origin, "conclusion", value=exam.conclusion.free_text
        )
