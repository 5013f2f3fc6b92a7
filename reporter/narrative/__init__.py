"""The French report: statements → sections of sentences, each with the statements it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reporter.catalog.entries import Catalog
from reporter.model.report import Narrative, ReportData, Section, Statement
from reporter.narrative import conclusion, findings, frame, technique
from reporter.narrative.coverage import coverage
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer, printed
from reporter.settings import Settings

__all__ = ["SECTIONS", "coverage", "narrate"]

SECTIONS: dict[str, Callable[[Writer, Scope], None]] = {
    "title": frame.title,
    "indication": frame.indication,
    "technique": technique.write,
    "comparison": frame.comparison,
    "findings": findings.write,
    "conclusion": conclusion.write,
}


def narrate(report: ReportData, catalog: Catalog, settings: Settings) -> Narrative:
    """The whole text, from `report.statements`; free text of a section is printed verbatim at its end."""
    scope = Scope(report, catalog, settings)
    notes, headings = scope.of_kind("note"), scope.table["headings"]
    writers = []
    for name, write in SECTIONS.items():
        writer = Writer(name)
        write(writer, scope)
        if notes:
            _verbatim(writer, notes)
        writers.append(writer)
    sections = zip(SECTIONS, printed(writers, settings), strict=True)
    return Narrative(tuple([Section(name, str(headings.get(name, "")), sentences) for name, sentences in sections]))


def _verbatim(writer: Writer, notes: Sequence[Statement]) -> None:
    """The free texts of a section, at its end."""
    for note in notes:
        if note.concept == writer.section:
            last = max((paragraph for _, _, paragraph, _ in writer.said), default=0)
            writer.verbatim(str(note.value), [note.id], paragraph=last)
