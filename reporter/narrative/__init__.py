"""The French report: statements → sections of sentences, each with the statements it says."""

from __future__ import annotations

from collections.abc import Callable

from reporter.catalog.entries import Catalog
from reporter.model.report import Narrative, ReportData, Section
from reporter.narrative import conclusion, findings, frame, technique
from reporter.narrative.coverage import coverage
from reporter.narrative.scope import Scope, Writer
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
    return Narrative(tuple(_section(name, scope) for name in SECTIONS))


def _section(name: str, scope: Scope) -> Section:
    writer = Writer(name, scope.settings)
    SECTIONS[name](writer, scope)
    for note in scope.of_kind("note"):
        if note.concept == name:
            last = max((s.paragraph for s in writer.sentences), default=0)
            writer.verbatim(str(note.value), [note.id], paragraph=last)
    return Section(name, scope.word("headings", name), tuple(writer.sentences))
