"""Lines of French in print typography, as XML text: what follows from the catalogue is set once for each catalogue.

`Told` holds in words what the tables of `concepts` hold; `Shown` adds, for one report, what its input says.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.fhir import constants as c
from reporter.fhir import labels, narrative, summary
from reporter.fhir.datatypes import Json, objects
from reporter.french import numbers, typography
from reporter.model.dates import PartialDate
from reporter.settings import Settings
from reporter.version import __version__

_UNITS = ("1", "%", "mm", "cm", "g", "kg", "mL", "ng/mL", "min", "T", "MBq", "mGy", *c.UCUM_CODES, *c.UNIT_TEXT)
# punctuation that a space goes with
_LEANING = ";?!:«»"
# digits that make no group of thousands
_SHORT = 3
_SAMPLES = (Decimal("1.5"), Decimal(-1200))


class Told:
    """What a catalogue says, in the typography of a site. Nothing of an input is ever kept here.

    `lines`: a whole line, or the text of a concept; `words`: those texts that are set the same alone and in a line.
    By the identity they have for good, since they are held here — `parts`: components; `concepts`: concepts said by
    such words; `heads`: concepts as a line begins with them; `whole`: those that are all of a line.
    """

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._settings = settings
        self.lines = {line: self.set(line) for line in _fixed(catalog)}
        self.words: dict[str | None, str] = {}
        self.parts: dict[int, str] = {}
        self.concepts: dict[int, str] = {}
        self.heads: dict[int, str] = {}
        self.whole: dict[int, str] = {}
        self._held: list[Json] = []
        self.colon = self.set(f"x{summary.NBSP}: x")[1:-1]
        self._units = {unit: numbers.quantity(1, unit)[1:] for unit in _UNITS if self._as_printed(unit)}
        for word in labels.YES_NO.values():
            self._text(word)

    def set(self, line: str) -> str:
        """A line in print, as XML text."""
        return narrative.text(typography.typeset(line, self._settings))

    def _as_printed(self, unit: str) -> bool:
        """Is a number of this unit already as it is printed?"""
        return all(self.set(text) == text for text in (numbers.quantity(number, unit) for number in _SAMPLES))

    def learn(self, made: Any) -> None:
        """Put into words what a table of the catalogue now holds: a concept, a component, or several of them."""
        for one in objects(made):
            self._held.append(one)
            if "code" in one and "system" not in one:
                self._learn_part(one)
            elif "coding" in one or "text" in one:
                self._learn_concept(one)

    def _learn_concept(self, concept: Json) -> None:
        text = summary.concept_text(concept)
        self._text(text)
        if summary.is_recommendation(concept):
            self.whole[id(concept)] = self.lines[text]
        if summary.has_own_form(concept):
            return
        if _is_closed(text):
            self.heads[id(concept)] = self.lines[text]
        if text in self.words:
            self.concepts[id(concept)] = self.words[text]

    def _learn_part(self, part: Json) -> None:
        line = self.set(summary.component(part))
        if line[0] not in _LEANING and line[-1] not in _LEANING:
            self.parts[id(part)] = line

    def _text(self, text: str) -> None:
        """No rule of typography looks beyond a letter or a digit at either end, unless it begins a unit."""
        shown = self.lines[text] = self.set(text)
        if _is_closed(text) and self.set(f"1 {text}") == f"1 {shown}":
            self.words[text] = shown

    def observation(self, resource: Json) -> str | None:
        """`summary.of` an Observation, made of words that are known; None when one of them is not."""
        line = self.heads.get(id(resource["code"]))
        if line is None or "note" in resource:
            return self.whole.get(id(resource["code"]))
        if "bodySite" in resource:
            where = self.words.get(resource["bodySite"].get("text"))
            if where is None:
                return None
            line = f"{line} ({where})"
        value = resource.get("valueCodeableConcept")
        if value is not None:
            said = self.concepts.get(id(value)) or self.words.get(value.get("text"))
        elif "valueQuantity" in resource:
            said = self.quantity(resource["valueQuantity"])
        else:
            said = self._value(resource)
        return None if said is None else f"{line}{self.colon}{said}"

    def component(self, part: Json) -> str | None:
        """`summary.component` made of words that are known; None when one of them is not."""
        known = self.parts.get(id(part))
        if known is not None:
            return known
        code = part["code"]
        name = self.concepts.get(id(code)) or self.words.get(code.get("text"))
        if name is None or ("valueString" in part and name[-1].isdigit()):  # « T1 mois »
            return None
        said = self._value(part)
        return None if said is None else f"{name} {said}"

    def _value(self, element: Json) -> str | None:
        """The value, or the components of what has none."""
        if "valueCodeableConcept" in element:
            concept = element["valueCodeableConcept"]
            return self.concepts.get(id(concept)) or self.words.get(concept.get("text"))
        if "valueQuantity" in element:
            return self.quantity(element["valueQuantity"])
        if "valueBoolean" in element:
            return self.words[labels.YES_NO[element["valueBoolean"]]]
        if "valueInteger" in element:
            return numbers.number(element["valueInteger"]) if self._units else None
        if "valueDateTime" in element:
            return numbers.date_fr(PartialDate.parse(element["valueDateTime"]))
        if "valueString" in element:
            return self.set(element["valueString"]) if _is_closed(element["valueString"]) else None
        if "component" in element and "dataAbsentReason" not in element:
            return self._details(element["component"])
        return None

    def quantity(self, quantity: Json) -> str | None:
        """As `numbers` writes it; nearly all are short, and need none of its care."""
        unit = self._units.get(quantity.get("code", ""))
        if unit is None:
            return None
        digits, sign = str(quantity["value"]), ""
        if digits[0] == "-":
            digits = digits[1:]
            sign = numbers.MINUS if digits.strip("0.") else ""
        whole, _, decimals = digits.partition(".")
        if len(whole) > _SHORT or not f"{whole}{decimals}".isdigit():
            return summary.quantity(quantity)
        return f"{sign}{whole},{decimals}{unit}" if decimals else f"{sign}{whole}{unit}"

    def _details(self, parts: list[Json]) -> str | None:
        said: list[str] = []
        for part in parts:
            line = self.component(part)
            if line is None:
                return None
            said.append(line)
        return ", ".join(said)


def _is_closed(text: str) -> bool:
    """Does it begin and end with what no rule of typography looks beyond, but for a unit?"""
    return text[0].isalnum() and (text[-1].isalnum() or text[-1] == ")")


def _fixed(catalog: Catalog) -> list[str]:
    """Lines of most reports that say nothing of their input."""
    made = zip(labels.VERSIONS.values(), (__version__, catalog.version, catalog.hash), strict=True)
    known = (*made, *(("Sexe", word) for word in labels.SEX.values()))
    return [
        labels.SOFTWARE,
        labels.UNNAMED,
        *(summary.pair(*each) for each in known),
        *(labels.edition(1, s) for s in labels.STATUS),
    ]


class Shown(dict[str, str]):
    """A line of a report → its XML text in print. Resources of one report share many lines: each is set once."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told
        self._days: dict[str, str] = {}

    def __missing__(self, line: str) -> str:
        known = self.told.lines.get(line)
        shown = self[line] = self.told.set(line) if known is None else known
        return shown

    def narrative(self, resource: Json) -> tuple[str, Json]:
        """The line and the narrative of an Observation: a value with what details it; text is all that it says."""
        told = self.told
        line, items = told.observation(resource) or self[summary.of(resource)], ""
        if "component" in resource and (
            "valueCodeableConcept" in resource
            or "valueQuantity" in resource
            or not summary.CODED_VALUES.isdisjoint(resource)
        ):
            known = told.parts
            details = [known.get(id(part)) or self.component(part) for part in resource["component"]]
            items = f"<ul><li>{'</li><li>'.join(details)}</li></ul>"
        return line, {"status": "generated", "div": f"{narrative.OPEN}<p>{line}</p>{items}</div>"}

    def day(self, time: str) -> str:
        """The day of an ISO date or time in French: nearly all resources of a report are of one or two."""
        date = time[:10]
        if date not in self._days:
            year, month, day = date[:4], date[5:7], date[8:]
            self._days[date] = numbers.date_fr(PartialDate(int(year), int(month), int(day) if day else None))
        return self._days[date]

    def component(self, part: Json) -> str:
        """The line of one of its components."""
        return self.told.component(part) or self[summary.component(part)]
