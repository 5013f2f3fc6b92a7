"""What may be said of an exam that is still being entered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from reporter.errors import Issue
from reporter.model.exam import Exam, Technique
from reporter.model.report import Narrative, Section, Sentence

_DATE, _SEX = "/exam/date", "/patient/sex"
_FRAME = frozenset({"technique", "order"})


def undated(exam: Exam, gaps: frozenset[str]) -> bool:
    """Facts that depend on the day of the exam, on the age or on the sex cannot be derived yet."""
    aged = exam.patient.birth_date is not None or exam.patient.age_years is not None
    return bool({_DATE, _SEX} & gaps) or not aged


def trusted(issues: Iterable[Issue], gaps: frozenset[str]) -> list[Issue]:
    """Problems found by the rules that do not come from a field still empty; nothing is dated before the exam is."""
    kept = [i for i in issues if i.code != "RPT-RULE" and not any(_inside(i.path, gap) for gap in gaps)]
    return [i for i in kept if not (_DATE in gaps and i.path.endswith("/date"))]


def _inside(path: str, gap: str) -> bool:
    return path == gap or path.startswith(f"{gap}/")


def entered_only(narrative: Narrative, exam: Exam) -> Narrative:
    """The sentences that say something entered; the rest waits until the report is finished."""
    return Narrative(tuple(_entered(section, exam) for section in narrative.sections))


def _entered(section: Section, exam: Exam) -> Section:
    kept = tuple(s for s in section.sentences if _says_something(s, exam))
    return dataclasses.replace(section, sentences=kept)


def _says_something(sentence: Sentence, exam: Exam) -> bool:
    said = set(sentence.statements) - _FRAME
    if sentence.section == "conclusion" and not sentence.rules:
        said = {name for name in said if not name.startswith("dxa/")}
    if sentence.section == "title" or said:
        return True
    if sentence.section == "technique":
        study = exam.study
        return study.technique != Technique() or any((study.contrast, study.dose, study.limitations))
    return sentence.section == "indication" and bool(exam.order.indication.strip())
