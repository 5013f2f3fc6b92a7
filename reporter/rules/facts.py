"""What rule expressions see: one exam, its catalogue and settings, and the registry of words."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from reporter.catalog.entries import Catalog
from reporter.model.exam import Exam, Finding
from reporter.rules.held import held
from reporter.settings import Settings

Word = Callable[..., Any]
W = TypeVar("W", bound=Word)
T = TypeVar("T")
WORDS: dict[str, Word] = {}
PLAIN_WORDS: dict[str, Word] = {}
NEEDS: dict[str, tuple[tuple[frozenset[str], str | None], ...]] = {}
NAMING: dict[str, tuple[int, ...]] = {}
NONE_WITHOUT: set[str] = set()
TRUE_WITHOUT: set[str] = set()
ALL_GIVEN: set[str] = set()
ONCE: set[str] = set()
VARIABLES = (
    "exam", "patient", "order", "study", "technique", "conclusion", "findings", "dxa", "comparisons", "settings",
    "modality", "region", "age", "today",
)  # fmt: skip


class Facts:
    """One exam under assessment; read only. Each of VARIABLES is an attribute of that name.

    `findings` are those of the exam itself, not those of prior exams; `named` are the same by sign; `age` counts the
    completed years at the exam date, where the birth date wins over a given age; `known` keeps
    what words answer, until the exam is done. `holds` says what there is to ask about, all in one: signs, diagnoses
    and their kinds, procedures, labs, densitometric regions, recommendations; statuses, sides, attributes, measures,
    sequences, signals and changes of findings; « /list » for what is given at all. It may hold more than is asked for,
    never less.
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
        self.holds = held(exam, self.named, catalog)
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


def only_with(*held: str, trait: str | None = None, without: bool | None = False) -> Callable[[W], W]:
    """A word that answers nothing to an exam that holds none of these; said more than once, each must be met.

    `trait`: nor a sign with this property in the catalogue. Nothing is an empty list or false; or, `without`, none or
    true.
    """

    def registered(function: W) -> W:
        name = function.__name__
        NEEDS[name] = (*NEEDS.get(name, ()), (frozenset(held), trait))
        if without is not False:
            (NONE_WITHOUT if without is None else TRUE_WITHOUT).add(name)
        return function

    return registered


def naming(*positions: int) -> Callable[[W], W]:
    """A word that answers nothing to an exam that holds none of the names given as these arguments, facts aside."""

    def registered(function: W) -> W:
        NAMING[function.__name__] = positions
        return function

    return registered


def all_given(function: W) -> W:
    """A word that answers nothing when one of its arguments is none."""
    ALL_GIVEN.add(function.__name__)
    return function


def word(function: W) -> W:
    """Register a function of (facts, …) as a word of the rule language, under its own name: a method of the facts."""
    setattr(Facts, function.__name__, function)
    WORDS[function.__name__] = function
    if hasattr(function, "__wrapped__"):
        ONCE.add(function.__name__)
    return function


def plain(function: W) -> W:
    """Register a function that needs no exam: the word is the function itself."""
    PLAIN_WORDS[function.__name__] = function
    return function
