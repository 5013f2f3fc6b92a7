"""Composition and DiagnosticReport: what holds the report together, its free text and its coded conclusion."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir.read.conclusion import FreeText, Impressions, section_of, suppressed
from reporter.fhir.read.scope import Scope, extensions
from reporter.fhir.read.source import MAX_DEPTH
from reporter.fhir.read.view import View

_ANNOTATION_TYPE = f"{c.HL7_EXTENSION}annotationType"
_COMPOSITION = (
    "identifier", "status", "type", "category", "subject", "date", "author", "title", "custodian", "confidentiality",
    "attester", "relatesTo", "event",
)  # fmt: skip
_REPORT = (
    "identifier", "basedOn", "status", "category", "code", "subject", "effectiveDateTime", "issued", "performer",
    "resultsInterpreter", "result", "imagingStudy",
)  # fmt: skip
_SECTION = ("title", "code", "entry", "emptyReason", "mode", "orderedBy")


def ours(view: View | None) -> bool:
    """Did we write it? Then its texts are made of its codes, and its free text is marked."""
    if view is None:
        return False
    given = view.data.get("identifier")
    systems = [i.get("system") for i in (given if isinstance(given, list) else [given]) if isinstance(i, dict)]
    return f"{c.IDENTIFIER}report" in systems


class Documents:
    """Free text, refused rules and codes of the conclusion."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.free_text = FreeText()
        self.suppress: list[str] = []

    def composition(self, view: View) -> None:
        """Sections: their notes are free text; a text that is not made of entries is reported."""
        own = ours(view)
        self.scope.dangling(view, "subject", "author", "custodian")
        for section in view.children("section"):
            self._section(section.take(), own)
        self.scope.close(view, *_COMPOSITION, *(("extension",) if own else ()))

    def _section(self, section: View, own: bool, depth: int = 0) -> None:
        name = section_of(section.child("code"))
        for extension in extensions(section, c.NOTE):
            extension.taken = self.free_text.add(name, extension.child("valueAnnotation"))
        self.suppress += suppressed(self.scope, section)
        self.scope.dangling(section, "entry")
        section.skip(*_SECTION)
        text = section.child("text")
        if text is not None and not own and not section.has("entry", "extension"):
            self.scope.tell("FHIR-READ-ELEMENT", text.path, name="text")
        if text is not None:
            text.skip("status", "div")
        for inner in section.children("section") if depth < MAX_DEPTH else ():
            self._section(inner.take(), own, depth + 1)

    def report(self, view: View, impressions: Impressions, composed: bool) -> None:
        """Notes when no Composition holds them; the conclusion as text when it is not ours."""
        own = ours(view)
        self.scope.dangling(view, "basedOn", "subject", "performer", "resultsInterpreter", "result", "imagingStudy")
        for concept in view.children("conclusionCode"):
            impressions.conclude(concept)
        if not composed:
            self._notes(view)
        if own and (composed or view.has("result")):
            view.skip("conclusion", "presentedForm")
        elif not own and "conclusion" not in self.free_text.sections and (text := view.text("conclusion")):
            self.free_text.sections["conclusion"] = [text]
        self.scope.close(view, *_REPORT, *(("extension",) if own or composed else ()))

    def _notes(self, view: View) -> None:
        for extension in extensions(view, c.REPORT_NOTE):
            note = extension.child("valueAnnotation")
            types = [e.child("valueCodeableConcept") for e in extensions(note, _ANNOTATION_TYPE)] if note else []
            statements = [e.text("valueString") for e in extensions(note, c.STATEMENT)] if note else []
            named = {s.removeprefix("note/") for s in statements if s}
            section = section_of(types[0]) if types else _home(named)
            extension.taken = self.free_text.add(section, note)


def _home(named: set[str]) -> str | None:
    name = named.pop() if len(named) == 1 else None
    return "order" if name == "indication" else name
