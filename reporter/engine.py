"""From input to report: the one path every front end takes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from reporter import edits as edited
from reporter import fhir, intake, narrative, progress, rules
from reporter.catalog.entries import Catalog
from reporter.edits import Edits
from reporter.errors import ERROR, FhirCheckError, InvalidExam, Issue
from reporter.fhir import check as fhir_check
from reporter.fhir.datatypes import own
from reporter.model import canonical
from reporter.model.exam import Exam
from reporter.model.lifecycle import DRAFT, Lifecycle
from reporter.model.quick import quick
from reporter.model.report import Assessment, Narrative, Provenance, ReportData, Sentence, Statement
from reporter.narrative import render
from reporter.settings import Settings
from reporter.statements import statements
from reporter.version import __version__

Clock = Callable[[], dt.datetime]
Ids = Callable[[str], uuid.UUID | str]
NO_EDITS: Edits = MappingProxyType({})
_USUAL = Settings()
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/fhir-reporter")
_SPACE = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def utc_now() -> dt.datetime:
    """The default clock."""
    return dt.datetime.now(dt.UTC)


def stable_ids(key: str) -> uuid.UUID:
    """The default ids: UUIDv5 of our namespace and the business key, so the same report keeps its ids."""
    return uuid.uuid5(NAMESPACE, key)


def stable_names(key: str) -> str:
    """The text of `stable_ids`, without the UUID object: a report has one for each of its resources (RFC 9562 §5.5)."""
    made = _SPACE.copy()
    made.update(key.encode())
    name = made.hexdigest()
    return f"{name[:8]}-{name[8:12]}-5{name[13:16]}-{_VARIANT[name[16]]}{name[17:20]}-{name[20:32]}"


@quick
@dataclass(frozen=True, slots=True)
class Report:
    """A finished report; every output is a view of the same statements."""

    data: ReportData
    narrative: Narrative
    catalog: Catalog
    settings: Settings
    ids: Ids
    keys: Mapping[str, str] = field(default_factory=dict)

    def text(self, *, lifecycle: Lifecycle = DRAFT) -> str:
        """The French report as plain text; once signed, with its addenda and its signature."""
        return render.to_text(self.narrative, self.catalog, lifecycle)

    def html(self, *, lifecycle: Lifecycle = DRAFT) -> str:
        """The French report as a standalone, printable HTML page."""
        return render.to_html(self.data, self.narrative, self.catalog, lifecycle)

    def to_fhir(self, kind: str = "document", *, lifecycle: Lifecycle = DRAFT) -> dict[str, Any]:
        """A checked FHIR R4 bundle: document, transaction or minimal collection, of one version of the report.

        It is the caller's own. Raises FhirCheckError rather than let a bad one out.
        """
        mine: dict[str, Any] = own(self.bundle(kind, lifecycle=lifecycle))
        return mine

    def bundle(self, kind: str = "document", *, lifecycle: Lifecycle = DRAFT) -> dict[str, Any]:
        """The same bundle, to be written out and never changed: what the catalogue says is shared by all bundles."""
        build = {
            "document": fhir.document_bundle,
            "transaction": fhir.transaction_bundle,
            "collection": fhir.collection_bundle,
        }[kind]
        bundle = build(
            self.data, self.narrative, self.catalog, ids=self.ids, settings=self.settings, lifecycle=lifecycle
        )
        issues = fhir_check.check(bundle, self.catalog)
        if any(issue.severity == ERROR for issue in issues):
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
        said = {statement.id: statement for statement in self.data.statements}
        return [
            {
                "section": sentence.section,
                "text": sentence.text,
                "statements": [self._explain(said[i]) for i in sentence.statements],
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
    found = rules.assess(exam, catalog, settings or _USUAL, today=clock().date()).issues
    return without_repeats([*issues, *found])


def preview(
    data: object,
    catalog: Catalog,
    *,
    settings: Settings | None = None,
    clock: Clock = utc_now,
    ids: Ids = stable_names,
    edits: Edits = NO_EDITS,
) -> tuple[Report | None, list[Issue]]:
    """What the report says so far of an input still being entered, and every problem of it.

    With errors, only sentences that say something entered are kept: what a finished report says of its own accord
    (« Pas d'examen antérieur disponible ») waits until it is finished. Nothing is derived while the date of the exam,
    the age or the sex is missing. No Report while modality or region is unknown.
    """
    settings, created = settings or _USUAL, clock()
    exam, issues, gaps = intake.parse_draft(data, catalog, today=created.date())
    if exam is None:
        return None, issues
    found = rules.assess(edited.judged(exam, edits), catalog, settings, today=created.date())
    assessment = Assessment() if progress.undated(exam, gaps) else found
    report, unsettled = _report(exam, assessment, catalog, settings, created, ids, edits)
    known = without_repeats([*issues, *progress.trusted(found.issues, gaps), *unsettled])
    if any(issue.severity == ERROR for issue in known):
        entered = progress.entered_only(report.narrative, exam)
        report = dataclasses.replace(report, narrative=entered)
    return report, known


def build_report(
    exam: Exam,
    catalog: Catalog,
    *,
    clock: Clock = utc_now,
    ids: Ids = stable_names,
    settings: Settings | None = None,
    edits: Edits = NO_EDITS,
) -> Report:
    """Assess, state, narrate, then put in the sentences rewritten by the radiologist (`edits`, by `Report.keys`).

    Raises InvalidExam with every rule error; nothing is built from a refused exam, nor with an edit to settle.
    """
    settings = settings or _USUAL
    created = clock()
    assessment = rules.assess(edited.judged(exam, edits), catalog, settings, today=created.date())
    if assessment.issues and assessment.errors:
        raise InvalidExam(assessment.issues)
    report, unsettled = _report(exam, assessment, catalog, settings, created, ids, edits)
    if unsettled:
        raise InvalidExam(unsettled)
    return report


def _report(
    exam: Exam,
    assessment: Assessment,
    catalog: Catalog,
    settings: Settings,
    created: dt.datetime,
    ids: Ids,
    edits: Edits,
) -> tuple[Report, list[Issue]]:
    provenance = Provenance(__version__, catalog.version, catalog.hash, created)
    data = ReportData(exam, assessment, statements(exam, assessment), provenance, _identifier(exam))
    text = narrative.narrate(data, catalog, settings)
    keys = edited.Keys(data, text)
    data, text, unsettled = edited.apply(data, text, edits) if edits else (data, text, [])
    return Report(data, text, catalog, settings, ids, keys), unsettled


def _identifier(exam: Exam) -> str:
    """The accession number when there is one, else a digest of the exam itself: never invented, always repeatable."""
    if exam.study.accession_number:
        return exam.study.accession_number
    return canonical.digest(exam)


def without_repeats(issues: Iterable[Issue]) -> list[Issue]:
    """Each problem once, in the order they were found."""
    return list({(i.code, i.path, i.message): i for i in issues}.values())
