"""What rule expressions see: one exam, its catalogue and settings, and the registry of words."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from reporter.catalog.entries import Catalog
from reporter.model.exam import Exam, Finding
from reporter.settings import Settings

Word = Callable[..., Any]
W = TypeVar("W", bound=Word)
T = TypeVar("T")
WORDS: dict[str, Word] = {}
PLAIN_WORDS: dict[str, Word] = {}
NEEDS: dict[str, frozenset[str]] = {}
NONE_WITHOUT: set[str] = set()
VARIABLES = (
    "exam", "patient", "order", "study", "technique", "conclusion", "findings", "dxa", "comparisons", "settings",
    "modality", "region", "age", "today",
)  # fmt: skip


class Facts:
    """One exam under assessment; read only. Each of VARIABLES is an attribute of that name.

    `findings` are those of the exam itself, not those of prior exams; `named` are the same by sign; `age` counts the
    completed years at the exam date, where the birth date wins over a given age; `known` keeps
    what words answer, until the exam is done; `holds` says what there is to ask about: signs, and lists not empty.
    """

    __slots__ = ("catalog", "holds", "known", "named", *VARIABLES)

    def __init__(self, exam: Exam, catalog: Catalog, settings: Settings, today: dt.date | None = None) -> None:
        patient, study = exam.patient, exam.study
        self.exam, self.catalog, self.settings, self.today = exam, catalog, settings, today
        self.patient, self.order, self.study, self.technique = patient, exam.order, study, study.technique
        self.conclusion, self.findings, self.dxa, self.comparisons = (
            exam.conclusion, exam.findings, exam.dxa, exam.comparisons,
        )  # fmt: skip
        self.modality, self.region = study.modality, study.region
        self.age = patient.age_years if patient.birth_date is None else study.date.years_since(patient.birth_date)
        self.named = by_sign(exam.findings)
        self.holds = _held(exam, self.named)
        self.known: dict[Any, Any] = {}


def by_sign(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the name of their sign, in order."""
    named: dict[str, list[Finding]] = {}
    for f in findings:
        known = named.get(f.finding)
        if known is None:
            named[f.finding] = [f]
        else:
            known.append(f)
    return named


def once(function: Callable[[Facts], T]) -> Callable[[Facts], T]:
    """A function of the facts alone, worked out once for an exam and forgotten with it."""

    @functools.wraps(function)
    def known(facts: Facts) -> T:
        try:
            found: T = facts.known[function]
        except KeyError:
            found = facts.known[function] = function(facts)
        return found

    return known


def _held(exam: Exam, signs: Iterable[str]) -> set[str]:
    """Signs by name; other entries by kind; « /list » for what is given at all."""
    patient, diagnoses = exam.patient, exam.conclusion.diagnoses
    held = set(signs)
    if diagnoses:
        held.update([f"diagnosis:{d.code}" for d in diagnoses])
    if patient.procedures:
        held.update([f"procedure:{p.type}" for p in patient.procedures])
    if patient.labs:
        held.update([f"lab:{lab.code}" for lab in patient.labs])
    if exam.dxa is not None:
        held.update(["/dxa", *[f"measurement:{m.site}" for m in exam.dxa.measurements]])
    lists = (
        ("/findings", exam.findings), ("/diagnoses", diagnoses), ("/comparisons", exam.comparisons),
        ("/procedures", patient.procedures), ("/labs", patient.labs), ("/treatments", patient.treatments),
        ("/prior_fractures", patient.prior_fractures), ("/pregnancy_status", patient.pregnancy_status),
    )  # fmt: skip
    held.update([name for name, given in lists if given])
    for found in (exam.findings, *[prior.findings for prior in exam.comparisons]):
        _describe(found, held)
    return held


def _describe(findings: Iterable[Finding], held: set[str]) -> None:
    """What some finding gives beside its sign, status and site."""
    for f in findings:
        if f.evolution:
            held.add("/evolution")
        if f.measures:
            held.add("/measures")
        if f.morphology:
            held.add("/morphology")
        if f.signal:
            held.add("/signal")
        if f.uptake:
            held.add("/uptake")


def only_with(*held: str, none: bool = False) -> Callable[[W], W]:
    """A word that answers nothing to an exam that holds none of these (see `Facts.holds`).

    Nothing is an empty list or false; or, with `none`, none.
    """

    def registered(function: W) -> W:
        NEEDS[function.__name__] = frozenset(held)
        if none:
            NONE_WITHOUT.add(function.__name__)
        return function

    return registered


def word(function: W) -> W:
    """Register a function of (facts, …) as a word of the rule language, under its own name: a method of the facts."""
    setattr(Facts, function.__name__, function)
    WORDS[function.__name__] = function
    return function


def plain(function: W) -> W:
    """Register a function that needs no exam: the word is the function itself."""
    PLAIN_WORDS[function.__name__] = function
    return function
