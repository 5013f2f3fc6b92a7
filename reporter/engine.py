"""From input to report: the one path every front end takes."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reporter import fhir, intake, narrative, rules
from reporter.catalog.entries import Catalog
from reporter.errors import FhirCheckError, InvalidExam, Issue
from reporter.fhir import check as fhir_check
from reporter.model.exam import Exam
from reporter.model.report import Narrative, Provenance, ReportData, Sentence, Statement
from reporter.narrative import render
from reporter.settings import Settings
from reporter.statements import statements
from reporter.version import __version__

Clock = Callable[[], dt.datetime]
Ids = Callable[[str], uuid.UUID]
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/fhir-reporter")


def utc_now() -> dt.datetime:
    """The default clock."""
    return dt.datetime.now(dt.UTC)


def stable_ids(key: str) -> uuid.UUID:
    """The default ids: UUIDv5 of our namespace and the business key, so the same report keeps its ids."""
    return uuid.uuid5(NAMESPACE, key)


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report; every output is a view of the same statements."""

    data: ReportData
    narrative: Narrative
    catalog: Catalog
    settings: Settings
    ids: Ids

    def text(self) -> str:
        """The French report as plain text."""
        return render.to_text(self.narrative)

    def html(self) -> str:
        """The French report as a standalone, printable HTML page."""
        return render.to_html(self.data, self.narrative, self.catalog)

    def to_fhir(self, kind: str = "document") -> dict[str, Any]:
        """A checked FHIR R4 bundle: document or transaction. Raises FhirCheckError rather than let a bad one out."""
        build = {"document": fhir.document_bundle, "transaction": fhir.transaction_bundle}[kind]
        bundle = build(self.data, self.narrative, self.catalog, ids=self.ids, settings=self.settings)
        issues = fhir_check.check(bundle)
        if issues:
            raise FhirCheckError(issues)
        return bundle

    def as_dict(self) -> dict[str, Any]:
        """The shape of report.json (DESIGN §7)."""
        return {
            "sections": {section.id: section.text() for section in self.narrative.sections},
            "issues": [issue.as_dict() for issue in self.data.assessment.issues],
            "rules": list(self.data.assessment.fired),
            "sentences": [
                {"section": s.section, "text": s.text, "statements": list(s.statements)} for s in self._sentences()
            ],
        }

    def explain(self) -> list[dict[str, Any]]:
        """For each sentence: its statements, what they come from, the rule and the source that justifies it."""
        return [
            {
                "section": sentence.section,
                "text": sentence.text,
                "statements": [self._explain(self.data.statement(i)) for i in sentence.statements],
                "rules": [self._rule(rule) for rule in sentence.rules],
            }
            for sentence in self._sentences()
        ]

    def _sentences(self) -> list[Sentence]:
        return [sentence for section in self.narrative.sections for sentence in section.sentences]

    def _explain(self, statement: Statement) -> dict[str, Any]:
        origin = statement.origin
        explained: dict[str, Any] = {
            "id": statement.id,
            "kind": statement.kind,
            "concept": statement.concept,
            "origin": origin.kind,
        }
        if origin.path:
            explained["path"] = origin.path
        if statement.evidence:
            explained["evidence"] = list(statement.evidence)
        if origin.rule:
            explained["rule"] = self._rule(origin.rule)
        return explained

    def _rule(self, rule_id: str) -> dict[str, str]:
        return {"id": rule_id, "source": self.catalog.rules[rule_id].source}


def check(data: object, catalog: Catalog, *, settings: Settings | None = None, clock: Clock = utc_now) -> list[Issue]:
    """Every problem of an input at once: shape, vocabulary and clinical rules. Never raises on bad input."""
    exam, issues = intake.parse_partial(data, catalog)
    if exam is None:
        return issues
    found = rules.assess(exam, catalog, settings or Settings(), today=clock().date()).issues
    return _without_repeats([*issues, *found])


def build_report(
    exam: Exam,
    catalog: Catalog,
    *,
    clock: Clock = utc_now,
    ids: Ids = stable_ids,
    settings: Settings | None = None,
) -> Report:
    """Assess, state, narrate. Raises InvalidExam with every rule error; nothing is built from a refused exam."""
    settings = settings or Settings()
    created = clock()
    assessment = rules.assess(exam, catalog, settings, today=created.date())
    if assessment.errors:
        raise InvalidExam(assessment.issues)
    data = ReportData(
        exam=exam,
        assessment=assessment,
        statements=statements(exam, assessment),
        provenance=Provenance(__version__, catalog.version, catalog.hash, created),
        identifier=_identifier(exam),
    )
    return Report(data, narrative.narrate(data, catalog, settings), catalog, settings, ids)


def _identifier(exam: Exam) -> str:
    """The accession number when there is one, else a digest of the exam itself: never invented, always repeatable."""
    if exam.study.accession_number:
        return exam.study.accession_number
    return hashlib.sha256(repr(exam).encode()).hexdigest()[:32]


def _without_repeats(issues: list[Issue]) -> list[Issue]:
    return list({(i.code, i.path, i.message): i for i in issues}.values())
