"""What rule expressions see: one exam, its catalogue and settings, and the registry of words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from reporter.catalog.entries import Catalog
from reporter.model.exam import Exam, Finding
from reporter.settings import Settings

Word = Callable[..., Any]
W = TypeVar("W", bound=Word)
WORDS: dict[str, Word] = {}
PLAIN_WORDS: dict[str, Word] = {}
VARIABLES = (
    "exam", "patient", "order", "study", "technique", "conclusion", "findings", "dxa", "comparisons", "settings",
    "modality", "region", "age", "today",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """One exam under assessment; read only."""

    exam: Exam
    catalog: Catalog
    settings: Settings
    today: dt.date | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the exam itself, not those of prior exams."""
        return self.exam.findings

    @property
    def age(self) -> int | None:
        """Completed years at the exam date; the birth date wins over a given age."""
        patient, study = self.exam.patient, self.exam.study
        if patient.birth_date is not None:
            return study.date.years_since(patient.birth_date)
        return patient.age_years

    def names(self) -> dict[str, Any]:
        """Variables and words, bound to this exam."""
        bound = {name: partial(word, self) for name, word in WORDS.items()}
        return {**dict(self._variables()), **PLAIN_WORDS, **bound}

    def _variables(self) -> Iterator[tuple[str, Any]]:
        exam = self.exam
        values = (
            exam, exam.patient, exam.order, exam.study, exam.study.technique, exam.conclusion, exam.findings, exam.dxa,
            exam.comparisons, self.settings, exam.study.modality, exam.study.region, self.age, self.today,
        )  # fmt: skip
        return zip(VARIABLES, values, strict=True)


def word(function: W) -> W:
    """Register a function of (facts, …) as a word of the rule language, under its own name."""
    WORDS[function.__name__] = function
    return function


def plain(function: W) -> W:
    """Register a function that needs no exam: the word is the function itself."""
    PLAIN_WORDS[function.__name__] = function
    return function
