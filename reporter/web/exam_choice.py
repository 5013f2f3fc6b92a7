"""Exams to choose from: those a text may mean, else all."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.catalog.entries import Catalog
from reporter.web import exam_search


@dataclass(frozen=True, slots=True)
class Choice:
    """One exam of one region."""

    exam_def: str
    region: str
    laterality: str | None
    label: str


def choices(text: str, catalog: Catalog) -> list[Choice]:
    """What the text may mean, best first; every exam when there is no text."""
    if not text.strip():
        return every(catalog)
    return [Choice(h.exam_def, h.region, h.laterality, h.label) for h in exam_search.search(text, catalog)]


def every(catalog: Catalog) -> list[Choice]:
    """Each exam of each of its regions."""
    return [
        Choice(exam.id, region, None, exam_search.exam_label(exam, region, None, catalog))
        for exam in catalog.exams.values()
        for region in exam.regions
    ]
