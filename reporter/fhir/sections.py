"""Composition sections: each has narrative and entries, or an emptyReason (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import labels, lifecycle, narrative, summary
from reporter.fhir.datatypes import Json, coding, concept, extension, local
from reporter.fhir.graph import Graph
from reporter.french import numbers, typography
from reporter.model.dates import PartialDate
from reporter.model.lifecycle import Addendum
from reporter.model.report import Section, Statement

# our section → section of the narrative that it prints
PRINTS = {
    "exam": "title",
    "order": "indication",
    "technique": "technique",
    "comparison": "comparison",
    "findings": "findings",
    "conclusion": "conclusion",
}
_HOME = {
    "finding": "findings",
    "dxa": "findings",
    "derived": "findings",
    "diagnosis": "conclusion",
    "recommendation": "recommendation",
    "context": "history",
}
_FRAME = {"study": "exam", "order": "order", "procedure": "technique", "technique": "technique", "dose": "technique"}
_PREFIXES = (("comparison/", "comparison"), ("order/", "order"), ("context/", "history"))
# sections whose `entry` slices of CompositionEuImaging match every reference: HL7's engine refuses any entry there
_SLICED = ("technique", "conclusion", "recommendation")
# said by the section, reached through the request
_REACHED = "order/"
_SAID_BY = {
    "study": "title",
    "order": "indication",
    "procedure": "technique",
    "technique": "technique",
    "dose": "technique",
}


class Sections:
    """Where each resource is listed, and the sentence that says it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.texts: dict[str, Section] = {s.id: s for s in graph.narrative.sections}
        self.statements = {graph.key_of(s): s for s in graph.report.statements}
        said = narrative.anchors(graph.narrative)
        self.anchors = {key: said[s.id] for key, s in self.statements.items() if s.id in said} | self._frame_anchors()
        self.entries: dict[str, list[str]] = {name: [] for name in c.SECTION_CODES}
        for key in graph.resources:
            if (home := self._home(key)) is not None:
                self.entries[home].append(key)

    def _frame_anchors(self) -> dict[str, str]:
        """What the narrative says without naming a statement is said by the first sentence of a section."""
        said = {key: self.texts[name].sentences for key, name in _SAID_BY.items() if name in self.texts}
        return {key: narrative.anchor(sentences[0]) for key, sentences in said.items() if sentences}

    def _home(self, key: str) -> str | None:
        if key in _FRAME:
            return _FRAME[key]
        if key.endswith("/prior"):
            return "comparison"
        for prefix, home in _PREFIXES:
            if key.startswith(prefix):
                return home
        statement = self.statements.get(key)
        return self._statement_home(statement) if statement else None

    def _statement_home(self, statement: Statement) -> str | None:
        """Derived facts go where they are said; a proposed one that is not said belongs to the conclusion."""
        said = self.anchors.get(self.graph.key_of(statement), "")
        if statement.kind == "derived" and (
            said.startswith("s.conclusion.") or (not said and statement.origin.kind == "proposed")
        ):
            return "conclusion"
        return _HOME.get(statement.kind)

    def link(self, key: str) -> str | None:
        """The id of the element that says a statement: its sentence, else its line in the section's list."""
        if key in self.anchors:
            return self.anchors[key]
        home = next((name for name, keys in self.entries.items() if key in keys), None)
        return narrative.element_id(home, key) if home else None

    def build(self) -> list[Json]:
        """Every section that is not optional, in order."""
        optional = [] if self.entries["recommendation"] else ["recommendation"]
        usual = [self._section(name) for name in c.SECTION_CODES if name not in optional]
        return [*usual, *([self._addenda()] if self.graph.lifecycle.addenda else [])]

    def _addenda(self) -> Json:
        """What was added after signature: free text only, in the narrative and in notes."""
        return {
            "extension": [extension(c.NOTE, valueAnnotation=note) for note in lifecycle.addendum_notes(self.graph)],
            "title": labels.ADDENDUM,
            "code": concept(coding(c.LOINC, c.ADDENDUM)),
            "text": narrative.div(self.addenda(), free=True),
        }

    def addenda(self) -> list[str]:
        """One paragraph per addendum: who and when, then the text as written."""
        return [
            f'<p id="addendum.{index}">{narrative.text(typography.typeset(head, self.graph.settings))}'
            f'<span class="free-text">{narrative.text(addendum.text)}</span></p>'
            for index, addendum in enumerate(self.graph.lifecycle.addenda)
            for head in [_signed(addendum)]
        ]

    def _section(self, name: str) -> Json:
        keys = self.entries[name]
        blocks, free = self.blocks(name)
        empty = None if keys else concept(coding(c.EMPTY_REASON, "unavailable", "Unavailable"))
        notes = self.notes(name)
        return {
            "extension": [*(extension(c.NOTE, valueAnnotation=note) for note in notes), *self._suppressed(name)],
            "title": labels.SECTIONS[name],
            "code": concept(coding(c.LOINC, c.SECTION_CODES[name])),
            "text": narrative.div(blocks or [f"<p>{narrative.text(_nothing(name))}</p>"], free or bool(notes)),
            "emptyReason": empty,
            **self._listed(name),
        }

    def _listed(self, name: str) -> Json:
        """The entries; in a section of their own where the European profile slices references it cannot tell apart."""
        entries = [self.graph.ref(key) for key in self.entries[name] if not key.startswith(_REACHED)]
        if name not in _SLICED or not entries:
            return {"entry": entries}
        code = concept(local("section", "coded-data"), text=labels.CODED_DATA)
        return {"section": [{"title": labels.CODED_DATA, "code": code, "entry": entries}]}

    def blocks(self, name: str) -> tuple[list[str], bool]:
        """XHTML blocks of a section: its sentences, then what none of them says; whether it holds free text."""
        text = self.texts.get(PRINTS.get(name, ""))
        own = {narrative.anchor(s) for s in text.sentences} if text else set()
        unsaid = [
            (narrative.element_id(name, key), self._line(key))
            for key in self.entries[name]
            if self.anchors.get(key) not in own
        ]
        free = bool(text and any(s.free for s in text.sentences))
        return [*(narrative.paragraphs(text) if text else []), *narrative.items(unsaid)], free

    def _line(self, key: str) -> str:
        return typography.typeset(summary.of(self.graph.resources[key]), self.graph.settings)

    def _suppressed(self, name: str) -> list[Json]:
        """The rules whose sentence the radiologist refused."""
        rules = self.graph.exam.conclusion.suppress if name == "conclusion" else ()
        return [extension(c.SUPPRESSED_RULE, valueCoding=local("rule", rule)) for rule in rules]

    def notes(self, name: str) -> list[Json]:
        """Free text of the radiologist: an annotation marked as uncoded."""
        printed = PRINTS.get(name)
        return [
            {
                "extension": [extension(c.UNCODED, valueBoolean=True), extension(c.STATEMENT, valueString=s.id)],
                "text": str(s.value),
            }
            for s in self.graph.report.statements
            if s.kind == "note" and s.concept == printed
        ]


def _signed(addendum: Addendum) -> str:
    """« Dr Test, 9 mars 2024 : », as far as it is known."""
    day = numbers.date_fr(PartialDate.parse(addendum.time.date().isoformat())) if addendum.time else None
    known = ", ".join(part for part in (addendum.author, day) if part)
    return f"{known}\u00a0: " if known else ""


def _nothing(name: str) -> str:
    return labels.NO_PRIOR if name == "comparison" else labels.EMPTY_SECTION
