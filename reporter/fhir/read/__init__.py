"""FHIR → input: the inverse of the mapping for our own bundles, and what is unambiguous in those of others.

Our own codes are read first; then standard codes, each only when the crosswalk holds it equivalent to exactly one id.
Nothing is guessed and nothing is lost without a word: each resource or element that is not read is an Issue.
"""

from __future__ import annotations

from reporter import intake
from reporter.catalog.entries import Catalog
from reporter.errors import ERROR, InvalidExam
from reporter.fhir.read.normal import normalised
from reporter.fhir.read.reader import Reading, read
from reporter.model.exam import Exam

__all__ = ["Reading", "normalised", "read", "read_bundle"]


def read_bundle(bundle: object, catalog: Catalog) -> Exam:
    """The exam a FHIR bundle holds (`read` says what of it was not read).

    Raises InvalidExam with what was not read and what is missing, when no whole exam can be made of it.
    """
    reading = read(bundle, catalog)
    exam, issues = intake.parse_partial(reading.data, catalog)
    if exam is None or any(issue.severity == ERROR for issue in issues):
        raise InvalidExam([*reading.issues, *issues])
    return exam
