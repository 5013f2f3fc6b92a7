"""Composition sections: each has narrative and entries, or an emptyReason (FHIR_MAPPING §2)."""

from __future__ import annotations

from reporter.fhir import constants as c
from reporter.fhir import labels, lifecycle, narrative, summary
from reporter.fhir.datatypes import Json, coding, concept, extension, local, plain, prune
from reporter.fhir.graph import Graph
from reporter.fhir.homes import PRINTS
from reporter.fhir.intact import constant, constants
from reporter.french import numbers
from reporter.model.dates import PartialDate
from reporter.model.lifecycle import Addendum

# sections whose `entry` slices of CompositionEuImaging match every reference: HL7's engine refuses any entry there
_SLICED = ("technique", "conclusion", "recommendation")
# section → section of the narrative that it prints, or none
_PRINTED = {name: PRINTS.get(name, "") for name in c.SECTION_CODES}
# the section that is only there when it lists something
_OPTIONAL = "recommendation"
# what every report says in the same words: read, never changed
_CODES = constants({name: prune(concept(coding(c.LOINC, code))) for name, code in c.SECTION_CODES.items()})
_CODED: Json = constant(prune(concept(local("section", "coded-data"), text=labels.CODED_DATA)))
_EMPTY: Json = constant(prune(concept(coding(c.EMPTY_REASON, "unavailable", "Unavailable"))))
_NOTHING = {name: f"<p>{narrative.text(labels.EMPTY_SECTION)}</p>" for name in c.SECTION_CODES} | {
    "comparison": f"<p>{narrative.text(labels.NO_PRIOR)}</p>"
}


class Sections:
    """The sections of the report; each text and each list is made once.

    `said` is their XHTML, `made` the sections themselves, `noted` the free text of the radiologist by section of the
    narrative.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.noted = self._by_section()
        self.said = self._said()
        self.made = self._made()
        if graph.lifecycle.addenda:
            self.made.append(self._addenda())

    def _said(self) -> dict[str, str]:
        """The XHTML of each section: its sentences, then what none of them says."""
        sections, unsaid = self.graph.homes.written.sections, self.graph.homes.unsaid
        said = {name: sections.get(printed, "") for name, printed in _PRINTED.items()}
        for name, items in unsaid.items():
            if items:
                lines = [f'<li id="{own}">{line or self._line(key)}</li>' for own, key, line in items]
                said[name] = f"{said[name]}<ul>{''.join(lines)}</ul>"
        return said

    def _line(self, key: str) -> str:
        return self.graph.shown[summary.of(self.graph.resources[key])]

    def _made(self) -> list[Json]:
        made, listed = [], self.graph.homes.entries
        free = self.graph.homes.written.free | self.noted.keys()
        for name, printed in _PRINTED.items():
            entries = listed[name]
            if name == _OPTIONAL and not entries:
                continue
            marks = self._marks(name) if self.noted or name == "conclusion" else None
            section: Json = {"extension": marks} if marks else {}
            section["title"] = labels.SECTIONS[name]
            section["code"] = _CODES[name]
            section["text"] = narrative.div(self.said[name] or _NOTHING[name], printed in free)
            if not entries:
                section["emptyReason"] = _EMPTY
            elif name in _SLICED:
                section["section"] = [{"title": labels.CODED_DATA, "code": _CODED, "entry": entries}]
            else:
                section["entry"] = entries
            made.append(section)
        return made

    def _by_section(self) -> dict[str, list[Json]]:
        """Free text of the radiologist: annotations marked as uncoded."""
        found: dict[str, list[Json]] = {}
        for statement in self.graph.report.statements:
            if statement.kind == "note":
                marks = [extension(c.UNCODED, valueBoolean=True), extension(c.STATEMENT, valueString=statement.id)]
                note: Json = {"extension": marks}
                if text := plain(str(statement.value)):
                    note["text"] = text
                found.setdefault(statement.concept, []).append(note)
        return found

    def _addenda(self) -> Json:
        """What was added after signature: free text only, in the narrative and in notes."""
        return {
            "extension": [extension(c.NOTE, valueAnnotation=note) for note in lifecycle.addendum_notes(self.graph)],
            "title": labels.ADDENDUM,
            "code": concept(coding(c.LOINC, c.ADDENDUM)),
            "text": narrative.div("".join(self.addenda()), free=True),
        }

    def addenda(self) -> list[str]:
        """One paragraph per addendum: who and when, then the text as written."""
        return [
            f'<p id="addendum.{index}">{self.graph.shown[head]}'
            f'<span class="free-text">{narrative.text(addendum.text)}</span></p>'
            for index, addendum in enumerate(self.graph.lifecycle.addenda)
            for head in [_signed(addendum)]
        ]

    def _marks(self, name: str) -> list[Json]:
        """The free text of a section, and the rules whose sentence the radiologist refused."""
        notes = [extension(c.NOTE, valueAnnotation=note) for note in self.notes(name)]
        if name == "conclusion":
            refused = self.graph.exam.conclusion.suppress
            notes += [extension(c.SUPPRESSED_RULE, valueCoding=local("rule", rule)) for rule in refused]
        return notes

    def notes(self, name: str) -> list[Json]:
        """Free text of the radiologist in a section."""
        return self.noted.get(_PRINTED[name], [])


def _signed(addendum: Addendum) -> str:
    """« Dr Test, 9 mars 2024 : », as far as it is known."""
    day = numbers.date_fr(PartialDate.parse(addendum.time.date().isoformat())) if addendum.time else None
    known = ", ".join(part for part in (addendum.author, day) if part)
    return f"{known}\u00a0: " if known else ""
