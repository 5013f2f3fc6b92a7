"""Which diagnoses may be offered to the radiologist: those whose own conditions the exam meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reporter.catalog.entries import Catalog, DiagnosisDef
from reporter.model.exam import Exam
from reporter.rules.facts import Facts
from reporter.rules.vocabulary.selection import peripartum
from reporter.rules.vocabulary.spine import cemented_levels
from reporter.settings import Settings

# `needs` of a diagnosis → is it so? A condition without an entry here is not met: nothing is offered on a guess.
_CONDITIONS: Mapping[str, Callable[[Facts], bool]] = {
    "postpartum": peripartum,
    "cement": lambda facts: bool(cemented_levels(facts)),
}


def proposable(exam: Exam, catalog: Catalog, settings: Settings) -> frozenset[str]:
    """Codes of the diagnoses whose `needs` and `needs_comparison` hold; their signs are another matter."""
    facts = Facts(exam, catalog, settings)
    return frozenset(code for code, entry in catalog.diagnoses.items() if _met(entry, facts))


def _met(entry: DiagnosisDef, facts: Facts) -> bool:
    if entry.needs_comparison and not facts.exam.comparisons:
        return False
    condition = _CONDITIONS.get(entry.needs or "")
    return entry.needs is None or (condition is not None and condition(facts))
