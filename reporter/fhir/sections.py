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
# what the request says is said by its section, and reached through the request itself
_ORDER = "order"
# what every report says in the same words: read, never changed
_CODES = constants({name: prune(concept(coding(c.LOINC, code))) for name, code in c.SECTION_CODES.items()})
_CODED: Json = constant(prune(concept(local("section", "coded-data"), text=labels.CODED_DATA)))
_EMPTY: Json = constant(prune(concept(coding(c.EMPTY_REASON, "unavailable", "Unavailable"))))
_NOTHING = {name: f"<p>{narrative.text(labels.EMPTY_SECTION)}</p>" for name in c.SECTION_CODES} | {
    "comparison": f"<p>{narrative.text(labels.NO_PRIOR)}</p>"
}


class Sections:
    """The sections of the report; each text and each list is made once.

    `said` is their XHTML, `noted` the free text of the radiologist by section of the narrative.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph, self.homes = graph, graph.homes
        self.noted = self._by_section()
        texts = self.homes.texts.items()
        self._free = {name for name, text in texts for sentence in text.sentences if sentence.free} | self.noted.keys()
        self.said = {name: self._written(name) for name in c.SECTION_CODES}

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

    def build(self) -> list[Json]:
        """Every section that is not optional, in order."""
        optional = () if self.homes.entries["recommendation"] else ("recommendation",)
        usual = [self._section(name) for name in c.SECTION_CODES if name not in optional]
        return [*usual, *([self._addenda()] if self.graph.lifecycle.addenda else [])]

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

    def _section(self, name: str) -> Json:
        marks = self._marks(name)
        section: Json = {"extension": marks} if marks else {}
        section["title"] = labels.SECTIONS[name]
        section["code"] = _CODES[name]
        printed = PRINTS.get(name)
        section["text"] = narrative.div(self.said[name] or _NOTHING[name], printed in self._free)
        names, keys = self.graph.names, self.homes.entries[name]
        if not keys:
            section["emptyReason"] = _EMPTY
        elif entries := [names[key] for key in keys if name != _ORDER or key == _ORDER]:
            section.update(_listed(name, entries))
        return section

    def _marks(self, name: str) -> list[Json]:
        """The free text of a section, and the rules whose sentence the radiologist refused."""
        notes = [extension(c.NOTE, valueAnnotation=note) for note in self.notes(name)] if self.noted else []
        if name == "conclusion":
            refused = self.graph.exam.conclusion.suppress
            notes += [extension(c.SUPPRESSED_RULE, valueCoding=local("rule", rule)) for rule in refused]
        return notes

    def _written(self, name: str) -> str:
        """The XHTML of a section: its sentences, then what none of them says."""
        homes, printed = self.homes, PRINTS.get(name, "")
        text, resources = homes.texts.get(printed), self.graph.resources
        said = narrative.paragraphs(text, homes.sentences[printed]) if text is not None else ""
        if not homes.unsaid[name]:
            return said
        return said + narrative.items([(line, self._line(resources[key])) for key, line in homes.unsaid[name]])

    def _line(self, resource: Json) -> str:
        shown = self.graph.shown
        coded = resource["resourceType"] == "Observation"
        return shown.observation(resource) if coded else shown[summary.of(resource)]

    def notes(self, name: str) -> list[Json]:
        """Free text of the radiologist in a section."""
        return self.noted.get(PRINTS.get(name, ""), [])


def _listed(name: str, entries: list[Json]) -> Json:
    """The entries; in a section of their own where the European profile slices references it cannot tell apart."""
    if name not in _SLICED:
        return {"entry": entries}
    return {"section": [{"title": labels.CODED_DATA, "code": _CODED, "entry": entries}]}


def _signed(addendum: Addendum) -> str:
    """« Dr Test, 9 mars 2024 : », as far as it is known."""
    day = numbers.date_fr(PartialDate.parse(addendum.time.date().isoformat())) if addendum.time else None
    known = ", ".join(part for part in (addendum.author, day) if part)
    return f"{known}\u00a0: " if known else ""
